//! Disputes that are settled, awarded and carried out, and those that nothing resolves.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::story::{Story, split_of};
use super::support::cases::{award, split};
use super::support::side::id;

#[actix_web::test]
async fn what_both_agree_on_in_negotiation_is_carried_out() {
    let story = Story::over("negotiating").await;
    let path = story.path();
    let offered = story.propose("consumer", split_of("300.00", "33.33", "300.00", &[])).await;
    let own = story.accept(story.side.consumer_user, &offered).await;
    assert_eq!(own.problem(), (409, "already_accepted".to_owned()));
    let accepted = story.accept(story.side.merchant_user, &offered).await;
    assert_eq!((accepted.status, accepted.body["state"].as_str()), (200, Some("accepted")));
    assert_eq!(story.state(path.clone()).await, "settled");
    let executed = story.world.post("notary1", format!("{path}/execute"), json!({})).await;
    assert_eq!((executed["state"].as_str(), &executed["due_by"]), (Some("executed"), &json!(null)));
    assert_eq!(story.balances().await, ["1666.67", "0.00", "0.00", "33.33", "300.00"]);

    // The delivery counts, and is paid by the split itself: it can neither mature nor be taken back.
    let delivery = story.world.get("notary1", format!("/v1/deliveries/{}", story.delivery)).await;
    assert_eq!((delivery["state"].as_str(), delivery["confirmed_how"].as_str()), (Some("confirmed"), Some("dispute")));
    assert_eq!(delivery["matures_at"], json!(null));
    let reverse = format!("/v1/deliveries/{}/reverse", story.delivery);
    let refused = story.world.refused("notary1", reverse, json!({"reason": "记错了"})).await;
    assert_eq!(refused, (409, "already_settled".to_owned()));

    // The consumer's part is a refund that the bank pays, and the merchant's part comes with the next settlement.
    let refund = story.world.get("notary1", format!("/v1/refunds/{}", executed["paid_as"].as_str().unwrap())).await;
    assert_eq!((refund["state"].as_str(), refund["amount"].as_str()), (Some("ordered"), Some("300.00")));
    assert_eq!(story.world.bank("payouts", &refund["payout_id"], "settled").await.status, 200);
    assert_eq!(story.now().await["state"], "active");
    let settlement = story.world.post("notary1", "/v1/settlements", json!({"merchant_id": story.side.merchant})).await;
    assert_eq!(settlement["amount"], "33.33");
    story.adds_up();
}

#[actix_web::test]
async fn a_mediator_proposes_and_both_accept() {
    let story = Story::over("mediating").await;
    let (path, proposals) = (story.path(), format!("{}/proposals", story.path()));
    let voids = split_of("0.00", "0.00", "633.33", &[&story.delivery]);
    let offered = story.world.post("mediator1", proposals.clone(), voids).await;
    assert_eq!((offered["made_by"].as_str(), offered["stage"].as_str()), (Some("mediator"), Some("mediating")));
    let first = story.accept(story.side.merchant_user, &offered).await;
    assert_eq!(first.body["state"], "open");
    let stale = story.accept(story.side.consumer_user, &offered).await;
    assert_eq!(stale.problem(), (412, "revision_mismatch".to_owned()));
    assert_eq!(story.accept(story.side.consumer_user, &first.body).await.body["state"], "accepted");
    story.world.post("notary1", format!("{path}/execute"), json!({})).await;
    // The delivery did not count: its unit and its money are the contract's again.
    assert_eq!(story.balances().await, ["2000.00", "0.00", "0.00", "0.00", "0.00"]);
    assert_eq!(story.state(format!("/v1/deliveries/{}", story.delivery)).await, "voided");
    story.adds_up();
}

