//! What never reached the ledger is not remembered, and what a key looks like.

use actix_web::http::Method;
use serde_json::json;

use super::support::World;
use super::support::side::{Side, id};
use super::{Keyed, replayed};

#[actix_web::test]
async fn what_never_reached_the_ledger_leaves_the_key_free() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let user = side.merchant_user;
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/contracts/{}/deliveries", id(&contract));
    let ask = |key: &str| world.ask(Method::POST, path.clone()).key(key);
    let large = vec![b' '; 70_000];
    let good = b"{\"units\":1}";
    let refused = [
        ("malformed", 400, ask("malformed").by(user).bytes(b"{")),
        ("form", 400, ask("form").by(user).json(&json!({"units": "1"}))),
        ("value", 422, ask("value").by(user).json(&json!({"units": 0}))),
        ("nobody", 401, ask("nobody").bytes(good)),
        ("forged", 401, ask("forged").with_token("a.b.c").bytes(good)),
        ("forbidden", 403, ask("forbidden").by("notary1").bytes(good)),
        ("large", 413, ask("large").by(user).bytes(&large)),
        ("typed", 415, ask("typed").by(user).bytes(good).header("Content-Type", "text/plain")),
        ("tagged", 400, ask("tagged").by(user).bytes(good).header("If-Match", "r1")),
    ];
    for (key, status, ask) in refused {
        let reply = ask.send().await;
        assert_eq!(reply.status, status, "{key}: {reply:?}");
        let reply = Keyed::post(user, path.clone(), key, json!({"units": 1})).send(&world).await;
        assert_eq!((reply.status, replayed(&reply)), (201, false), "{key}: {reply:?}");
    }
    let nowhere = Keyed::post(user, "/v1/contracts/ctr_1/deliveries", "nowhere", json!({"units": 1}));
    assert_eq!(nowhere.send(&world).await.status, 404);
    let reply = Keyed::post(user, path.clone(), "nowhere", json!({"units": 1})).send(&world).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let forbidden = Keyed::post("notary1", path, "notary's", json!({"units": 1}));
    assert_eq!(forbidden.send(&world).await.status, 403);
    let plan = side.plan_in(&world, "submitted").await;
    let approve = Keyed::post("notary1", format!("/v1/plans/{}/approve", id(&plan)), "notary's", json!({}));
    assert_eq!(approve.send(&world).await.problem(), (428, "precondition_required".to_owned()));
    let approve = Keyed { revision: Some(plan["revision"].clone()), ..approve };
    assert_eq!(approve.send(&world).await.status, 200);
}

#[actix_web::test]
async fn a_key_is_one_to_two_hundred_visible_characters() {
    let world = World::start().await;
    let plan = world.plan().await;
    let body = json!({"plan_id": plan["id"]});
    let draft = |key: &str| Keyed::post("consumer1", "/v1/contracts", key, body.clone());
    let good = ["a".to_owned(), "k".repeat(200), "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~".to_owned()];
    for key in good {
        assert_eq!(draft(&key).send(&world).await.status, 201, "{key}");
    }
    for key in ["k".repeat(201), "a b".to_owned(), "键".to_owned(), String::new()] {
        let reply = draft(&key).send(&world).await;
        assert_eq!(reply.problem(), (400, "idempotency_key_invalid".to_owned()), "{key}");
    }
    let twice = world.ask(Method::POST, "/v1/contracts").by("consumer1").key("one").json(&body);
    let reply = twice.without_replay().header("Idempotency-Key", "two").send().await;
    assert_eq!(reply.status, 201, "the later header takes the place of the earlier one: {reply:?}");
    let token = world.token("consumer1").await;
    let plain = awc::Client::default().post(format!("{}/v1/contracts", world.base)).bearer_auth(token);
    let mut answer = plain.send_json(&body).await.expect("an answer");
    let problem: serde_json::Value = answer.json().await.expect("a problem");
    assert_eq!((answer.status().as_u16(), problem["code"].as_str()), (400, Some("idempotency_key_missing")));
}
