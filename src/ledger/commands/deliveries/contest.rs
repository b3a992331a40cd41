//! The consumer disagrees with a delivery: its amount is frozen, and a dispute opens.

use super::found_with_contract;
use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, state_conflict};
use crate::domain::digest::Digest;
use crate::domain::event::{DeliveryContested, Fact};
use crate::domain::id::{DeliveryId, DisputeId, FreezeId};
use crate::domain::objects::DeliveryState;
use crate::domain::rejection::Rejection;
use crate::domain::rules::NEGOTIATION_HOURS;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Contests a pending delivery.
///
/// Where silence confirms, the deadline decides: an answer at or after it is refused. Where it does not, nothing else
/// would ever end the wait, so the consumer can answer for as long as the delivery is pending.
#[derive(Debug)]
pub struct ContestDelivery {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Id of the dispute to open.
    pub dispute: DisputeId,
    /// Id of the freeze to open.
    pub freeze: FreezeId,
    /// Commitment to the consumer's reason.
    pub reason: Digest,
}

impl Command for ContestDelivery {
    fn name(&self) -> &'static str {
        "delivery.contest"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Delivery(self.delivery)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let (delivery, contract) = found_with_contract(state, self.delivery, |delivery| delivery.consumer == consumer)?;
        context.reviewed(delivery.revision)?;
        match delivery.state {
            DeliveryState::Pending if delivery.window_over(context.at) => return Err(Rejection::ConfirmWindowOver),
            DeliveryState::Pending => {}
            DeliveryState::Contested => return Err(Rejection::AlreadyContested),
            DeliveryState::Confirmed => return Err(Rejection::AlreadyConfirmed),
            other => return Err(state_conflict(other.as_str(), &["pending"])),
        }
        let event = DeliveryContested {
            amount: delivery.amount,
            consumer,
            contract: contract.id,
            delivery: delivery.id,
            dispute: self.dispute,
            freeze: self.freeze,
            merchant: contract.merchant,
            negotiate_by: context.at.plus_hours(NEGOTIATION_HOURS),
            reason: self.reason,
        };
        let (pending, frozen) = (Account::ContractPending(contract.id), Account::ContractFrozen(contract.id));
        let mut facts = vec![Fact::moving(event, transfer(pending, frozen, delivery.amount))];
        facts.extend(refund_recalculated(state, contract, Some(contract.live.clone())));
        Ok(Decided { facts, shows: delivery.id.into() })
    }
}
