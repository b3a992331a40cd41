//! A dispute is decided once, and carried out once.

use serde_json::json;

use super::support::World;
use super::support::books::holds;
use super::support::cases::award;
use super::support::side::{Side, id};
use super::{ROUNDS, Racer, Won, at, post, race};

#[actix_web::test]
async fn of_two_awards_on_one_revision_one_is_recorded() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for order in ROUNDS {
        let dispute = side.dispute_in(&world, "arbitrating").await;
        let path = at("disputes", &dispute);
        let racer = |user: &str, number: &str| {
            let mut document = award("award");
            document["number"] = json!(number);
            let ask = post(&world, user, format!("{path}/award"), &document).reviewed(&dispute["revision"]);
            Racer { ask, too_late: (412, "revision_mismatch") }
        };
        let won = race(order, racer("arbitrator1", "甲"), racer("notary1", "乙")).await;
        let now = world.get("notary1", path).await;
        let number = if won == Won::Left { "甲" } else { "乙" };
        assert_eq!((&now["state"], &now["award"]["number"]), (&json!("awarded"), &json!(number)), "{order:?}");
    }
    holds(&world);
}

#[actix_web::test]
async fn a_dispute_is_awarded_or_settled() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for order in ROUNDS {
        let dispute = side.dispute_in(&world, "arbitrating").await;
        let proposal = side.proposal(&world, &dispute, "merchant").await;
        let path = at("disputes", &dispute);
        let reviewed = world.get("notary1", path.clone()).await["revision"].clone();
        let award = post(&world, "arbitrator1", format!("{path}/award"), &award("award")).reviewed(&reviewed);
        let accept = format!("{path}/proposals/{}/accept", id(&proposal));
        let accept = post(&world, side.consumer_user, accept, &json!({})).reviewed(&proposal["revision"]);
        let award = Racer { ask: award, too_late: (412, "revision_mismatch") };
        let won = race(order, award, Racer { ask: accept, too_late: (409, "state_conflict") }).await;
        let state = if won == Won::Left { "awarded" } else { "settled" };
        assert_eq!(world.get("notary1", path).await["state"], state, "{order:?}");
    }
    holds(&world);
}

#[actix_web::test]
async fn a_dispute_is_withdrawn_or_settled_and_then_carried_out_by_one_notary() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for order in ROUNDS {
        let dispute = side.dispute_in(&world, "negotiating").await;
        let proposal = side.proposal(&world, &dispute, "consumer").await;
        let path = at("disputes", &dispute);
        let withdraw = post(&world, side.consumer_user, format!("{path}/withdraw"), &json!({}));
        let accept = format!("{path}/proposals/{}/accept", id(&proposal));
        let accept = post(&world, side.merchant_user, accept, &json!({})).reviewed(&proposal["revision"]);
        let withdraw = Racer { ask: withdraw, too_late: (409, "state_conflict") };
        let won = race(order, withdraw, Racer { ask: accept, too_late: (409, "state_conflict") }).await;
        if won == Won::Left {
            continue;
        }
        let execute = |user: &str| Racer {
            ask: post(&world, user, format!("{path}/execute"), &json!({})),
            too_late: (409, "state_conflict"),
        };
        race(order, execute("notary1"), execute("notary2")).await;
        let contract =
            world.get("notary1", format!("/v1/contracts/{}", dispute["contract_id"].as_str().unwrap())).await;
        assert_eq!(
            (&contract["balances"]["refunded"], &contract["balances"]["frozen"]),
            (&json!("100.00"), &json!("0.00"))
        );
    }
    holds(&world);
}
