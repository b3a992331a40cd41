//! What goes wrong inside the service hurts as few as possible, and nobody is told what is not so.

#![cfg(test)]

mod support;

use std::sync::mpsc;

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::database::break_inserts;
use support::side::{Side, id};
use support::{Reply, World};
use ticun::cli::config::Settings;
use ticun::domain::actor::Actor;
use ticun::domain::context::Context;
use ticun::domain::digest::Digest;
use ticun::domain::event::{Fact, UserDisabled};
use ticun::domain::id::{RequestId, UserId};
use ticun::domain::objects::Role;
use ticun::domain::rejection::Rejection;
use ticun::domain::state::State;
use ticun::ledger::check::check;
use ticun::ledger::command::{Decided, Key};
use ticun::ledger::commands::users::RegisterUser;
use ticun::ledger::{Answer, Command, Fault, Idempotency, Sequencer, Submission};
use ticun::store::{Connection, dialect};

/// A command with a mistake in it.
#[derive(Debug)]
enum Mistaken {
    /// It panics while it decides.
    Panics,
    /// It decides something that cannot be applied.
    Impossible,
}

impl Command for Mistaken {
    fn name(&self) -> &'static str {
        "test.mistaken"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::User(UserId::from_bits(1))]
    }

    fn decide(&self, _: &State, _: &Context<'_>) -> Result<Decided, Rejection> {
        let user = UserId::from_bits(1);
        match self {
            Self::Panics => panic!("a mistake of the test's own"),
            Self::Impossible => Ok(Decided::one(user, Fact::plain(UserDisabled { user }))),
        }
    }
}

fn sequencer(world: &World) -> &Sequencer {
    world.running().offices.values().next().expect("an office")
}

fn submission(world: &World, command: Box<dyn Command>) -> Submission {
    Submission::new(command, Actor::System, RequestId::from_bits(1), world.running().clock.now())
}

/// Somebody new, as a command.
fn registration(number: u8) -> Box<dyn Command> {
    let login = Digest::of(&[b"somebody new", &[number]]);
    let user = UserId::from_bits(1000 + u128::from(number));
    Box::new(RegisterUser { user, role: Role::Operator, consumer: None, login, profile: None })
}

fn writer(world: &World) -> Connection {
    dialect::open_writer(&world.config.database).expect("the database")
}

/// The books as a replay of the whole log gives them, which must be the books as they are.
fn check_books(world: &World) {
    let checked = check(&mut writer(world), "changning", &mut |_, _| {});
    assert!(checked.is_ok(), "{:?}", checked.err());
}

#[actix_web::test]
async fn a_command_that_panics_fails_alone() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let mut commands: Vec<Box<dyn Command>> = Vec::new();
    for number in 0..4 {
        commands.push(registration(number));
        commands.push(Box::new(if number % 2 == 0 { Mistaken::Panics } else { Mistaken::Impossible }));
    }
    let submissions = commands.into_iter().map(|command| submission(&world, command));
    let answers = join_all(submissions.map(|one| sequencer(&world).submit(one))).await;
    for pair in answers.chunks(2) {
        assert!(matches!(pair[0], Ok(Answer::Written { position: Some(_), .. })), "{pair:?}");
        assert_eq!(pair[1], Err(Fault::Internal));
    }
    side.delivery(&world, &contract).await;
    check_books(&world);
    let world = world.restart().await;
    side.delivery(&world, &contract).await;
}

#[actix_web::test]
async fn a_command_that_panicked_leaves_its_key_free() {
    let world = World::start().await;
    let keyed = |command: Box<dyn Command>| {
        let key = Idempotency { scope_key: "test/1".to_owned(), fingerprint: vec![1] };
        Submission { idempotency: Some(key), ..submission(&world, command) }
    };
    assert_eq!(sequencer(&world).submit(keyed(Box::new(Mistaken::Panics))).await, Err(Fault::Internal));
    let answer = sequencer(&world).submit(keyed(registration(0))).await;
    assert!(matches!(answer, Ok(Answer::Written { .. })), "{answer:?}");
}

/// Stops the writer inside a batch; it goes on when the answer is dropped.
async fn hold(world: &World) -> mpsc::Sender<()> {
    let (go_on, wait) = mpsc::channel::<()>();
    let (entered, inside) = tokio::sync::oneshot::channel();
    let entered = std::sync::Mutex::new(Some(entered));
    let wait = std::sync::Mutex::new(wait);
    let aside = Box::new(move |_: &mut Connection, _: &str| {
        if let Some(entered) = entered.lock().expect("no panic").take() {
            entered.send(()).expect("somebody waits");
        }
        assert!(wait.lock().expect("no panic").recv().is_err(), "nothing is ever sent");
        Ok(())
    });
    let submission = Submission::aside(aside, RequestId::from_bits(1), world.running().clock.now());
    let sequencer = sequencer(world).clone();
    actix_web::rt::spawn(async move { sequencer.submit_patiently(submission).await });
    inside.await.expect("the writer runs");
    go_on
}