#[actix_web::test]
async fn an_arbitrator_does_not_see_what_was_offered_in_mediation() {
    let story = Story::over("mediating").await;
    let (path, proposals) = (story.path(), format!("{}/proposals", story.path()));
    let offered = story.propose("merchant", split("100.00")).await;
    let early = story.world.ask(Method::GET, path.clone()).by("arbitrator1").send().await;
    assert_eq!(early.problem(), (404, "not_found".to_owned()));
    story.world.post(story.side.merchant_user, format!("{path}/escalate"), json!({})).await;
    // From now on the case is the arbitrator's, and not the mediator's any more.
    for (user, status) in [("mediator1", 404), ("arbitrator1", 200)] {
        assert_eq!(story.world.ask(Method::GET, path.clone()).by(user).send().await.status, status, "{user}");
    }
    assert_eq!(story.world.get("mediator1", "/v1/disputes").await["data"], json!([]));
    let late = story.propose("consumer", split("600.00")).await;
    let seen = story.world.get("arbitrator1", proposals.clone()).await;
    assert_eq!(seen["data"].as_array().unwrap().iter().map(id).collect::<Vec<_>>(), [id(&late)]);
    let hidden = story.world.ask(Method::GET, format!("{proposals}/{}", id(&offered))).by("arbitrator1").send().await;
    assert_eq!(hidden.problem(), (404, "not_found".to_owned()));
    assert_eq!(story.world.get("notary1", proposals).await["data"].as_array().unwrap().len(), 2);
    // An offer made in mediation can still be accepted in arbitration.
    assert_eq!(story.accept(story.side.consumer_user, &offered).await.body["state"], "accepted");
    story.world.post("notary2", format!("{path}/execute"), json!({})).await;
    assert_eq!(story.balances().await, ["1366.67", "0.00", "0.00", "533.33", "100.00"]);
    story.adds_up();
}

#[actix_web::test]
async fn an_award_is_carried_out_and_what_goes_beyond_it_is_not_posted() {
    let story = Story::over("arbitrating").await;
    let path = story.path();
    let mut document = award("award");
    document["beyond"] = json!("10000.00");
    let awarded = story.award("arbitrator1", document).await;
    assert_eq!((awarded.status, awarded.body["state"].as_str()), (200, Some("awarded")), "{awarded:?}");
    assert_eq!(awarded.body["award"]["beyond"], "10000.00");
    assert_eq!(awarded.body["award"]["number"], "（2026）沪仲案字第1号");
    let told = story.world.get("regulator1", path.clone()).await;
    assert_eq!((&told["award"]["number"], &told["reason"]), (&json!(null), &json!(null)));
    let executed = story.world.post("notary1", format!("{path}/execute"), json!({})).await;
    assert_eq!(executed["state"], "executed");
    assert_eq!(story.balances().await, ["1366.67", "0.00", "0.00", "0.00", "633.33"]);
    let refund = story.world.get("notary1", format!("/v1/refunds/{}", executed["paid_as"].as_str().unwrap())).await;
    assert_eq!((refund["basis"].as_str(), refund["reason"].as_str()), (Some("award"), Some("award")));
    let again = story.world.refused("notary2", format!("{path}/execute"), json!({})).await;
    assert_eq!(again, (409, "state_conflict".to_owned()));
    story.adds_up();
}

#[actix_web::test]
async fn partial_awards_add_up_and_a_later_one_corrects() {
    let story = Story::over("arbitrating").await;
    let path = story.path();
    let part = |refund: &str, partial: bool| {
        let mut document = award("award");
        (document["refund"], document["partial"]) = (json!(refund), json!(partial));
        document
    };
    let first = story.award("arbitrator1", part("400.00", true)).await;
    assert_eq!(
        (first.body["state"].as_str(), &first.body["decided"]["refund"]),
        (Some("arbitrating"), &json!("400.00"))
    );
    let early = story.world.refused("notary1", format!("{path}/execute"), json!({})).await;
    assert_eq!(early, (409, "state_conflict".to_owned()));
    let over = story.award("arbitrator1", part("233.34", true)).await;
    assert_eq!(over.problem(), (422, "split_mismatch".to_owned()));
    let short = story.award("arbitrator1", part("200.00", false)).await;
    assert_eq!(short.problem(), (422, "split_mismatch".to_owned()));
    let last = story.award("arbitrator1", part("233.33", false)).await;
    assert_eq!((last.body["state"].as_str(), &last.body["decided"]["refund"]), (Some("awarded"), &json!("633.33")));
    let mut corrected = part("600.00", false);
    corrected["merchant"] = json!("33.33");
    let corrected = story.award("notary1", corrected).await;
    assert_eq!(corrected.body["decided"]["merchant"], "33.33");
    story.world.post("notary1", format!("{path}/execute"), json!({})).await;
    assert_eq!(story.balances().await, ["1366.67", "0.00", "0.00", "33.33", "600.00"]);
    story.adds_up();
}

