//! The merchant says that it still performs.

use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{DefaultRunObjected, Fact};
use crate::domain::id::RunId;
use crate::domain::objects::RunState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Objects to a proposed run. It stops nothing by itself: whoever approves must have reviewed it, since the revision
/// goes up.
#[derive(Debug)]
pub struct ObjectToRun {
    /// The run.
    pub run: RunId,
    /// Commitment to the reason.
    pub reason: Digest,
}

impl Command for ObjectToRun {
    fn name(&self) -> &'static str {
        "default_run.object"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Run(self.run)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let run = found(state.default_runs.get(self.run).filter(|run| run.merchant == merchant))?;
        context.reviewed(run.revision)?;
        in_state(run.state, &[RunState::Proposed])?;
        if run.objected_at.is_some() {
            return Err(Rejection::AlreadyObjected);
        }
        if run.object_by.is_some_and(|object_by| context.at >= object_by) {
            return Err(Rejection::ObjectionWindowOver);
        }
        Ok(Decided::one(run.id, Fact::plain(DefaultRunObjected { merchant, reason: self.reason, run: run.id })))
    }
}
