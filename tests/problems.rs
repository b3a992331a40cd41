//! Every type of problem is answered to somebody: each code of the table, over HTTP, where a caller can cause it.
#![cfg(test)]

#[path = "problems/contracts.rs"]
mod contracts;
#[path = "problems/disputes.rs"]
mod disputes;
#[path = "problems/faults.rs"]
mod faults;
#[path = "problems/offers.rs"]
mod offers;
#[path = "problems/payments.rs"]
mod payments;
#[path = "problems/refunds.rs"]
mod refunds;
#[path = "problems/requests.rs"]
mod requests;
#[path = "problems/runs.rs"]
mod runs;
mod support;

use actix_web::http::Method;
use serde_json::Value;
use support::{Ask, World, spec};

/// A request that is refused with a code; the status, form and headers are judged by the description.
async fn refused(ask: Ask<'_>, code: &str) {
    let reply = ask.send().await;
    assert_eq!(reply.body["code"], code, "{reply:?}");
}

/// A user's `POST` that is refused with a code.
async fn post_refused(world: &World, user: &str, path: &str, body: Value, code: &str) {
    refused(world.ask(Method::POST, path).by(user).json(&body), code).await;
}

/// A decision on revision `revision` that is refused with a code.
async fn decision_refused(world: &World, user: &str, path: &str, revision: &Value, body: Value, code: &str) {
    refused(world.ask(Method::POST, path).by(user).reviewed(revision).json(&body), code).await;
}

/// The address of an object.
fn at(resource: &str, object: &Value) -> String {
    format!("/v1/{resource}/{}", support::text(object, "id"))
}

#[actix_web::test]
async fn every_type_of_problem_is_answered() {
    let world = World::start().await;
    requests::misunderstood(&world).await;
    requests::badly_framed(&world).await;
    requests::in_batches(&world).await;
    requests::by_nobody(&world).await;
    refused(world.ask(Method::GET, "/log/changning/consistency?from=1&to=99999"), "not_yet_published").await;
    offers::users_and_merchants(&world).await;
    offers::venues_and_plans(&world).await;
    contracts::before_they_run(&world).await;
    contracts::deliveries(&world).await;
    contracts::holders(&world).await;
    contracts::a_card_without_value(&world).await;
    contracts::answers_to_deliveries(&world).await;
    contracts::an_answer_that_comes_too_late(&world).await;
    payments::settlements(&world).await;
    payments::signatures(&world).await;
    payments::a_payee_without_an_account(&world).await;
    disputes::what_goes_on_and_ends(&world).await;
    disputes::evidence(&world).await;
    refunds::requests(&world).await;
    refunds::decisions(&world).await;
    refunds::claims(&world).await;
    refunds::an_answer_that_comes_too_late(&world).await;
    runs::proposals(&world).await;
    faults::what_only_a_timer_can_meet(&world).await;
    faults::a_user_who_was_disabled(&world).await;
    faults::a_body_that_comes_too_slowly().await;
    let world = faults::a_full_queue(world).await;
    faults::a_proof_that_is_asked_for_too_early(&world).await;
    faults::a_full_database(&world).await;
    faults::an_office_that_is_read_only(&world).await;
    faults::a_broken_database(&world).await;
    let seen = spec::codes_seen();
    let silent: Vec<_> = ticun::http::problems::all().filter(|kind| !seen.contains(&kind.code)).collect();
    assert!(silent.is_empty(), "never answered: {:?}", silent.iter().map(|kind| &kind.code).collect::<Vec<_>>());
}
