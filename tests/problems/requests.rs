//! Requests that are refused for their form, or for want of a caller.

use actix_web::http::Method;
use serde_json::json;

use super::support::{World, spec, tokens};
use super::{post_refused, refused};

pub async fn misunderstood(world: &World) {
    let sign_in = || world.ask(Method::POST, "/v1/auth/token");
    refused(sign_in().bytes(b"{\"username\":"), "malformed_json").await;
    refused(sign_in().json(&json!({"username": "consumer1"})), "invalid_request").await;
    let account = json!({"holder_name": "a", "bank_name": "b", "account_number": "12"});
    refused(world.ask(Method::PUT, "/v1/payout-accounts").by("consumer1").json(&account), "invalid_value").await;
    refused(world.ask(Method::GET, "/v1/plans?colour=red").by("consumer1"), "unknown_parameter").await;
    refused(world.ask(Method::GET, "/v1/plans?cursor=AAAA").by("consumer1"), "invalid_cursor").await;
    refused(world.ask(Method::GET, "/nowhere"), "route_not_found").await;
    refused(world.ask(Method::DELETE, "/v1/me"), "method_not_allowed").await;
    refused(sign_in().bytes(&vec![b' '; 65 * 1024]), "payload_too_large").await;
    refused(sign_in().bytes(b"a=b").header("Content-Type", "text/plain"), "unsupported_media_type").await;
}

pub async fn in_batches(world: &World) {
    let batch = || world.ask(Method::POST, "/v1/batches").by("merchant1").without_replay();
    refused(batch().bytes(&vec![b' '; (8 << 20) + 1]), "batch_too_large").await;
    let reply = batch().bytes(b"{\"op\":\"none\",\"idempotency_key\":\"1\",\"body\":{}}").send().await;
    spec::saw(&reply.body["body"]);
}

pub async fn badly_framed(world: &World) {
    let submit = || world.ask(Method::POST, "/v1/plans/pln_00000000000000000000000000/approve").by("notary1");
    let submit = || submit().json(&json!({}));
    refused(submit().without_key(), "idempotency_key_missing").await;
    refused(submit().key("two words"), "idempotency_key_invalid").await;
    refused(submit().header("If-Match", "3"), "if_match_invalid").await;
    refused(submit(), "precondition_required").await;
    let account = |number: &str| json!({"holder_name": "消费者二", "bank_name": "b", "account_number": number});
    let set =
        |number: &str| world.ask(Method::PUT, "/v1/payout-accounts").by("consumer2").key("same").json(&account(number));
    assert_eq!(set("6222021001100000033").send().await.status, 200);
    refused(set("6222021001100000034"), "idempotency_key_reused").await;
    let plan = world.plan().await;
    let path = format!("{}/withdraw", super::at("plans", &plan));
    refused(world.ask(Method::POST, path).by("merchant1").reviewed(&json!(99)).json(&json!({})), "revision_mismatch")
        .await;
}

pub async fn by_nobody(world: &World) {
    refused(world.ask(Method::GET, "/v1/me"), "unauthenticated").await;
    let mut claims = tokens::claims(world, "consumer1").await;
    claims["exp"] = json!(1_000_000_000);
    refused(world.ask(Method::GET, "/v1/me").with_token(&tokens::signed(world, &claims)), "token_expired").await;
    let wrong = json!({"username": "consumer1", "password": "not-the-demo"});
    refused(world.ask(Method::POST, "/v1/auth/token").json(&wrong), "invalid_credentials").await;
    let notice = world.ask(Method::POST, "/v1/channels/sandbox/notifications");
    refused(notice.json(&json!({})).header("Ticun-Channel-Signature", "00"), "bad_signature").await;
    post_refused(world, "consumer1", "/v1/plans", json!({}), "forbidden").await;
    let nothing = "/v1/contracts/ctr_00000000000000000000000000";
    refused(world.ask(Method::GET, nothing).by("consumer1"), "not_found").await;
}
