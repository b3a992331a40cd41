//! Plans of every kind: what can be written, what it is changed to, and what contradicts itself.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::{World, text};

fn stored_value() -> Value {
    json!({
        "name": "储值卡", "kind": "stored_value", "price": "1000.00", "currency": "CNY", "validity_days": 730,
        "stored_value": {
            "bonus": "500.00", "gift_services": [{"name": "洗车", "package_price": "400.00", "units": 10}]
        },
        "sector": "beauty", "terms": "可退。",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    })
}

fn course() -> Value {
    json!({
        "name": "游泳课", "kind": "course", "price": "150.00", "currency": "CNY", "validity_days": 180,
        "course": {"milestones": [
            {"name": "蛙泳", "price": "100.00", "lessons": 3}, {"name": "自由泳", "price": "50.00", "lessons": 2}
        ]},
        "sector": "other", "terms": "可退。", "card_class": "lesson",
        "release": {"per": "milestone", "confirm_window_hours": 72, "silence_confirms": true}
    })
}

fn count() -> Value {
    json!({
        "name": "次卡", "kind": "count", "price": "100.00", "currency": "CNY", "validity_days": 180,
        "count": {"units": 10, "bonus_units": 0}, "sector": "fitness", "terms": "可退。",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    })
}

fn period(venue: &str) -> Value {
    json!({
        "name": "年卡", "kind": "period", "price": "3650.00", "currency": "CNY", "validity_days": 365,
        "period": {"granularity": "month"}, "sector": "fitness", "terms": "可退。", "card_class": "membership",
        "venue_ids": [venue], "release": {"per": "day", "confirm_window_hours": 72, "silence_confirms": true}
    })
}

/// The demo merchant's venue.
async fn venue(world: &World) -> String {
    text(&world.get("merchant1", "/v1/venues").await["data"][0], "id")
}

/// A plan with one member replaced, or taken out by null.
fn with(mut plan: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = plan.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(name)),
        (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value,
        (parent, value) => parent[name] = value,
    }
    plan
}

#[actix_web::test]
async fn plans_of_every_kind_say_what_they_sell_and_nothing_else() {
    let world = World::start().await;
    let venue = venue(&world).await;
    for plan in [count(), stored_value(), course(), period(&venue)] {
        let drafted = world.post("merchant1", "/v1/plans", plan.clone()).await;
        let kind = text(&plan, "kind");
        assert_eq!(drafted[&kind], plan[&kind], "{drafted}");
        for other in ["count", "stored_value", "course", "period"].into_iter().filter(|other| *other != kind) {
            assert_eq!(drafted.get(other), None, "{drafted}");
        }
    }
}

#[actix_web::test]
async fn a_plan_that_becomes_another_kind_brings_the_block_of_that_kind() {
    let world = World::start().await;
    let drafted = world.post("merchant1", "/v1/plans", with(count(), "/list_price", json!("12.00"))).await;
    let path = format!("/v1/plans/{}", text(&drafted, "id"));
    let patch = |body: Value| world.ask(Method::PATCH, path.clone()).by("merchant1").json(&body).send();
    let reply = patch(json!({"kind": "stored_value"})).await;
    assert_eq!((reply.status, &reply.body["errors"][0]["pointer"]), (422, &json!("/stored_value")));
    let reply = patch(json!({"kind": "stored_value", "stored_value": {"bonus": "20.00"}})).await;
    assert_eq!((reply.status, &reply.body["version"]), (200, &json!(2)), "{reply:?}");
    assert_eq!((&reply.body["stored_value"]["bonus"], reply.body.get("count")), (&json!("20.00"), None));
    assert_eq!(reply.body["list_price"], Value::Null);
    // What is left out stays.
    let reply = patch(json!({"price": "90.00"})).await;
    assert_eq!((&reply.body["kind"], &reply.body["stored_value"]["bonus"]), (&json!("stored_value"), &json!("20.00")));
    let course = course()["course"].clone();
    let milestones = json!({"milestones": [{"name": "全部", "price": "90.00", "lessons": 4}]});
    let reply = patch(json!({"kind": "course", "course": course})).await;
    assert_eq!((reply.status, &reply.body["errors"][0]["pointer"]), (422, &json!("/course/milestones")));
    let reply = patch(json!({"kind": "course", "course": milestones})).await;
    assert_eq!((reply.status, &reply.body["version"]), (200, &json!(4)), "{reply:?}");
}

