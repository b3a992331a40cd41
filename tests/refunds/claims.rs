//! What the parties bring that the books cannot know.

use serde_json::{Value, json};

use super::support::World;
use super::support::side::{Side, id};
use super::{books_hold, decide, decision_refused, document, path_of, request, with};

async fn used_contract(world: &World, side: &Side) -> Value {
    let contract = side.contract_in(world, "active").await;
    side.check_in(world, &contract).await;
    contract
}

#[actix_web::test]
async fn a_price_before_discount_that_is_not_proven_gives_way_to_the_market_price() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = used_contract(&world, &side).await;
    let body = json!({"reason": "consumer_choice", "list_price_proven": false, "market_price": "50.00"});
    let refund = request(&world, &side, &contract, body).await;
    let calculation = &refund["calculation"];
    assert_eq!(
        (calculation["refund"].as_str(), calculation["needs_decision"].as_bool()),
        (Some("1950.00"), Some(true))
    );
    assert_eq!(refund["claims"]["market_price"], "50.00");
    // The merchant proves its price: the later word stands in the calculation, and a person still decides.
    let proof = json!({"accept": false, "amount": "1400.00", "reason": "价目表在案", "list_price_proven": true});
    let answered = world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), proof).await;
    let calculation = &answered["calculation"];
    assert_eq!(
        (calculation["refund"].as_str(), calculation["needs_decision"].as_bool()),
        (Some("1400.00"), Some(true))
    );
    assert_eq!(answered["answer"]["claims"]["list_price_proven"], true);
    // The figure fell by the merchant's own word, so that its offer is no consent to what the law gives.
    let consent = json!({"amount": "1400.00", "basis": "consent"});
    assert_eq!(decision_refused(&world, &refund, consent).await, "basis_not_met");
    books_hold(&world).await;
}

#[actix_web::test]
async fn deductions_count_where_a_document_proves_them_and_a_person_decides() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = used_contract(&world, &side).await;
    let refund = request(&world, &side, &contract, json!({"reason": "merchant_breach"})).await;
    let proven = with(json!({"name": "定制泳具", "amount": "66.67", "kind": "cost"}), &document());
    let unproven = json!({"name": "杂费", "amount": "10.00", "kind": "cost"});
    let penalty = json!({"name": "违约金", "amount": "500.00", "kind": "penalty"});
    let answer = json!({
        "accept": false, "amount": "1900.00", "reason": "应扣除", "deductions": [proven, unproven, penalty]
    });
    let answered = world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), answer).await;
    let calculation = &answered["calculation"];
    assert_eq!((calculation["refund"].as_str(), calculation["deductions"].as_str()), (Some("1900.00"), Some("66.67")));
    assert_eq!(calculation["needs_decision"], true);
    let lines = calculation["lines"].to_string();
    assert!(lines.contains("定制泳具") && lines.contains("违约金"), "{lines}");
    assert_eq!(answered["answer"]["claims"]["deductions"][0]["name"], "定制泳具");
    books_hold(&world).await;
    // What happens to the contract afterwards keeps what was claimed.
    side.check_in(&world, &contract).await;
    let recalculated = world.get("notary1", path_of(&refund)).await;
    assert_eq!(recalculated["calculation"]["refund"], "1866.66");
    // The consumer is content with the merchant's offer.
    let declare = format!("{}/declare", path_of(&refund));
    world.post(side.consumer_user, declare, json!({"basis": "waiver", "amount": "1800.00", "note": "认可"})).await;
    let decision = json!({"amount": "1800.00", "basis": "waiver", "reason": "消费者认可"});
    let ordered = decide(&world, &refund, decision).await;
    assert_eq!(ordered["difference"], json!({"amount": "-66.66", "reason": "消费者认可"}));
    books_hold(&world).await;
}

