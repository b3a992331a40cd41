//! A merchant lets the holder use a contract for longer.

use super::may_last;
use crate::domain::context::{Context, found, state_conflict};
use crate::domain::event::{ContractExtended, Fact};
use crate::domain::id::ContractId;
use crate::domain::objects::{Contract, ContractState, DaysLive, Live};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Date;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Moves the last day of an active contract to a later one, also after it has passed. It costs the holder nothing and
/// takes nothing away, so that the merchant's word is enough. A period's price is spread over the longer term.
#[derive(Debug)]
pub struct ExtendContract {
    /// The contract.
    pub contract: ContractId,
    /// The new last day.
    pub ends_on: Date,
}

impl Command for ExtendContract {
    fn name(&self) -> &'static str {
        "contract.extend"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let contract = found(state.contracts.get(self.contract).filter(|contract| contract.merchant == merchant))?;
        context.reviewed(contract.revision)?;
        let ends_on = match (contract.state, contract.ends_on) {
            (ContractState::Active, Some(ends_on)) => ends_on,
            (other, _) => return Err(state_conflict(other.as_str(), &[ContractState::Active.as_str()])),
        };
        let latest =
            context.today().max(ends_on).plus_days(i64::from(packs::in_force().times(contract).extension_days_max));
        if self.ends_on <= ends_on || self.ends_on > latest {
            return Err(Rejection::ExtensionOutOfRange);
        }
        may_last(state, contract, self.ends_on, context)?;
        let extended =
            ContractExtended { consumer: contract.consumer, contract: contract.id, ends_on: self.ends_on, merchant };
        let mut facts = vec![Fact::plain(extended)];
        facts.extend(refund_recalculated(state, contract, Some(longer(contract, self.ends_on.days_since(ends_on)))));
        Ok(Decided { facts, shows: contract.id.into() })
    }
}

/// What is live once the term has `more` days.
fn longer(contract: &Contract, more: i64) -> Live {
    match &contract.live {
        Live::Days(days) => {
            let extended = days.extended.saturating_add(u64::try_from(more).unwrap_or_default());
            Live::Days(DaysLive { extended, ..days.clone() })
        }
        live => live.clone(),
    }
}