#[actix_web::test]
async fn every_contradiction_of_a_plan_is_named() {
    let world = World::start().await;
    let twice = json!([{"name": "洗车", "package_price": "1.00", "units": 1}, {"name": "洗车", "package_price": "1.00", "units": 1}]);
    let many: Vec<Value> =
        (0..51).map(|number| json!({"name": number.to_string(), "package_price": "1.00", "units": 1})).collect();
    let ours = venue(&world).await;
    let strangers = json!({"name": "馆", "address": "上海市", "lease_ends_on": "2040-12-31"});
    let second = super::support::side::Side::second(&world).await;
    let strangers = text(&world.post(second.merchant_user, "/v1/venues", strangers).await, "id");
    let reply = world.ask(Method::POST, "/v1/plans").by("merchant1").json(&period(&strangers)).send().await;
    assert_eq!(reply.problem(), (422, "venue_unknown".to_owned()));
    let year = || period(&ours);
    let cases = [
        (year(), "/period", Value::Null, "/period"),
        (year(), "/period/granularity", json!("week"), "/period/granularity"),
        (year(), "/venue_ids", json!([]), "/venue_ids"),
        (year(), "/price", json!("3.64"), "/price"),
        (year(), "/release/per", json!("use"), "/release/per"),
        (year(), "/list_price", json!("1.00"), "/list_price"),
        (year(), "/count", count()["count"].clone(), "/count"),
        (count(), "/period", json!({"granularity": "day"}), "/period"),
        (count(), "/kind", json!("subscription"), "/kind"),
        (count(), "/count", Value::Null, "/count"),
        (count(), "/count/units", json!(0), "/count/units"),
        (count(), "/price", json!("0.09"), "/price"),
        (count(), "/course", course()["course"].clone(), "/course"),
        (count(), "/stored_value", stored_value()["stored_value"].clone(), "/stored_value"),
        (count(), "/release/per", json!("day"), "/release/per"),
        (count(), "/release/per", json!("milestone"), "/release/per"),
        (count(), "/list_price", json!("0.00"), "/list_price"),
        (stored_value(), "/stored_value", Value::Null, "/stored_value"),
        (stored_value(), "/count", count()["count"].clone(), "/count"),
        (stored_value(), "/price", json!("0.00"), "/price"),
        (stored_value(), "/list_price", json!("1.00"), "/list_price"),
        (stored_value(), "/release/per", json!("milestone"), "/release/per"),
        (stored_value(), "/stored_value/bonus", json!("9999999999999.99"), "/stored_value/bonus"),
        (stored_value(), "/stored_value/gift_services", twice, "/stored_value/gift_services/1/name"),
        (stored_value(), "/stored_value/gift_services", json!(many), "/stored_value/gift_services"),
        (stored_value(), "/stored_value/gift_services/0/units", json!(0), "/stored_value/gift_services/0/units"),
        (course(), "/course", Value::Null, "/course"),
        (course(), "/course/milestones", json!([]), "/course/milestones"),
        (course(), "/course/milestones/1/price", json!("49.99"), "/course/milestones"),
        (course(), "/course/milestones/1/price", json!("0.01"), "/course/milestones/1/price"),
        (course(), "/course/milestones/1/name", json!("蛙泳"), "/course/milestones/1/name"),
        (course(), "/course/milestones/0/lessons", json!(0), "/course/milestones/0/lessons"),
        (course(), "/list_price", json!("1.00"), "/list_price"),
        (course(), "/release/per", json!("day"), "/release/per"),
        (course(), "/release/per", json!("lesson"), "/release/per"),
    ];
    for (plan, changed, to, pointer) in cases {
        let plan = with(plan, changed, to.clone());
        let reply = world.ask(Method::POST, "/v1/plans").by("merchant1").json(&plan).send().await;
        let found = (reply.status, reply.body["errors"][0]["pointer"].as_str());
        assert_eq!(found, (422, Some(pointer)), "{changed} = {to}: {reply:?}");
    }
}
