//! A merchant leaves in order.

use serde_json::json;

use super::support::World;
use super::support::side::{Side, id};
use super::{at, holds};

#[actix_web::test]
async fn a_merchant_who_leaves_serves_thirty_days_then_refunds_the_rest_and_is_settled() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/merchants/{}", side.merchant);
    let leaving = world.post(side.merchant_user, format!("{path}/exit"), json!({"reason": "租约到期"})).await;
    assert_eq!(leaving["state"], "exiting");
    let sale = world.refused(side.consumer_user, "/v1/contracts", json!({"plan_id": side.plan})).await;
    assert_eq!(sale, (409, "merchant_not_active".to_owned()));
    side.check_in(&world, &contract).await;
    let proposal = json!({"cause": "exit", "mode": "real"});
    let early = world.refused("notary1", format!("{path}/default-runs"), proposal.clone()).await;
    assert_eq!(early, (409, "exit_notice_open".to_owned()));
    world.advance("P25D").await;
    side.check_in(&world, &contract).await;
    world.advance("P20D").await;

    let run = world.post("notary1", format!("{path}/default-runs"), proposal).await;
    assert_eq!((&run["cause"], &run["object_by"]), (&json!("exit"), &json!(null)));
    let held_up = world.refused("notary1", "/v1/settlements", json!({"merchant_id": side.merchant})).await;
    assert_eq!(held_up, (409, "default_run_open".to_owned()));
    side.delivery(&world, &contract).await;
    world.decide("notary2", format!("{}/approve", at("default-runs", &run)), &run["revision"], json!({})).await;
    world.advance("PT1S").await;
    let done = world.found("/v1/default-runs", &run, "done").await;
    assert_eq!((&done["frozen"], &done["progress"]["refunded"]), (&json!("0.00"), &json!("1900.00")));
    assert_eq!(world.get("notary1", path.clone()).await["state"], "exited");
    let after =
        world.refused(side.merchant_user, format!("{}/deliveries", at("contracts", &contract)), json!({"units": 1}));
    assert_eq!(after.await, (409, "merchant_not_active".to_owned()));

    // The delivery that waited is confirmed by time, and what is earned is released as ever.
    for _ in 0..2 {
        world.advance("P4D").await;
    }
    let settlement = world.post("notary1", "/v1/settlements", json!({"merchant_id": side.merchant})).await;
    assert_eq!(settlement["amount"], "100.00");
    let approve = format!("{}/approve", at("settlements", &settlement));
    world.decide("notary2", approve, &settlement["revision"], json!({})).await;
    assert_eq!(world.get("notary1", path).await["balances"]["payout"], "100.00");
    assert_eq!(id(&contract), id(&world.get("notary1", at("contracts", &contract)).await));
    holds(&world);
}

#[actix_web::test]
async fn a_merchant_who_leaves_can_still_be_found_in_default() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    side.contract_in(&world, "active").await;
    world.post("notary1", format!("/v1/merchants/{}/exit", side.merchant), json!({})).await;
    let run = side.default(&world).await;
    assert_eq!((&run["cause"], &run["progress"]["refunds"]), (&json!("default"), &json!(1)));
    let merchant = world.get("notary1", format!("/v1/merchants/{}", side.merchant)).await;
    assert_eq!(merchant["state"], "defaulted");
    holds(&world);
}
