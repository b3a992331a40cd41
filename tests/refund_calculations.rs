//! The refund calculator over HTTP: published results, every kind of plan, and what contradicts itself.

#![cfg(test)]

mod support;

use actix_web::http::Method;
use serde_json::{Value, json};
use support::spec::OPERATIONS;
use support::{Reply, World};

const PATH: &str = "/v1/refund-calculations";

/// The facts of a case: a kind, a reason, what was paid, and the blocks that belong to it.
fn question(kind: &str, reason: &str, paid: &str, blocks: &Value) -> Value {
    let mut question = json!({
        "kind": kind, "currency": "CNY", "paid": paid, "paid_on": "2025-06-01", "requested_on": "2025-09-01",
        "reason": reason
    });
    let members = question.as_object_mut().expect("an object");
    members.extend(blocks.as_object().expect("blocks").clone());
    question
}

fn count(reason: &str, paid: &str, units: u64, used: u64) -> Value {
    question("count", reason, paid, &json!({"count": {"units": units, "used_units": used}}))
}

fn listed(paid: &str) -> Value {
    let block = json!({"count": {"units": 10, "bonus_units": 0, "used_units": 5, "list_price": "200.00"}});
    question("count", "consumer_choice", paid, &block)
}

fn stored(paid: &str, bonus: &str, consumed: &str) -> Value {
    let block = json!({"stored_value": {"bonus": bonus, "consumed": consumed, "consumed_list": null}});
    question("stored_value", "merchant_breach", paid, &block)
}

fn penalty(mut question: Value, amount: &str) -> Value {
    question["deductions"] = json!([{"name": "违约金", "amount": amount, "kind": "penalty", "proven": false}]);
    question
}

async fn ask(world: &World, question: &Value) -> Reply {
    world.ask(Method::POST, PATH).by("consumer1").json(question).send().await
}

#[actix_web::test]
async fn published_results_come_out_to_the_fen() {
    let world = World::start().await;
    let cases = [
        ("R01", count("merchant_breach", "2000.00", 60, 12), "1600.00", "400.00", "M"),
        ("R02", stored("2000.00", "1000.00", "434.00"), "1710.67", "289.33", "M"),
        ("R04", stored("8000.00", "2666.67", "3594.00"), "5304.50", "2695.50", "M"),
        ("R07", count("merchant_closed", "4000.00", 30, 19), "1466.67", "2533.33", "M"),
        ("R08", penalty(count("conditions_changed", "46080.00", 144, 78), "13824.00"), "21120.00", "24960.00", "M"),
        ("R11", penalty(count("merchant_breach", "12000.00", 50, 38), "2400.00"), "2880.00", "9120.00", "M"),
        ("R15", count("merchant_breach", "100.00", 10, 6), "40.00", "60.00", "M"),
        ("W1", listed("2000.00"), "1000.00", "1000.00", "C"),
        ("W3", stored("3000.00", "1000.00", "3594.00"), "304.50", "2695.50", "M"),
        ("W5", listed("500.00"), "0.00", "500.00", "C"),
    ];
    for (name, question, refund, used, fault) in cases {
        let reply = ask(&world, &question).await;
        assert_eq!(reply.status, 200, "{name}: {reply:?}");
        let body = &reply.body;
        let figures = [&body["refund"], &body["used"], &body["deductions"], &body["fault"]];
        assert_eq!(figures, [refund, used, "0.00", fault], "{name}: {reply:?}");
        let needs_decision = question.get("deductions").is_some();
        assert_eq!(body["needs_decision"], needs_decision, "{name}: {reply:?}");
        for line in body["lines"].as_array().expect("lines") {
            let said = |language| line["text"][language].as_str().is_some_and(|text| !text.is_empty());
            let article = line["article"].as_str().expect("an article");
            assert!(article.starts_with("法释〔2025〕4号 第") && said("zh") && said("en"), "{name}: {line}");
        }
    }
}

