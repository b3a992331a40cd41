//! Business that cannot be: too many units, money twice, things of other people.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{World, text};

fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn suspense(world: &World) -> Vec<Value> {
    world.get("regulator1", "/v1/suspense").await["data"].as_array().expect("a list").clone()
}

#[actix_web::test]
async fn a_delivery_takes_no_more_units_than_remain() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    let deliveries = format!("/v1/contracts/{}/deliveries", text(&contract, "id"));
    assert_eq!(world.refused("merchant1", &deliveries, json!({"units": 61})).await, refusal(422, "units_exhausted"));
    world.post("merchant1", deliveries.clone(), json!({"units": 60})).await;
    assert_eq!(world.refused("merchant1", &deliveries, json!({"units": 1})).await, refusal(422, "units_exhausted"));
    let future = json!({"units": 1, "occurred_at": "2099-01-01T00:00:00Z"});
    assert_eq!(world.refused("merchant1", &deliveries, future).await, refusal(422, "occurred_in_future"));
}

#[actix_web::test]
async fn a_contract_that_is_not_active_takes_no_delivery() {
    let world = World::start().await;
    let plan = world.plan().await;
    let contract = world.post("consumer1", "/v1/contracts", json!({"plan_id": plan["id"]})).await;
    let deliveries = format!("/v1/contracts/{}/deliveries", text(&contract, "id"));
    let reply = world.ask(Method::POST, deliveries).by("merchant1").json(&json!({"units": 1})).send().await;
    assert_eq!(reply.problem(), refusal(409, "contract_not_active"));
    assert_eq!(reply.body["current_state"], "draft");
}

#[actix_web::test]
async fn a_delivery_is_confirmed_once_and_the_same_request_gets_its_stored_reply() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    let deliveries = format!("/v1/contracts/{}/deliveries", text(&contract, "id"));
    let delivery = world.post("merchant1", deliveries, json!({"units": 1})).await;
    let confirm = format!("/v1/deliveries/{}/confirm", text(&delivery, "id"));
    let ask = |key: &str| world.ask(Method::POST, confirm.clone()).by("consumer1").key(key).json(&json!({}));
    let first = ask("one").send().await;
    assert_eq!(first.status, 200);
    let other = ask("two").send().await;
    assert_eq!(other.problem(), refusal(409, "already_confirmed"));
    let again = ask("one").without_replay().send().await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let stored = ask("two").send().await;
    assert_eq!(stored.problem(), refusal(409, "already_confirmed"));
    assert_eq!(stored.headers.get("idempotency-replayed").map(String::as_str), Some("true"));
}

#[actix_web::test]
async fn a_deposit_that_is_paid_twice_goes_to_suspense_and_is_never_lost() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    let path = format!("/v1/contracts/{}", text(&contract, "id"));
    let deposit = world.get("consumer1", format!("{path}/deposits")).await["data"][0].clone();
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    let receipts = suspense(&world).await;
    assert_eq!(receipts.len(), 1);
    assert_eq!((&receipts[0]["reason"], &receipts[0]["amount"]), (&json!("already_paid"), &json!("2000.00")));
    assert_eq!(receipts[0]["deposit_id"], deposit["id"]);
    let events = world.get("regulator1", "/v1/events?kind=suspense.received").await;
    assert_eq!(events["data"][0]["data"]["suspense"], receipts[0]["id"]);
    let account = world.get("notary1", "/v1/books/accounts/office/suspense").await;
    assert_eq!(account["balance"], "2000.00");
    assert_eq!(world.get("consumer1", path).await["balances"]["deposited"], "2000.00");
}

