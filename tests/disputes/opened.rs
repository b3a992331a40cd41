//! Disputes that are opened, and taken back by who opened them.

use serde_json::json;

use super::story::Story;
use super::support::text;

#[actix_web::test]
async fn a_dispute_freezes_what_it_names_and_no_more() {
    let story = Story::begin().await;
    let (first, second) = (story.deliver().await, story.deliver().await);
    let consumer = story.side.consumer_user;
    let dispute = story.dispute(consumer, &[&first], "600.00").await;
    assert_eq!((dispute["state"].as_str(), dispute["amount"].as_str()), (Some("negotiating"), Some("633.33")));
    assert_eq!(dispute["opened_by"], "consumer");
    assert_eq!(story.balances().await, ["1333.34", "33.33", "633.33", "0.00", "0.00"]);
    let freeze = story.world.get("notary1", format!("/v1/freezes/{}", text(&dispute, "freeze_id"))).await;
    assert_eq!(
        freeze["parts"],
        json!({"held": "600.00", "pending": "33.33", "deliveries": [first], "payable": "0.00"})
    );
    assert_eq!((freeze["cause"].as_str(), freeze["state"].as_str()), (Some("dispute"), Some("open")));

    // The clock of what is contested stands still; that of the other delivery goes on.
    story.world.advance("P4D").await;
    assert_eq!(story.state(format!("/v1/deliveries/{first}")).await, "contested");
    assert_eq!(story.state(format!("/v1/deliveries/{second}")).await, "confirmed");
    story.adds_up();
}

#[actix_web::test]
async fn more_than_is_free_is_not_frozen_and_not_delivered() {
    let story = Story::begin().await;
    let delivery = story.deliver().await;
    let (consumer, merchant) = (story.side.consumer_user, story.side.merchant_user);
    let (status, code) = story.world.refused(consumer, "/v1/disputes", story.about(&[&delivery], "1966.68")).await;
    assert_eq!((status, code.as_str()), (422, "funds_frozen"));
    story.dispute(merchant, &[], "1966.67").await;
    let deliveries = format!("/v1/contracts/{}/deliveries", story.contract);
    let refused = story.world.refused(merchant, deliveries, json!({"units": 1})).await;
    assert_eq!(refused, (422, "funds_frozen".to_owned()));
    let twice = story.about(&[&delivery, &delivery], "0.00");
    assert_eq!(story.world.refused(consumer, "/v1/disputes", twice).await.0, 422);
    assert_eq!(story.world.refused(consumer, "/v1/disputes", story.about(&[], "0.00")).await.0, 422);
    story.dispute(consumer, &[&delivery], "0.00").await;
    let again = story.world.refused(merchant, "/v1/disputes", story.about(&[&delivery], "0.00")).await;
    assert_eq!(again, (409, "already_contested".to_owned()));
    story.adds_up();
}

#[actix_web::test]
async fn a_consumer_who_withdraws_agrees_with_the_deliveries() {
    let story = Story::begin().await;
    let (first, second) = (story.deliver().await, story.deliver().await);
    let dispute = story.dispute(story.side.consumer_user, &[&first, &second], "600.00").await;
    let path = format!("/v1/disputes/{}/withdraw", text(&dispute, "id"));
    let refused = story.world.refused(story.side.merchant_user, path.clone(), json!({})).await;
    assert_eq!(refused, (403, "forbidden".to_owned()));
    let withdrawn = story.world.post(story.side.consumer_user, path.clone(), json!({})).await;
    assert_eq!((withdrawn["state"].as_str(), &withdrawn["due_by"]), (Some("withdrawn"), &json!(null)));
    assert_eq!(story.balances().await, ["1933.34", "0.00", "0.00", "66.66", "0.00"]);
    assert_eq!(story.state(format!("/v1/deliveries/{first}")).await, "confirmed");
    assert_eq!(story.state(format!("/v1/freezes/{}", text(&dispute, "freeze_id"))).await, "lifted");
    let refused = story.world.refused(story.side.consumer_user, path, json!({})).await;
    assert_eq!(refused, (409, "state_conflict".to_owned()));
    story.adds_up();
}

