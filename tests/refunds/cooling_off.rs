//! The seven days: one call is enough, and the one thing that a merchant can bring against it.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::World;
use super::support::side::{Side, id};
use super::{books_hold, decide, decision_refused, document, path_of, request, with};

async fn asked(world: &World, side: &Side) -> (Value, Value) {
    let contract = side.contract_in(world, "active").await;
    assert!(contract["cooling_off_until"].is_string(), "{contract}");
    let refund = request(world, side, &contract, json!({"reason": "seven_day"})).await;
    assert_eq!((refund["state"].as_str(), refund["answer_by"].is_null()), (Some("requested"), true));
    (contract, refund)
}

async fn claim(world: &World, side: &Side, refund: &Value) -> Value {
    let body = with(json!({"note": "去年已办过同样的卡"}), &document());
    world.post(side.merchant_user, format!("{}/prior-service-claim", path_of(refund)), body).await
}

async fn judge(world: &World, refund: &Value, accepted: bool) -> Value {
    let path = format!("{}/prior-service-claim/decide", path_of(refund));
    let revision = world.get("notary1", path_of(refund)).await["revision"].clone();
    world.decide("notary1", path, &revision, json!({"accepted": accepted, "reason": "已核对"})).await
}

#[actix_web::test]
async fn one_call_of_the_consumers_brings_the_money_back() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (contract, refund) = asked(&world, &side).await;
    assert!(refund["claim_by"].is_string());
    world.advance("P5D").await;
    let ordered = world.get(side.consumer_user, path_of(&refund)).await;
    assert_eq!((ordered["state"].as_str(), ordered["basis"].as_str()), (Some("ordered"), Some("condition_met")));
    assert_eq!((ordered["amount"].as_str(), ordered["proposed_by"].is_null()), (Some("2000.00"), true));
    assert!(ordered["pay_by"].is_string());
    assert_eq!(world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    let contract = world.get(side.consumer_user, format!("/v1/contracts/{}", id(&contract))).await;
    assert_eq!(
        (contract["state"].as_str(), contract["balances"]["refunded"].as_str()),
        (Some("terminated"), Some("2000.00"))
    );
    books_hold(&world).await;
}

#[actix_web::test]
async fn a_merchants_objection_does_not_hold_up_the_seven_days() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (_, refund) = asked(&world, &side).await;
    let objection = json!({"accept": false, "amount": "1.00", "reason": "不同意"});
    world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), objection).await;
    world.advance("P5D").await;
    assert_eq!(world.get("notary1", path_of(&refund)).await["state"], "ordered");
    books_hold(&world).await;
}

#[actix_web::test]
async fn a_notary_may_find_the_condition_met_before_the_service_does() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (_, refund) = asked(&world, &side).await;
    let ordered = decide(&world, &refund, json!({"amount": "2000.00", "basis": "condition_met"})).await;
    assert_eq!(ordered["state"], "ordered");
    let late = with(json!({}), &document());
    let path = format!("{}/prior-service-claim", path_of(&refund));
    assert_eq!(world.refused(side.merchant_user, path, late).await, (409, "state_conflict".to_owned()));
    books_hold(&world).await;
}

#[actix_web::test]
async fn a_claim_of_prior_service_waits_for_a_notary_and_ends_the_seven_days_where_it_stands() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (_, refund) = asked(&world, &side).await;
    let claimed = claim(&world, &side, &refund).await;
    assert_eq!(claimed["prior_service_claim"]["state"], "claimed");
    assert_eq!(claimed["prior_service_claim"]["note"], "去年已办过同样的卡");
    let again = format!("{}/prior-service-claim", path_of(&refund));
    let found = world.refused(side.merchant_user, again, document()).await;
    assert_eq!(found, (409, "prior_service_claim_over".to_owned()));
    world.advance("P5D").await;
    assert_eq!(world.get("notary1", path_of(&refund)).await["state"], "requested", "nobody has decided the claim");
    let condition = json!({"amount": "2000.00", "basis": "condition_met"});
    assert_eq!(decision_refused(&world, &refund, condition.clone()).await, "prior_service_claim_open");
    let accepted = judge(&world, &refund, true).await;
    assert_eq!(accepted["prior_service_claim"]["state"], "accepted");
    let calculation = &accepted["calculation"];
    assert_eq!(calculation["fault"], "C");
    assert!(calculation["lines"].to_string().contains("prior_same_service"), "{calculation}");
    // It is answered as any other from now on.
    assert!(accepted["answer_by"].is_string() && accepted["claim_by"].is_null(), "{accepted}");
    assert_eq!(decision_refused(&world, &refund, condition).await, "basis_not_met");
    world.advance("P5D").await;
    assert_eq!(world.get("notary1", path_of(&refund)).await["state"], "requested");
    books_hold(&world).await;
}

#[actix_web::test]
async fn a_claim_that_is_not_shown_leaves_the_seven_days_as_they_are() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (_, refund) = asked(&world, &side).await;
    let path = format!("{}/prior-service-claim/decide", path_of(&refund));
    let verdict = json!({"accepted": true, "reason": "无"});
    let unclaimed = world.ask(Method::POST, path.clone()).by("notary1").reviewed(&refund["revision"]).json(&verdict);
    assert_eq!(unclaimed.send().await.problem(), (404, "not_found".to_owned()));
    claim(&world, &side, &refund).await;
    let unreviewed = world.ask(Method::POST, path).by("notary1").json(&verdict).send().await;
    assert_eq!(unreviewed.problem(), (428, "precondition_required".to_owned()));
    let rejected = judge(&world, &refund, false).await;
    assert_eq!(rejected["prior_service_claim"]["state"], "rejected");
    world.advance("PT1M").await;
    let ordered = world.get("notary1", path_of(&refund)).await;
    assert_eq!((ordered["state"].as_str(), ordered["amount"].as_str()), (Some("ordered"), Some("2000.00")));
    books_hold(&world).await;
}

#[actix_web::test]
async fn what_a_person_must_weigh_or_two_must_decide_is_never_ordered_by_the_service() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let used = side.contract_in(&world, "active").await;
    side.check_in(&world, &used).await;
    let used = request(&world, &side, &used, json!({"reason": "seven_day"})).await;
    assert_eq!(used["calculation"]["needs_decision"], true);
    let dear = side.contract_of(&world, "active", &side.dear_plan).await;
    let dear = request(&world, &side, &dear, json!({"reason": "seven_day"})).await;
    let known = side.contract_in(&world, "active").await;
    let known = request(&world, &side, &known, json!({"reason": "seven_day", "prior_same_service": true})).await;
    assert!(known["claim_by"].is_null() && known["answer_by"].is_string(), "{known}");
    world.advance("P9D").await;
    for refund in [&used, &dear, &known] {
        assert_eq!(world.get("notary1", path_of(refund)).await["state"], "requested");
    }
    let proposed = decide(&world, &dear, json!({"amount": "30000.00", "basis": "condition_met"})).await;
    let approve = format!("{}/approve", path_of(&dear));
    let ordered = world.decide("notary2", approve, &proposed["revision"], json!({})).await;
    assert_eq!((ordered["state"].as_str(), ordered["approved_by"].is_string()), (Some("ordered"), true));
    books_hold(&world).await;
}