fn draft<'a>(world: &'a World, plan: &Value, key: &str) -> impl Future<Output = Reply> + use<'a> {
    let ask = world.ask(Method::POST, "/v1/contracts").by("consumer1").key(key).json(&json!({"plan_id": plan["id"]}));
    async move { ask.without_replay().send().await }
}

#[actix_web::test]
async fn a_full_queue_is_answered_at_once_and_what_waited_is_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start_with(folder, Settings { queue_max: Some(4), ..Settings::default() }).await;
    let plan = world.plan().await;
    let before = world.get("consumer1", "/v1/contracts").await["data"].as_array().map_or(0, Vec::len);
    let held = hold(&world).await;
    let keys: Vec<String> = (0..12).map(|number| format!("queued-{number}")).collect();
    let all = join_all(keys.iter().map(|key| draft(&world, &plan, key)));
    let release = async {
        while sequencer(&world).waiting() < 4 {
            actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        // The others have to find the queue full before there is room again.
        actix_web::rt::time::sleep(std::time::Duration::from_millis(300)).await;
        drop(held);
    };
    let (replies, ()) = futures_util::future::join(all, release).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 503).collect();
    assert!(refused.len() >= 6, "{replies:?}");
    for reply in &refused {
        assert_eq!(reply.problem().1, "overloaded");
        assert_eq!(reply.headers.get("retry-after").map(String::as_str), Some("1"));
    }
    let done = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(done + refused.len(), 12);
    let contracts = world.get("consumer1", "/v1/contracts").await["data"].as_array().map_or(0, Vec::len);
    assert_eq!(contracts, before + done);
    for key in keys {
        assert_eq!(draft(&world, &plan, &key).await.status, 201, "a refused key is free, an answered one replays");
    }
}

#[actix_web::test]
async fn a_batch_that_cannot_be_written_is_answered_so_and_its_keys_are_free() {
    let world = World::start().await;
    let plan = world.plan().await;
    break_inserts(&mut writer(&world), "entries", true);
    let keys = ["one", "two", "three"];
    for reply in join_all(keys.iter().map(|key| draft(&world, &plan, key))).await {
        assert_eq!(reply.problem(), (503, "unavailable".to_owned()));
        assert!(reply.headers.contains_key("retry-after"), "{reply:?}");
    }
    assert_eq!(world.get("consumer1", "/v1/contracts").await["data"], json!([]));
    break_inserts(&mut writer(&world), "entries", false);
    for reply in join_all(keys.iter().map(|key| draft(&world, &plan, key))).await {
        assert_eq!((reply.status, reply.headers.get("idempotency-replayed")), (201, None));
    }
    check_books(&world);
}

#[actix_web::test]
async fn no_entry_is_earlier_than_the_one_before_when_the_clock_is_set_back() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    world.advance("P3D").await;
    let contract = side.contract_in(&world, "active").await;
    let clock = &world.running().clock;
    clock.advance(-2 * 24 * 3600 * 1_000_000);
    let delivery = side.delivery(&world, &contract).await;
    assert!(delivery["recorded_at"].as_str() >= contract["active_since"].as_str(), "{delivery} {contract}");
    let timeline = world.get("notary1", format!("/v1/contracts/{}/timeline?limit=100", id(&contract))).await;
    let times: Vec<&str> =
        timeline["data"].as_array().into_iter().flatten().filter_map(|entry| entry["at"].as_str()).collect();
    assert!(times.len() > 4 && times.is_sorted(), "{times:?}");
    check_books(&world);
    let world = world.restart().await;
    side.delivery(&world, &contract).await;
    check_books(&world);
}

#[actix_web::test]
async fn books_in_which_everything_was_tried_agree_with_their_log() {
    let world = World::start().await;
    let (first, second) = (Side::first(&world).await, Side::second(&world).await);
    for side in [&first, &second] {
        for state in ["confirmed", "contested", "voided", "reversed"] {
            side.delivery_in(&world, state).await;
        }
        side.failed_payout(&world, "merchant").await;
        side.failed_payout(&world, "consumer").await;
        side.refund_in(&world, "proposed").await;
    }
    check_books(&world);
}