#[actix_web::test]
async fn a_merchant_who_withdraws_lets_the_clocks_go_on() {
    let story = Story::begin().await;
    let delivery = story.deliver().await;
    let before = story.world.get("notary1", format!("/v1/deliveries/{delivery}")).await;
    let dispute = story.dispute(story.side.merchant_user, &[&delivery], "600.00").await;
    story.world.advance("P4D").await;
    let path = format!("/v1/disputes/{}/withdraw", text(&dispute, "id"));
    story.world.post(story.side.merchant_user, path, json!({})).await;
    assert_eq!(story.balances().await, ["1966.67", "33.33", "0.00", "0.00", "0.00"]);
    let after = story.world.get("notary1", format!("/v1/deliveries/{delivery}")).await;
    assert_eq!(after["state"], "pending");
    assert!(text(&after, "confirm_by") > text(&before, "confirm_by"), "{before} {after}");
    story.world.advance("P4D").await;
    assert_eq!(story.state(format!("/v1/deliveries/{delivery}")).await, "confirmed");
    story.adds_up();
}

#[actix_web::test]
async fn one_side_gives_in_about_one_delivery_after_the_other() {
    let story = Story::begin().await;
    let (first, second) = (story.deliver().await, story.deliver().await);
    let dispute = story.dispute(story.side.consumer_user, &[&first, &second], "0.00").await;
    let path = format!("/v1/disputes/{}", text(&dispute, "id"));
    story.world.post(story.side.merchant_user, format!("/v1/deliveries/{second}/void"), json!({})).await;
    let left = story.world.get("notary1", path.clone()).await;
    assert_eq!((left["amount"].as_str(), &left["deliveries"]), (Some("33.33"), &json!([first])));
    story.world.post(story.side.consumer_user, format!("{path}/withdraw"), json!({})).await;
    assert_eq!(story.state(path).await, "withdrawn");
    assert_eq!(story.state(format!("/v1/deliveries/{first}")).await, "confirmed");
    assert_eq!(story.balances().await, ["1966.67", "0.00", "0.00", "33.33", "0.00"]);
    story.adds_up();
}

#[actix_web::test]
async fn the_rest_of_a_contract_is_refunded_while_a_part_is_contested() {
    let story = Story::begin().await;
    let delivery = story.deliver().await;
    let dispute = story.dispute(story.side.consumer_user, &[&delivery], "600.00").await;
    let requested = story.side.request(&story.world, &story.now().await).await;
    let path = format!("/v1/refunds/{}/decide", text(&requested, "id"));
    let (sha256, sm3) = ("ab".repeat(32), "cd".repeat(32));
    let decide = |amount: &str| {
        json!({
            "amount": amount, "basis": "waiver", "reason": "双方到场", "document_sha256": sha256, "document_sm3": sm3
        })
    };
    let over =
        story.world.ask(actix_web::http::Method::POST, path.clone()).by("notary1").reviewed(&requested["revision"]);
    assert_eq!(over.json(&decide("1366.68")).send().await.problem(), (422, "amount_exceeds_escrow".to_owned()));
    let ordered = story.world.decide("notary1", path, &requested["revision"], decide("1366.67")).await;
    assert_eq!(story.balances().await, ["0.00", "0.00", "633.33", "0.00", "1366.67"]);
    assert_eq!(story.world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    // The transfer is made, and the contract waits for the end of the dispute.
    assert_eq!(story.now().await["state"], "closing");
    story.world.post(story.side.merchant_user, format!("/v1/deliveries/{delivery}/void"), json!({})).await;
    let path = format!("/v1/disputes/{}/withdraw", text(&dispute, "id"));
    story.world.post(story.side.consumer_user, path, json!({})).await;
    // What came back is the contract's again: the consumer can ask for it.
    assert_eq!(story.now().await["state"], "active");
    let rest = story.side.request(&story.world, &story.now().await).await;
    let path = format!("/v1/refunds/{}/decide", text(&rest, "id"));
    let ordered = story.world.decide("notary1", path, &rest["revision"], decide("633.33")).await;
    assert_eq!(story.world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    assert_eq!(story.now().await["state"], "terminated");
    story.adds_up();
}
