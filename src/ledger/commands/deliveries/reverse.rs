//! A late correction: a confirmed delivery is taken back while its money has not been released.

use super::found_with_contract;
use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, in_state};
use crate::domain::court_orders::earnings_cover;
use crate::domain::digest::Digest;
use crate::domain::event::{DeliveryReversalProposed, DeliveryReversed, Fact};
use crate::domain::id::{DeliveryId, Party, SettlementId};
use crate::domain::objects::{Contract, ContractState, Delivery, DeliveryState, Role};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Reverses a confirmed delivery. One party's call proposes it and the other's carries it out; a notary acts alone.
#[derive(Debug)]
pub struct ReverseDelivery {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Commitment to the reason.
    pub reason: Digest,
}

impl Command for ReverseDelivery {
    fn name(&self) -> &'static str {
        "delivery.reverse"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Delivery(self.delivery)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::Merchant, Role::Consumer, Role::Notary])?;
        let mine = |delivery: &Delivery| context.owns(delivery.merchant, delivery.consumer).is_ok();
        let (delivery, contract) = found_with_contract(state, self.delivery, mine)?;
        context.reviewed(delivery.revision)?;
        may_reverse(state, delivery, contract)?;
        let agreed = match (context.party, delivery.reversal_proposed_by) {
            (Some(party), Some(proposer)) if party == proposer => return Err(Rejection::ReversalAlreadyProposed),
            // A party that is the first to speak only proposes; a notary has no party.
            (Some(party), None) => Err(party),
            _ => Ok(()),
        };
        if let Err(party) = agreed {
            return Ok(Decided::one(delivery.id, proposed(delivery, party, self.reason)));
        }
        let mut facts = vec![reversed(state, delivery, self.reason)];
        facts.extend(refund_recalculated(state, contract, contract.live.without(&delivery.used, delivery.amount)));
        Ok(Decided { facts, shows: delivery.id.into() })
    }
}

/// Checks that the delivery's money is still payable and under no court's order, and that the contract can take it back.
fn may_reverse(state: &State, delivery: &Delivery, contract: &Contract) -> Result<(), Rejection> {
    in_state(delivery.state, &[DeliveryState::Confirmed])?;
    in_state(contract.state, &[ContractState::Active, ContractState::Completed])?;
    let settled_until = state.merchants.get(delivery.merchant).map(|merchant| merchant.settled_until);
    if delivery.matures_at <= settled_until {
        return Err(Rejection::AlreadySettled);
    }
    earnings_cover(state, delivery.merchant, delivery.amount)
}

fn proposed(delivery: &Delivery, by: Party, reason: Digest) -> Fact {
    Fact::plain(DeliveryReversalProposed {
        by,
        consumer: delivery.consumer,
        contract: delivery.contract,
        delivery: delivery.id,
        merchant: delivery.merchant,
        reason,
    })
}

fn reversed(state: &State, delivery: &Delivery, reason: Digest) -> Fact {
    let event = DeliveryReversed {
        amount: delivery.amount,
        consumer: delivery.consumer,
        contract: delivery.contract,
        delivery: delivery.id,
        merchant: delivery.merchant,
        reason,
        settlement: lowered_settlement(state, delivery),
    };
    let (payable, held) = (Account::MerchantPayable(delivery.merchant), Account::ContractHeld(delivery.contract));
    Fact::moving(event, transfer(payable, held, delivery.amount))
}

/// The open proposal that had counted on the delivery.
fn lowered_settlement(state: &State, delivery: &Delivery) -> Option<SettlementId> {
    let open = state.merchants.get(delivery.merchant)?.open_settlement?;
    let settlement = state.settlements.get(open)?;
    (delivery.matures_at? <= settlement.cutoff).then_some(open)
}
