//! Sessions: a refresh token is good once, and who may not act any more is stopped.

use actix_web::http::Method;
use actix_web::rt::time::sleep;
use serde_json::{Value, json};
use std::time::Duration;
use ticun::cli::seed::PASSWORD;
use ticun::domain::actor::Actor;
use ticun::domain::id::{RequestId, UserId};
use ticun::ledger::commands::users::{DisableUser, EnableUser};
use ticun::ledger::{Answer, Command, Submission};

use super::support::{Reply, World, text};

async fn sign_in(world: &World, user: &str) -> Reply {
    let body = json!({"username": user, "password": PASSWORD});
    world.ask(Method::POST, "/v1/auth/token").json(&body).send().await
}

async fn refresh(world: &World, token: &str) -> Reply {
    world.ask(Method::POST, "/v1/auth/refresh").json(&json!({"refresh_token": token})).send().await
}

fn refused() -> (u16, String) {
    (401, "invalid_credentials".to_owned())
}

#[actix_web::test]
async fn a_refresh_token_that_comes_twice_ends_its_whole_family() {
    let world = World::start().await;
    let first = text(&sign_in(&world, "consumer1").await.body, "refresh_token");
    let other = text(&sign_in(&world, "consumer1").await.body, "refresh_token");
    let second = refresh(&world, &first).await;
    assert_eq!(second.status, 200, "{second:?}");
    let me = world.ask(Method::GET, "/v1/me").with_token(&text(&second.body, "access_token")).send().await;
    assert_eq!(me.body["username"], "consumer1");
    let world = world.restart().await;
    let third = refresh(&world, &text(&second.body, "refresh_token")).await;
    assert_eq!(third.status, 200, "{third:?}");
    assert_eq!(refresh(&world, &first).await.problem(), refused());
    assert_eq!(refresh(&world, &text(&third.body, "refresh_token")).await.problem(), refused());
    assert_eq!(refresh(&world, &other).await.status, 200, "another sign-in is another family");
    assert_eq!(refresh(&world, "made up").await.problem(), refused());
}

#[actix_web::test]
async fn of_many_who_bring_one_refresh_token_at_most_one_goes_on() {
    let world = World::start().await;
    let token = text(&sign_in(&world, "consumer1").await.body, "refresh_token");
    let replies = futures_util::future::join_all((0..8).map(|_| refresh(&world, &token))).await;
    let went_on: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(went_on.len(), 1);
    assert_eq!(refresh(&world, &text(&went_on[0].body, "refresh_token")).await.problem(), refused());
}

#[actix_web::test]
async fn logging_out_ends_the_session() {
    let world = World::start().await;
    let token = text(&sign_in(&world, "consumer1").await.body, "refresh_token");
    let body = json!({"refresh_token": token});
    for _ in 0..2 {
        let reply = world.ask(Method::POST, "/v1/auth/logout").json(&body).send().await;
        assert_eq!((reply.status, reply.body), (204, Value::Null));
    }
    assert_eq!(refresh(&world, &token).await.problem(), refused());
}

async fn submit(world: &World, command: Box<dyn Command>) {
    let sequencer = world.running().offices.values().next().expect("an office");
    let now = world.running().clock.now();
    let answer = sequencer.submit(Submission::new(command, Actor::System, RequestId::from_bits(1), now)).await;
    assert!(matches!(answer, Ok(Answer::Written { .. })), "{answer:?}");
}

#[actix_web::test]
async fn a_disabled_user_is_refused_whatever_token_they_hold() {
    let world = World::start().await;
    let plan = world.plan().await;
    let draft = || world.ask(Method::POST, "/v1/contracts").by("consumer1").json(&json!({"plan_id": plan["id"]}));
    assert_eq!(draft().send().await.status, 201);
    let token = text(&sign_in(&world, "consumer1").await.body, "refresh_token");
    let user = UserId::parse(&text(&world.get("consumer1", "/v1/me").await, "id")).expect("an id");
    submit(&world, Box::new(DisableUser { user })).await;
    assert_eq!(draft().send().await.problem(), (403, "user_disabled".to_owned()));
    // Reads may remember a user for a second.
    sleep(Duration::from_millis(1100)).await;
    let me = world.ask(Method::GET, "/v1/me").by("consumer1").send().await;
    assert_eq!(me.problem(), (403, "user_disabled".to_owned()));
    assert_eq!(refresh(&world, &token).await.problem(), refused());
    assert_eq!(sign_in(&world, "consumer1").await.problem(), refused());
    submit(&world, Box::new(EnableUser { user })).await;
    assert_eq!(sign_in(&world, "consumer1").await.status, 200);
    assert_eq!(draft().send().await.status, 201);
}
