//! A delivery is confirmed, by its consumer or by time, or it is contested; and nothing confirms it behind a dispute.

use futures_util::future::join;
use serde_json::{Value, json};
use ticun::domain::actor::Actor;
use ticun::domain::id::{DeliveryId, DisputeId, RequestId};
use ticun::domain::rejection::Rejection;
use ticun::ledger::commands::deliveries::LapseDelivery;
use ticun::ledger::{Answer, Submission};

use super::support::books::holds;
use super::support::side::{Side, id};
use super::support::{World, text};
use super::{Order, ROUNDS, Racer, Won, at, post, race};

/// A delivery now.
async fn now(world: &World, delivery: &Value) -> Value {
    world.get("consumer1", at("deliveries", delivery)).await
}

/// What the timer that confirms by time is told about a delivery.
async fn lapse(world: &World, delivery: &Value) -> Answer {
    let sequencer = world.running().offices.values().next().expect("an office");
    let command = Box::new(LapseDelivery { delivery: DeliveryId::parse(&id(delivery)).expect("an id") });
    let now = world.running().clock.now();
    sequencer.submit(Submission::new(command, Actor::System, RequestId::from_bits(1), now)).await.expect("an answer")
}

#[actix_web::test]
async fn a_delivery_is_confirmed_or_contested() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let mut confirmed = 0_u32;
    for order in ROUNDS {
        let delivery = side.delivery(&world, &contract).await;
        let path = at("deliveries", &delivery);
        let confirm = post(&world, "consumer1", format!("{path}/confirm"), &json!({}));
        let contest = post(&world, "consumer1", format!("{path}/contest"), &json!({"reason": "没有来"}));
        let confirm = Racer { ask: confirm, too_late: (409, "delivery_contested") };
        let won = race(order, confirm, Racer { ask: contest, too_late: (409, "already_confirmed") }).await;
        confirmed += u32::from(won == Won::Left);
        let state = if won == Won::Left { "confirmed" } else { "contested" };
        assert_eq!(now(&world, &delivery).await["state"], state, "{order:?}");
    }
    // 2000.00 for sixty: which of them are worth 33.34 does not matter, they are all accounted for.
    let contract = world.get("notary1", at("contracts", &contract)).await;
    let contested = world.get("notary1", "/v1/disputes?state=negotiating&limit=100").await;
    assert_eq!(contested["data"].as_array().map(Vec::len), Some(ROUNDS.len() - usize::try_from(confirmed).unwrap()));
    assert_eq!(contract["balances"]["pending"], "0.00");
    holds(&world);
}

#[actix_web::test]
async fn what_is_contested_is_confirmed_by_withdrawing_the_dispute_and_by_nothing_else() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let delivery = side.delivery(&world, &contract).await;
    let path = at("deliveries", &delivery);
    let contested = world.post("consumer1", format!("{path}/contest"), json!({"reason": "没有来"})).await;
    let dispute = text(&contested, "dispute_id");
    let refused = post(&world, "consumer1", format!("{path}/confirm"), &json!({})).send().await;
    assert_eq!(refused.problem(), (409, "delivery_contested".to_owned()));
    assert_eq!(refused.body["detail"], format!("dispute: {dispute}"));
    assert_eq!(world.get("notary1", format!("/v1/disputes/{dispute}")).await["state"], "negotiating");
    world.post("consumer1", format!("/v1/disputes/{dispute}/withdraw"), json!({})).await;
    let given_up = now(&world, &delivery).await;
    assert_eq!((&given_up["state"], &given_up["confirmed_how"]), (&json!("confirmed"), &json!("consumer")));
    assert!(given_up["matures_at"].is_string(), "{given_up}");
    let contract = world.get("notary1", at("contracts", &contract)).await;
    assert_eq!(
        (&contract["balances"]["frozen"], &contract["balances"]["to_merchant"]),
        (&json!("0.00"), &json!("33.33"))
    );
    holds(&world);
}

#[actix_web::test]
async fn a_delivery_is_confirmed_by_time_or_contested() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    for order in ROUNDS {
        let delivery = side.delivery(&world, &contract).await;
        let path = format!("{}/contest", at("deliveries", &delivery));
        let contest = post(&world, "consumer1", path, &json!({"reason": "没有来"})).send();
        let contested = match order {
            Order::Left => {
                let contested = contest.await;
                world.advance("P4D").await;
                contested
            }
            Order::Right => {
                world.advance("P4D").await;
                contest.await
            }
            Order::AtOnceLeft => join(contest, world.advance("P4D")).await.0,
            Order::AtOnceRight => join(world.advance("P4D"), contest).await.1,
        };
        let shown = now(&world, &delivery).await;
        if contested.status == 200 {
            assert_ne!(order, Order::Right);
            assert_eq!(shown["state"], "contested");
            let dispute = DisputeId::parse(&text(&shown, "dispute_id")).expect("an id");
            let told = lapse(&world, &delivery).await;
            let expected = Rejection::DeliveryContested { dispute };
            assert!(matches!(&told, Answer::Rejected(found) if *found == expected), "{told:?}");
        } else {
            assert_ne!(order, Order::Left);
            let (status, code) = contested.problem();
            // The deadline decides, whether or not the timer has written it down yet.
            let told = ["already_confirmed", "confirm_window_over"].contains(&code.as_str());
            assert!(status == 409 && told, "{contested:?}");
            assert_eq!((&shown["state"], &shown["confirmed_how"]), (&json!("confirmed"), &json!("time")));
        }
    }
    holds(&world);
}
