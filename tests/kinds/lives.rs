//! The whole life of a contract of each kind: bought, used, settled, refunded; the books are audited at the end.

use serde_json::{Value, json};

use super::support::books::holds;
use super::support::side::{Side, id};
use super::support::{World, text};

/// A contract over a new plan, paid for.
async fn bought(world: &World, side: &Side, kind: &str, block: Value, price: &str, per: &str) -> Value {
    let plan = side.plan_on_sale(world, kind, block, price, per).await;
    side.contract_of(world, "active", &id(&plan)).await
}

async fn used(world: &World, side: &Side, contract: &Value, body: Value) -> Value {
    world.post(side.merchant_user, format!("/v1/contracts/{}/deliveries", id(contract)), body).await
}

/// Proposes what has matured, releases it and has it paid; answers how much it was.
async fn settled(world: &World, side: &Side) -> Value {
    let proposed = world.post("notary1", "/v1/settlements", json!({"merchant_id": side.merchant})).await;
    let path = format!("/v1/settlements/{}", id(&proposed));
    let released = world.decide("notary2", format!("{path}/approve"), &proposed["revision"], json!({})).await;
    assert_eq!(world.bank("payouts", &released["payout_id"], "settled").await.status, 200);
    released["amount"].clone()
}

/// Refunds what is left by consent; answers the refund.
async fn refunded(world: &World, side: &Side, contract: &Value) -> Value {
    let ordered = side.order(world, contract).await;
    assert_eq!(world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    let path = format!("/v1/contracts/{}", id(contract));
    assert_eq!(world.get("notary1", path).await["state"], "terminated");
    ordered
}

/// What its deliveries, its timeline and its statement say fits what the contract says.
async fn tells_its_story(world: &World, contract: &Value, deliveries: usize) {
    let path = format!("/v1/contracts/{}", id(contract));
    let list = world.get("consumer1", format!("{path}/deliveries?limit=100")).await;
    assert_eq!(list["data"].as_array().map(Vec::len), Some(deliveries), "{list}");
    let timeline = world.get("consumer1", format!("{path}/timeline?limit=100")).await;
    let kinds: Vec<String> = timeline["data"].as_array().unwrap().iter().map(|entry| text(entry, "kind")).collect();
    let recorded = kinds.iter().filter(|kind| *kind == "delivery.recorded").count();
    assert_eq!(recorded, deliveries, "{kinds:?}");
    let statement = world.get("consumer1", format!("{path}/statement?limit=100")).await;
    let held = format!("contract/{}/held", id(contract));
    let last = statement["data"].as_array().unwrap().iter().rfind(|line| line["account"] == held).unwrap();
    let contract = world.get("consumer1", path).await;
    assert_eq!(last["balance"], contract["balances"]["held"], "{statement}");
}

#[actix_web::test]
async fn a_stored_value_card_is_bought_spent_settled_and_refunded() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let block =
        json!({"bonus": "1000.00", "gift_services": [{"name": "洗车", "package_price": "400.00", "units": 10}]});
    let contract = bought(&world, &side, "stored_value", block, "2000.00", "use").await;
    assert_eq!(
        contract["stored_value"],
        json!({
            "value_total": "3000.00", "consumed": "0.00", "remaining": "3000.00",
            "gift_services": [{"name": "洗车", "package_price": "400.00", "total": 10, "used": 0, "remaining": 10}]
        })
    );
    assert_eq!((contract["kind"].as_str(), contract.get("units")), (Some("stored_value"), None));

    let spent = used(&world, &side, &contract, json!({"value": "434.00", "list_value": "500.00"})).await;
    assert_eq!((&spent["value"], &spent["list_value"]), (&json!("434.00"), &json!("500.00")));
    assert_eq!((&spent["amount"], spent.get("units")), (&json!("289.33"), None));
    let washed = used(&world, &side, &contract, json!({"gift_service": 0, "units": 5})).await;
    assert_eq!((&washed["gift_service"], &washed["units"], &washed["amount"]), (&json!(0), &json!(5), &json!("0.00")));
    let code = side.code(&world, &contract).await;
    let shown = json!({"checkin_code": code, "value": "66.00"});
    let shown = world.post(side.merchant_user, "/v1/deliveries", shown).await;
    assert_eq!((&shown["state"], &shown["amount"]), (&json!("confirmed"), &json!("44.00")));
    world.advance("P4D").await;
    world.advance("P20D").await;
    assert_eq!(settled(&world, &side).await, json!("333.33"));

    // 500.00 × 2000 ÷ 3000, and 400 × 5 ÷ 10 × 2000 ÷ 2400 for the washing.
    let refund = refunded(&world, &side, &contract).await;
    assert_eq!((&refund["calculation"]["used"], &refund["amount"]), (&json!("500.00"), &json!("1500.00")));
    assert_eq!(refund["merchant_share"], "166.67");
    let lines = refund["calculation"]["lines"].to_string();
    assert!(lines.contains("洗车"), "{lines}");
    tells_its_story(&world, &contract, 3).await;
    holds(&world);
}

