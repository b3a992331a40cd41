//! Refusals that no caller causes: a full queue, a broken database, a timer that comes early.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, mpsc};

use actix_web::body::to_bytes;
use actix_web::http::Method;
use diesel::connection::SimpleConnection as _;
use serde_json::json;

use super::support::database::fill_up;
use super::support::{Reply, World, spec, text};
use super::{at, refused};
use ticun::cli::config::Settings;
use ticun::domain::actor::Actor;
use ticun::domain::id::{DeliveryId, RequestId, UserId};
use ticun::domain::rejection::Rejection;
use ticun::http::problem::Problem;
use ticun::http::problems::Language;
use ticun::ledger::commands::deliveries::LapseDelivery;
use ticun::ledger::commands::users::DisableUser;
use ticun::ledger::{Answer, Command, Sequencer, Submission};
use ticun::store::dialect;

fn writer(world: &World) -> Sequencer {
    world.running().offices.values().next().expect("an office").clone()
}

async fn by_the_service(world: &World, command: impl Command + 'static) -> Answer {
    let (request, now) = (RequestId::from_bits(1), world.running().clock.now());
    let submission = Submission::new(Box::new(command), Actor::System, request, now);
    writer(world).submit(submission).await.expect("an answer")
}

/// A refusal put in words without a request, judged as if it had had one.
async fn in_words(problem: Problem, path: &str) {
    let id = "req_00000000000000000000000001";
    let answer = problem.render(Language::English, path, id);
    let status = answer.status().as_u16();
    let named = |(name, value): (&actix_web::http::header::HeaderName, &actix_web::http::header::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap_or_default().to_owned())
    };
    let mut headers: HashMap<String, String> = answer.headers().iter().map(named).collect();
    headers.insert("x-request-id".to_owned(), id.to_owned());
    headers.entry("content-type".to_owned()).or_insert_with(|| "application/problem+json".to_owned());
    let bytes = to_bytes(answer.into_body()).await.expect("a body");
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let body = serde_json::from_str(&text).expect("JSON");
    spec::check("POST", path, &Reply { status, headers, body, bytes: text.clone().into_bytes(), text });
}

/// Nothing that a caller can do leads here: only the timer lets a delivery lapse, when its time is over.
pub async fn what_only_a_timer_can_meet(world: &World) {
    let contract = world.active_contract("consumer1").await;
    let delivery = world.post("merchant1", format!("{}/deliveries", at("contracts", &contract)), json!({"units": 1}));
    let id = DeliveryId::parse(&text(&delivery.await, "id")).expect("an id");
    let Answer::Rejected(early) = by_the_service(world, LapseDelivery { delivery: id }).await else {
        panic!("a delivery lapsed before its time");
    };
    assert_eq!(early, Rejection::ConfirmWindowOpen);
    in_words(early.into(), &format!("/v1/deliveries/{id}/confirm")).await;
}

pub async fn a_user_who_was_disabled(world: &World) {
    let me = world.get("consumer2", "/v1/me").await;
    let user = UserId::parse(&text(&me, "id")).expect("an id");
    by_the_service(world, DisableUser { user }).await;
    let plan = world.plan().await;
    let buy = world.ask(Method::POST, "/v1/contracts").by("consumer2");
    refused(buy.json(&json!({"plan_id": plan["id"]})), "user_disabled").await;
}

/// Nothing here sends its body slowly; the tests of limits do.
pub async fn a_body_that_comes_too_slowly() {
    in_words(Problem::new("body_too_slow"), "/v1/plans").await;
}

/// With room for one waiting command, and a writer that is busy until it is let go.
pub async fn a_full_queue(world: World) -> World {
    let world =
        world.restart_with(Settings { queue_max: Some(1), request_timeout_s: Some(2), ..Settings::default() }).await;
    let plan = world.plan().await;
    let buy = || world.ask(Method::POST, "/v1/contracts").by("consumer1").json(&json!({"plan_id": plan["id"]}));
    assert_eq!(buy().send().await.status, 201);
    let (busy, is_busy) = mpsc::channel();
    let (let_go, may_go) = mpsc::channel::<()>();
    let (busy, may_go) = (Mutex::new(busy), Arc::new(Mutex::new(may_go)));
    let hold = Submission::aside(
        Box::new(move |_, _| {
            let _told = busy.lock().map(|busy| busy.send(()));
            let _gone = may_go.lock().map(|may_go| may_go.recv());
            Ok(())
        }),
        RequestId::from_bits(2),
        world.running().clock.now(),
    );
    let first = actix_web::rt::spawn({
        let writer = writer(&world);
        async move { writer.submit(hold).await.is_ok() }
    });
    while is_busy.try_recv().is_err() {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    refused(buy(), "timed_out").await;
    assert_eq!(writer(&world).waiting(), 1, "it waits all the same");
    refused(buy(), "overloaded").await;
    drop(let_go);
    assert!(first.await.expect("the first is written"));
    while writer(&world).waiting() > 0 {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(buy().send().await.status, 201);
    world
}

/// A proof up to a size that no head covers yet.
pub async fn a_proof_that_is_asked_for_too_early(world: &World) {
    let beyond = writer(world).standing().published_size() + 1_000_000;
    let path = format!("/log/changning/consistency?from=1&to={beyond}");
    refused(world.ask(Method::GET, path), "not_yet_published").await;
}

/// The database takes no more entries; what is there is read as before, and all is well once there is space.
pub async fn a_full_database(world: &World) {
    let plan = world.plan().await;
    let buy = || world.ask(Method::POST, "/v1/contracts").by("consumer1").json(&json!({"plan_id": plan["id"]}));
    let mut connection = dialect::open_writer(&world.config.database).expect("the database");
    fill_up(&mut connection, true);
    refused(buy(), "storage_full").await;
    assert_eq!(world.plan().await, plan, "reading goes on");
    fill_up(&mut connection, false);
    assert_eq!(buy().send().await.status, 201);
}

/// What was published is not in the database any more.
pub async fn an_office_that_is_read_only(world: &World) {
    let plan = world.plan().await;
    let writer = writer(world);
    writer.standing().make_read_only(writer.office().name, "a test says so".to_owned());
    let buy = world.ask(Method::POST, "/v1/contracts").by("consumer1").json(&json!({"plan_id": plan["id"]}));
    refused(buy, "office_read_only").await;
    refused(world.ask(Method::GET, "/readyz"), "office_read_only").await;
    assert_eq!(world.plan().await, plan, "reading goes on");
}

/// The tables are taken away under the service.
pub async fn a_broken_database(world: &World) {
    let mut connection = dialect::open_writer(&world.config.database).expect("the database");
    connection.batch_execute("ALTER TABLE plans RENAME TO mislaid_plans;").expect("renamed");
    refused(world.ask(Method::GET, "/v1/plans").by("notary1"), "internal").await;
    connection.batch_execute("ALTER TABLE heads RENAME TO mislaid_heads;").expect("renamed");
    refused(world.ask(Method::GET, "/readyz"), "unavailable").await;
}
