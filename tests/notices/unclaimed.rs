//! Money that nobody claims, over simulated years: three warnings, once each, and nothing is ever taken.

use serde_json::{Value, json};
use ticun::domain::event::Event;
use ticun::ledger::check::check;
use ticun::store::dialect;

use super::support::books::{holds, log_of, told as books_told};
use super::support::side::{Side, id};
use super::support::{World, text};
use super::{notice, told};

async fn warnings(world: &World) -> Vec<Value> {
    world.get("regulator1", "/v1/events?kind=unclaimed.warned&limit=100").await["data"]
        .as_array()
        .expect("entries")
        .clone()
}

async fn stage(world: &World, contract: &Value) -> Value {
    world.get("consumer1", format!("/v1/contracts/{}", id(contract))).await["unclaimed_stage"].clone()
}

async fn advance(world: &World, days: &[u32]) {
    for days in days {
        world.advance(&format!("P{days}D")).await;
    }
}

#[actix_web::test]
async fn money_that_nobody_claims_is_warned_about_after_three_four_and_four_and_a_half_years() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    // Another contract is given back in time, and nobody is warned about it.
    let returned = side.contract_in(&world, "closing").await;
    let refunds = world.get("notary1", format!("/v1/contracts/{}/refunds", id(&returned))).await;
    assert_eq!(world.bank("payouts", &refunds["data"][0]["payout_id"], "settled").await.status, 200);

    advance(&world, &[400, 400, 294]).await;
    assert_eq!((warnings(&world).await.len(), stage(&world, &contract).await), (0, json!(0)));
    assert_eq!(notice(&world, "consumer1", "unclaimed", &id(&contract)).await, None);
    advance(&world, &[4]).await;
    let first = warnings(&world).await;
    assert_eq!((first.len(), stage(&world, &contract).await), (1, json!(1)), "{first:?}");
    assert_eq!(first[0]["data"]["contract"], json!(id(&contract)));
    assert_eq!((&first[0]["data"]["stage"], &first[0]["data"]["amount"]), (&json!(1), &json!("2000.00")));
    let told_of = notice(&world, "consumer1", "unclaimed", &id(&contract)).await.expect("a notice");
    assert!(text(&told_of, "text_en").contains("2000.00"), "{told_of}");
    assert!(notice(&world, "notary1", "unclaimed", &id(&contract)).await.is_some());
    assert_eq!(told(&world, "consumer2", "&kind=unclaimed").await, Vec::<Value>::new());
    // Once a stage, however often the timers run.
    advance(&world, &[100, 100]).await;
    assert_eq!(warnings(&world).await.len(), 1);
    advance(&world, &[170]).await;
    assert_eq!((warnings(&world).await.len(), stage(&world, &contract).await), (2, json!(2)));
    advance(&world, &[185]).await;
    assert_eq!((warnings(&world).await.len(), stage(&world, &contract).await), (3, json!(3)));
    // Long after the right has lapsed the money is still where it was.
    advance(&world, &[400, 400]).await;
    let found = world.get("consumer1", format!("/v1/contracts/{}", id(&contract))).await;
    assert_eq!((&found["balances"]["held"], &found["unclaimed_stage"]), (&json!("2000.00"), &json!(3)));
    assert_eq!(warnings(&world).await.len(), 3);
    let mut connection = dialect::open_reader(&world.config.database).expect("the database");
    check(&mut connection, "changning", &mut |_, _| {}).expect("books that are good");
}

#[actix_web::test]
async fn a_verifier_knows_when_money_counts_as_unclaimed() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    side.contract_in(&world, "active").await;
    advance(&world, &[400, 400, 300]).await;
    assert_eq!(warnings(&world).await.len(), 1);
    holds(&world);
    let log = log_of(&world);
    let credited_at = log.iter().find(|entry| entry.fact.event.kind() == "deposit.credited").expect("a deposit").at;
    let early = books_told(&log, "unclaimed.warned", |entry| entry.at = credited_at.plus_hours(24 * 1090));
    assert!(early.contains("before 36 months have passed"), "{early}");
    let sooner = books_told(&log, "unclaimed.warned", |entry| match &mut entry.fact.event {
        Event::UnclaimedWarned(data) => data.lapses_on = data.lapses_on.plus_days(-30),
        other => panic!("{other:?}"),
    });
    assert!(sooner.contains("lapses around"), "{sooner}");
}
