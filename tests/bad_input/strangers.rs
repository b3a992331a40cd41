//! Callers who are not who they say.

use actix_web::http::Method;
use serde_json::json;

use crate::support::{World, tokens};

async fn answer(world: &World, token: &str) -> (u16, String) {
    world.ask(Method::GET, "/v1/me").with_token(token).send().await.problem()
}

#[actix_web::test]
async fn a_token_is_good_only_as_the_service_made_it() {
    let world = World::start().await;
    let refused = || (401, "unauthenticated".to_owned());
    let claims = tokens::claims(&world, "consumer1").await;
    let good = tokens::signed(&world, &claims);
    assert_eq!(world.ask(Method::GET, "/v1/me").with_token(&good).send().await.status, 200);
    let mut expired = claims.clone();
    expired["exp"] = json!(1_000_000_000);
    assert_eq!(answer(&world, &tokens::signed(&world, &expired)).await, (401, "token_expired".to_owned()));

    assert_eq!(answer(&world, &tokens::signed_by_another(&claims)).await, refused());
    assert_eq!(answer(&world, &tokens::unsigned(&claims)).await, refused());
    assert_eq!(answer(&world, &tokens::signed_with_a_secret(&claims, b"ticun")).await, refused());
    let spoilt = [
        ("aud", json!("another")),
        ("iss", json!("another")),
        ("office", json!("nowhere")),
        ("role", json!("king")),
        ("sub", json!("usr_x")),
        ("exp", json!("tomorrow")),
    ];
    for (claim, value) in spoilt {
        let mut wrong = claims.clone();
        wrong[claim] = value;
        assert_eq!(answer(&world, &tokens::signed(&world, &wrong)).await, refused(), "{claim}");
    }
    for claim in ["aud", "iss", "exp", "sub", "role", "office"] {
        let mut without = claims.clone();
        without.as_object_mut().expect("an object").remove(claim);
        assert_eq!(answer(&world, &tokens::signed(&world, &without)).await, refused(), "{claim}");
    }
    let short: String = good.chars().take(good.len() - 10).collect();
    let mut changed = good.clone();
    let last = if changed.pop() == Some('A') { 'Q' } else { 'A' };
    changed.push(last);
    for token in ["", "x", "a.b.c", changed.as_str(), short.as_str()] {
        assert_eq!(answer(&world, token).await, refused(), "{token}");
    }
}

#[actix_web::test]
async fn a_role_that_was_taken_on_is_no_role() {
    let world = World::start().await;
    let mut claims = tokens::claims(&world, "consumer1").await;
    claims["role"] = json!("notary");
    let token = tokens::signed(&world, &claims);
    assert_eq!(answer(&world, &token).await, (403, "user_disabled".to_owned()));
    let merchant = world.get("notary1", "/v1/merchants").await["data"][0]["id"].clone();
    let propose = world.ask(Method::POST, "/v1/settlements").with_token(&token);
    let reply = propose.json(&json!({"merchant_id": merchant})).send().await;
    assert_eq!(reply.status, 403, "{reply:?}");
}

#[actix_web::test]
async fn a_refresh_token_is_good_once_and_its_family_ends_with_a_second_use() {
    let world = World::start().await;
    let post = |path: &str, body: &serde_json::Value| world.ask(Method::POST, path).json(body);
    let credentials = json!({"username": "consumer1", "password": "ticun-demo", "office": "changning"});
    let tokens = post("/v1/auth/token", &credentials).send().await.body;
    let first = json!({"refresh_token": tokens["refresh_token"]});
    let renewed = post("/v1/auth/refresh", &first).send().await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
    let second = json!({"refresh_token": renewed.body["refresh_token"]});
    let refused = (401, "invalid_credentials".to_owned());
    assert_eq!(post("/v1/auth/refresh", &first).send().await.problem(), refused);
    assert_eq!(post("/v1/auth/refresh", &second).send().await.problem(), refused);
    let tokens = post("/v1/auth/token", &credentials).send().await.body;
    let third = json!({"refresh_token": tokens["refresh_token"]});
    assert_eq!(post("/v1/auth/logout", &third).send().await.status, 204);
    assert_eq!(post("/v1/auth/logout", &third).send().await.status, 204);
    assert_eq!(post("/v1/auth/refresh", &third).send().await.problem(), refused);
    let elsewhere = json!({"username": "consumer1", "password": "ticun-demo", "office": "nowhere"});
    assert_eq!(post("/v1/auth/token", &elsewhere).send().await.problem(), (422, "invalid_value".to_owned()));
    for (username, password) in [("consumer1", "wrong"), ("nobody", "ticun-demo")] {
        let wrong = json!({"username": username, "password": password});
        assert_eq!(post("/v1/auth/token", &wrong).send().await.problem(), refused);
    }
}

#[actix_web::test]
async fn a_notice_with_a_bad_signature_is_refused_and_counted() {
    let world = World::start().await;
    let notice = json!({
        "kind": "deposit", "transaction_id": "T-9", "reference": "nobody", "outcome": "paid", "amount": "1.00",
        "currency": "CNY"
    });
    let ask = || world.ask(Method::POST, "/v1/channels/sandbox/notifications").json(&notice);
    let refused = (401, "bad_signature".to_owned());
    assert_eq!(ask().send().await.problem(), refused);
    let now = ticun::ledger::clock::wall().to_string();
    let signed = |time: &str, signature: &str| {
        ask().header("Ticun-Channel-Time", time).header("Ticun-Channel-Signature", signature)
    };
    assert_eq!(signed(&now, &"0".repeat(64)).send().await.problem(), refused);
    assert_eq!(signed(&now, "zz").send().await.problem(), refused);
    assert_eq!(
        signed("2020-01-01T00:00:00Z", &world.signature("2020-01-01T00:00:00Z", &notice)).send().await.problem(),
        refused
    );
    assert_eq!(signed(&now, &world.signature(&now, &json!({}))).send().await.problem(), refused);
    let metrics = world.ask(Method::GET, "/metrics").send().await.text;
    let counted = metrics.lines().find(|line| line.starts_with("ticun_channel_refused_total")).expect("a counter");
    let count: u64 = counted.rsplit(' ').next().and_then(|count| count.parse().ok()).expect("a number");
    assert!(count >= 5, "{counted}");
    assert_eq!(world.get("regulator1", "/v1/suspense").await["data"], json!([]));
    let elsewhere = world.ask(Method::POST, "/v1/channels/barter/notifications").json(&notice).send().await;
    assert_eq!(elsewhere.problem(), (404, "channel_unknown".to_owned()));
}
