//! A party steps back before any money has come in.

use super::own;
use crate::domain::context::{Context, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{ContractCancelled, DepositExpired, Fact};
use crate::domain::id::ContractId;
use crate::domain::objects::ContractState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Cancels a contract; the deposit that still awaits payment expires with it, so that later money goes to suspense.
#[derive(Debug)]
pub struct CancelContract {
    /// The contract.
    pub contract: ContractId,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
}

impl Command for CancelContract {
    fn name(&self) -> &'static str {
        "contract.cancel"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let (contract, by) = own(state, context, self.contract)?;
        in_state(contract.state, &[ContractState::Draft, ContractState::Signed])?;
        let (consumer, merchant) = (contract.consumer, contract.merchant);
        let cancelled = ContractCancelled { by, consumer, contract: self.contract, merchant, reason: self.reason };
        let mut facts = vec![Fact::plain(cancelled)];
        let expired = |deposit| DepositExpired { consumer, contract: self.contract, deposit, merchant };
        facts.extend(contract.open_deposit.map(expired).map(Fact::plain));
        Ok(Decided { facts, shows: self.contract.into() })
    }
}
