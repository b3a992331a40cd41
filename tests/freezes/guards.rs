//! What is refused while money is under an order.

use actix_web::http::Method;
use serde_json::json;

use super::story::{Story, at};
use super::support::orders::document;
use super::support::side::id;
use super::support::text;

#[actix_web::test]
async fn a_delivery_finds_no_money_that_is_frozen() {
    let story = Story::begin().await;
    let freeze = story.order("1990.00").await;
    let path = format!("/v1/contracts/{}/deliveries", id(&story.contract));
    let refused = story.world.refused(story.side.merchant_user, path, json!({"units": 1})).await;
    assert_eq!(refused, (422, "funds_frozen".to_owned()));
    let code = story.side.code(&story.world, &story.contract).await;
    let body = json!({"checkin_code": code, "units": 1});
    let refused = story.world.refused(story.side.merchant_user, "/v1/deliveries", body).await;
    assert_eq!(refused, (422, "funds_frozen".to_owned()));
    story.lift(&freeze).await;
    story.deliver().await;
    story.holds();
}

#[actix_web::test]
async fn a_refund_reaches_what_is_not_frozen_and_nothing_while_an_order_waits() {
    let story = Story::begin().await;
    let requested = story.side.request(&story.world, &story.contract).await;
    let path = format!("/v1/refunds/{}", id(&requested));
    story.world.post(story.side.merchant_user, format!("{path}/answer"), json!({"accept": true})).await;
    let part = story.order("600.00").await;
    let decide = async |amount: &str| {
        let now = story.world.get("notary1", path.clone()).await;
        let mut body = json!({"amount": amount, "basis": "waiver", "reason": "双方到场"});
        body["document_sha256"] = document("ab")["document_sha256"].clone();
        body["document_sm3"] = document("ab")["document_sm3"].clone();
        let ask = story.world.ask(Method::POST, format!("{path}/decide")).by("notary1").reviewed(&now["revision"]);
        ask.json(&body).without_replay().send().await
    };
    assert_eq!(decide("1400.01").await.problem(), (422, "amount_exceeds_escrow".to_owned()));
    let rest = story.order("1500.00").await;
    assert_eq!(story.stands(&rest).await, ["open", "1400.00", "100.00"]);
    assert_eq!(decide("1.00").await.problem(), (422, "funds_frozen".to_owned()));
    story.lift(&rest).await;
    assert_eq!(decide("1400.00").await.status, 200);
    assert_eq!(story.balances().await, ["0.00", "0.00", "600.00", "0.00", "1400.00"]);

    // The contract does not end before the order does.
    let refund = story.world.get("notary1", path.clone()).await;
    assert_eq!(story.world.bank("payouts", &refund["payout_id"], "settled").await.status, 200);
    assert_eq!(story.now().await["state"], "closing");
    story.lift(&part).await;
    assert_eq!(story.now().await["state"], "active");
    story.holds();
}

#[actix_web::test]
async fn a_contract_under_an_order_is_neither_passed_on_nor_completed() {
    let story = Story::begin().await;
    let freeze = story.order("1.00").await;
    let path = format!("/v1/contracts/{}/transfer", id(&story.contract));
    let to = json!({"to_consumer": story.world.get("consumer2", "/v1/me").await["party"]});
    let refused = story.world.refused(story.side.consumer_user, path.clone(), to.clone()).await;
    assert_eq!(refused, (422, "funds_frozen".to_owned()));
    story.lift(&freeze).await;

    let body = json!({"units": 60});
    let path_of = format!("/v1/contracts/{}/deliveries", id(&story.contract));
    let used_up = story.world.post(story.side.merchant_user, path_of, body).await;
    story.answer(&id(&used_up), "confirm").await;
    assert_eq!(story.now().await["state"], "completed");
    let freeze = story.order("500.00").await;
    assert_eq!(story.stands(&freeze).await, ["open", "0.00", "500.00"]);
    assert_eq!(story.now().await["state"], "active");
    story.lift(&freeze).await;
    assert_eq!(story.now().await["state"], "completed");
    story.holds();
}

#[actix_web::test]
async fn a_delivery_whose_money_is_under_an_order_is_not_reversed() {
    let story = Story::begin().await;
    let delivery = story.deliver().await;
    story.answer(&delivery, "confirm").await;
    let freeze = story.order_on_merchant("20.00").await;
    let reverse = format!("/v1/deliveries/{delivery}/reverse");
    let refused = story.world.refused("notary1", reverse.clone(), json!({"reason": "记错了"})).await;
    assert_eq!(refused, (422, "funds_frozen".to_owned()));
    story.lift(&freeze).await;
    story.world.post("notary1", reverse, json!({"reason": "记错了"})).await;
    story.holds();
}

#[actix_web::test]
async fn two_parties_do_not_agree_a_contract_empty_past_an_order_that_waits() {
    let story = Story::begin().await;
    let body = json!({"contract_id": story.contract["id"], "held_amount": "600.00", "reason": "课程停开"});
    let dispute = story.world.post(story.side.consumer_user, "/v1/disputes", body).await;
    let freeze = story.order("2000.00").await;
    let path = format!("/v1/disputes/{}", id(&dispute));
    let proposal = story.side.proposal(&story.world, &dispute, "consumer").await;
    let accept = format!("{path}/proposals/{}/accept", id(&proposal));
    story.world.decide(story.side.merchant_user, accept, &proposal["revision"], json!({})).await;
    let refused = story.world.refused("notary1", format!("{path}/execute"), json!({})).await;
    assert_eq!(refused, (422, "funds_frozen".to_owned()));
    story.lift(&freeze).await;
    story.world.post("notary1", format!("{path}/execute"), json!({})).await;
    assert_eq!(story.balances().await, ["1400.00", "0.00", "0.00", "0.00", "600.00"]);
    story.holds();
}

#[actix_web::test]
async fn a_disputes_freeze_is_not_a_courts_to_lift() {
    let story = Story::begin().await;
    let body = json!({"contract_id": story.contract["id"], "held_amount": "600.00", "reason": "课程停开"});
    let dispute = story.world.post(story.side.consumer_user, "/v1/disputes", body).await;
    let freeze = json!({"id": text(&dispute, "freeze_id")});
    let refused = story.world.refused("notary1", format!("{}/lift", at(&freeze)), document("ef")).await;
    assert_eq!(refused, (409, "freeze_of_dispute".to_owned()));
    story.holds();
}
