//! Each reason of the law, from the request to the consumer's account.

use serde_json::{Value, json};

use super::support::World;
use super::support::side::{Side, id};
use super::{books_hold, decide, document, path_of, request, with};

/// Asks for a refund of a contract of which one unit was used, lets the merchant agree, and pays it.
async fn paid(world: &World, side: &Side, body: Value, expected: &str) {
    let contract = side.contract_in(world, "active").await;
    side.check_in(world, &contract).await;
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

#[actix_web::test]
async fn every_reason_of_the_law_leads_to_its_figure_and_to_the_account() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    // 2000.00 for 60 units, 600.00 each before discount; one was used.
    let merchants = [
        "merchant_moved",
        "duty_transferred",
        "unlimited_not_deliverable",
        "merchant_breach",
        "merchant_closed",
        "conditions_changed",
        "void_contract",
    ];
    for reason in merchants {
        paid(&world, &side, json!({"reason": reason}), "1966.67").await;
    }
    paid(&world, &side, json!({"reason": "consumer_choice"}), "1400.00").await;
    paid(&world, &side, json!({"reason": "mixed", "merchant_fault_percent": 50}), "1683.33").await;
    paid(&world, &side, json!({"reason": "mutual", "amount": "1500.00"}), "1500.00").await;
    let award = with(json!({"reason": "award", "amount": "1900.00"}), &document());
    paid(&world, &side, award, "1900.00").await;
    // One unit was used inside the seven days: it is charged, and a person looks at it.
    paid(&world, &side, json!({"reason": "seven_day"}), "1966.67").await;
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
