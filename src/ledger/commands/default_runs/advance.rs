//! A run comes to its next contracts. Which they are, and what becomes of them, is written in one batch: whoever dies
//! here has either done all of it or nothing, and the next one goes on behind the contract that the run names last.

use super::ending::Ending;
use crate::domain::context::{Context, found, in_state};
use crate::domain::event::{DefaultRunAdvanced, DefaultRunFinished, Fact};
use crate::domain::id::{PayoutId, RefundId, RunId};
use crate::domain::objects::{Role, RunState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// How many contracts a run takes in one go: few enough that others wait no longer than a blink, and that an entry can
/// list all of them.
pub const TAKES_MAX: usize = 128;

/// Ids for what a contract may need.
#[derive(Clone, Copy, Debug)]
pub struct ContractIds {
    /// The refund, where none is open.
    pub refund: RefundId,
    /// The payout, where there is an account.
    pub payout: PayoutId,
}

/// Takes the next contracts of a run that is going on.
#[derive(Debug)]
pub struct AdvanceRun {
    /// The run.
    pub run: RunId,
    /// Ids for as many contracts as are to be taken.
    pub ids: Vec<ContractIds>,
}

impl Command for AdvanceRun {
    fn name(&self) -> &'static str {
        "default_run.advance"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::NextOfRun(self.run)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::System])?;
        let run = found(state.default_runs.get(self.run))?;
        in_state(run.state, &[RunState::Running])?;
        let approved_by = *found(run.approved_by.as_ref())?;
        let next = state.next_of_run(run.id);
        let taken: Vec<_> = next.iter().filter_map(|id| state.contracts.get(*id)).zip(&self.ids).collect();
        // After this point it must succeed.
        let mut ending = Ending {
            state,
            run,
            approved_by,
            context,
            facts: Vec::with_capacity(taken.len().saturating_mul(2).saturating_add(2)),
            progress: run.progress,
            listed: Vec::new(),
        };
        for (contract, ids) in &taken {
            ending.contract(contract, **ids);
        }
        let Ending { mut facts, progress, listed, .. } = ending;
        if let Some((last, _)) = taken.last() {
            let (cursor, merchant) = (last.id, run.merchant);
            facts.push(Fact::plain(DefaultRunAdvanced { cursor, listed, merchant, progress, run: run.id }));
        }
        // Storage was asked for as many as one go can take, so that fewer are the last.
        if next.len() < TAKES_MAX && taken.len() == next.len() {
            facts.push(Fact::plain(DefaultRunFinished { merchant: run.merchant, run: run.id }));
        }
        Ok(Decided { facts, shows: run.id.into() })
    }
}
