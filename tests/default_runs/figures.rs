//! A run gives each contract what the engine gives where a merchant closes, whatever was bought and however odd its sums.

use serde_json::{Value, json};

use super::at;
use super::support::World;
use super::support::books::holds;
use super::support::side::{Side, id, plan_body};

async fn bought(world: &World, side: &Side, kind: &str, block: Value, price: &str, per: &str) -> Value {
    let plan = side.plan_on_sale(world, kind, block, price, per).await;
    side.contract_of(world, "active", &id(&plan)).await
}

async fn used(world: &World, side: &Side, contract: &Value, body: Value) {
    world.post(side.merchant_user, format!("{}/deliveries", at("contracts", contract)), body).await;
}

/// A period card over so many days.
async fn period(world: &World, side: &Side, price: &str, days: u32, granularity: &str) -> Value {
    let mut plan = plan_body(price);
    for member in ["count", "list_price"] {
        plan.as_object_mut().expect("a plan").remove(member);
    }
    (plan["kind"], plan["period"]) = (json!("period"), json!({"granularity": granularity}));
    (plan["validity_days"], plan["venue_ids"], plan["release"]["per"]) =
        (json!(days), json!([side.venue]), json!("day"));
    let plan = side.on_sale(world, plan).await;
    side.contract_of(world, "active", &id(&plan)).await
}

/// Contracts of every kind, used by odd parts.
async fn odd(world: &World, side: &Side) -> Vec<(&'static str, Value)> {
    let by_day = period(world, side, "100.01", 31, "day").await;
    let by_month = period(world, side, "1000.03", 93, "month").await;
    let never_open = period(world, side, "99.99", 1000, "month").await;
    // Some days are shut, and one is open twice over.
    for open in [true, false, true, true, false, true, true, false, false, true] {
        world.advance("P1D").await;
        if open {
            let path = format!("/v1/venues/{}/open-marks", side.venue);
            world.post(side.merchant_user, path, json!({"date": world.today()})).await;
        }
    }
    let units = bought(world, side, "count", json!({"units": 7, "bonus_units": 4}), "1999.97", "use").await;
    used(world, side, &units, json!({"units": 3})).await;
    used(world, side, &units, json!({"units": 2})).await;
    let gifts = json!([{"name": "洗车", "package_price": "77.77", "units": 3}]);
    let block = json!({"bonus": "333.31", "gift_services": gifts});
    let value = bought(world, side, "stored_value", block, "999.97", "use").await;
    used(world, side, &value, json!({"value": "123.45", "list_value": "200.00"})).await;
    used(world, side, &value, json!({"gift_service": 0, "units": 1})).await;
    let milestones = json!({"milestones": [
        {"name": "蛙泳", "price": "100.01", "lessons": 3}, {"name": "自由泳", "price": "49.98", "lessons": 7}
    ]});
    let lessons = bought(world, side, "course", milestones.clone(), "149.99", "use").await;
    used(world, side, &lessons, json!({"milestone": 0, "units": 1})).await;
    used(world, side, &lessons, json!({"milestone": 1, "units": 2})).await;
    // A milestone that is not over has released nothing, and its lessons are paid all the same.
    let whole = bought(world, side, "course", milestones, "149.99", "milestone").await;
    used(world, side, &whole, json!({"milestone": 0, "units": 2})).await;
    let listed = side.contract_in(world, "active").await;
    side.check_in(world, &listed).await;
    side.check_in(world, &listed).await;
    vec![
        ("period by day", by_day),
        ("period by month", by_month),
        ("a period card of which a month has begun", never_open),
        ("units with a bonus", units),
        ("value with a gift", value),
        ("lessons", lessons),
        ("milestones", whole),
        ("units with a list price", listed),
    ]
}

#[actix_web::test]
async fn a_run_gives_each_contract_what_the_engine_gives_where_a_merchant_closes() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contracts = odd(&world, &side).await;
    let run = side.propose_default(&world).await;
    // Three working days are over, and the seven days of what was bought last are not.
    world.advance("P6D").await;
    let mut expected = Vec::new();
    for (what, contract) in &contracts {
        let path = format!("{}/refunds", at("contracts", contract));
        let refund = world.post(side.consumer_user, path, json!({"reason": "merchant_closed"})).await;
        assert_eq!(refund["shortfall"], "0.00", "{what}: {refund}");
        expected.push(refund["calculation"]["refund"].clone());
        world.post(side.consumer_user, format!("{}/withdraw", at("refunds", &refund)), json!({})).await;
    }
    let path = format!("{}/approve", at("default-runs", &run));
    world.decide("notary2", path, &run["revision"], json!({})).await;
    world.advance("PT1S").await;
    world.found("/v1/default-runs", &run, "done").await;
    for ((what, contract), due) in contracts.iter().zip(&expected) {
        let refunds = world.get("notary1", format!("{}/refunds", at("contracts", contract))).await;
        let given = refunds["data"].as_array().expect("refunds").iter().find(|refund| refund["state"] == "ordered");
        let given = given.unwrap_or_else(|| panic!("{what}: {refunds}"));
        assert_eq!(&given["amount"], due, "{what}: {given}");
        // What the calculation shows line by line is what was given.
        assert_eq!(&given["calculation"]["refund"], due, "{what}: {given}");
        assert!(given["pay_by"].is_string(), "{what}: {given}");
    }
    let due = world.get("notary1", "/v1/notices?kind=refund_payment&limit=100").await;
    assert_eq!(due["data"].as_array().map(Vec::len), Some(contracts.len()), "{due}");
    holds(&world);
}

#[actix_web::test]
async fn inside_the_seven_days_what_was_used_is_charged_at_the_deal_price() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let asked = side.contract_in(&world, "active").await;
    let served = side.contract_in(&world, "active").await;
    side.check_in(&world, &served).await;
    let days = side.period(&world, "300.00", 30).await;
    world.advance("P1D").await;
    let path = format!("/v1/venues/{}/open-marks", side.venue);
    world.post(side.merchant_user, path, json!({"date": world.today()})).await;
    let run = side.propose_default(&world).await;
    world.advance("P5D").await;
    let path = format!("{}/refunds", at("contracts", &asked));
    world.post(side.consumer_user, path, json!({"reason": "seven_day"})).await;
    let path = format!("{}/approve", at("default-runs", &run));
    world.decide("notary2", path, &run["revision"], json!({})).await;
    world.advance("PT1S").await;
    for (contract, amount) in [(&asked, "2000.00"), (&served, "1966.67"), (&days, "290.00")] {
        let refunds = world.get("notary1", format!("{}/refunds", at("contracts", contract))).await;
        assert_eq!(refunds["data"][0]["amount"], amount, "{refunds}");
    }
    holds(&world);
}
