//! A merchant's money is released, or a default holds it. A default is never refused because of a release: what was
//! released before it and has not gone to the bank stays here, and is set aside by its approval.

use futures_util::future::join;
use serde_json::json;

use super::support::World;
use super::support::books::holds;
use super::support::side::{Side, default_body};
use super::{Order, ROUNDS, at, class, post};

#[actix_web::test]
async fn a_settlement_is_released_or_its_money_is_held() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let mut released = 0_u32;
    for order in ROUNDS {
        let settlement = side.settlement_in(&world, "proposed").await;
        let before = class(&world, "merchant/payable").await;
        let release = post(&world, "notary2", format!("{}/approve", at("settlements", &settlement)), &json!({}));
        let release = release.reviewed(&settlement["revision"]).send();
        let runs = format!("/v1/merchants/{}/default-runs", side.merchant);
        let propose = post(&world, "notary1", runs, &default_body()).send();
        let (release, run) = match order {
            Order::Left => {
                let release = release.await;
                (release, propose.await)
            }
            Order::Right => {
                let run = propose.await;
                (release.await, run)
            }
            Order::AtOnceLeft => join(release, propose).await,
            Order::AtOnceRight => {
                let (run, release) = join(propose, release).await;
                (release, run)
            }
        };
        assert_eq!(run.status, 201, "{run:?}");
        if release.status == 200 {
            assert_ne!(order, Order::Right);
            assert_eq!(class(&world, "merchant/payable").await, "0.00");
            released += 1;
        } else {
            assert_ne!(order, Order::Left);
            assert_eq!(release.problem(), (409, "default_run_open".to_owned()));
            assert_eq!(class(&world, "merchant/payable").await, before);
        }
        let rescind = format!("{}/rescind", at("default-runs", &run.body));
        world.post("notary1", rescind, json!({"reason": "已恢复营业"})).await;
    }
    assert!(released > 0);
    holds(&world);
}

#[actix_web::test]
async fn what_was_released_goes_to_the_bank_or_is_set_aside() {
    for order in [Order::Left, Order::Right, Order::AtOnceLeft, Order::AtOnceRight] {
        let world = World::start().await;
        let side = Side::first(&world).await;
        let payout = side.settlement_in(&world, "released").await["payout_id"].clone();
        let pay = world.bank("payouts", &payout, "settled");
        let runs = format!("/v1/merchants/{}/default-runs", side.merchant);
        let propose = post(&world, "notary1", runs, &default_body()).send();
        let (paid, run) = match order {
            Order::Left => {
                let paid = pay.await;
                (paid, propose.await)
            }
            Order::Right => {
                let run = propose.await;
                (pay.await, run)
            }
            Order::AtOnceLeft => join(pay, propose).await,
            Order::AtOnceRight => {
                let (run, paid) = join(propose, pay).await;
                (paid, run)
            }
        };
        assert_eq!(run.status, 201, "{run:?}");
        let set_aside = if paid.status == 200 {
            assert_ne!(order, Order::Right);
            "0.00"
        } else {
            assert_ne!(order, Order::Left);
            assert_eq!(paid.problem(), (409, "default_run_open".to_owned()));
            "33.33"
        };
        world.advance("P20D").await;
        let approve = format!("{}/approve", at("default-runs", &run.body));
        world.decide("notary2", approve, &run.body["revision"], json!({})).await;
        world.advance("PT1S").await;
        assert_eq!(class(&world, "merchant/frozen").await, set_aside, "{order:?}");
        assert_eq!(class(&world, "merchant/payout").await, "0.00", "{order:?}");
        holds(&world);
    }
}
