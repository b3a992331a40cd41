//! The same decision on a snapshot, discarded: what a command would do now, and what its caller would sign.

use super::command::{Command, Decided, Key};
use super::commands::contracts::AccruePeriod;
use super::commands::freezes;
use super::earnings;
use super::loader::{ensure, ensure_sets};
use super::office::Office;
use super::rebuild::Object;
use super::sequencer::Submission;
use super::signing;
use crate::domain::actor::Actor;
use crate::domain::calendar;
use crate::domain::context::Context;
use crate::domain::event::Fact;
use crate::domain::objects::UserState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::Statement;
use crate::domain::table::Knowledge;
use crate::domain::time::Timestamp;
use crate::store::{self, Connection, head};

/// What a command decides now, and what it needs to be applied.
struct Decision {
    state: State,
    decided: Decided,
    position: u64,
    at: Timestamp,
}

/// The object that a command's reply would show, or its refusal; `first` would be done before it by the service.
///
/// # Errors
/// When the database cannot be reached.
pub fn preview(
    connection: &mut Connection,
    office: &Office,
    first: &[AccruePeriod],
    submission: &Submission,
) -> store::Result<Result<Object, Rejection>> {
    let decision = decide(connection, office, first, submission)?;
    Ok(decision.and_then(|Decision { mut state, decided: Decided { facts, shows }, position, at }| {
        apply(&mut state, position, (at, submission.actor), facts);
        Object::of(&state, shows).ok_or(Rejection::NotFound)
    }))
}

/// The statement that the caller of a decision would sign, or the decision's refusal.
///
/// # Errors
/// When the database cannot be reached.
pub fn statement(
    connection: &mut Connection,
    office: &Office,
    submission: &Submission,
) -> store::Result<Result<Statement, Rejection>> {
    let decision = decide(connection, office, &[], submission)?;
    Ok(decision.and_then(|Decision { decided, .. }| {
        let signer = submission.actor.user().ok_or(Rejection::Forbidden)?;
        let stated = |event| signing::statement(event, office.name, &office.origin, signer);
        decided.facts.iter().find_map(|fact| stated(&fact.event)).ok_or(Rejection::NotFound)
    }))
}

fn decide(
    connection: &mut Connection,
    office: &Office,
    first: &[AccruePeriod],
    submission: &Submission,
) -> store::Result<Result<Decision, Rejection>> {
    let name = office.name.as_str();
    let Some(command) = &submission.command else { return Ok(Err(Rejection::NotFound)) };
    let Some(head) = head::read(connection, name)? else { return Ok(Err(Rejection::NotFound)) };
    let mut state = State::new(Knowledge::Loaded);
    let keys: Vec<Key> = first.iter().flat_map(Command::keys).chain(submission.keys()).collect();
    let at = submission.now.max(head.at);
    ensure(connection, name, &mut state, &keys)?;
    ensure_sets(connection, name, &mut state, &keys, at)?;
    let user = submission.actor.user().and_then(|id| state.users.get(id));
    if submission.actor.user().is_some() && user.is_none_or(|user| user.state != UserState::Active) {
        return Ok(Err(Rejection::UserDisabled));
    }
    let context = Context {
        office: office.name,
        origin: &office.origin,
        at,
        actor: submission.actor,
        party: user.and_then(|user| user.party),
        if_match: submission.if_match,
        zone: &office.zone,
        calendar: calendar::built_in(),
    };
    let mut position = head.next_position;
    for command in first {
        let by_service = Context { actor: Actor::System, party: None, if_match: None, ..context.clone() };
        let mut facts = command.decide(&state, &by_service).map(|decided| decided.facts).unwrap_or_default();
        earnings::redirect(&state, &mut facts);
        position = apply(&mut state, position, (at, Actor::System), facts);
    }
    let decided = command.decide(&state, &context);
    Ok(decided.map(|mut decided| {
        earnings::redirect(&state, &mut decided.facts);
        Decision { state, decided, position, at }
    }))
}

/// Applies what a command decides, and what court orders take of it; answers the position behind that.
fn apply(state: &mut State, mut position: u64, (at, actor): (Timestamp, Actor), mut facts: Vec<Fact>) -> u64 {
    while !facts.is_empty() {
        for fact in &facts {
            state.apply(position, at, actor, fact);
            position = position.saturating_add(1);
        }
        facts = freezes::reached(state, at);
    }
    position
}