#[actix_web::test]
async fn a_course_is_bought_taught_settled_and_refunded() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let block = json!({"milestones": [
        {"name": "蛙泳", "price": "100.00", "lessons": 3}, {"name": "自由泳", "price": "50.00", "lessons": 2}
    ]});
    let contract = bought(&world, &side, "course", block, "150.00", "use").await;
    let first = used(&world, &side, &contract, json!({"milestone": 0, "units": 1})).await;
    assert_eq!((&first["milestone"], &first["units"], &first["amount"]), (&json!(0), &json!(1), &json!("33.33")));
    let second = used(&world, &side, &contract, json!({"milestone": 1, "units": 1})).await;
    world.post("merchant1", format!("/v1/deliveries/{}/void", id(&second)), json!({})).await;
    world.advance("P4D").await;
    world.advance("P20D").await;
    assert_eq!(settled(&world, &side).await, json!("33.33"));
    let shown = world.get("consumer1", format!("/v1/contracts/{}", id(&contract))).await;
    assert_eq!(
        shown["course"]["milestones"],
        json!([
            {"name": "蛙泳", "price": "100.00", "lessons": 3, "lessons_given": 1, "released": "33.33"},
            {"name": "自由泳", "price": "50.00", "lessons": 2, "lessons_given": 0, "released": "0.00"}
        ])
    );
    let refund = refunded(&world, &side, &contract).await;
    assert_eq!((&refund["amount"], &refund["merchant_share"]), (&json!("116.67"), &json!("0.00")));
    assert!(refund["calculation"]["lines"].to_string().contains("自由泳"), "{refund}");
    tells_its_story(&world, &contract, 2).await;
    holds(&world);
}

/// The venue is visited, or marked open, on each of these days; on the others it stays shut.
async fn days(world: &World, side: &Side, contract: &Value, open: &[bool]) {
    for (number, open) in open.iter().enumerate() {
        world.advance("P1D").await;
        // The service's today is the office's own: eight hours ahead of the clock.
        let today = world.running().clock.now().plus_hours(8).to_string();
        let today: String = today.chars().take("2026-01-01".len()).collect();
        match (open, number % 2) {
            (false, _) => {}
            (true, 0) => drop(used(world, side, contract, json!({"venue_id": side.venue})).await),
            (true, _) => {
                let path = format!("/v1/venues/{}/open-marks", side.venue);
                world.post(side.merchant_user, path, json!({"date": today})).await;
            }
        }
    }
}

#[actix_web::test]
async fn a_period_card_is_bought_lived_through_settled_and_refunded() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.period(&world, "300.00", 30).await;
    let path = format!("/v1/contracts/{}", id(&contract));
    assert_eq!(
        (&contract["period"]["term_days"], &contract["period"]["posted"]["through"]),
        (&json!(30), &Value::Null)
    );
    days(&world, &side, &contract, &[true, true, false, true, true, true, true, true, true, true, true, true, true])
        .await;
    // The last three days can still be marked, so that nine of the ten before them are earned.
    let now = world.get("consumer1", path.clone()).await["period"]["now"].clone();
    let listed = world.get("consumer1", "/v1/contracts?limit=100").await["data"].clone();
    let listed = listed.as_array().expect("contracts").iter().find(|one| one["id"] == contract["id"]).expect("it");
    assert_eq!(listed["period"]["now"], now, "a list shows it as well");
    assert_eq!((&now["open_days"], &now["closed_days"], &now["accrued"]), (&json!(12), &json!(1), &json!("120.00")));
    assert_eq!(now["closed"].as_array().map(Vec::len), Some(1), "{now}");
    let preview = format!("/v1/settlements/preview?merchant_id={}", side.merchant);
    assert_eq!(world.get("notary1", preview).await["amount"], "90.00");
    assert_eq!(settled(&world, &side).await, json!("90.00"));
    let shown = world.get("consumer1", path.clone()).await;
    let posted = &shown["period"]["posted"];
    assert_eq!(
        (&posted["open_days"], &posted["closed_days"], &posted["accrued"]),
        (&json!(9), &json!(1), &json!("90.00"))
    );
    assert_eq!((&shown["balances"]["held"], &shown["balances"]["to_merchant"]), (&json!("210.00"), &json!("90.00")));

    let extended = json!({"ends_on": "2035-06-30"});
    let refund = world.post("consumer1", format!("{path}/refunds"), json!({"reason": "merchant_moved"})).await;
    assert_eq!(
        (&refund["calculation"]["used"], &refund["calculation"]["refund"]),
        (&json!("120.00"), &json!("180.00"))
    );
    let lines = refund["calculation"]["lines"].to_string();
    assert!(lines.contains("300.00 - 300.00 × 18 / 30"), "{lines}");
    world.post("consumer1", format!("/v1/refunds/{}/withdraw", id(&refund)), json!({})).await;
    let refund = refunded(&world, &side, &contract).await;
    assert_eq!((&refund["amount"], &refund["merchant_share"]), (&json!("180.00"), &json!("30.00")));
    assert_eq!(world.refused("merchant1", format!("{path}/extend"), extended).await.0, 409);
    tells_its_story(&world, &contract, 6).await;
    holds(&world);
}

