//! Each reason of the law, from the request to the consumer's account.

use serde_json::{Value, json};

use super::support::World;
use super::support::side::{Side, id};
use super::{books_hold, decide, document, path_of, request, with};

/// Asks for a refund of a contract that was used once, lets the merchant agree, and pays it.
async fn paid(world: &World, side: &Side, plan: &str, (used, body): (&Value, &Value), expected: &str) {
    let contract = side.contract_of(world, "active", plan).await;
    // A term begins on the day after the payment.
    world.advance("P1D").await;
    let code = side.code(world, &contract).await;
    let used = with(used.clone(), &json!({"checkin_code": code}));
    world.post(side.merchant_user, "/v1/deliveries", used).await;
    let refund = request(world, side, &contract, body.clone()).await;
    assert_eq!(refund["calculation"]["refund"], expected, "{body}: {refund}");
    world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), json!({"accept": true})).await;
    let ordered = decide(world, &refund, json!({"amount": expected, "basis": "consent"})).await;
    assert_eq!((ordered["state"].as_str(), ordered["amount"].as_str()), (Some("ordered"), Some(expected)));
    assert_eq!((&ordered["difference"], ordered["shortfall"].as_str()), (&Value::Null, Some("0.00")));
    assert_eq!(world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    let contract = world.get(side.consumer_user, format!("/v1/contracts/{}", id(&contract))).await;
    assert_eq!(
        (contract["state"].as_str(), contract["balances"]["refunded"].as_str()),
        (Some("terminated"), Some(expected))
    );
    books_hold(world).await;
}

/// Every reason for a plan of 2000.00, of which this was used; what it comes to where the merchant gave cause and where
/// the consumer did, and half of each.
async fn every_reason(side: &Side, world: &World, plan: &str, used: Value, [merchant, consumer, half]: [&str; 3]) {
    let merchants = [
        "merchant_moved",
        "duty_transferred",
        "unlimited_not_deliverable",
        "merchant_breach",
        "merchant_closed",
        "conditions_changed",
        "void_contract",
        // What was used inside the seven days is charged at the deal price, and a person looks at it.
        "seven_day",
    ];
    let plain = |reason: &str| json!({"reason": reason});
    let mut reasons: Vec<(Value, &str)> = merchants.iter().map(|reason| (plain(reason), merchant)).collect();
    reasons.push((plain("consumer_choice"), consumer));
    reasons.push((json!({"reason": "mixed", "merchant_fault_percent": 50}), half));
    reasons.push((json!({"reason": "mutual", "amount": "1300.00"}), "1300.00"));
    reasons.push((with(json!({"reason": "award", "amount": "1299.99"}), &document()), "1299.99"));
    for (body, expected) in reasons {
        paid(world, side, plan, (&used, &body), expected).await;
    }
}

#[actix_web::test]
async fn every_reason_of_the_law_leads_to_its_figure_and_to_the_account() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    // 2000.00 for 60 units, 600.00 each before discount.
    every_reason(&side, &world, &side.plan, json!({"units": 1}), ["1966.67", "1400.00", "1683.33"]).await;
}

#[actix_web::test]
async fn every_reason_leads_to_its_figure_for_stored_value() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let plan = side.plan_on_sale(&world, "stored_value", json!({"bonus": "1000.00"}), "2000.00", "use").await;
    // Two thirds of what was charged, or what it cost before discount.
    let used = json!({"value": "434.00", "list_value": "500.00"});
    every_reason(&side, &world, &id(&plan), used, ["1710.67", "1500.00", "1605.33"]).await;
}

#[actix_web::test]
async fn every_reason_leads_to_its_figure_for_a_course() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let block = json!({"milestones": [
        {"name": "蛙泳", "price": "1000.00", "lessons": 3}, {"name": "自由泳", "price": "1000.00", "lessons": 2}
    ]});
    let plan = side.plan_on_sale(&world, "course", block, "2000.00", "use").await;
    // A third of the first milestone: a lesson has no other price than its part of that.
    let used = json!({"milestone": 0, "units": 1});
    every_reason(&side, &world, &id(&plan), used, ["1666.67", "1666.67", "1666.67"]).await;
}

#[actix_web::test]
async fn every_reason_leads_to_its_figure_for_a_period() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let mut body = side.plan_of_kind("period", json!({"granularity": "day"}), "2000.00", "day");
    body["validity_days"] = json!(30);
    let plan = side.on_sale(&world, body).await;
    // One day of thirty: visits are not counted.
    let used = json!({"venue_id": side.venue});
    every_reason(&side, &world, &id(&plan), used, ["1933.33", "1933.33", "1933.33"]).await;
}

#[actix_web::test]
async fn a_reason_comes_with_what_belongs_to_it_and_with_nothing_else() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/contracts/{}/refunds", id(&contract));
    let wrong = [
        json!({"reason": "mixed"}),
        json!({"reason": "mixed", "merchant_fault_percent": 101}),
        json!({"reason": "merchant_breach", "merchant_fault_percent": 10}),
        json!({"reason": "mutual"}),
        json!({"reason": "merchant_breach", "amount": "1.00"}),
        json!({"reason": "award", "amount": "1.00"}),
        with(json!({"reason": "merchant_breach"}), &document()),
        json!({"reason": "award", "amount": "1.00", "document_sha256": "ab".repeat(32)}),
    ];
    for body in wrong {
        let found = world.refused(side.consumer_user, path.clone(), body.clone()).await;
        assert_eq!(found, (422, "invalid_value".to_owned()), "{body}");
    }
}

#[actix_web::test]
async fn an_award_beyond_the_escrow_is_paid_as_far_as_it_reaches_and_the_rest_is_shown() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    side.check_in(&world, &contract).await;
    let body = with(json!({"reason": "award", "amount": "2500.00"}), &document());
    let refund = request(&world, &side, &contract, body).await;
    assert_eq!(refund["shortfall"], "533.33");
    let other = json!({"document_sha256": "ef".repeat(32), "document_sm3": "cd".repeat(32)});
    let on_another = with(json!({"amount": "1966.67", "basis": "award"}), &other);
    assert_eq!(super::decision_refused(&world, &refund, on_another).await, "basis_not_met");
    let part = with(json!({"amount": "1000.00", "basis": "award", "reason": "部分"}), &document());
    assert_eq!(super::decision_refused(&world, &refund, part).await, "basis_not_met");
    let ordered = decide(&world, &refund, with(json!({"amount": "1966.67", "basis": "award"}), &document())).await;
    assert_eq!((&ordered["difference"], ordered["shortfall"].as_str()), (&Value::Null, Some("533.33")));
    assert_eq!(world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    // What was due beyond the escrow is kept, whatever becomes of the contract.
    assert_eq!(world.get(side.consumer_user, path_of(&refund)).await["shortfall"], "533.33");
    books_hold(&world).await;
}
