//! A contract whose money came back in part goes on, and is refunded once more: nothing of it is given or taken twice.

use serde_json::{Value, json};

use super::support::World;
use super::support::side::{Side, id};
use super::undisputed::{dispute_of, objected, paid, part, settle, standing, stands};
use super::{books_hold, decide, path_of, request};

/// A dispute of the consumer's over undelivered money, and a delivery if there is one.
async fn disputed(world: &World, side: &Side, contract: &Value, deliveries: &[&Value], held: &str) -> String {
    let deliveries: Vec<_> = deliveries.iter().map(|delivery| &delivery["id"]).collect();
    let body = json!({
        "contract_id": contract["id"], "deliveries": deliveries, "held_amount": held, "reason": "课程停开"
    });
    id(&world.post(side.consumer_user, "/v1/disputes", body).await)
}

/// What the law gives back of a contract now, and what escrow falls short of it; the request is taken back.
async fn due(world: &World, side: &Side, contract: &Value) -> (Value, Value) {
    let refund = request(world, side, contract, json!({"reason": "merchant_breach"})).await;
    world.post(side.consumer_user, format!("{}/withdraw", path_of(&refund)), json!({})).await;
    (refund["calculation"]["refund"].clone(), refund["shortfall"].clone())
}

#[actix_web::test]
async fn what_a_dispute_has_settled_is_neither_given_back_again_nor_charged_again() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    // A delivery of 33.33 and 600.00 are contested: refund, merchant, held; and what is due of the rest afterwards.
    let cases = [
        ("0.00", "633.33", "0.00", "1366.67"),
        ("633.33", "0.00", "0.00", "1366.67"),
        ("100.00", "200.00", "333.33", "1700.00"),
        ("0.00", "0.00", "633.33", "2000.00"),
        ("33.33", "33.33", "566.67", "1933.34"),
    ];
    for (refund, merchant, held, left) in cases {
        let contract = side.contract_in(&world, "active").await;
        let delivery = side.delivery(&world, &contract).await;
        let dispute = disputed(&world, &side, &contract, &[&delivery], "600.00").await;
        settle(&world, &side, &dispute, json!({"refund": refund, "merchant": merchant, "held": held})).await;
        assert_eq!(stands(&world, &contract).await.1[0], left, "{refund} {merchant} {held}");
        assert_eq!(due(&world, &side, &contract).await, (json!(left), json!("0.00")), "{refund} {merchant} {held}");
        books_hold(&world).await;
    }
}

#[actix_web::test]
async fn a_dispute_that_is_carried_out_while_a_refund_is_open_counts_for_it() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let delivery = side.delivery(&world, &contract).await;
    let dispute = disputed(&world, &side, &contract, &[&delivery], "600.00").await;
    let refund = request(&world, &side, &contract, json!({"reason": "merchant_breach"})).await;
    assert_eq!(refund["calculation"]["refund"], "1966.67");
    let split = json!({
        "refund": "100.00", "merchant": "200.00", "held": "333.33", "voided_deliveries": [delivery["id"]]
    });
    settle(&world, &side, &dispute, split).await;
    let now = world.get("notary1", path_of(&refund)).await;
    assert_eq!((&now["calculation"]["refund"], &now["shortfall"]), (&json!("1700.00"), &json!("0.00")));
    let lines = now["calculation"]["lines"].as_array().expect("lines");
    assert_eq!(lines.last().expect("a line")["formula"], "2000.00 − 300.00");
    world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), json!({"accept": true})).await;
    let ordered = decide(&world, &refund, json!({"amount": "1700.00", "basis": "consent"})).await;
    assert_eq!(ordered["merchant_share"], "0.00");
    assert_eq!(stands(&world, &contract).await, standing("closing", ["0.00", "0.00", "0.00", "200.00", "1800.00"]));
    books_hold(&world).await;
}

/// Days pass, and the venue is open on each.
async fn open_days(world: &World, side: &Side, count: u32) {
    for _ in 0..count {
        world.advance("P1D").await;
        let path = format!("/v1/venues/{}/open-marks", side.venue);
        world.post(side.merchant_user, path, json!({"date": world.today()})).await;
    }
}

