//! What real runs have ordered since they last told how far they have come, so that what they tell is checked.

use std::collections::HashMap;

use crate::domain::event::Event;
use crate::domain::id::RunId;
use crate::domain::money::Amount;
use crate::domain::objects::{RunMode, RunOutcome};
use crate::domain::state::State;

/// Counts by run.
#[derive(Debug, Default)]
pub(super) struct Runs(HashMap<RunId, Tally>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    done: u64,
    refunds: u64,
    refunded: Amount,
    cancelled: u64,
}

impl Runs {
    /// Takes an event in before it is applied.
    ///
    /// # Errors
    /// A sentence when a run tells of other refunds than it has ordered.
    pub(super) fn take_in(&mut self, state: &State, event: &Event) -> Result<(), String> {
        match event {
            Event::DefaultRunContractRefunded(data) => {
                let tally = self.0.entry(data.run).or_default();
                tally.done = tally.done.saturating_add(1);
                tally.refunds = tally.refunds.saturating_add(1);
                tally.refunded = tally.refunded.saturating_add(data.amount);
            }
            Event::DefaultRunContractPassed(data) => {
                let tally = self.0.entry(data.run).or_default();
                tally.done = tally.done.saturating_add(1);
                let cancelled = u64::from(data.outcome == RunOutcome::Cancelled);
                tally.cancelled = tally.cancelled.saturating_add(cancelled);
            }
            Event::DefaultRunAdvanced(data) => {
                let tally = self.0.remove(&data.run).unwrap_or_default();
                let run = state.default_runs.get(data.run);
                let Some(run) = run.filter(|run| run.mode == RunMode::Real) else { return Ok(()) };
                let (before, now) = (run.progress, data.progress);
                let told = Tally {
                    done: now.done.saturating_sub(before.done),
                    refunds: now.refunds.saturating_sub(before.refunds),
                    refunded: now.refunded.saturating_sub(before.refunded),
                    cancelled: now.cancelled.saturating_sub(before.cancelled),
                };
                if told != tally {
                    let (count, sum) = (tally.refunds, tally.refunded);
                    return Err(format!("it tells of other refunds than the {count} of {sum} that were ordered"));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
