//! Money that nobody claims: those concerned are warned, in time and more than once. Nothing is ever taken by itself.

use crate::domain::actor::Actor;
use crate::domain::context::{Context, found};
use crate::domain::event::{Fact, UnclaimedWarned};
use crate::domain::id::DepositId;
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Warns that a deposit's money lies unclaimed (民法典 art. 574), once for each month that the rules name. Submitted by
/// the service's own timer.
#[derive(Debug)]
pub struct WarnUnclaimed {
    /// The deposit.
    pub deposit: DepositId,
}

impl Command for WarnUnclaimed {
    fn name(&self) -> &'static str {
        "unclaimed.warn"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Deposit(self.deposit)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        if context.actor != Actor::System {
            return Err(Rejection::Forbidden);
        }
        let deposit = found(state.deposits.get(self.deposit))?;
        let contract = found(state.contracts.get(deposit.contract))?;
        let nothing = Decided { facts: Vec::new(), shows: deposit.id.into() };
        let times = packs::in_force().times(contract);
        let warned = usize::try_from(deposit.unclaimed_stage).unwrap_or(usize::MAX);
        let due = deposit.credited_at.zip(times.unclaimed_warning_months.get(warned));
        let Some((credited_at, months)) = due else { return Ok(nothing) };
        let credited_on = credited_at.date(context.zone);
        if contract.claimable().is_zero() || context.today() < credited_on.plus_months(*months) {
            return Ok(nothing);
        }
        let event = UnclaimedWarned {
            amount: contract.claimable(),
            consumer: deposit.consumer,
            contract: contract.id,
            deposit: deposit.id,
            lapses_on: credited_on.plus_months(times.unclaimed_lapse_years.saturating_mul(12)),
            merchant: deposit.merchant,
            stage: deposit.unclaimed_stage.saturating_add(1),
        };
        Ok(Decided::one(deposit.id, Fact::plain(event)))
    }
}