#[actix_web::test]
async fn a_rate_agreed_is_shown_as_a_claim_and_moves_nothing() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = used_contract(&world, &side).await;
    world.advance("P100D").await;
    let refund = request(&world, &side, &contract, json!({"reason": "merchant_breach", "agreed_rate": "3.65"})).await;
    let calculation = &refund["calculation"];
    assert_eq!((calculation["refund"].as_str(), calculation["interest"].as_str()), (Some("1966.67"), Some("0.00")));
    assert_eq!(calculation["needs_decision"], false);
    assert!(calculation["lines"].to_string().contains("3.65"), "{calculation}");
}

#[actix_web::test]
async fn what_is_claimed_must_be_about_something() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = used_contract(&world, &side).await;
    let refund = request(&world, &side, &contract, json!({"reason": "merchant_breach"})).await;
    let answer = format!("{}/answer", path_of(&refund));
    let accepting = json!({"accept": true, "market_price": "1.00"});
    assert_eq!(world.refused(side.merchant_user, answer.clone(), accepting).await.1, "invalid_request");
    let objection = json!({"accept": false, "amount": "1.00", "reason": "有"});
    let half = json!({"name": "费", "amount": "1.00", "kind": "cost", "document_sm3": "cd".repeat(32)});
    let half = with(objection.clone(), &json!({"deductions": [half]}));
    assert_eq!(world.refused(side.merchant_user, answer.clone(), half).await, (422, "invalid_value".to_owned()));
    let one = json!({"name": "费", "amount": "1.00", "kind": "cost"});
    let many = with(objection.clone(), &json!({"deductions": vec![one; 21]}));
    assert_eq!(world.refused(side.merchant_user, answer.clone(), many).await, (422, "invalid_value".to_owned()));
    let fault = with(objection, &json!({"merchant_fault_percent": 5}));
    assert_eq!(world.refused(side.merchant_user, answer, fault).await, (422, "claim_not_usable".to_owned()));
}

#[actix_web::test]
async fn a_waiver_and_a_taking_back_are_the_consumers_own_act() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for basis in ["waiver", "taken_back"] {
        let contract = used_contract(&world, &side).await;
        let refund = request(&world, &side, &contract, json!({"reason": "consumer_choice"})).await;
        let decision = |amount: &str| json!({"amount": amount, "basis": basis, "reason": "当面核实"});
        assert_eq!(decision_refused(&world, &refund, decision("1000.00")).await, "document_required");
        let declare = format!("{}/declare", path_of(&refund));
        let declared = |amount: &str, basis: &str| json!({"basis": basis, "amount": amount});
        let found = world.refused(side.consumer_user, declare.clone(), declared("1.00", "consent")).await;
        assert_eq!(found, (422, "invalid_value".to_owned()));
        // One's own word carries no more than the rules give, and no other amount than the one named.
        world.post(side.consumer_user, declare.clone(), declared("1900.00", basis)).await;
        assert_eq!(decision_refused(&world, &refund, decision("1900.00")).await, "basis_not_met");
        let shown = world.post(side.consumer_user, declare.clone(), declared("1000.00", basis)).await;
        assert_eq!(shown["declaration"], json!({"basis": basis, "amount": "1000.00"}));
        assert_eq!(decision_refused(&world, &refund, decision("999.99")).await, "basis_not_met");
        let ordered = decide(&world, &refund, decision("1000.00")).await;
        assert_eq!((ordered["state"].as_str(), ordered["document"].is_null()), (Some("ordered"), true));
        assert_eq!(world.refused(side.consumer_user, declare, declared("1.00", basis)).await.1, "state_conflict");
    }
    // A document of the consumer's carries any amount.
    let contract = used_contract(&world, &side).await;
    let refund = request(&world, &side, &contract, json!({"reason": "consumer_choice"})).await;
    let decision = with(json!({"amount": "1900.00", "basis": "taken_back", "reason": "取回声明"}), &document());
    let ordered = decide(&world, &refund, decision).await;
    assert_eq!(ordered["document"]["sha256"], "ab".repeat(32));
    assert_eq!(ordered["difference"], json!({"amount": "500.00", "reason": "取回声明"}));
    let timeline = world.get("notary1", format!("/v1/contracts/{}/timeline?limit=100", id(&contract))).await;
    assert!(!timeline.to_string().contains("取回声明"), "words stay beside the log");
    books_hold(&world).await;
}