#[actix_web::test]
async fn another_amount_than_is_due_goes_to_suspense_and_the_contract_stays_signed() {
    let world = World::start().await;
    let plan = world.plan().await;
    let contract = world.post("consumer1", "/v1/contracts", json!({"plan_id": plan["id"]})).await;
    let path = format!("/v1/contracts/{}", text(&contract, "id"));
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    world.post("consumer1", format!("{path}/sign"), terms.clone()).await;
    world.post("merchant1", format!("{path}/sign"), terms).await;
    let deposit = world.post("consumer1", format!("{path}/deposits"), json!({"channel": "sandbox"})).await;
    let notice = json!({
        "kind": "deposit", "transaction_id": "T-1", "reference": deposit["payment"]["reference"], "outcome": "paid",
        "amount": "1999.99", "currency": "CNY"
    });
    let taken_in = world.notify(&notice).await;
    assert_eq!((taken_in.status, &taken_in.body["result"]), (200, &json!("suspense")));
    let again = world.notify(&notice).await;
    assert_eq!((again.status, &again.body["result"]), (200, &json!("repeated")));
    assert_eq!(again.body["subject"], taken_in.body["subject"]);
    assert_eq!(again.body["log_position"], taken_in.body["log_position"]);
    let receipts = suspense(&world).await;
    assert_eq!(receipts.len(), 1);
    assert_eq!((&receipts[0]["reason"], &receipts[0]["transaction_id"]), (&json!("wrong_amount"), &json!("T-1")));
    assert_eq!(text(&world.get("consumer1", path).await, "state"), "signed");
    let mut foreign = notice;
    foreign["currency"] = json!("USD");
    assert_eq!(world.notify(&foreign).await.problem(), refusal(422, "wrong_currency"));
}

#[actix_web::test]
async fn strangers_and_unknown_ids_get_the_same_404() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    let path = format!("/v1/contracts/{}", text(&contract, "id"));
    let delivery = world.post("merchant1", format!("{path}/deliveries"), json!({"units": 1})).await;
    let deposit = world.get("consumer1", format!("{path}/deposits")).await["data"][0].clone();
    let mut theirs = vec![path.clone()];
    theirs.extend(
        ["terms", "timeline", "statement", "deposits", "deliveries", "refunds"].map(|of| format!("{path}/{of}")),
    );
    theirs.push(format!("/v1/deliveries/{}", text(&delivery, "id")));
    theirs.push(format!("/v1/deposits/{}", text(&deposit, "id")));
    for path in theirs {
        let own = world.ask(Method::GET, path.clone()).by("consumer1").send().await;
        assert_eq!(own.status, 200, "{own:?}");
        let strange = world.ask(Method::GET, path.clone()).by("consumer2").send().await;
        assert_eq!(strange.problem(), refusal(404, "not_found"), "{path}");
        let other = world.ask(Method::GET, path.clone()).by("merchant2").send().await;
        assert_eq!(other.problem(), refusal(404, "not_found"), "{path}");
    }
    for id in ["ctr_00000000000000000000000000", "ctr_", "x", "pln_00000000000000000000000000", "%00", "ctr_%E6%B3%B3"]
    {
        let reply = world.ask(Method::GET, format!("/v1/contracts/{id}")).by("consumer1").send().await;
        assert_eq!(reply.problem(), refusal(404, "not_found"), "{id}");
    }
    let confirm = format!("/v1/deliveries/{}/confirm", text(&delivery, "id"));
    assert_eq!(world.refused("consumer2", confirm, json!({})).await, refusal(404, "not_found"));
}

#[actix_web::test]
async fn a_revision_that_was_reviewed_is_honoured_wherever_it_is_named() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    let path = format!("/v1/contracts/{}", text(&contract, "id"));
    let delivery = world.post("merchant1", format!("{path}/deliveries"), json!({"units": 1})).await;
    let delivery = format!("/v1/deliveries/{}", text(&delivery, "id"));
    let why = json!({"reason": "记错了。"});
    let stale = [
        ("consumer1", format!("{path}/cancel"), json!({})),
        ("consumer1", format!("{path}/deposits"), json!({"channel": "sandbox"})),
        ("consumer1", format!("{path}/checkin-codes"), json!({})),
        ("merchant1", format!("{path}/deliveries"), json!({"units": 1})),
        ("consumer1", format!("{path}/refunds"), json!({"reason": "merchant_breach"})),
        ("consumer1", format!("{delivery}/confirm"), json!({})),
        ("consumer1", format!("{delivery}/contest"), why.clone()),
        ("merchant1", format!("{delivery}/void"), json!({})),
        ("merchant1", format!("{delivery}/reverse"), why),
    ];
    for (user, path, body) in stale {
        let ask = world.ask(Method::POST, path.clone()).by(user).reviewed(&json!(99)).json(&body);
        assert_eq!(ask.send().await.problem(), refusal(412, "revision_mismatch"), "{path}");
    }
}