#[actix_web::test]
async fn time_takes_a_dispute_from_stage_to_stage() {
    let story = Story::over("negotiating").await;
    let path = story.path();
    for (wait, stage) in [("P10D", "mediating"), ("P30D", "arbitrating"), ("P120D", "unresolved")] {
        story.world.advance(wait).await;
        assert_eq!(story.state(path.clone()).await, stage);
    }
    let before = story.world.get("notary1", path.clone()).await;
    assert!(["mediate_by", "award_by", "review_by"].iter().all(|name| before[name].is_string()), "{before}");
    // The money stays frozen, and somebody has to look at it every ninety days.
    story.world.advance("P90D").await;
    let after = story.world.get("notary1", path.clone()).await;
    assert_eq!(after["state"], "unresolved");
    assert!(after["review_by"].as_str() > before["review_by"].as_str(), "{before} {after}");
    assert_eq!(story.balances().await[2], "633.33");
    // A court's judgment ends it, and a notary records that.
    let by_arbitrator = story.award("arbitrator1", award("judgment")).await;
    assert_eq!(by_arbitrator.problem(), (403, "forbidden".to_owned()));
    assert_eq!(story.award("notary1", award("judgment")).await.body["state"], "awarded");
    let executed = story.world.post("notary2", format!("{path}/execute"), json!({})).await;
    assert_eq!(executed["award"]["basis"], "judgment");
    story.adds_up();
}

#[actix_web::test]
async fn without_an_agreement_of_both_nobody_arbitrates() {
    let story = Story::over("unresolved").await;
    let path = story.path();
    let award = story.award("notary1", award("award")).await;
    assert_eq!(award.status, 200, "an institution can be asked when both agree on that later");
    story.adds_up();

    let story = Story::over("mediating").await;
    let objection = format!("{}/object-arbitration", story.path());
    let objected = story.world.post(story.side.merchant_user, objection.clone(), json!({"reason": "未约定"})).await;
    assert_eq!(objected["arbitration_objected_by"], "merchant");
    let again = story.world.refused(story.side.consumer_user, objection, json!({})).await;
    assert_eq!(again, (409, "arbitration_objected".to_owned()));
    story.world.advance("P30D").await;
    assert_eq!(story.state(story.path()).await, "unresolved");
    // Both can still agree, in any stage.
    let offered = story.propose("merchant", split("633.33")).await;
    assert_eq!(story.accept(story.side.consumer_user, &offered).await.body["state"], "accepted");
    assert_ne!(path, story.path());
    story.adds_up();

    let story = Story::begin().await;
    let dispute = story.dispute(story.side.consumer_user, &[], "600.00").await;
    let objection = format!("/v1/disputes/{}/object-arbitration", id(&dispute));
    let refused = story.world.refused(story.side.consumer_user, objection, json!({})).await;
    assert_eq!(refused, (409, "no_arbitration_agreement".to_owned()));
}

#[actix_web::test]
async fn a_split_leaves_nothing_over_and_voids_only_what_is_contested() {
    let story = Story::over("negotiating").await;
    let proposals = format!("{}/proposals", story.path());
    let contested: &str = &story.delivery;
    let other = "dlv_00000000000000000000000001";
    let wrong = [
        split_of("633.34", "0.00", "0.00", &[]),
        split_of("633.32", "0.00", "0.00", &[]),
        split_of("600.00", "0.00", "33.33", &[other]),
        split_of("600.01", "0.00", "33.32", &[contested]),
        split_of("0.00", "0.00", "633.33", &[contested, contested]),
    ];
    for split in wrong {
        let refused = story.world.refused(story.side.consumer_user, proposals.clone(), split.clone()).await;
        assert_eq!(refused, (422, "split_mismatch".to_owned()), "{split}");
    }
    // What is frozen becomes less when one side gives in, and an older proposal does not fit it any more.
    let offered = story.propose("merchant", split("633.33")).await;
    story.world.post(story.side.merchant_user, format!("/v1/deliveries/{contested}/void"), json!({})).await;
    let refused = story.accept(story.side.consumer_user, &offered).await;
    assert_eq!(refused.problem(), (422, "split_mismatch".to_owned()));
    assert_eq!(refused.body["detail"], "frozen: 600.00");
    story.adds_up();
}

