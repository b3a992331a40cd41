//! What the rules allow an entry to do, looked at before it is applied. The service asks the same questions before it
//! writes; a verifier does not believe that it did.
//!
//! `api-spec/commands.csv` says it in one table: who, from which state, moving what.

mod actors;
mod alarms;
mod amounts;
mod decisions;
mod dispute_ends;
mod disputes;
mod four_eyes;
mod freezes;
mod holders;
mod limits;
mod moves;
mod refunds;
mod runs;
mod steps;

pub use actors::roles;
pub use limits::check as check_limits;

use crate::domain::name::Name;
use crate::domain::objects::AdoptedRules;
use crate::domain::packs::{self, Pack, Version};
use crate::domain::rule_files;
use crate::domain::state::State;
use crate::ledger::entry::Entry;

/// Checks who acts, in which state the objects are, that two people stand behind what needs two, that a decision was
/// made on what stood there and is signed where its decider has a key, and that the postings are those of the event.
/// `origin` is the name of the log, which signatures are over.
///
/// # Errors
/// A sentence about the entry.
pub fn check(state: &State, origin: &str, entry: &Entry) -> Result<(), String> {
    let event = &entry.fact.event;
    actors::check(state, entry.actor, event)?;
    steps::check(state, event)?;
    disputes::check(state, entry.actor, event)?;
    runs::check(state, entry)?;
    dispute_ends::check(state, (entry.actor, entry.at), event)?;
    freezes::check(state, entry)?;
    alarms::check(state, event)?;
    holders::check(state, entry)?;
    four_eyes::check(state, entry.actor, event)?;
    decisions::check(state, origin, entry)?;
    refunds::check(state, entry)?;
    amounts::check(state, entry.at, event)?;
    moves::check(state, event, &entry.fact.postings)
}

/// Whether the office goes by the very packs of this process, as far as its log tells: what names no edition can be
/// judged by these only then.
fn goes_by_these(state: &State) -> bool {
    rule_files::packs_in_force().iter().all(|(file, _)| {
        let adopted = state.rules.get(AdoptedRules::id_of(&file.name));
        adopted.is_none_or(|adopted| adopted.digests == file.digests)
    })
}

/// An edition of a pack, where it is known here and the log does not say that its text is another one: nobody is judged
/// by rules that may not be theirs.
fn edition(state: &State, id: Name, version: Version) -> Option<&'static Pack> {
    let (file, _) = rule_files::packs_in_force().iter().find(|(_, edition)| *edition == Some((id, version)))?;
    let adopted = state.rules.get(AdoptedRules::id_of(&file.name)).map(|adopted| &adopted.digests);
    let is_other = adopted.is_some_and(|its| its.version == file.digests.version && *its != file.digests);
    if is_other { None } else { packs::in_force().find(id, version) }
}
