//! Refunds as the parties meet them, over HTTP: every reason, what is claimed, what is decided, and when it is paid.

#![cfg(test)]

#[path = "refunds/again.rs"]
mod again;
#[path = "refunds/claims.rs"]
mod claims;
#[path = "refunds/cooling_off.rs"]
mod cooling_off;
#[path = "refunds/decisions.rs"]
mod decisions;
#[path = "refunds/reasons.rs"]
mod reasons;
mod support;
#[path = "refunds/undisputed.rs"]
mod undisputed;
#[path = "refunds/verified.rs"]
mod verified;

use serde_json::{Value, json};
use support::World;
use support::books::holds;
use support::side::{Side, id};

/// The books hold: tables are the replay of the log, assets are liabilities, and the verifier's rules allow each entry.
async fn books_hold(world: &World) {
    let books = world.get("regulator1", "/v1/books/trial-balance").await;
    assert_eq!(books["total_assets"], books["total_liabilities"]);
    holds(world);
}

/// A document by both digests.
fn document() -> Value {
    json!({"document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)})
}

/// The two objects' members in one.
fn with(mut body: Value, more: &Value) -> Value {
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    body
}

/// A refund that a side's consumer asks for.
async fn request(world: &World, side: &Side, contract: &Value, body: Value) -> Value {
    world.post(side.consumer_user, format!("/v1/contracts/{}/refunds", id(contract)), body).await
}

fn path_of(refund: &Value) -> String {
    format!("/v1/refunds/{}", id(refund))
}

/// The first notary's decision on a refund as it stands.
async fn decide(world: &World, refund: &Value, decision: Value) -> Value {
    let revision = world.get("notary1", path_of(refund)).await["revision"].clone();
    world.decide("notary1", format!("{}/decide", path_of(refund)), &revision, decision).await
}

/// The code of the refusal of such a decision.
async fn decision_refused(world: &World, refund: &Value, decision: Value) -> String {
    let revision = world.get("notary1", path_of(refund)).await["revision"].clone();
    let path = format!("{}/decide", path_of(refund));
    let ask = world.ask(actix_web::http::Method::POST, path).by("notary1").reviewed(&revision);
    ask.json(&decision).send().await.problem().1
}
