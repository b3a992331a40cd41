//! A contract's money is given back as it was reviewed, or it is used first.

use serde_json::{Value, json};

use super::support::World;
use super::support::books::holds;
use super::support::side::Side;
use super::{ROUNDS, Racer, Won, at, post, race};

/// A refund that the merchant has agreed to, and the decision of a notary who has reviewed it.
async fn agreed<'a>(world: &'a World, side: &Side, contract: &Value) -> Racer<'a> {
    let refund = side.request(world, contract).await;
    let path = at("refunds", &refund);
    let answered = world.post(side.merchant_user, format!("{path}/answer"), json!({"accept": true})).await;
    let decision = json!({"amount": answered["calculation"]["refund"], "basis": "consent"});
    let ask = post(world, "notary1", format!("{path}/decide"), &decision).reviewed(&answered["revision"]);
    Racer { ask, too_late: (412, "revision_mismatch") }
}

async fn balance(world: &World, contract: &Value, name: &str) -> Value {
    world.get("notary1", at("contracts", contract)).await["balances"][name].clone()
}

#[actix_web::test]
async fn a_refund_is_ordered_or_the_code_is_used_first() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for order in ROUNDS {
        let contract = side.contract_in(&world, "active").await;
        let code = side.code(&world, &contract).await;
        let decide = agreed(&world, &side, &contract).await;
        let use_it =
            post(&world, side.merchant_user, "/v1/deliveries".into(), &json!({"checkin_code": code, "units": 1}));
        let use_it = Racer { ask: use_it, too_late: (409, "contract_not_active") };
        let (refunded, used) = match race(order, decide, use_it).await {
            Won::Left => ("2000.00", "0.00"),
            Won::Right => ("0.00", "33.33"),
        };
        assert_eq!(balance(&world, &contract, "refunded").await, refunded, "{order:?}");
        assert_eq!(balance(&world, &contract, "to_merchant").await, used, "{order:?}");
    }
    holds(&world);
}

#[actix_web::test]
async fn a_refund_is_ordered_or_a_delivery_is_contested_first() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for order in ROUNDS {
        let contract = side.contract_in(&world, "active").await;
        let delivery = side.delivery(&world, &contract).await;
        let decide = agreed(&world, &side, &contract).await;
        let path = format!("{}/contest", at("deliveries", &delivery));
        let contest = post(&world, side.consumer_user, path, &json!({"reason": "没有来"}));
        let contest = Racer { ask: contest, too_late: (409, "already_confirmed") };
        let frozen = if race(order, decide, contest).await == Won::Left { "0.00" } else { "33.33" };
        assert_eq!(balance(&world, &contract, "frozen").await, frozen, "{order:?}");
    }
    holds(&world);
}

#[actix_web::test]
async fn a_refund_is_asked_for_or_a_delivery_is_marked_on_what_was_seen_of_the_contract() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for order in ROUNDS {
        let contract = side.contract_in(&world, "active").await;
        let path = at("contracts", &contract);
        let racer = |user: &str, verb: &str, body: Value| {
            let ask = post(&world, user, format!("{path}/{verb}"), &body).reviewed(&contract["revision"]);
            Racer { ask, too_late: (412, "revision_mismatch") }
        };
        let ask = racer(side.consumer_user, "refunds", json!({"reason": "merchant_breach"}));
        let mark = racer(side.merchant_user, "deliveries", json!({"units": 1}));
        if race(order, ask, mark).await == Won::Left {
            // Who names no revision is told what stands in the way.
            let refused = world.refused(side.merchant_user, format!("{path}/deliveries"), json!({"units": 1})).await;
            assert_eq!(refused, (409, "refund_open".to_owned()));
        }
    }
    holds(&world);
}
