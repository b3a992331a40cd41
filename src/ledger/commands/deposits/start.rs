//! A consumer sets out to pay.

use super::expired;
use crate::domain::context::{Context, active_merchant, found};
use crate::domain::event::{DepositStarted, Fact};
use crate::domain::id::{ContractId, DepositId};
use crate::domain::name::Name;
use crate::domain::objects::{Contract, ContractState};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::contracts::still_allowed;

/// Starts the deposit of a signed contract, always over its whole price.
#[derive(Debug)]
pub struct StartDeposit {
    /// The deposit's id, which is also the payment reference.
    pub deposit: DepositId,
    /// The contract.
    pub contract: ContractId,
    /// The channel the consumer pays by; one that the office has.
    pub channel: Name,
}

impl Command for StartDeposit {
    fn name(&self) -> &'static str {
        "deposit.start"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::PortfolioOf(self.contract), Key::Deposit(self.deposit)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let contract = state.contracts.get(self.contract).filter(|contract| contract.consumer == consumer);
        let contract = found(contract)?;
        context.reviewed(contract.revision)?;
        if contract.state != ContractState::Signed {
            return Err(Rejection::ContractNotSigned { current_state: contract.state.to_string() });
        }
        // Money taken in is a sale, and a suspended merchant sells nothing.
        active_merchant(state, contract.merchant)?;
        still_allowed(state, contract, context)?;
        let overdue = overdue_deposit(state, contract, context)?;
        let started = DepositStarted {
            amount: contract.figures.price,
            channel: self.channel,
            consumer,
            contract: self.contract,
            deposit: self.deposit,
            expires_at: context.at.plus_hours(packs::in_force().times(contract).deposit_hours),
            merchant: contract.merchant,
        };
        let facts = overdue.into_iter().chain([Fact::plain(started)]).collect();
        Ok(Decided { facts, shows: self.deposit.into() })
    }
}

/// The end of a deposit whose time is over although nothing has written that yet: the deadline decides, not the job.
fn overdue_deposit(state: &State, contract: &Contract, context: &Context<'_>) -> Result<Option<Fact>, Rejection> {
    match contract.open_deposit.and_then(|id| state.deposits.get(id)) {
        Some(open) if context.at < open.expires_at => Err(Rejection::DepositOpen),
        Some(overdue) => Ok(Some(Fact::plain(expired(overdue)))),
        None => Ok(None),
    }
}