#[actix_web::test]
async fn a_term_that_is_over_is_completed_by_itself() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.period(&world, "100.00", 10).await;
    days(&world, &side, &contract, &[true; 10]).await;
    let path = format!("/v1/contracts/{}", id(&contract));
    assert_eq!(world.get("consumer1", path.clone()).await["state"], "active");
    world.advance("P3D").await;
    let shown = world.get("consumer1", path).await;
    assert_eq!((&shown["state"], &shown["balances"]["to_merchant"]), (&json!("completed"), &json!("100.00")));
    assert_eq!(shown["period"]["now"], Value::Null);
    assert_eq!(settled(&world, &side).await, json!("100.00"));
    holds(&world);
}

#[actix_web::test]
async fn a_plan_of_each_kind_is_used_up_and_its_whole_price_is_the_merchants() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let milestones =
        json!([{"name": "蛙泳", "price": "99.99", "lessons": 2}, {"name": "考试", "price": "0.02", "lessons": 1}]);
    let lessons = |milestone: u64, units: u64| json!({"milestone": milestone, "units": units});
    let kinds = [
        ("count", json!({"units": 3, "bonus_units": 1}), vec![json!({"units": 1}), json!({"units": 3})]),
        ("stored_value", json!({"bonus": "33.33"}), vec![json!({"value": "70.01"}), json!({"value": "63.33"})]),
        ("course", json!({"milestones": milestones}), vec![lessons(0, 1), lessons(1, 1), lessons(0, 1)]),
    ];
    for (kind, block, uses) in kinds {
        let contract = bought(&world, &side, kind, block, "100.01", "use").await;
        for body in uses {
            let delivery = used(&world, &side, &contract, body).await;
            world.post("consumer1", format!("/v1/deliveries/{}/confirm", id(&delivery)), json!({})).await;
        }
        let path = format!("/v1/contracts/{}", id(&contract));
        let shown = world.get("consumer1", path).await;
        assert_eq!(
            (&shown["state"], &shown["balances"]["to_merchant"]),
            (&json!("completed"), &json!("100.01")),
            "{kind}"
        );
        world.advance("P20D").await;
        assert_eq!(settled(&world, &side).await, json!("100.01"), "{kind}");
        holds(&world);
    }
}

#[actix_web::test]
async fn a_card_that_passes_its_end_waits_for_an_extension_or_a_refund() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let mut plan = super::support::side::plan_body("2000.00");
    plan["validity_days"] = json!(30);
    let plan = side.on_sale(&world, plan).await;
    let contract = side.contract_of(&world, "active", &id(&plan)).await;
    let path = format!("/v1/contracts/{}", id(&contract));
    world.advance("P90D").await;
    let shown = world.get("consumer1", path.clone()).await;
    assert_eq!((&shown["state"], &shown["balances"]["held"]), (&json!("active"), &json!("2000.00")));
    let extended = world.post("merchant1", format!("{path}/extend"), json!({"ends_on": "2035-06-30"})).await;
    assert_eq!(extended["ends_on"], "2035-06-30");
    let shorter = world.refused("merchant1", format!("{path}/extend"), json!({"ends_on": "2035-06-29"})).await;
    assert_eq!(shorter, (422, "extension_out_of_range".to_owned()));
    used(&world, &side, &contract, json!({"units": 1})).await;
    let refund = refunded(&world, &side, &contract).await;
    assert_eq!(refund["amount"], "1966.67");
    holds(&world);
}

#[actix_web::test]
async fn what_a_delivery_says_was_used_must_go_together() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/contracts/{}/deliveries", id(&contract));
    for (body, pointer) in [
        (json!({"note": "空"}), "/units"),
        (json!({"gift_service": 0}), "/units"),
        (json!({"milestone": 0}), "/units"),
        (json!({"units": 1, "milestone": 0, "gift_service": 0}), "/milestone"),
        (json!({"units": 1, "value": "1.00"}), "/units"),
        (json!({"milestone": 0, "value": "1.00"}), "/milestone"),
        (json!({"value": "0.00"}), "/value"),
        (json!({"list_value": "1.00", "units": 1}), "/value"),
        (json!({"venue_id": side.venue, "units": 1}), "/units"),
        (json!({"venue_id": side.venue, "list_value": "1.00"}), "/list_value"),
    ] {
        let reply = world.ask(actix_web::http::Method::POST, path.clone()).by("merchant1").json(&body).send().await;
        let found = (reply.status, reply.body["errors"][0]["pointer"].as_str());
        assert_eq!(found, (422, Some(pointer)), "{body}: {reply:?}");
    }
    for body in [json!({"value": "1.00"}), json!({"units": 1, "gift_service": 0}), json!({"units": 1, "milestone": 0})]
    {
        assert_eq!(world.refused("merchant1", path.clone(), body).await, (422, "use_not_sold".to_owned()));
    }
}
