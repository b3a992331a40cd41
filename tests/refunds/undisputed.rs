//! The merchant objects: what both sides give is paid at once, and the rest is a dispute that comes to every end.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::World;
use super::support::cases::award;
use super::support::side::{Side, id};
use super::support::signer::Signer;
use super::{books_hold, decide, decision_refused, document, path_of, request, with};

/// A contract of which two of sixty uses were had: 1933.33 are due of 1933.34 that it holds.
async fn used(world: &World, side: &Side) -> Value {
    let contract = side.contract_in(world, "active").await;
    for _ in 0..2 {
        side.check_in(world, &contract).await;
    }
    contract
}

/// A refund that the merchant objects to with an amount of its own.
pub async fn objected(world: &World, side: &Side, contract: &Value, offered: &str) -> Value {
    let refund = request(world, side, contract, json!({"reason": "merchant_breach"})).await;
    let body = json!({"accept": false, "amount": offered, "reason": "照常营业"});
    world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), body).await
}

/// The order of what both give, by a notary who has seen the refund as it is now.
pub async fn part(world: &World, refund: &Value) -> Value {
    let revision = world.get("notary1", path_of(refund)).await["revision"].clone();
    world.decide("notary1", format!("{}/undisputed", path_of(refund)), &revision, json!({})).await
}

async fn not_parted(world: &World, refund: &Value) -> (u16, String) {
    let revision = world.get("notary1", path_of(refund)).await["revision"].clone();
    let ask = world.ask(Method::POST, format!("{}/undisputed", path_of(refund))).by("notary1").reviewed(&revision);
    ask.json(&json!({})).send().await.problem()
}

/// A contract's state, and what is held, pending, frozen, with the merchant and refunded of it.
pub async fn stands(world: &World, contract: &Value) -> (String, [String; 5]) {
    let now = world.get("notary1", format!("/v1/contracts/{}", id(contract))).await;
    let balance = |name: &str| now["balances"][name].as_str().expect("an amount").to_owned();
    let balances = ["held", "pending", "frozen", "to_merchant", "refunded"].map(balance);
    (now["state"].as_str().expect("a state").to_owned(), balances)
}

pub fn standing(state: &str, balances: [&str; 5]) -> (String, [String; 5]) {
    (state.to_owned(), balances.map(str::to_owned))
}

/// Both agree on how to split what a dispute is about, and a notary carries it out.
pub async fn settle(world: &World, side: &Side, dispute: &str, split: Value) -> Value {
    let path = format!("/v1/disputes/{dispute}");
    let proposal = world.post(side.consumer_user, format!("{path}/proposals"), split).await;
    let accept = format!("{path}/proposals/{}/accept", id(&proposal));
    world.decide(side.merchant_user, accept, &proposal["revision"], json!({})).await;
    world.post("notary1", format!("{path}/execute"), json!({})).await
}

pub async fn paid(world: &World, refund: &Value) {
    let reply = world.bank("payouts", &refund["payout_id"], "settled").await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

pub fn dispute_of(refund: &Value) -> String {
    refund["dispute_id"].as_str().expect("a dispute").to_owned()
}

#[actix_web::test]
async fn what_both_give_is_paid_at_once_and_the_rest_is_settled() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = used(&world, &side).await;
    let ordered = part(&world, &objected(&world, &side, &contract, "1500.00").await).await;
    let figures = ["amount", "contested_amount", "merchant_share", "shortfall", "basis", "state"];
    let expected = ["1500.00", "433.33", "0.01", "0.00", "consent", "ordered"];
    assert_eq!(figures.map(|name| ordered[name].as_str().expect("a figure")), expected);
    assert!(ordered["difference"].is_null() && ordered["pay_by"].is_string(), "{ordered}");
    assert_eq!(stands(&world, &contract).await, standing("closing", ["0.00", "0.00", "433.33", "66.67", "1500.00"]));
    let dispute = world.get(side.merchant_user, format!("/v1/disputes/{}", dispute_of(&ordered))).await;
    let told = ["state", "opened_by", "amount", "held_amount", "reason", "refund_id"];
    let expected = ["negotiating", "consumer", "433.33", "433.33", "照常营业", ordered["id"].as_str().expect("an id")];
    assert_eq!(told.map(|name| dispute[name].as_str().expect("a word")), expected);
    // The contract waits for its dispute, although the bank has paid.
    paid(&world, &ordered).await;
    assert_eq!(stands(&world, &contract).await.0, "closing");
    books_hold(&world).await;

    let split = json!({"refund": "200.00", "merchant": "233.33", "held": "0.00"});
    let executed = settle(&world, &side, &dispute_of(&ordered), split).await;
    let rest = world.get("notary1", format!("/v1/refunds/{}", executed["paid_as"].as_str().expect("a refund"))).await;
    assert_eq!(stands(&world, &contract).await, standing("closing", ["0.00", "0.00", "0.00", "300.00", "1700.00"]));
    paid(&world, &rest).await;
    assert_eq!(stands(&world, &contract).await.0, "terminated");
    books_hold(&world).await;
}

