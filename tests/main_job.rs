//! The main job, as a client sees it.

#![cfg(test)]

mod support;

use serde_json::json;
use support::books::holds;
use support::{World, text};

#[actix_web::test]
async fn a_deposit_is_delivered_settled_and_the_rest_refunded() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    assert_eq!(contract["state"], "active");
    assert_eq!(
        contract["balances"],
        json!({"deposited": "2000.00", "held": "2000.00", "pending": "0.00", "frozen": "0.00", "to_merchant": "0.00",
            "refunded": "0.00"})
    );
    let path = format!("/v1/contracts/{}", text(&contract, "id"));
    let first = world.post("merchant1", format!("{path}/deliveries"), json!({"units": 1})).await;
    assert_eq!((first["state"].as_str(), first["amount"].as_str()), (Some("pending"), Some("33.33")));
    let confirmed = world.post("consumer1", format!("/v1/deliveries/{}/confirm", text(&first, "id")), json!({})).await;
    assert_eq!(confirmed["state"], "confirmed");
    let second = world.post("merchant1", format!("{path}/deliveries"), json!({"units": 1})).await;
    world.advance("P3D").await;
    let silent = world.get("consumer1", format!("/v1/deliveries/{}", text(&second, "id"))).await;
    assert_eq!((silent["state"].as_str(), silent["confirmed_how"].as_str()), (Some("confirmed"), Some("time")));

    world.advance("P20D").await;
    let merchant = contract["merchant_id"].clone();
    let proposed = world.post("notary1", "/v1/settlements", json!({"merchant_id": merchant})).await;
    assert_eq!(proposed["amount"], "66.66");
    let approve = format!("/v1/settlements/{}/approve", text(&proposed, "id"));
    let ask = world.ask(actix_web::http::Method::POST, approve.clone()).by("notary1").reviewed(&proposed["revision"]);
    assert_eq!(ask.json(&json!({})).send().await.problem(), (403, "same_person".to_owned()));
    let released = world.decide("notary2", approve, &proposed["revision"], json!({})).await;
    assert_eq!(released["state"], "released");
    assert_eq!(world.bank("payouts", &released["payout_id"], "settled").await.status, 200);
    let paid = world.get("notary1", format!("/v1/settlements/{}", text(&proposed, "id"))).await;
    assert_eq!(paid["state"], "paid");

    let refund = world.post("consumer1", format!("{path}/refunds"), json!({"reason": "merchant_breach"})).await;
    assert_eq!(refund["calculation"]["refund"], "1933.33");
    let refund_path = format!("/v1/refunds/{}", text(&refund, "id"));
    let answered = world.post("merchant1", format!("{refund_path}/answer"), json!({"accept": true})).await;
    let decision = json!({"amount": "1933.33", "basis": "consent"});
    let ordered = world.decide("notary1", format!("{refund_path}/decide"), &answered["revision"], decision).await;
    assert_eq!(ordered["state"], "ordered");
    assert_eq!(world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    assert_eq!(world.get("consumer1", path).await["state"], "terminated");
    let books = world.get("regulator1", "/v1/books/trial-balance").await;
    assert_eq!(books["total_assets"], books["total_liabilities"]);
    holds(&world);
}
