//! Each command against objects in each state.

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::domain::time::Date;

use super::Row;
use super::support::World;
use super::support::cases::award;
use super::support::orders::{document, judgment};
use super::support::side::{Side, id};

/// The states that each kind of object is tried in.
pub const TRIED: [(&str, &[&str]); 9] = [
    ("merchants", &["applied", "reviewed", "active", "suspended", "exiting", "rejected"]),
    ("plans", &["draft", "submitted", "on_sale", "rejected", "withdrawn"]),
    ("contracts", &["draft", "signed", "active", "closing", "cancelled"]),
    ("deliveries", &["pending", "contested", "confirmed", "voided", "reversed"]),
    ("settlements", &["proposed", "released", "rejected"]),
    ("default-runs", &["proposed", "done", "rescinded"]),
    (
        "disputes",
        &["negotiating", "mediating", "arbitrating", "unresolved", "awarded", "settled", "executed", "withdrawn"],
    ),
    ("freezes", &["open", "lifted", "executed"]),
    ("refunds", &["requested", "answered", "proposed", "ordered", "declined", "withdrawn"]),
];

/// Refusals that say more than that the state does not fit.
const TELLING: [&str; 4] = ["already_signed", "already_confirmed", "already_contested", "delivery_contested"];

async fn object_in(world: &World, side: &Side, kind: &str, state: &str) -> Value {
    match kind {
        "merchants" => world.merchant_in(state).await.1,
        "plans" => side.plan_in(world, state).await,
        "contracts" => side.contract_in(world, state).await,
        "deliveries" => side.delivery_in(world, state).await,
        "settlements" => side.settlement_in(world, state).await,
        "default-runs" => side.run_in(world, state).await,
        "disputes" => side.dispute_in(world, state).await,
        "freezes" => side.freeze_in(world, state).await,
        "refunds" => side.refund_in(world, state).await,
        other => panic!("nothing makes {other}"),
    }
}

/// A user of the first of the command's roles; approvals are the second notary's.
fn user_of<'a>(side: &'a Side, row: &Row) -> &'a str {
    match row.roles[0].as_str() {
        "consumer" => side.consumer_user,
        "merchant" => side.merchant_user,
        "operator" => "operator1",
        "notary" => "notary2",
        other => panic!("nobody acts as {other}"),
    }
}

/// A day a month after the one that is shown; some day where none is.
fn later(day: &Value) -> String {
    let day = day.as_str().map(|day| Date::parse(day).expect("a day"));
    day.map_or_else(|| "2035-06-30".to_owned(), |day| day.plus_days(30).to_string())
}

fn body_of(row: &Row, object: &Value, arbitrator: &str) -> Value {
    match row.command.as_str() {
        "contract.sign" => json!({"terms_sha256": object["terms_sha256"]}),
        "freeze.lift" => document("ef"),
        "freeze.execute" => judgment(object),
        "dispute.award" => award("judgment"),
        "dispute.assign" => json!({"role": "arbitrator", "user_id": arbitrator}),
        "contract.extend" => json!({"ends_on": later(&object["ends_on"])}),
        "refund.answer" => json!({"accept": true}),
        "contract.consent_guardian" => json!({
            "name": "王芳", "id_number": "310105198001010029", "relation": "母亲",
            "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
        }),
        "refund.decide" => json!({
            "amount": "1.00", "basis": "waiver", "reason": "双方到场", "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
        }),
        "refund.declare" => json!({"basis": "waiver", "amount": "1.00"}),
        "plan.revise" => json!({"price": "700.00"}),
        "merchant.reject"
        | "merchant.suspend"
        | "plan.reject"
        | "delivery.contest"
        | "delivery.reverse"
        | "settlement.reject"
        | "refund.decline"
        | "default_run.object"
        | "default_run.rescind" => json!({"reason": "依规"}),
        _ => json!({}),
    }
}

/// Tries a command on an object in a state and holds the answer against the command's row.
pub async fn try_command(world: &World, side: &Side, row: &Row, kind: &str, state: &str) {
    let object = match (row.command.as_str(), state) {
        // There is nothing to part where the merchant agrees.
        ("refund.order_undisputed", "answered") => side.objected(world, "1000.00").await,
        _ => object_in(world, side, kind, state).await,
    };
    let (method, path) = row.endpoint.split_once(' ').expect("a method");
    let path = path.replace("{id}", &id(&object));
    let ask = world.ask(Method::from_bytes(method.as_bytes()).expect("a method"), path).by(user_of(side, row));
    let mut body = body_of(row, &object, &world.user("arbitrator1").await);
    if row.command == "contract.transfer" {
        body = json!({"to_consumer": world.get("consumer2", "/v1/me").await["party"]});
    }
    let reply = ask.reviewed(&object["revision"]).json(&body).send().await;
    let seen = format!("{} on {kind} {state}: {reply:?}", row.command);
    if row.from.iter().any(|from| from == state) {
        assert_eq!(reply.status, 200, "{seen}");
        let now = reply.body["state"].as_str().expect("a state");
        assert!(row.to.iter().any(|to| to == now), "{seen}");
        return;
    }
    let (status, code) = reply.problem();
    assert_eq!(status, 409, "{seen}");
    if TELLING.contains(&code.as_str()) {
        return;
    }
    assert_eq!((code.as_str(), reply.body["current_state"].as_str()), ("state_conflict", Some(state)), "{seen}");
    let allowed: Vec<&str> = reply.body["allowed"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(!allowed.is_empty() && allowed.iter().all(|one| row.from.iter().any(|from| from == one)), "{seen}");
}
