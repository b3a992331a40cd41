//! How an order ends: carried out by an award or a judgment, or lifted, by a decision that is signed where there is a key.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::story::{Story, at};
use super::support::orders::{document, judgment};
use super::support::side::id;
use super::support::signer::Signer;

fn split(refund: &str, merchant: &str, held: &str, voided: &[&str]) -> Value {
    let mut body = document("12");
    body["basis"] = json!("judgment");
    (body["refund"], body["merchant"], body["held"]) = (json!(refund), json!(merchant), json!(held));
    body["voided_deliveries"] = json!(voided);
    body
}

#[actix_web::test]
async fn a_judgment_splits_exactly_what_is_frozen() {
    let story = Story::begin().await;
    let (first, second) = (story.deliver().await, story.deliver().await);
    let freeze = story.order("2500.00").await;
    assert_eq!(story.stands(&freeze).await, ["open", "2000.00", "500.00"]);
    let path = format!("{}/execute", at(&freeze));
    for wrong in [
        split("2000.01", "0.00", "0.00", &[]),
        split("1999.99", "0.00", "0.00", &[]),
        split("2000.00", "0.00", "0.00", &[&first]),
        split("1900.00", "0.00", "100.00", &[&first, &first]),
    ] {
        assert_eq!(story.world.refused("notary1", path.clone(), wrong).await, (422, "split_mismatch".to_owned()));
    }
    let body = split("1000.00", "33.33", "966.67", &[&second]);
    let executed = story.world.post("notary1", path.clone(), body.clone()).await;
    assert_eq!((executed["state"].as_str(), executed["waiting_amount"].as_str()), (Some("executed"), Some("0.00")));
    assert_eq!(story.balances().await, ["966.67", "0.00", "0.00", "33.33", "1000.00"]);
    let delivery = async |id: &str| story.world.get("notary1", format!("/v1/deliveries/{id}")).await;
    assert_eq!(
        (&delivery(&first).await["state"], &delivery(&second).await["state"]),
        (&json!("confirmed"), &json!("voided"))
    );
    assert_eq!(delivery(&first).await["confirmed_how"], "judgment");
    let refund =
        story.world.get("notary1", format!("/v1/refunds/{}", executed["paid_as"].as_str().expect("a refund"))).await;
    assert_eq!((refund["amount"].as_str(), refund["basis"].as_str()), (Some("1000.00"), Some("judgment")));
    assert_eq!(story.world.bank("payouts", &refund["payout_id"], "settled").await.status, 200);
    assert_eq!(story.now().await["state"], "active");
    assert_eq!(story.world.refused("notary1", path, body).await, (409, "state_conflict".to_owned()));

    // The merchant's part is released by the next settlement.
    story.world.advance("P20D").await;
    let settlement = story.world.post("notary1", "/v1/settlements", json!({"merchant_id": story.side.merchant})).await;
    assert_eq!(settlement["amount"], "33.33");
    story.holds();
}

#[actix_web::test]
async fn what_a_judgment_leaves_goes_to_the_order_behind_it() {
    let story = Story::begin().await;
    let first = story.order("1500.00").await;
    let second = story.order("1000.00").await;
    assert_eq!(story.stands(&second).await, ["open", "500.00", "500.00"]);
    story.world.post("notary1", format!("{}/execute", at(&first)), split("1200.00", "0.00", "300.00", &[])).await;
    assert_eq!(story.stands(&second).await, ["open", "800.00", "200.00"]);
    assert_eq!(story.balances().await, ["0.00", "0.00", "800.00", "0.00", "1200.00"]);
    story.holds();
}

#[actix_web::test]
async fn what_is_under_an_order_on_a_merchant_can_only_be_the_merchants() {
    let story = Story::begin().await;
    story.side.check_in(&story.world, &story.contract).await;
    let freeze = story.order_on_merchant("20.00").await;
    let path = format!("{}/execute", at(&freeze));
    for wrong in [split("20.00", "0.00", "0.00", &[]), split("0.00", "0.00", "20.00", &[])] {
        assert_eq!(story.world.refused("notary1", path.clone(), wrong).await, (422, "split_mismatch".to_owned()));
    }
    story.world.post("notary1", path, judgment(&freeze)).await;
    assert_eq!(story.earnings().await, ["33.33", "0.00", "0.00"]);
    let waiting = story.order("3000.00").await;
    story.lift(&waiting).await;
    story.holds();
}

#[actix_web::test]
async fn a_contract_that_is_closing_ends_when_what_a_judgment_gives_back_is_paid() {
    let story = Story::begin().await;
    let freeze = story.order("600.00").await;
    let requested = story.side.request(&story.world, &story.contract).await;
    let mut decision = document("ab");
    decision["amount"] = json!("1400.00");
    decision["basis"] = json!("waiver");
    decision["reason"] = json!("双方到场");
    let path = format!("/v1/refunds/{}/decide", id(&requested));
    let ordered = story.world.decide("notary1", path, &requested["revision"], decision).await;
    assert_eq!(story.world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    let executed = story.world.post("notary1", format!("{}/execute", at(&freeze)), judgment(&freeze)).await;
    assert_eq!(story.balances().await, ["0.00", "0.00", "0.00", "0.00", "2000.00"]);
    assert_eq!(story.now().await["state"], "closing");
    let path = format!("/v1/refunds/{}", executed["paid_as"].as_str().expect("a refund"));
    let refund = story.world.get("notary1", path).await;
    assert_eq!(story.world.bank("payouts", &refund["payout_id"], "settled").await.status, 200);
    assert_eq!(story.now().await["state"], "terminated");
    story.holds();
}

#[actix_web::test]
async fn who_has_a_key_signs_what_they_lift_and_carry_out() {
    let story = Story::begin().await;
    let (first, second) = (story.order("100.00").await, story.order("50.00").await);
    let signer = Signer::new(3);
    assert_eq!(signer.register(&story.world, "notary2").await.status, 200);
    let refused = story.world.refused("notary2", format!("{}/lift", at(&first)), document("ef")).await;
    assert_eq!(refused, (422, "signature_required".to_owned()));
    let action = format!("lift&document_sha256={}", "ef".repeat(32));
    let statement = story.world.to_sign("notary2", &at(&first), &action).await;
    let mut body = document("ef");
    body["signature"] = signer.signature(statement.text.as_bytes());
    let other = format!("{}/lift", at(&second));
    assert_eq!(story.world.refused("notary2", other, body.clone()).await, (422, "signature_invalid".to_owned()));
    story.world.post("notary2", format!("{}/lift", at(&first)), body).await;

    let terms =
        format!("execute&basis=judgment&refund=0.00&merchant=50.00&held=0.00&document_sha256={}", "12".repeat(32));
    let statement = story.world.to_sign("notary2", &at(&second), &terms).await;
    let mut body = split("0.00", "50.00", "0.00", &[]);
    body["signature"] = signer.signature(statement.text.as_bytes());
    let ask = story.world.ask(Method::POST, format!("{}/execute", at(&second))).by("notary2");
    assert_eq!(ask.reviewed(&json!(1)).json(&body).send().await.problem(), (412, "revision_mismatch".to_owned()));
    story.world.post("notary2", format!("{}/execute", at(&second)), body).await;
    assert_eq!(story.balances().await, ["1950.00", "0.00", "0.00", "50.00", "0.00"]);
    story.holds();
}
