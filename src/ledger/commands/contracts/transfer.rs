//! A holder transfers a contract to somebody else (法释〔2025〕4号 art. 11). The merchant has no veto, and is told.
//!
//! Deliveries keep the consumer who was served: who was holder then answers them still. What is being decided about the
//! contract's money is the holder's to end first.

use super::may_pass;
use crate::domain::age::can_bind;
use crate::domain::context::{Context, found, in_state};
use crate::domain::event::{ContractTransferOffered, ContractTransferWithdrawn, ContractTransferred, Fact};
use crate::domain::id::{ConsumerId, ContractId, Party};
use crate::domain::money::Delta;
use crate::domain::objects::{AgeClass, Contract, ContractState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Offers a contract to another consumer; a new offer takes the place of an older one.
#[derive(Debug)]
pub struct OfferTransfer {
    /// The contract.
    pub contract: ContractId,
    /// To whom.
    pub to: ConsumerId,
}

/// Takes a contract over: within what the merchant may hold of the new holder, who is of age or has a guardian's consent.
#[derive(Debug)]
pub struct AcceptTransfer {
    /// The contract.
    pub contract: ContractId,
    /// How old the caller is.
    pub holder_age: AgeClass,
}

/// Takes an offer back, or declines it.
#[derive(Debug)]
pub struct WithdrawTransfer {
    /// The contract.
    pub contract: ContractId,
}

impl Command for OfferTransfer {
    fn name(&self) -> &'static str {
        "contract.transfer"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract), Key::Consumer(self.to)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let contract = state.contracts.get(self.contract).filter(|contract| contract.consumer == consumer);
        let contract = found(contract)?;
        context.reviewed(contract.revision)?;
        transferable(contract)?;
        if self.to == consumer || state.consumers.get(self.to).is_none() {
            return Err(Rejection::RecipientUnknown);
        }
        let event =
            ContractTransferOffered { consumer, contract: contract.id, merchant: contract.merchant, to: self.to };
        Ok(Decided::one(contract.id, Fact::plain(event)))
    }
}

impl Command for AcceptTransfer {
    fn name(&self) -> &'static str {
        "contract.accept_transfer"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::PortfolioOfOffered(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let contract = state.contracts.get(self.contract).filter(|contract| contract.transfer_to == Some(consumer));
        let contract = found(contract)?;
        context.reviewed(contract.revision)?;
        transferable(contract)?;
        can_bind(contract, self.holder_age, contract.transfer_guardian.is_some())?;
        may_pass(state, contract, consumer, context)?;
        let event = ContractTransferred {
            consumer,
            contract: contract.id,
            from: contract.consumer,
            holder_age: self.holder_age,
            merchant: contract.merchant,
            notified_at: context.at,
        };
        Ok(Decided::one(contract.id, Fact::plain(event)))
    }
}

impl Command for WithdrawTransfer {
    fn name(&self) -> &'static str {
        "contract.withdraw_transfer"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let concerned = |contract: &&Contract| contract.consumer == consumer || contract.transfer_to == Some(consumer);
        let contract = found(state.contracts.get(self.contract).filter(concerned))?;
        context.reviewed(contract.revision)?;
        let to = contract.transfer_to.ok_or(Rejection::TransferNotOffered)?;
        let event = ContractTransferWithdrawn {
            by: Party::Consumer(consumer),
            consumer: contract.consumer,
            contract: contract.id,
            merchant: contract.merchant,
            to,
        };
        Ok(Decided::one(contract.id, Fact::plain(event)))
    }
}

/// Checks that nothing is being decided about the contract.
fn transferable(contract: &Contract) -> Result<(), Rejection> {
    in_state(contract.state, &[ContractState::Active])?;
    if contract.open_refund.is_some() {
        return Err(Rejection::RefundOpen);
    }
    if contract.frozen != Delta::ZERO || !contract.court_orders.is_empty() {
        return Err(Rejection::FundsFrozen { available: contract.held.amount().unwrap_or_default() });
    }
    Ok(())
}
