//! What a run does with each contract, and with what the merchant has earned.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::World;
use super::support::side::{Side, id};
use super::{at, class, holds};

/// Contracts in every state that a run can meet.
struct Street {
    side: Side,
    used: Value,
    requested: Value,
    disputed: Value,
    waiting: Value,
    homeless: Value,
    signed: Value,
    delivery: Value,
}

impl Street {
    async fn of(world: &World) -> Self {
        let side = Side::first(world).await;
        let used = side.contract_in(world, "active").await;
        for _ in 0..2 {
            side.check_in(world, &used).await;
        }
        let disputed = side.contract_in(world, "active").await;
        let contested = side.delivery(world, &disputed).await;
        let because = json!({"reason": "没有来"});
        world.post(side.consumer_user, format!("{}/contest", at("deliveries", &contested)), because).await;
        let waiting = quiet_contract(world, &side).await;
        let delivery = side.delivery(world, &waiting).await;
        let homeless = homeless_contract(world, &side).await;
        let signed = side.contract_in(world, "signed").await;
        let requested = side.contract_in(world, "active").await;
        Self { side, used, requested, disputed, waiting, homeless, signed, delivery }
    }
}

/// A contract whose holder did not agree that silence confirms.
async fn quiet_contract(world: &World, side: &Side) -> Value {
    let contract = world.post(side.consumer_user, "/v1/contracts", json!({"plan_id": side.plan})).await;
    let path = at("contracts", &contract);
    let terms = json!({"terms_sha256": contract["terms_sha256"], "silence_confirms": false});
    world.post(side.consumer_user, format!("{path}/sign"), terms).await;
    world.post(side.merchant_user, format!("{path}/sign"), json!({"terms_sha256": contract["terms_sha256"]})).await;
    let deposit = side.deposit(world, &contract).await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    world.found("/v1/contracts", &contract, "active").await
}

/// A contract of somebody who has named no account.
async fn homeless_contract(world: &World, side: &Side) -> Value {
    let user = world.newcomer("consumer").await;
    let contract = world.post(&user, "/v1/contracts", json!({"plan_id": side.plan})).await;
    let path = at("contracts", &contract);
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    world.post(&user, format!("{path}/sign"), terms.clone()).await;
    world.post(side.merchant_user, format!("{path}/sign"), terms).await;
    let deposit = world.post(&user, format!("{path}/deposits"), json!({"channel": "sandbox"})).await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    world.found("/v1/contracts", &contract, "active").await
}

/// The newest refund of a contract.
async fn refund_of(world: &World, contract: &Value) -> Value {
    let refunds = world.get("notary1", format!("{}/refunds", at("contracts", contract))).await;
    let refunds = refunds["data"].as_array().expect("refunds");
    assert_eq!(refunds.len(), 1, "one refund, never two: {refunds:?}");
    refunds[0].clone()
}

async fn state_of(world: &World, contract: &Value) -> Value {
    world.get("notary1", at("contracts", contract)).await
}

