//! A notary takes a proposal back.

use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{DefaultRunRescinded, Fact};
use crate::domain::id::RunId;
use crate::domain::objects::RunState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Ends a proposed run, so that the merchant stands as it stood before. What two people have ordered is not taken back:
/// refunds may have left the house.
#[derive(Debug)]
pub struct RescindRun {
    /// The run.
    pub run: RunId,
    /// Commitment to the reason.
    pub reason: Digest,
}

impl Command for RescindRun {
    fn name(&self) -> &'static str {
        "default_run.rescind"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Run(self.run)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let run = found(state.default_runs.get(self.run))?;
        context.reviewed(run.revision)?;
        in_state(run.state, &[RunState::Proposed])?;
        let event = DefaultRunRescinded { merchant: run.merchant, reason: self.reason, run: run.id };
        Ok(Decided::one(run.id, Fact::plain(event)))
    }
}
