//! What is refused when money is to be released.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::signer::Signer;
use super::support::{World, text};
use super::{at, decision_refused, offers, post_refused, refused};

pub async fn settlements(world: &World) {
    let contract = world.active_contract("consumer1").await;
    let deliveries = format!("{}/deliveries", at("contracts", &contract));
    let delivery = at("deliveries", &world.post("merchant1", deliveries, json!({"units": 1})).await);
    world.post("consumer1", format!("{delivery}/confirm"), json!({})).await;
    let merchant = json!({"merchant_id": contract["merchant_id"]});
    let early = json!({"merchant_id": contract["merchant_id"], "cutoff": "2099-01-01T00:00:00Z"});
    post_refused(world, "notary1", "/v1/settlements", early, "cutoff_in_future").await;
    world.advance("P25D").await;
    let proposed = world.post("notary1", "/v1/settlements", merchant.clone()).await;
    post_refused(world, "notary1", "/v1/settlements", merchant.clone(), "settlement_open").await;
    let approve = format!("{}/approve", at("settlements", &proposed));
    decision_refused(world, "notary1", &approve, &proposed["revision"], json!({}), "same_person").await;
    world.decide("notary2", approve, &proposed["revision"], json!({})).await;
    post_refused(world, "notary1", "/v1/settlements", merchant, "nothing_to_release").await;
    let why = json!({"reason": "记错了。"});
    post_refused(world, "merchant1", &format!("{delivery}/reverse"), why, "already_settled").await;
}

pub async fn signatures(world: &World) {
    let contract = world.active_contract("consumer1").await;
    let refund = world.post(
        "consumer1",
        format!("{}/refunds", at("contracts", &contract)),
        json!({"reason": "merchant_breach"}),
    );
    let refund = refund.await;
    let (path, revision) = (at("refunds", &refund), &refund["revision"]);
    let decline = format!("{path}/decline");
    let (mine, other) = (Signer::new(3), Signer::new(4));
    let statement = world.to_sign("notary2", &path, "decline").await.bytes;
    let body = |signature: Value| json!({"reason": "不符", "signature": signature});
    let signed = body(mine.signature(&statement));
    decision_refused(world, "notary2", &decline, revision, signed.clone(), "signing_key_missing").await;
    let mut registration = mine.registration(world, "notary2").await;
    registration["public_key"] = json!(other.key());
    let put = world.ask(Method::PUT, "/v1/me/signing-key").by("notary2").json(&registration);
    refused(put, "key_proof_invalid").await;
    assert_eq!(mine.register(world, "notary2").await.status, 200);
    assert_eq!(mine.register(world, "notary1").await.problem(), (409, "signing_key_taken".to_owned()));
    decision_refused(world, "notary2", &decline, revision, json!({"reason": "不符"}), "signature_required").await;
    let by_other = body(other.signature(&statement));
    decision_refused(world, "notary2", &decline, revision, by_other, "signature_invalid").await;
    world.decide("notary2", decline, revision, signed).await;
    world.post("notary2", "/v1/me/signing-key/retire", json!({})).await;
}

/// A plan of one use by a merchant who has no account yet, on sale.
async fn second_merchants_plan(world: &World) -> Value {
    let applied = world.get("notary1", "/v1/merchants?state=applied").await["data"][0].clone();
    let merchant = at("merchants", &applied);
    world.post("operator1", format!("{merchant}/review"), json!({})).await;
    world.post("notary1", format!("{merchant}/admit"), json!({})).await;
    let mut plan = offers::plan();
    plan["count"]["units"] = json!(1);
    plan["sector"] = json!("other");
    let drafted = world.post("merchant2", "/v1/plans", plan).await;
    let path = at("plans", &drafted);
    let submitted = world.post("merchant2", format!("{path}/submit"), json!({})).await;
    world.decide("notary1", format!("{path}/approve"), &submitted["revision"], json!({})).await
}

pub async fn a_payee_without_an_account(world: &World) {
    let plan = second_merchants_plan(world).await;
    let contract = world.post("consumer2", "/v1/contracts", json!({"plan_id": plan["id"]})).await;
    let path = at("contracts", &contract);
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    world.post("consumer2", format!("{path}/sign"), terms.clone()).await;
    world.post("merchant2", format!("{path}/sign"), terms).await;
    let deposit = world.post("consumer2", format!("{path}/deposits"), json!({"channel": "sandbox"})).await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    let delivery = world.post("merchant2", format!("{path}/deliveries"), json!({"units": 1})).await;
    world.post("consumer2", format!("{}/confirm", at("deliveries", &delivery)), json!({})).await;
    assert_eq!(text(&world.get("consumer2", path.clone()).await, "state"), "completed");

    let refund = world.post("consumer2", format!("{path}/refunds"), json!({"reason": "merchant_breach"})).await;
    let decide = format!("{}/decide", at("refunds", &refund));
    let decision = json!({
        "amount": "1.00", "basis": "waiver", "reason": "双方到场", "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
    });
    decision_refused(world, "notary1", &decide, &refund["revision"], decision, "nothing_to_refund").await;

    world.advance("P25D").await;
    let merchant = json!({"merchant_id": plan["merchant_id"]});
    let proposed = world.post("notary1", "/v1/settlements", merchant).await;
    let approve = format!("{}/approve", at("settlements", &proposed));
    decision_refused(world, "notary2", &approve, &proposed["revision"], json!({}), "payout_account_missing").await;
}