#[actix_web::test]
async fn nobody_hears_a_case_in_which_they_have_an_interest() {
    let story = Story::over("negotiating").await;
    let assign = format!("{}/assign", story.path());
    let (consumer, merchant) = (story.side.consumer_user, story.side.merchant_user);
    let refusals = [
        ("mediator", consumer, "conflict_of_interest"),
        ("arbitrator", merchant, "conflict_of_interest"),
        ("mediator", "notary1", "conflict_of_interest"),
        ("mediator", "operator1", "conflict_of_interest"),
        ("mediator", "arbitrator1", "conflict_of_interest"),
        ("arbitrator", "mediator1", "conflict_of_interest"),
        ("mediator", "regulator1", "not_eligible"),
    ];
    for (role, user, code) in refusals {
        let body = json!({"role": role, "user_id": story.world.user(user).await});
        assert_eq!(story.world.refused("notary1", assign.clone(), body).await, (422, code.to_owned()), "{role} {user}");
    }
}

#[actix_web::test]
async fn once_it_is_decided_nobody_offers_or_gives_in_any_more() {
    let story = Story::over("awarded").await;
    let (consumer, merchant) = (story.side.consumer_user, story.side.merchant_user);
    for (user, path, body) in [
        (consumer, format!("{}/proposals", story.path()), split("1.00")),
        (consumer, format!("{}/withdraw", story.path()), json!({})),
        (merchant, format!("/v1/deliveries/{}/void", story.delivery), json!({})),
    ] {
        let refused = story.world.refused(user, path.clone(), body).await;
        assert_eq!(refused, (409, "state_conflict".to_owned()), "{path}");
    }
    story.adds_up();
}

#[actix_web::test]
async fn what_a_dispute_gives_back_is_not_given_back_again_by_the_refund_that_is_open() {
    let story = Story::begin().await;
    let dispute = story.dispute(story.side.consumer_user, &[], "600.00").await;
    let refund = story.side.request(&story.world, &story.now().await).await;
    assert_eq!(refund["calculation"]["refund"], "2000.00");
    let path = format!("/v1/disputes/{}", id(&dispute));
    let split = split_of("100.00", "0.00", "500.00", &[]);
    let offered = story.world.post(story.side.consumer_user, format!("{path}/proposals"), split).await;
    let accept = format!("{path}/proposals/{}/accept", id(&offered));
    story.world.decide(story.side.merchant_user, accept, &offered["revision"], json!({})).await;
    story.world.post("notary1", format!("{path}/execute"), json!({})).await;
    let refund = story.world.get("notary1", format!("/v1/refunds/{}", id(&refund))).await;
    assert_eq!((&refund["calculation"]["refund"], &refund["shortfall"]), (&json!("1900.00"), &json!("0.00")));
    story.adds_up();
}

#[actix_web::test]
async fn a_delivery_is_confirmed_or_contested_and_never_both() {
    let story = Story::begin().await;
    let consumer = story.side.consumer_user;
    let [confirmed, contested, lapsed] = [story.deliver().await, story.deliver().await, story.deliver().await];
    story.world.post(consumer, format!("/v1/deliveries/{confirmed}/confirm"), json!({})).await;
    let about = |delivery: &str| story.about(&[delivery], "0.00");
    let after = story.world.refused(consumer, "/v1/disputes", about(&confirmed)).await;
    assert_eq!(after, (409, "already_confirmed".to_owned()));
    story.dispute(consumer, &[&contested], "0.00").await;
    story.world.advance("P4D").await;
    // The one that nobody answered was confirmed by time, and the contested one was not.
    let late = story.world.refused(consumer, "/v1/disputes", about(&lapsed)).await;
    assert_eq!(late, (409, "already_confirmed".to_owned()));
    let states: Vec<Value> = vec![
        story.state(format!("/v1/deliveries/{lapsed}")).await.into(),
        story.state(format!("/v1/deliveries/{contested}")).await.into(),
    ];
    assert_eq!(states, ["confirmed", "contested"]);
    story.adds_up();
}
