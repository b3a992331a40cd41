//! A channel's own number is its key.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::support::side::{Side, id};
use super::support::{Reply, World};

fn paid(transaction: &str, deposit: &Value) -> Value {
    json!({
        "kind": "deposit", "transaction_id": transaction, "reference": deposit["id"], "outcome": "paid",
        "amount": deposit["amount"], "currency": "CNY"
    })
}

fn result(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.body["result"].as_str().unwrap_or_default())
}

#[actix_web::test]
async fn a_payment_that_is_announced_again_changes_nothing() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "signed").await;
    let deposit = side.deposit(&world, &contract).await;
    let notice = paid("T-1", &deposit);
    let replies = join_all((0..8).map(|_| world.notify(&notice))).await;
    assert_eq!(replies.iter().filter(|reply| result(reply) == (200, "applied")).count(), 1);
    assert_eq!(replies.iter().filter(|reply| result(reply) == (200, "repeated")).count(), 7);
    let world = world.restart().await;
    assert_eq!(result(&world.notify(&notice).await), (200, "repeated"));
    let contract = world.found("/v1/contracts", &contract, "active").await;
    assert_eq!(contract["balances"]["deposited"], "2000.00");
    assert_eq!(world.get("notary1", "/v1/suspense").await["data"], json!([]));
}

#[actix_web::test]
async fn a_second_payment_goes_to_suspense_once() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "signed").await;
    let deposit = side.deposit(&world, &contract).await;
    assert_eq!(result(&world.notify(&paid("T-1", &deposit)).await), (200, "applied"));
    assert_eq!(result(&world.notify(&paid("T-2", &deposit)).await), (200, "suspense"));
    let again = world.notify(&paid("T-2", &deposit)).await;
    assert_eq!(result(&again), (200, "repeated"));
    let suspense = world.get("notary1", "/v1/suspense").await["data"].clone();
    assert_eq!(suspense.as_array().map(Vec::len), Some(1));
    assert_eq!((&suspense[0]["amount"], &suspense[0]["transaction_id"]), (&json!("2000.00"), &json!("T-2")));
    assert_eq!(again.body["subject"], suspense[0]["id"]);
}

#[actix_web::test]
async fn a_payout_that_is_settled_again_is_paid_once() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let refund = side.refund_in(&world, "ordered").await;
    assert_eq!(world.bank("payouts", &refund["payout_id"], "settled").await.status, 200);
    let notice = |transaction: &str, outcome: &str| json!({"kind": "payout", "transaction_id": transaction, "reference": refund["payout_id"], "outcome": outcome});
    let twice = world.notify(&notice("P-1", "settled")).await;
    assert_eq!(twice.problem(), (409, "state_conflict".to_owned()));
    assert_eq!(result(&world.notify(&notice("P-2", "returned")).await), (200, "applied"));
    assert_eq!(result(&world.notify(&notice("P-2", "returned")).await), (200, "repeated"));
    assert_eq!(world.notify(&notice("P-3", "returned")).await.problem().0, 409);
    let refund = world.get("notary1", format!("/v1/refunds/{}", id(&refund))).await;
    assert_eq!(refund["state"], "needs_account");
}
