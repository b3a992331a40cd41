//! Over HTTP: what is void keeps a plan from sale, what is doubtful needs the notary's reason, and who sees it.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::{World, text};

fn plan(terms: &str) -> Value {
    json!({
        "name": "60次游泳卡", "kind": "count", "price": "2000.00", "currency": "CNY", "list_price": "50.00",
        "count": {"units": 60, "bonus_units": 0}, "validity_days": 365, "sector": "fitness", "terms": terms,
        "card_class": "stored_value",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    })
}

/// A plan with these terms, submitted; and its address.
async fn submitted(world: &World, terms: &str) -> (String, Value) {
    let drafted = world.post("merchant1", "/v1/plans", plan(terms)).await;
    assert_eq!(drafted["findings"], json!(null), "{drafted}");
    let path = format!("/v1/plans/{}", text(&drafted, "id"));
    let submitted = world.post("merchant1", format!("{path}/submit"), json!({})).await;
    (path, submitted)
}

async fn refused(world: &World, path: &str, revision: &Value, body: Value, code: &str) -> Value {
    let reply = world.ask(Method::POST, format!("{path}/approve")).by("notary1").reviewed(revision).json(&body);
    let reply = reply.send().await;
    assert_eq!(reply.body["code"], code, "{reply:?}");
    reply.body
}

#[actix_web::test]
async fn void_terms_keep_a_plan_from_sale_until_they_are_gone() {
    let world = World::start().await;
    let (path, plan) = submitted(&world, "本卡含60次游泳。会员卡概不退款。仅限本人使用。").await;
    let finding = &plan["findings"][0];
    assert_eq!(
        (&finding["rule"], &finding["severity"], &finding["quote"], &finding["offset"], &finding["length"]),
        (&json!("no-refund"), &json!("void"), &json!("概不退款"), &json!(12), &json!(4)),
        "{plan}"
    );
    assert_eq!(finding["article"], "法释〔2025〕4号 第9条第1项");
    assert_eq!((&plan["findings"][1]["severity"], &plan["findings_more"]), (&json!("doubt"), &json!(0)));
    for user in ["merchant1", "operator1", "notary1"] {
        assert_eq!(world.get(user, &path).await["findings"], plan["findings"], "{user}");
    }
    let reason = json!({"reason": "商家坚持。"});
    let problem = refused(&world, &path, &plan["revision"], reason, "terms_void").await;
    assert!(
        text(&problem, "detail").starts_with("no-refund: 4 characters of the terms, from character 12"),
        "{problem}"
    );

    let rejected =
        world.decide("notary1", format!("{path}/reject"), &plan["revision"], json!({"reason": "条款无效"})).await;
    assert_eq!(rejected["findings"], plan["findings"]);
    let change = json!({"terms": "本卡含60次游泳。可随时退款。"});
    let revised = world.ask(Method::PATCH, path.clone()).by("merchant1").json(&change).send().await.body;
    assert_eq!(revised["findings"], json!(null), "nobody has read the new version: {revised}");
    let again = world.post("merchant1", format!("{path}/submit"), json!({})).await;
    assert_eq!(again["findings"], json!([]));
    let on_sale = world.decide("notary1", format!("{path}/approve"), &again["revision"], json!({})).await;
    assert_eq!(on_sale["state"], "on_sale");
}

#[actix_web::test]
async fn doubtful_terms_go_on_sale_with_a_reason_only() {
    let world = World::start().await;
    let (path, plan) = submitted(&world, "本卡仅限本人使用。").await;
    assert_eq!(plan["findings"][0]["severity"], "doubt");
    refused(&world, &path, &plan["revision"], json!({}), "reason_required").await;
    refused(&world, &path, &plan["revision"], json!({"note": "已阅"}), "reason_required").await;
    let reason = json!({"reason": "泳道按人计数，转让债权不受限制。"});
    let on_sale = world.decide("notary1", format!("{path}/approve"), &plan["revision"], reason).await;
    assert_eq!((&on_sale["state"], &on_sale["findings"]), (&json!("on_sale"), &plan["findings"]));

    let bought = world.get("consumer1", &path).await;
    assert!(bought.get("findings").is_none() && bought.get("findings_more").is_none(), "{bought}");
}
