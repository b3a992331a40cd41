//! What is refused around a default run and an exit.

use serde_json::json;

use super::support::World;
use super::support::side::{Side, default_body, id};
use super::{decision_refused, post_refused};

/// Everything on a merchant of its own, which is never to sell again.
pub async fn proposals(world: &World) {
    let (user, _) = world.merchant_in("active").await;
    let side = Side::of(world, user.leak(), "consumer2").await;
    let runs = format!("/v1/merchants/{}/default-runs", side.merchant);
    let mut alike = default_body();
    alike["proofs"][1]["kind"] = json!("site_visit");
    post_refused(world, "notary1", &runs, alike, "proofs_insufficient").await;
    let mut untold = default_body();
    untold["notice"] = json!(null);
    post_refused(world, "notary1", &runs, untold, "notice_required").await;

    let run = side.propose_default(world).await;
    post_refused(world, "consumer2", "/v1/contracts", json!({"plan_id": side.plan}), "default_run_open").await;
    let path = format!("/v1/default-runs/{}", id(&run));
    let (approve, object) = (format!("{path}/approve"), format!("{path}/object"));
    let objected = world.post(side.merchant_user, object.clone(), json!({"reason": "装修中"})).await;
    let again = json!({"reason": "还在装修"});
    post_refused(world, side.merchant_user, &object, again.clone(), "already_objected").await;
    decision_refused(world, "notary2", &approve, &objected["revision"], json!({}), "objection_window_open").await;
    world.post("notary1", format!("{path}/rescind"), json!({"reason": "已恢复营业"})).await;

    let run = side.propose_default(world).await;
    world.advance("P20D").await;
    let path = format!("/v1/default-runs/{}", id(&run));
    post_refused(world, side.merchant_user, &format!("{path}/object"), again.clone(), "objection_window_over").await;
    world.post("notary1", format!("{path}/rescind"), again).await;

    world.post(side.merchant_user, format!("/v1/merchants/{}/exit", side.merchant), json!({})).await;
    post_refused(world, "notary1", &runs, json!({"cause": "exit"}), "exit_notice_open").await;
}
