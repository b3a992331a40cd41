//! A payout goes to the bank.

use super::contract_of;
use crate::domain::context::{Context, found, state_conflict};
use crate::domain::event::{Fact, PayoutSubmitted};
use crate::domain::id::PayoutId;
use crate::domain::objects::{PayoutState, Role, RunCause};
use crate::domain::rejection::Rejection;
use crate::domain::standing::open_run;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Notes that a payout was handed to the bank.
#[derive(Debug)]
pub struct SubmitPayout {
    /// The payout.
    pub payout: PayoutId,
}

impl Command for SubmitPayout {
    fn name(&self) -> &'static str {
        "payout.submit"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Payout(self.payout)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::System, Role::Channel])?;
        let payout = found(state.payouts.get(self.payout))?;
        if payout.state != PayoutState::Created {
            return Err(state_conflict(payout.state.as_str(), &["created"]));
        }
        // Money on its way to a merchant who may be gone stays here until that is decided.
        let held_up = payout.payee.merchant().and_then(|merchant| open_run(state, merchant));
        if let Some(run) = held_up.filter(|run| run.cause == RunCause::Default) {
            return Err(Rejection::DefaultRunOpen { run: run.id });
        }
        let event = PayoutSubmitted {
            contract: contract_of(state, payout),
            payee: payout.payee,
            payout: payout.id,
            refund: payout.refund,
            settlement: payout.settlement,
        };
        Ok(Decided::one(payout.id, Fact::plain(event)))
    }
}
