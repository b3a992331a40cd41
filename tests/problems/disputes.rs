//! What is refused when a dispute goes on and ends.

use actix_web::http::Method;
use serde_json::json;

use super::support::cases::split;
use super::support::orders::{document, order_on};
use super::support::side::{Side, id};
use super::support::{World, text};
use super::{at, post_refused, refused};

/// A merchant that nobody has paid yet: what one consumer prepays to one merchant is limited.
async fn newcomers(world: &World) -> Side {
    let (user, _) = world.merchant_in("active").await;
    Side::of(world, user.leak(), "consumer1").await
}

/// A hundred files are as many as a dispute holds; and in arbitration there are fifteen days for them.
pub async fn evidence(world: &World) {
    let side = newcomers(world).await;
    let dispute = side.dispute_in(world, "arbitrating").await;
    for _ in 0..100 {
        side.evidence(world, &dispute, "consumer").await;
    }
    let path = format!("{}/evidence?name=chat.json", at("disputes", &dispute));
    post_refused(world, side.consumer_user, &path, json!({"more": 1}), "evidence_full").await;
    world.advance("P15D").await;
    post_refused(world, side.merchant_user, &path, json!({"more": 1}), "evidence_late").await;
}

pub async fn what_goes_on_and_ends(world: &World) {
    let side = newcomers(world).await;
    let path = at("disputes", &side.dispute_in(world, "mediating").await);
    let (proposals, assign) = (format!("{path}/proposals"), format!("{path}/assign"));
    let less = json!({"refund": "1.00", "merchant": "0.00", "held": "0.00"});
    post_refused(world, side.consumer_user, &proposals, less, "split_mismatch").await;
    let proposal = world.post(side.consumer_user, proposals.clone(), split("100.00")).await;
    let accept = world.ask(Method::POST, format!("{proposals}/{}/accept", id(&proposal))).by(side.consumer_user);
    refused(accept.reviewed(&proposal["revision"]).json(&json!({})), "already_accepted").await;
    for (user, code) in [("notary2", "conflict_of_interest"), ("regulator1", "not_eligible")] {
        let body = json!({"role": "mediator", "user_id": world.user(user).await});
        post_refused(world, "notary1", &assign, body, code).await;
    }
    let objection = format!("{path}/object-arbitration");
    world.post(side.merchant_user, objection.clone(), json!({})).await;
    post_refused(world, side.consumer_user, &objection, json!({}), "arbitration_objected").await;
    let dispute = side.dispute_by(world, "consumer").await;
    let objection = format!("{}/object-arbitration", at("disputes", &dispute));
    post_refused(world, side.consumer_user, &objection, json!({}), "no_arbitration_agreement").await;
    let lift = format!("/v1/freezes/{}/lift", text(&dispute, "freeze_id"));
    post_refused(world, "notary1", &lift, document("ef"), "freeze_of_dispute").await;
    let order = order_on(&side.contract_in(world, "active").await, "100.00");
    world.post("notary1", "/v1/freezes", order.clone()).await;
    post_refused(world, "notary2", "/v1/freezes", order, "already_ordered").await;
}