#[actix_web::test]
async fn an_award_over_the_rest_ends_the_contract_whoever_is_paid_last() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for (to_consumer, to_merchant) in [("433.33", "0.00"), ("0.00", "433.33")] {
        let contract = used(&world, &side).await;
        let ordered = part(&world, &objected(&world, &side, &contract, "1500.00").await).await;
        let path = format!("/v1/disputes/{}", dispute_of(&ordered));
        let judged = with(award("judgment"), &json!({"refund": to_consumer, "merchant": to_merchant}));
        let dispute = world.get("notary1", path.clone()).await;
        world.decide("notary1", format!("{path}/award"), &dispute["revision"], judged).await;
        let executed = world.post("notary2", format!("{path}/execute"), json!({})).await;
        assert_eq!(executed["paid_as"].is_string(), to_consumer != "0.00");
        if let Some(rest) = executed["paid_as"].as_str() {
            paid(&world, &world.get("notary1", format!("/v1/refunds/{rest}")).await).await;
        }
        assert_eq!(stands(&world, &contract).await.0, "closing");
        paid(&world, &ordered).await;
        let (state, balances) = stands(&world, &contract).await;
        assert_eq!((state.as_str(), &balances[..3]), ("terminated", &["0.00", "0.00", "0.00"].map(str::to_owned)[..]));
        books_hold(&world).await;
    }
}

#[actix_web::test]
async fn only_the_consumer_takes_the_dispute_back_and_can_ask_for_the_rest_again() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = used(&world, &side).await;
    let ordered = part(&world, &objected(&world, &side, &contract, "1500.00").await).await;
    paid(&world, &ordered).await;
    let withdraw = format!("/v1/disputes/{}/withdraw", dispute_of(&ordered));
    assert_eq!(world.refused(side.merchant_user, withdraw.clone(), json!({})).await, (403, "forbidden".to_owned()));
    world.post(side.consumer_user, withdraw, json!({})).await;
    assert_eq!(stands(&world, &contract).await, standing("active", ["433.33", "0.00", "0.00", "66.67", "1500.00"]));
    books_hold(&world).await;
    // What was given back is not asked for again, and the rest is parted as before.
    let again = objected(&world, &side, &contract, "33.33").await;
    assert_eq!(again["calculation"]["refund"], "433.33");
    let second = part(&world, &again).await;
    assert_eq!((&second["amount"], &second["contested_amount"]), (&json!("33.33"), &json!("400.00")));
    let split = json!({"refund": "0.00", "merchant": "100.00", "held": "300.00"});
    settle(&world, &side, &dispute_of(&second), split).await;
    assert_eq!(stands(&world, &contract).await, standing("active", ["300.00", "0.00", "0.00", "166.67", "1533.33"]));
    let third = request(&world, &side, &contract, json!({"reason": "merchant_breach"})).await;
    assert_eq!((&third["calculation"]["refund"], &third["shortfall"]), (&json!("300.00"), &json!("0.00")));
    world.post(side.merchant_user, format!("{}/answer", path_of(&third)), json!({"accept": true})).await;
    let last = decide(&world, &third, json!({"amount": "300.00", "basis": "consent"})).await;
    paid(&world, &second).await;
    assert_eq!(stands(&world, &contract).await.0, "closing");
    paid(&world, &last).await;
    assert_eq!(stands(&world, &contract).await, standing("terminated", ["0.00", "0.00", "0.00", "166.67", "1833.33"]));
    books_hold(&world).await;
}

