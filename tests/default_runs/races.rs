//! A run against whatever else happens at the same time: exactly one wins, and the other is told why not.

use actix_web::http::Method;
use futures_util::future::join;
use serde_json::{Value, json};

use super::support::side::Side;
use super::support::{Reply, World};
use super::{at, class, holds};

async fn approve(world: &World, run: &Value) -> Reply {
    let ask = world.ask(Method::POST, format!("{}/approve", at("default-runs", run))).by("notary2");
    ask.reviewed(&run["revision"]).json(&json!({})).without_replay().send().await
}

#[actix_web::test]
async fn a_contract_is_refunded_by_a_decision_or_by_the_run_and_never_by_both() {
    for run_first in [Some(true), Some(false), None] {
        let world = World::start().await;
        let side = Side::first(&world).await;
        let contract = side.contract_in(&world, "active").await;
        let run = side.propose_default(&world).await;
        let refund = side.request(&world, &contract).await;
        let path = at("refunds", &refund);
        let answered = world.post(side.merchant_user, format!("{path}/answer"), json!({"accept": true})).await;
        world.advance("P20D").await;
        let decide = async || {
            let decision = json!({"amount": "2000.00", "basis": "consent"});
            let ask = world.ask(Method::POST, format!("{path}/decide")).by("notary1").reviewed(&answered["revision"]);
            ask.json(&decision).without_replay().send().await
        };
        let (decided, approved) = match run_first {
            Some(true) => {
                let approved = approve(&world, &run).await;
                (decide().await, approved)
            }
            Some(false) => {
                let decided = decide().await;
                (decided, approve(&world, &run).await)
            }
            None => join(decide(), approve(&world, &run)).await,
        };
        assert_eq!(approved.status, 200, "{approved:?}");
        if run_first == Some(false) {
            assert_eq!(decided.status, 200, "{decided:?}");
        }
        if decided.status != 200 {
            let code = decided.problem().1;
            let told = ["default_run_open", "state_conflict", "revision_mismatch"].contains(&code.as_str());
            assert!(told, "{decided:?}");
        }
        world.advance("PT1S").await;
        let done = world.found("/v1/default-runs", &run, "done").await;
        let by_run = u64::from(decided.status != 200);
        assert_eq!(done["progress"]["refunds"], json!(by_run), "{done}");
        let refunds = world.get("notary1", format!("{}/refunds", at("contracts", &contract))).await;
        assert_eq!(refunds["data"].as_array().map(Vec::len), Some(1), "{refunds}");
        assert_eq!(refunds["data"][0]["amount"], "2000.00");
        assert_eq!(class(&world, "consumer/refund").await, "2000.00");
        holds(&world);
    }
}

#[actix_web::test]
async fn a_use_is_marked_before_the_run_or_refused_by_it() {
    for run_first in [Some(true), Some(false), None] {
        let world = World::start().await;
        let side = Side::first(&world).await;
        let contract = side.contract_in(&world, "active").await;
        let run = side.propose_default(&world).await;
        world.advance("P20D").await;
        let code = side.code(&world, &contract).await;
        let mark = async || {
            let body = json!({"checkin_code": code, "units": 1});
            world.ask(Method::POST, "/v1/deliveries").by(side.merchant_user).json(&body).without_replay().send().await
        };
        let (marked, approved) = match run_first {
            Some(true) => {
                let approved = approve(&world, &run).await;
                (mark().await, approved)
            }
            Some(false) => {
                let marked = mark().await;
                (marked, approve(&world, &run).await)
            }
            None => join(mark(), approve(&world, &run)).await,
        };
        assert_eq!(approved.status, 200, "{approved:?}");
        let won = marked.status == 201;
        if !won {
            let (status, code) = marked.problem();
            let told = ["default_run_open", "merchant_not_active", "contract_not_active"].contains(&code.as_str());
            assert!(status == 409 && told, "{marked:?}");
        }
        world.advance("PT1S").await;
        let done = world.found("/v1/default-runs", &run, "done").await;
        assert_eq!(done["progress"]["refunded"], if won { "1966.67" } else { "2000.00" }, "{done}");
        assert_eq!(class(&world, "merchant/frozen").await, if won { "33.33" } else { "0.00" });
        holds(&world);
    }
}