#[actix_web::test]
async fn days_that_a_refund_has_paid_for_are_not_earned_once_more_when_the_contract_goes_on() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.period(&world, "300.00", 30).await;
    open_days(&world, &side, 12).await;
    world.advance("P3D").await;
    let refund = objected(&world, &side, &contract, "100.00").await;
    let figure = refund["calculation"]["refund"].clone();
    let ordered = part(&world, &refund).await;
    paid(&world, &ordered).await;
    let withdraw = format!("/v1/disputes/{}/withdraw", dispute_of(&ordered));
    world.post(side.consumer_user, withdraw, json!({})).await;
    let (state, balances) = stands(&world, &contract).await;
    assert_eq!((state.as_str(), &ordered["contested_amount"]), ("active", &json!(balances[0])));
    // The settlement takes the share of the refund, and no day of it a second time.
    let settlement = world.post("notary1", "/v1/settlements", json!({"merchant_id": side.merchant})).await;
    assert_eq!(settlement["amount"], ordered["merchant_share"]);
    assert_eq!(stands(&world, &contract).await.1, balances);
    let (left, shortfall) = due(&world, &side, &contract).await;
    assert_eq!((&left, &shortfall), (&ordered["contested_amount"], &json!("0.00")), "{figure}");
    // Days that come later are earned as ever.
    open_days(&world, &side, 2).await;
    world.advance("P4D").await;
    let reject = format!("/v1/settlements/{}/reject", id(&settlement));
    world.decide("notary2", reject, &settlement["revision"], json!({"reason": "重来"})).await;
    let later = world.post("notary1", "/v1/settlements", json!({"merchant_id": side.merchant})).await;
    let fen = |amount: &Value| amount.as_str().expect("an amount").replace('.', "").parse::<i64>().expect("fen");
    assert_eq!(fen(&later["amount"]) - fen(&settlement["amount"]), 2000);
    books_hold(&world).await;
}

#[actix_web::test]
async fn what_is_still_claimable_is_what_escrow_holds_and_the_bank_has_not_paid() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    // One whose first refund was paid and whose second waits for an account; one that goes on while its first waits.
    let closing = side.contract_in(&world, "active").await;
    let first = part(&world, &objected(&world, &side, &closing, "1500.00").await).await;
    paid(&world, &first).await;
    let split = json!({"refund": "100.00", "merchant": "150.00", "held": "250.00"});
    settle(&world, &side, &dispute_of(&first), split).await;
    let second = part(&world, &objected(&world, &side, &closing, "50.00").await).await;
    assert_eq!(second["contested_amount"], "200.00");
    let active = side.contract_in(&world, "active").await;
    let waiting = part(&world, &objected(&world, &side, &active, "1200.00").await).await;
    assert_eq!(world.bank("payouts", &waiting["payout_id"], "rejected").await.status, 200);
    let withdraw = format!("/v1/disputes/{}/withdraw", dispute_of(&waiting));
    world.post(side.consumer_user, withdraw, json!({})).await;
    books_hold(&world).await;
    for _ in 0..3 {
        world.advance("P370D").await;
    }
    let warned = world.get("regulator1", "/v1/events?kind=unclaimed.warned&limit=100").await;
    let amount = |contract: &Value| {
        let entries = warned["data"].as_array().expect("entries");
        entries.iter().find(|entry| entry["data"]["contract"] == contract["id"]).expect("a warning")["data"]["amount"]
            .clone()
    };
    // 100.00 and 50.00 that nobody has paid, and 200.00 frozen; 1200.00 that came back, and 800.00 held.
    assert_eq!((amount(&closing), amount(&active)), (json!("350.00"), json!("2000.00")));
    books_hold(&world).await;
}

#[actix_web::test]
async fn the_consumers_part_of_a_dispute_says_when_it_must_be_paid() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let executed = side.dispute_in(&world, "executed").await;
    let refund = world.get("notary1", format!("/v1/refunds/{}", executed["paid_as"].as_str().expect("a refund"))).await;
    let pay_by = refund["pay_by"].as_str().expect("a time");
    let far = "2199-01-01T00:00:00Z";
    let late = world.get("notary1", format!("/v1/refunds?due_before={far}&limit=100")).await;
    let found = late["data"].as_array().expect("a list").iter().any(|found| found["id"] == refund["id"]);
    assert!(found && pay_by > refund["requested_at"].as_str().expect("a time"), "{refund}");
    let notices = world.get("notary1", "/v1/notices?kind=refund_payment&limit=100").await;
    let told = notices["data"].as_array().expect("notices").iter().any(|notice| notice["due_at"] == refund["pay_by"]);
    assert!(told, "{notices}");
}