#[actix_web::test]
async fn where_the_merchant_gives_nothing_only_the_dispute_remains() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = used(&world, &side).await;
    let parted = part(&world, &objected(&world, &side, &contract, "0.00").await).await;
    assert_eq!((parted["state"].as_str(), &parted["payout_id"]), (Some("paid"), &Value::Null));
    assert_eq!((&parted["amount"], &parted["contested_amount"]), (&json!("0.00"), &json!("1933.33")));
    assert_eq!(stands(&world, &contract).await, standing("closing", ["0.00", "0.00", "1933.33", "66.67", "0.00"]));
    books_hold(&world).await;
    let split = json!({"refund": "0.00", "merchant": "1933.33", "held": "0.00"});
    settle(&world, &side, &dispute_of(&parted), split).await;
    assert_eq!(stands(&world, &contract).await, standing("terminated", ["0.00", "0.00", "0.00", "2000.00", "0.00"]));
    books_hold(&world).await;
}

#[actix_web::test]
async fn what_escrow_falls_short_of_is_no_matter_of_the_dispute() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for (offered, amount, contested) in [("1200.00", "1000.00", "0.00"), ("600.00", "600.00", "400.00")] {
        let contract = side.contract_in(&world, "active").await;
        let body = json!({"contract_id": contract["id"], "held_amount": "1000.00", "reason": "课程停开"});
        let other = world.post(side.consumer_user, "/v1/disputes", body).await;
        let ordered = part(&world, &objected(&world, &side, &contract, offered).await).await;
        assert_eq!((&ordered["amount"], &ordered["shortfall"]), (&json!(amount), &json!("1000.00")));
        assert_eq!(ordered["contested_amount"], contested);
        assert_eq!(ordered["dispute_id"].is_string(), contested != "0.00");
        books_hold(&world).await;
        // Each dispute gives its own money free.
        paid(&world, &ordered).await;
        let split = json!({"refund": "0.00", "merchant": "1000.00", "held": "0.00"});
        settle(&world, &side, &id(&other), split).await;
        if let Some(dispute) = ordered["dispute_id"].as_str() {
            assert_eq!(stands(&world, &contract).await.0, "closing");
            settle(&world, &side, dispute, json!({"refund": "0.00", "merchant": "400.00", "held": "0.00"})).await;
        }
        assert_eq!(stands(&world, &contract).await.0, "terminated");
        books_hold(&world).await;
    }
}

#[actix_web::test]
async fn deliveries_that_wait_are_confirmed_unless_the_consumer_is_due_their_money() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for (reason, state) in [("merchant_breach", "confirmed"), ("mutual", "voided")] {
        let contract = side.contract_in(&world, "active").await;
        let delivery = side.delivery(&world, &contract).await;
        let mut body = json!({"reason": reason});
        if reason == "mutual" {
            body["amount"] = json!("2000.00");
        }
        let refund = request(&world, &side, &contract, body).await;
        let objection = json!({"accept": false, "amount": "500.00", "reason": "照常营业"});
        world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), objection).await;
        let ordered = part(&world, &refund).await;
        assert_eq!(world.get("notary1", format!("/v1/deliveries/{}", id(&delivery))).await["state"], state);
        let contested = if state == "voided" { "1500.00" } else { "1466.67" };
        assert_eq!((&ordered["contested_amount"], &ordered["merchant_share"]), (&json!(contested), &json!("0.00")));
        books_hold(&world).await;
    }
}