#[actix_web::test]
async fn a_default_gives_every_consumer_back_what_is_unspent_and_says_what_it_could_not() {
    let world = World::start().await;
    let street = Street::of(&world).await;
    let side = &street.side;
    let asked = side.request(&world, &street.requested).await;
    let run = side.default(&world).await;

    let progress = &run["progress"];
    assert_eq!(
        *progress,
        json!({
            "cancelled": 1, "disputed": 1, "done": 6, "needs_account": 1, "refunded": "9866.67", "refunds": 5,
            "total": 6, "waiting": 1
        })
    );
    assert_eq!((&run["frozen"], &run["contracts"], &run["amount"]), (&json!("66.66"), &json!(6), &json!("9866.68")));
    assert_eq!(state_of(&world, &street.signed).await["state"], "cancelled");
    for (contract, amount, state) in [
        (&street.used, "1933.33", "ordered"),
        (&street.disputed, "1966.67", "ordered"),
        (&street.waiting, "1966.67", "ordered"),
        (&street.homeless, "2000.00", "needs_account"),
        (&street.requested, "2000.00", "ordered"),
    ] {
        let refund = refund_of(&world, contract).await;
        assert_eq!((&refund["amount"], &refund["state"]), (&json!(amount), &json!(state)), "{refund}");
        assert_eq!((&refund["basis"], &refund["shortfall"]), (&json!("condition_met"), &json!("0.00")), "{refund}");
        assert_ne!(refund["proposed_by"], refund["approved_by"], "{refund}");
        let now = state_of(&world, contract).await;
        assert_eq!((&now["state"], &now["balances"]["held"]), (&json!("closing"), &json!("0.00")), "{now}");
        assert_eq!(now["default_run"], json!({"id": run["id"], "state": "done", "cause": "default"}));
        let timeline = world.get("notary1", format!("{}/timeline?limit=100", at("contracts", contract))).await;
        assert!(timeline.to_string().contains("default_run.contract_refunded"), "{timeline}");
    }
    let taken_over = refund_of(&world, &street.requested).await;
    assert_eq!((&taken_over["id"], &taken_over["reason"]), (&asked["id"], &json!("merchant_breach")));
    assert_eq!(refund_of(&world, &street.used).await["reason"], "merchant_closed");

    let path = format!("{}/contracts", at("default-runs", &run));
    let listed = world.get("notary1", path.clone()).await;
    let row = |outcome: &str, contract: &Value, amount: &str| {
        let rows = listed["data"].as_array().expect("rows");
        rows.iter()
            .any(|row| row["outcome"] == outcome && row["contract_id"] == contract["id"] && row["amount"] == amount)
    };
    assert!(row("disputed", &street.disputed, "33.33"), "{listed}");
    assert!(row("waiting", &street.waiting, "33.33"), "{listed}");
    assert!(row("needs_account", &street.homeless, "2000.00"), "{listed}");
    let disputed = world.get("regulator1", format!("{path}?outcome=disputed")).await;
    assert_eq!(disputed["data"].as_array().map(Vec::len), Some(1));

    let merchant = world.get("notary1", format!("/v1/merchants/{}", side.merchant)).await;
    assert_eq!((&merchant["state"], &merchant["default_run_id"]), (&json!("defaulted"), &run["id"]));
    let balances = json!({"receivable": "0.00", "payable": "0.00", "frozen": "66.67", "payout": "0.00"});
    assert_eq!(merchant["balances"], balances);
    holds(&world);
    // The file for a court checks itself while it is put together.
    world.published().await;
    let evidence = format!("{}/evidence.zip", at("contracts", &street.used));
    let file = world.ask(Method::GET, evidence).by(side.consumer_user).send().await;
    assert_eq!(file.status, 200, "{file:?}");
}

#[actix_web::test]
async fn what_comes_late_is_set_aside_and_no_delivery_is_taken_back_from_the_consumer() {
    let world = World::start().await;
    let street = Street::of(&world).await;
    let side = &street.side;
    let settled = side.settlement_in(&world, "released").await;
    assert_eq!(world.bank("payouts", &settled["payout_id"], "settled").await.status, 200);
    let run = side.default(&world).await;
    let frozen = async || world.get("notary1", format!("/v1/merchants/{}", side.merchant)).await["balances"].clone();
    let before = frozen().await;
    // A fen of what two uses cost was not released with them.
    assert_eq!((&before["frozen"], &before["payable"]), (&json!("0.01"), &json!("0.00")), "{run}");
    world.post(side.consumer_user, format!("{}/confirm", at("deliveries", &street.delivery)), json!({})).await;
    assert_eq!(frozen().await["frozen"], "33.34");
    assert_eq!(world.bank("payouts", &settled["payout_id"], "returned").await.status, 200);
    let after = frozen().await;
    assert_eq!((&after["payable"], &after["payout"]), (&json!("0.00"), &json!("0.00")));
    assert_eq!(after["frozen"], "133.33");
    let (status, code) = world.refused("notary1", "/v1/settlements", json!({"merchant_id": side.merchant})).await;
    assert_eq!((status, code.as_str()), (409, "merchant_not_active"));

    // The money that was ordered back is paid, also to whoever names an account only now.
    for contract in [&street.used, &street.waiting] {
        let payout = refund_of(&world, contract).await["payout_id"].clone();
        assert_eq!(world.bank("payouts", &payout, "settled").await.status, 200);
        assert_eq!(refund_of(&world, contract).await["state"], "paid");
        assert_eq!(state_of(&world, contract).await["state"], "terminated");
    }
    holds(&world);
}

