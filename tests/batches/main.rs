//! Many writes in one request: each line is answered as its request would be, streams both ways, and hurts no other.
#![cfg(test)]

mod alone;
mod flow;
mod lines;
#[path = "../support/mod.rs"]
mod support;
#[allow(dead_code, reason = "the walk of permissions uses the rest")]
#[path = "../permissions/table.rs"]
mod table;
mod wire;
#[allow(dead_code, reason = "the walk of permissions uses the rest")]
#[path = "../permissions/writes.rs"]
mod writes;

use actix_web::http::Method;
use serde_json::{Value, json};
use support::World;
use support::side::{Side, id, plan_body};
use support::spec::against;
use ticun::http::problems;

/// A line.
pub fn line(op: &str, key: &str, body: Value) -> Value {
    json!({"op": op, "idempotency_key": key, "body": body})
}

/// A line that records one unit of a contract.
pub fn delivery(contract: &Value, key: &str) -> Value {
    line("delivery.record", key, json!({"contract_id": contract["id"], "units": 1}))
}

/// Lines as one body.
pub fn body(lines: &[Value]) -> Vec<u8> {
    lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

/// Sends a batch of these bytes; answers its replies, each of which is as described.
pub async fn send_bytes(world: &World, user: &str, bytes: &[u8]) -> Vec<Value> {
    let reply = world.ask(Method::POST, "/v1/batches").by(user).bytes(bytes).without_replay().send().await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.text.lines().map(|line| described(line.as_bytes())).collect()
}

/// Sends a batch.
pub async fn send(world: &World, user: &str, lines: &[Value]) -> Vec<Value> {
    let replies = send_bytes(world, user, &body(lines)).await;
    let numbers: Vec<u64> = replies.iter().filter_map(|reply| reply["line"].as_u64()).collect();
    assert_eq!(numbers, (1..).take(lines.len()).collect::<Vec<u64>>());
    replies
}

/// A reply, which must be as described.
pub fn described(reply: &[u8]) -> Value {
    let reply: Value = serde_json::from_slice(reply).unwrap_or_else(|error| panic!("{error}: {reply:?}"));
    let findings = against(&json!({"$ref": "#/components/schemas/BatchReply"}), &reply);
    assert!(findings.is_empty(), "{findings:?} {reply}");
    if let Some(code) = reply["body"]["code"].as_str() {
        let known = problems::find(code).map(|problem| json!(problem.status));
        assert_eq!((Some(&reply["status"]), Some(&reply["body"]["status"])), (known.as_ref(), known.as_ref()));
    }
    reply
}

/// Status and code of a reply; no code where it is no problem.
pub fn told(reply: &Value) -> (u64, &str) {
    (reply["status"].as_u64().expect("a status"), reply["body"]["code"].as_str().unwrap_or_default())
}

/// A contract that is active and has this many units.
pub async fn contract_with(world: &World, side: &Side, units: u32) -> Value {
    let mut plan = plan_body("2000.00");
    plan["count"]["units"] = json!(units);
    let plan = side.on_sale(world, plan).await;
    side.contract_of(world, "active", &id(&plan)).await
}
