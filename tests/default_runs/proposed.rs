//! From the proposal to the approval: what stops, who may, and the way back.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::side::{Side, default_body};
use super::support::signer::Signer;
use super::support::{Reply, World};
use super::{at, holds};

async fn approve(world: &World, user: &str, run: &Value, body: &Value) -> Reply {
    let ask = world.ask(Method::POST, format!("{}/approve", at("default-runs", run))).by(user);
    ask.reviewed(&run["revision"]).json(body).send().await
}

#[actix_web::test]
async fn from_the_proposal_on_nothing_is_sold_or_released_until_it_is_rescinded() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (draft, signed) = (side.contract_in(&world, "draft").await, side.contract_in(&world, "signed").await);
    let active = side.contract_in(&world, "active").await;
    let settlement = side.settlement_in(&world, "proposed").await;
    let run = side.propose_default(&world).await;
    assert_eq!(run["state"], "proposed");
    let terms = json!({"terms_sha256": draft["terms_sha256"]});
    let stopped: Vec<(&str, String, Value)> = vec![
        (side.consumer_user, "/v1/contracts".to_owned(), json!({"plan_id": side.plan})),
        (side.consumer_user, format!("{}/sign", at("contracts", &draft)), terms),
        (side.consumer_user, format!("{}/deposits", at("contracts", &signed)), json!({"channel": "sandbox"})),
        (side.merchant_user, format!("{}/deliveries", at("contracts", &active)), json!({"units": 1})),
        (side.merchant_user, format!("/v1/merchants/{}/exit", side.merchant), json!({})),
        ("notary1", "/v1/settlements".to_owned(), json!({"merchant_id": side.merchant})),
        ("notary2", format!("/v1/merchants/{}/default-runs", side.merchant), default_body()),
    ];
    for (user, path, body) in &stopped {
        let refusal = world.refused(user, path.clone(), body.clone()).await;
        assert_eq!(refusal, (409, "default_run_open".to_owned()), "{path}");
    }
    let ask = world.ask(Method::POST, format!("{}/approve", at("settlements", &settlement))).by("notary2");
    let refusal = ask.reviewed(&settlement["revision"]).json(&json!({})).send().await.problem();
    assert_eq!(refusal, (409, "default_run_open".to_owned()));
    // Whoever is served shows a code: somebody was there.
    side.check_in(&world, &active).await;
    let seen = world.get(side.consumer_user, at("contracts", &active)).await;
    assert_eq!(seen["default_run"], json!({"id": run["id"], "state": "proposed", "cause": "default"}));

    let rescind = format!("{}/rescind", at("default-runs", &run));
    let rescinded = world.post("notary2", rescind, json!({"reason": "商家已恢复营业"})).await;
    assert_eq!((&rescinded["state"], &rescinded["rescind_reason"]), (&json!("rescinded"), &json!("商家已恢复营业")));
    let merchant = world.get("notary1", format!("/v1/merchants/{}", side.merchant)).await;
    assert_eq!((&merchant["state"], &merchant["default_run_id"]), (&json!("active"), &json!(null)));
    assert_eq!(world.get(side.consumer_user, at("contracts", &active)).await["default_run"], json!(null));
    side.contract_in(&world, "active").await;
    side.delivery(&world, &active).await;
    let path = format!("{}/approve", at("settlements", &settlement));
    world.decide("notary2", path, &settlement["revision"], json!({})).await;
    holds(&world);
}

#[actix_web::test]
async fn another_notary_approves_what_they_have_reviewed_after_the_merchant_could_object() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let signer = Signer::new(11);
    let run = side.propose_default(&world).await;
    let early = approve(&world, "notary2", &run, &json!({})).await.problem();
    assert_eq!(early, (409, "objection_window_open".to_owned()));
    let object = format!("{}/object", at("default-runs", &run));
    let objected = world.post(side.merchant_user, object, json!({"reason": "正在装修"})).await;
    assert_eq!(objected["objection"], "正在装修");
    world.advance("P20D").await;
    assert_eq!(approve(&world, "notary2", &run, &json!({})).await.problem().0, 412, "the objection was not reviewed");
    let own = approve(&world, "notary1", &objected, &json!({})).await.problem();
    assert_eq!(own, (403, "same_person".to_owned()));
    assert_eq!(signer.register(&world, "notary2").await.status, 200);
    let unsigned = approve(&world, "notary2", &objected, &json!({})).await.problem();
    assert_eq!(unsigned.1, "signature_required");
    let statement = world.to_sign("notary2", &at("default-runs", &run), "approve").await.bytes;
    let body = json!({"signature": signer.signature(&statement)});
    let approved = approve(&world, "notary2", &objected, &body).await;
    assert_eq!((approved.status, &approved.body["state"]), (200, &json!("running")), "{approved:?}");
    let rescind = format!("{}/rescind", at("default-runs", &run));
    let refusal = world.refused("notary1", rescind, json!({"reason": "太晚"})).await;
    assert_eq!(refusal, (409, "state_conflict".to_owned()), "what two have ordered is not taken back");
    world.advance("PT1S").await;
    world.found("/v1/default-runs", &run, "done").await;
    // A regulator reads what was done, but no words of people.
    let read = world.get("regulator1", at("default-runs", &run)).await;
    assert_eq!((&read["objection"], &read["reason"], &read["state"]), (&json!(null), &json!(null), &json!("done")));
    holds(&world);
}

#[actix_web::test]
async fn a_default_takes_two_proofs_of_different_kinds_and_a_notice() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let path = format!("/v1/merchants/{}/default-runs", side.merchant);
    let spoiled = |spoil: fn(&mut Value)| {
        let mut body = default_body();
        spoil(&mut body);
        body
    };
    let cases = [
        (spoiled(|body| drop(body["proofs"].as_array_mut().and_then(Vec::pop))), 422, "proofs_insufficient"),
        (spoiled(|body| body["proofs"][1]["kind"] = json!("site_visit")), 422, "proofs_insufficient"),
        (
            spoiled(|body| body["proofs"][1]["document_sha256"] = body["proofs"][0]["document_sha256"].clone()),
            422,
            "proofs_insufficient",
        ),
        (spoiled(|body| body["proofs"][1]["kind"] = json!("rumour")), 422, "invalid_value"),
        (spoiled(|body| body["notice"] = json!(null)), 422, "notice_required"),
        (spoiled(|body| body["notice"]["sent_at"] = json!("2099-01-01T00:00:00Z")), 422, "invalid_value"),
        (spoiled(|body| body["cause"] = json!("exit")), 409, "state_conflict"),
    ];
    for (body, status, code) in cases {
        assert_eq!(world.refused("notary1", path.clone(), body).await, (status, code.to_owned()));
    }
    assert_eq!(world.refused("merchant2", path, default_body()).await.0, 403);
}
