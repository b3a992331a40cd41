//! What is refused before anybody buys: users, merchants, venues, plans.

use serde_json::{Value, json};

use super::support::{World, text};
use super::{at, decision_refused, post_refused};
use ticun::ledger::clock::wall;

pub async fn users_and_merchants(world: &World) {
    let user = json!({"kind": "consumer", "username": "consumer1", "password": "swim-sixty-times", "name": "甲"});
    let register = world.ask(actix_web::http::Method::POST, "/v1/registrations").json(&user);
    super::refused(register, "username_taken").await;
    let mut merchant = json!({"name": "晨曦瑜伽馆", "credit_code": "91310105MA1GB7C2Q4", "region": "上海"});
    post_refused(world, "merchant1", "/v1/merchants", merchant.clone(), "merchant_exists").await;
    merchant["credit_code"] = json!("91310105MA1GB7C2Q5");
    post_refused(world, "merchant1", "/v1/merchants", merchant, "credit_code_invalid").await;
    let applied = world.get("notary1", "/v1/merchants?state=applied").await["data"][0].clone();
    let of_applicant = json!({"merchant_id": applied["id"]});
    post_refused(world, "notary1", "/v1/settlements", of_applicant, "merchant_not_active").await;
}

/// A plan of sixty uses, to be spoilt.
pub fn plan() -> Value {
    json!({
        "name": "60次游泳卡", "kind": "count", "price": "2000.00", "currency": "CNY", "list_price": "50.00",
        "count": {"units": 60, "bonus_units": 0}, "validity_days": 365, "sector": "fitness", "terms": "条款。",
        "card_class": "stored_value",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    })
}

/// A period at a venue that there is not.
fn a_period_elsewhere() -> Value {
    json!({
        "name": "年卡", "kind": "period", "price": "3650.00", "currency": "CNY", "period": {"granularity": "day"},
        "validity_days": 365, "sector": "fitness", "terms": "条款。", "venue_ids": ["ven_00000000000000000000000001"],
        "release": {"per": "day", "confirm_window_hours": 72, "silence_confirms": true}
    })
}

pub async fn venues_and_plans(world: &World) {
    let venue = world.get("merchant1", "/v1/venues").await["data"][0].clone();
    let marks = format!("{}/open-marks", at("venues", &venue));
    post_refused(world, "merchant1", &marks, json!({"date": "2099-01-01"}), "mark_in_future").await;
    post_refused(world, "merchant1", &marks, json!({"date": "2020-01-01"}), "mark_too_late").await;
    // The day in London is today or yesterday in Shanghai; both can be marked.
    let today = json!({"date": wall().to_string().chars().take(10).collect::<String>()});
    world.post("merchant1", marks.clone(), today.clone()).await;
    post_refused(world, "merchant1", &marks, today, "already_marked").await;

    let spoilt = |field: &str, value: Value| {
        let mut plan = plan();
        plan[field] = value;
        plan
    };
    post_refused(world, "merchant1", "/v1/plans", a_period_elsewhere(), "venue_unknown").await;
    post_refused(world, "merchant1", "/v1/plans", spoilt("currency", json!("USD")), "wrong_currency").await;
    post_refused(world, "merchant1", "/v1/plans", spoilt("price", json!("0.59")), "price_too_small").await;
    for (terms, code) in [("概不退款。", "terms_void"), ("本卡仅限本人使用。", "reason_required")] {
        let drafted = world.post("merchant1", "/v1/plans", spoilt("terms", json!(terms))).await;
        let submitted = world.post("merchant1", format!("{}/submit", at("plans", &drafted)), json!({})).await;
        let approve = format!("{}/approve", at("plans", &drafted));
        decision_refused(world, "notary1", &approve, &submitted["revision"], json!({}), code).await;
    }
    let mut dear = spoilt("price", json!("5000.01"));
    dear["sector"] = json!("beauty");
    let dear = world.post("merchant1", "/v1/plans", dear).await;
    post_refused(world, "merchant1", &format!("{}/submit", at("plans", &dear)), json!({}), "limit_exceeded").await;
    let drafted = world.post("merchant1", "/v1/plans", plan()).await;
    let chosen = json!({"plan_id": text(&drafted, "id")});
    post_refused(world, "consumer1", "/v1/contracts", chosen, "plan_not_on_sale").await;
}