#[actix_web::test]
async fn a_large_part_is_proposed_by_one_notary_and_ordered_with_its_dispute_by_another() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_of(&world, "active", &side.dear_plan).await;
    let proposed = part(&world, &objected(&world, &side, &contract, "25000.00").await).await;
    let (state, contested) = (proposed["state"].as_str(), &proposed["contested_amount"]);
    assert_eq!((state, contested, &proposed["dispute_id"]), (Some("proposed"), &json!("5000.00"), &Value::Null));
    let approve = format!("{}/approve", path_of(&proposed));
    let ask = world.ask(Method::POST, approve.clone()).by("notary1").reviewed(&proposed["revision"]);
    assert_eq!(ask.json(&json!({})).send().await.problem(), (403, "same_person".to_owned()));
    let ordered = world.decide("notary2", approve, &proposed["revision"], json!({})).await;
    assert_eq!((&ordered["amount"], &ordered["contested_amount"]), (&json!("25000.00"), &json!("5000.00")));
    assert!(ordered["dispute_id"].is_string() && ordered["approved_by"].is_string(), "{ordered}");
    assert_eq!(stands(&world, &contract).await, standing("closing", ["0.00", "0.00", "5000.00", "0.00", "25000.00"]));
    books_hold(&world).await;
    // One notary moves less than that alone, however much is left to the dispute.
    let contract = side.contract_of(&world, "active", &side.dear_plan).await;
    let ordered = part(&world, &objected(&world, &side, &contract, "100.00").await).await;
    assert_eq!((ordered["state"].as_str(), &ordered["contested_amount"]), (Some("ordered"), &json!("29900.00")));
    books_hold(&world).await;
}

#[actix_web::test]
async fn what_the_merchant_claims_is_contested_and_never_lowers_what_it_offers() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = used(&world, &side).await;
    let refund = request(&world, &side, &contract, json!({"reason": "merchant_breach"})).await;
    let cost = with(json!({"name": "定制泳具", "amount": "100.00", "kind": "cost"}), &document());
    let objection = json!({"accept": false, "amount": "1900.00", "reason": "已定制泳具", "deductions": [cost]});
    let answered = world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), objection).await;
    assert_eq!(answered["calculation"]["refund"], "1833.33");
    let ordered = part(&world, &refund).await;
    assert_eq!((&ordered["amount"], &ordered["contested_amount"]), (&json!("1900.00"), &json!("33.33")));
    books_hold(&world).await;
    // An offer that gives what the law gives without these claims is a consent, whatever is claimed beside it.
    let contract = used(&world, &side).await;
    let refund = request(&world, &side, &contract, json!({"reason": "merchant_breach"})).await;
    let cost = with(json!({"name": "定制泳具", "amount": "100.00", "kind": "cost"}), &document());
    let objection = json!({"accept": false, "amount": "1933.33", "reason": "已定制泳具", "deductions": [cost]});
    world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), objection).await;
    assert_eq!(not_parted(&world, &refund).await, (422, "nothing_disputed".to_owned()));
    let consented = json!({"amount": "1933.33", "basis": "consent", "reason": "商家同意"});
    assert_eq!(decide(&world, &refund, consented).await["state"], "ordered");
    books_hold(&world).await;
}

#[actix_web::test]
async fn nothing_is_parted_that_nobody_disputes() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let refund = request(&world, &side, &contract, json!({"reason": "merchant_breach"})).await;
    assert_eq!(not_parted(&world, &refund).await, (409, "state_conflict".to_owned()));
    let ask = world.ask(Method::POST, format!("{}/undisputed", path_of(&refund))).by("notary1");
    assert_eq!(ask.json(&json!({})).send().await.problem(), (428, "precondition_required".to_owned()));
    world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), json!({"accept": true})).await;
    assert_eq!(not_parted(&world, &refund).await, (422, "nothing_disputed".to_owned()));
    // Inside the seven days nobody is asked, and no objection holds anything back.
    let contract = side.contract_in(&world, "active").await;
    let refund = request(&world, &side, &contract, json!({"reason": "seven_day"})).await;
    let objection = json!({"accept": false, "amount": "1.00", "reason": "不退"});
    world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), objection).await;
    assert_eq!(not_parted(&world, &refund).await, (422, "nothing_disputed".to_owned()));
    world.post(side.merchant_user, format!("{}/prior-service-claim", path_of(&refund)), document()).await;
    assert_eq!(not_parted(&world, &refund).await, (409, "prior_service_claim_open".to_owned()));
    // A lower offer is no consent to the whole, and none to itself on a notary's word.
    let contract = side.contract_in(&world, "active").await;
    let refund = objected(&world, &side, &contract, "100.00").await;
    let typed = json!({"amount": "100.00", "basis": "consent", "reason": "商家同意"});
    assert_eq!(decision_refused(&world, &refund, typed).await, "basis_not_met");
    books_hold(&world).await;
}

