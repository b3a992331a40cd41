//! Registering, showing, replacing and retiring a key.

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::domain::signature::SignerKey;

use super::support::World;
use super::support::signer::Signer;

async fn key_of(world: &World, user: &str) -> Value {
    world.get(user, "/v1/me").await["signing_key"].clone()
}

#[actix_web::test]
async fn a_key_is_registered_shown_replaced_and_retired() {
    let world = World::start().await;
    for user in ["notary1", "arbitrator1", "regulator1"] {
        assert_eq!(key_of(&world, user).await, Value::Null);
        let (first, second) = (Signer::new(11), Signer::new(12));
        let reply = first.register(&world, user).await;
        assert_eq!((reply.status, &reply.body["public_key"]), (200, &json!(first.key())), "{reply:?}");
        assert_eq!(key_of(&world, user).await, json!(first.key()));
        let reply = second.register(&world, user).await;
        let position = reply.body["log_position"].clone();
        assert_eq!((reply.status, reply.header("ticun-log-position")), (200, Some(position.to_string())));
        assert_eq!(key_of(&world, user).await, json!(second.key()));
        let retired = world.post(user, "/v1/me/signing-key/retire", json!({})).await;
        assert_eq!((&retired["public_key"], &retired["revision"]), (&Value::Null, &json!(4)));
        assert_eq!(key_of(&world, user).await, Value::Null);
        let again = world.refused(user, "/v1/me/signing-key/retire", json!({})).await;
        assert_eq!(again, (409, "signing_key_missing".to_owned()));
    }
    world.is_allowed_by_the_rules();
}

#[actix_web::test]
async fn a_key_is_one_persons_while_it_is_in_force() {
    let world = World::start().await;
    let (shared, other) = (Signer::new(15), Signer::new(16));
    assert_eq!(shared.register(&world, "notary1").await.status, 200);
    let taken = (409, "signing_key_taken".to_owned());
    assert_eq!(shared.register(&world, "notary2").await.problem(), taken);
    // The writer remembers nothing after a restart, and asks its tables.
    let world = world.restart().await;
    assert_eq!(shared.register(&world, "notary2").await.problem(), taken);
    assert_eq!(shared.register(&world, "notary1").await.status, 200);
    assert_eq!(other.register(&world, "notary1").await.status, 200);
    assert_eq!(shared.register(&world, "notary2").await.status, 200);
    assert_eq!(shared.register(&world, "notary1").await.problem(), taken);
    world.post("notary2", "/v1/me/signing-key/retire", json!({})).await;
    assert_eq!(shared.register(&world, "notary1").await.status, 200);
    world.is_allowed_by_the_rules();
}

#[actix_web::test]
async fn a_key_that_is_weak_or_not_ones_own_is_refused() {
    let world = World::start().await;
    let put = async |body: Value| {
        let reply = world.ask(Method::PUT, "/v1/me/signing-key").by("notary1").json(&body).send().await;
        (reply.status, reply.body["code"].as_str().unwrap_or_default().to_owned())
    };
    let good = Signer::new(13).registration(&world, "notary1").await;
    // y = 0, 1 and p − 1 have small order; p + 2 is a second spelling of 2.
    let mut one = [0; 32];
    one[0] = 1;
    let mut high = [0xff; 32];
    (high[0], high[31]) = (0xec, 0x7f);
    let mut second_spelling = high;
    second_spelling[0] = 0xef;
    for weak in [[0; 32], one, high, second_spelling] {
        let mut body = good.clone();
        body["public_key"] = json!(SignerKey::from_bytes(weak));
        assert_eq!(put(body).await, (422, "invalid_value".to_owned()), "{weak:?}");
    }
    for (field, text) in [("public_key", "AAAA"), ("proof", "AAAA"), ("public_key", "no base64")] {
        let mut body = good.clone();
        body[field] = text.into();
        assert_eq!(put(body).await, (422, "invalid_value".to_owned()), "{field} {text}");
    }
    let others = Signer::new(13).registration(&world, "notary2").await;
    assert_eq!(put(others).await, (422, "key_proof_invalid".to_owned()));
    let mut body = good.clone();
    body["proof"] = Signer::new(14).registration(&world, "notary1").await["proof"].clone();
    assert_eq!(put(body).await, (422, "key_proof_invalid".to_owned()));
    assert_eq!(put(good).await.0, 200);
    let consumer = world.ask(Method::PUT, "/v1/me/signing-key").by("consumer1");
    let body = Signer::new(13).registration(&world, "consumer1").await;
    assert_eq!(consumer.json(&body).send().await.problem(), (403, "forbidden".to_owned()));
}