#[actix_web::test]
async fn a_payout_that_the_bank_does_not_know_of_is_cancelled_and_an_open_settlement_is_void() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let released = side.settlement_in(&world, "released").await;
    let open = side.settlement_in(&world, "proposed").await;
    let run = side.propose_default(&world).await;
    let (status, code) = world.bank("payouts", &released["payout_id"], "settled").await.problem();
    assert_eq!((status, code.as_str()), (409, "default_run_open"), "money stays here while that is decided");
    world.advance("P20D").await;
    let ask = world.ask(Method::POST, format!("{}/approve", at("settlements", &open))).by("notary2");
    let refusal = ask.reviewed(&open["revision"]).json(&json!({})).send().await;
    assert_eq!(refusal.problem(), (409, "default_run_open".to_owned()));
    let approve = format!("{}/approve", at("default-runs", &run));
    world.decide("notary2", approve, &run["revision"], json!({})).await;
    world.advance("PT1S").await;
    let payout = world.get("notary1", format!("/v1/payouts/{}", released["payout_id"].as_str().expect("an id"))).await;
    assert_eq!(payout["state"], "cancelled");
    assert_eq!(world.found("/v1/settlements", &open, "rejected").await["state"], "rejected");
    assert_eq!(class(&world, "merchant/payout").await, "0.00");
    assert_eq!(class(&world, "merchant/payable").await, "0.00");
    assert_eq!(class(&world, "merchant/frozen").await, "66.66");
    holds(&world);
}

#[actix_web::test]
async fn a_drill_counts_what_a_default_would_do_and_posts_nothing() {
    let world = World::start().await;
    let street = Street::of(&world).await;
    let side = &street.side;
    side.request(&world, &street.requested).await;
    world.advance("P20D").await;
    let before = world.get("notary1", "/v1/books/trial-balance").await["classes"].clone();
    let drill = side.run_in(&world, "done").await;
    assert_eq!(world.get("notary1", "/v1/books/trial-balance").await["classes"], before);
    for contract in [&street.used, &street.requested, &street.signed] {
        let now = state_of(&world, contract).await;
        assert_eq!((&now["state"], &now["default_run"]), (&contract["state"], &json!(null)), "{now}");
    }
    // The merchant goes on selling, and a default finds what the drill has found.
    let contract = side.contract_in(&world, "draft").await;
    world.post(side.consumer_user, format!("{}/cancel", at("contracts", &contract)), json!({})).await;
    let listed = world.get("notary1", format!("{}/contracts", at("default-runs", &drill))).await;
    let run = side.default(&world).await;
    assert_eq!((&drill["progress"], &drill["frozen"]), (&run["progress"], &run["frozen"]));
    let really = world.get("notary1", format!("{}/contracts", at("default-runs", &run))).await;
    let figures = |rows: &Value| -> Vec<Value> {
        let rows = rows["data"].as_array().expect("rows").iter();
        rows.map(|row| json!([row["contract_id"], row["outcome"], row["amount"]])).collect()
    };
    assert_eq!(figures(&listed), figures(&really));
    assert_eq!(id(&street.used), id(&state_of(&world, &street.used).await));
    holds(&world);
}

#[actix_web::test]
async fn a_period_gives_back_what_its_open_days_have_not_earned_and_a_request_stands_as_of_its_day() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let asked = side.period(&world, "600.00", 60).await;
    let unasked = side.period(&world, "1200.00", 60).await;
    let open = async |days: u32| {
        for _ in 0..days {
            world.advance("P1D").await;
            // The service's today is the office's own: eight hours ahead of the clock.
            let today: String = world.running().clock.now().plus_hours(8).to_string().chars().take(10).collect();
            let path = format!("/v1/venues/{}/open-marks", side.venue);
            world.post(side.merchant_user, path, json!({"date": today})).await;
        }
    };
    open(12).await;
    let request = side.request(&world, &asked).await;
    assert_eq!(request["calculation"]["refund"], "480.00", "{request}");
    open(3).await;
    let run = side.default(&world).await;

    assert_eq!((&run["progress"]["refunded"], &run["frozen"]), (&json!("1380.00"), &json!("0.00")), "{run}");
    for (contract, amount, share) in [(&asked, "480.00", "120.00"), (&unasked, "900.00", "300.00")] {
        let refund = refund_of(&world, contract).await;
        assert_eq!((&refund["amount"], &refund["merchant_share"]), (&json!(amount), &json!(share)), "{refund}");
        assert_eq!(
            (&refund["calculation"]["refund"], &refund["shortfall"]),
            (&json!(amount), &json!("0.00")),
            "{refund}"
        );
        let lines = refund["calculation"]["lines"].to_string();
        assert!(!lines.contains("What was refunded before"), "nothing was given back before: {lines}");
    }
    let merchant = world.get("notary1", format!("/v1/merchants/{}", side.merchant)).await;
    assert_eq!(merchant["balances"]["frozen"], "420.00");
    holds(&world);
}