#[actix_web::test]
async fn a_notary_signs_what_both_sides_give() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let signer = Signer::new(31);
    assert_eq!(signer.register(&world, "notary1").await.status, 200);
    let contract = side.contract_in(&world, "active").await;
    let refund = objected(&world, &side, &contract, "700.00").await;
    let undisputed = format!("{}/undisputed", path_of(&refund));
    let bare = world.ask(Method::POST, undisputed.clone()).by("notary1").reviewed(&refund["revision"]);
    assert_eq!(bare.json(&json!({})).send().await.problem(), (422, "signature_required".to_owned()));
    let statement = format!("{}/decision-statement?action=order_undisputed", path_of(&refund));
    let stated = world.ask(Method::GET, statement).by("notary1").send().await;
    let said = ["action", "amount", "basis"].map(|name| stated.body[name].as_str().expect("a word"));
    assert_eq!(said, ["refund.order_undisputed", "700.00", "consent"]);
    let body = json!({"signature": signer.signature(&stated.bytes)});
    let ordered = world.decide("notary1", undisputed, &refund["revision"], body).await;
    assert_eq!(ordered["contested_amount"], "1300.00");
    books_hold(&world).await;
}

#[actix_web::test]
async fn of_an_order_of_both_parts_and_a_decision_that_race_one_is_written() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for undisputed_first in [true, false] {
        let contract = side.contract_in(&world, "active").await;
        let refund = objected(&world, &side, &contract, "700.00").await;
        let waiver = with(json!({"amount": "900.00", "basis": "waiver", "reason": "双方到场"}), &document());
        let nothing = json!({});
        let part = world.ask(Method::POST, format!("{}/undisputed", path_of(&refund))).by("notary1");
        let part = part.reviewed(&refund["revision"]).json(&nothing);
        let decision = world.ask(Method::POST, format!("{}/decide", path_of(&refund))).by("notary2");
        let decision = decision.reviewed(&refund["revision"]).json(&waiver);
        let (won, lost) = if undisputed_first {
            (part.send().await, decision.send().await)
        } else {
            (decision.send().await, part.send().await)
        };
        assert_eq!((won.status, lost.problem()), (200, (412, "revision_mismatch".to_owned())), "{won:?}");
        books_hold(&world).await;
    }
    // Both at once: whichever is written first, the other is refused.
    for _ in 0..4 {
        let contract = side.contract_in(&world, "active").await;
        let refund = objected(&world, &side, &contract, "700.00").await;
        let waiver = with(json!({"amount": "900.00", "basis": "waiver", "reason": "双方到场"}), &document());
        let nothing = json!({});
        let part = world.ask(Method::POST, format!("{}/undisputed", path_of(&refund))).by("notary1");
        let part = part.reviewed(&refund["revision"]).json(&nothing);
        let decision = world.ask(Method::POST, format!("{}/decide", path_of(&refund))).by("notary2");
        let decision = decision.reviewed(&refund["revision"]).json(&waiver);
        let (parted, decided) = tokio::join!(part.send(), decision.send());
        let done = [parted.status, decided.status].into_iter().filter(|status| *status < 300).count();
        assert_eq!(done, 1, "{parted:?} {decided:?}");
        let (_, balances) = stands(&world, &contract).await;
        let frozen = if parted.status == 200 { "1300.00" } else { "0.00" };
        assert_eq!(balances[2], frozen);
    }
    books_hold(&world).await;
}