#[actix_web::test]
async fn every_kind_shown_as_an_example_answers_as_it_is_shown() {
    let world = World::start().await;
    let operation = OPERATIONS.iter().find(|operation| operation.id() == "refund_calculate").expect("it is described");
    let examples = |content: &'static Value| content["content"]["application/json"]["examples"].as_object();
    let questions = examples(&operation.operation["requestBody"]).expect("questions");
    let answers = examples(&operation.operation["responses"]["200"]).expect("answers");
    for kind in ["count", "stored_value", "period", "course"] {
        assert_eq!(questions[kind]["value"]["kind"], kind);
        let reply = ask(&world, &questions[kind]["value"]).await;
        assert_eq!(reply.body, answers[kind]["value"], "{kind}: {}", reply.body);
    }
}

#[actix_web::test]
async fn contradictions_are_refused_with_a_pointer() {
    let world = World::start().await;
    let period = |starts_on: &str, ends_on: &str, closed_days: i64| {
        let block = json!({"period": {"starts_on": starts_on, "ends_on": ends_on, "closed_days": closed_days}});
        question("period", "merchant_breach", "100.00", &block)
    };
    let course = |lessons: Value, given: Value| {
        let milestones = json!([{"name": "一", "price": "100.00", "lessons": lessons, "lessons_given": given}]);
        question("course", "merchant_breach", "100.00", &json!({"course": {"milestones": milestones}}))
    };
    let gifted = |kind: &str, used: u64| {
        let gifts = json!([{"name": "洗车", "package_price": "50.00", "units": 2, "used_units": used}]);
        let mut asked = stored("100.00", "0.00", "10.00");
        asked["gift_services"] = gifts;
        asked["kind"] = json!(kind);
        asked
    };
    let with = |pointer: &str, value: Value| {
        let mut asked = listed("2000.00");
        match asked.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => drop(asked.as_object_mut().expect("an object").insert(pointer.replace('/', ""), value)),
        }
        (asked, pointer.to_owned())
    };
    let mut unpaid = course(json!(1), json!(0));
    unpaid["paid"] = json!("99.00");
    let at = |question: Value, pointer: &str| (question, pointer.to_owned());
    let cases = [
        with("/kind", json!("lottery")),
        with("/paid", json!("-1.00")),
        with("/requested_on", json!("2025-05-31")),
        with("/count/units", json!(0)),
        with("/count/units", json!(-1)),
        with("/count/used_units", json!(11)),
        with("/count/used_units", json!("5.125")),
        with("/count", Value::Null),
        with("/period", json!({"starts_on": "2025-06-01", "ends_on": "2025-06-30"})),
        with("/gift_services", json!([])),
        with("/merchant_fault_percent", json!(50)),
        with("/agreed_rate", json!("101")),
        at(gifted("count", 1), "/stored_value"),
        at(gifted("stored_value", 3), "/gift_services/0/used_units"),
        at(stored("100.00", "20.00", "120.01"), "/stored_value/consumed"),
        at(stored("100.00", "20.00", "-1.00"), "/stored_value/consumed"),
        at(period("2025-06-30", "2025-06-01", 0), "/period/ends_on"),
        at(period("2025-06-01", "2025-06-30", 31), "/period/closed_days"),
        at(period("2025-06-01", "2025-06-30", -1), "/period/closed_days"),
        at(course(json!(10), json!(11)), "/course/milestones/0/lessons_given"),
        at(course(json!("0"), json!(0)), "/course/milestones/0/lessons"),
        at(unpaid, "/course/milestones"),
    ];
    for (question, pointer) in cases {
        let reply = ask(&world, &question).await;
        assert_eq!(reply.problem(), (422, "invalid_value".to_owned()), "{question}");
        assert_eq!(reply.body["errors"][0]["pointer"], pointer, "{question}: {reply:?}");
    }
}

#[actix_web::test]
async fn hours_are_written_as_decimals() {
    let world = World::start().await;
    let block = json!({"count": {"units": "191.5", "bonus_units": "0", "used_units": "20.25"}});
    let reply = ask(&world, &question("count", "merchant_breach", "19150.00", &block)).await;
    assert_eq!((&reply.body["refund"], &reply.body["used"]), (&json!("17125.00"), &json!("2025.00")), "{reply:?}");
}
