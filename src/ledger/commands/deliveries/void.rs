//! The merchant takes back a delivery that was not confirmed yet.

use super::{Leaving, found_with_contract, voided};
use crate::domain::context::{Context, state_conflict};
use crate::domain::digest::Digest;
use crate::domain::id::DeliveryId;
use crate::domain::objects::{Delivery, DeliveryState, Origin};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Voids a delivery: its units and its amount are the contract's again. A contest of it ends with it.
///
/// A delivery that silence has confirmed can only be reversed, whether or not the ledger has written that yet.
#[derive(Debug)]
pub struct VoidDelivery {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Commitment to the merchant's reason.
    pub reason: Option<Digest>,
}

impl Command for VoidDelivery {
    fn name(&self) -> &'static str {
        "delivery.void"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Delivery(self.delivery)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let (delivery, contract) = found_with_contract(state, self.delivery, |delivery| delivery.merchant == merchant)?;
        context.reviewed(delivery.revision)?;
        let origin = match delivery.state {
            DeliveryState::Pending if delivery.window_over(context.at) => return Err(Rejection::ConfirmWindowOver),
            DeliveryState::Pending => Origin::Pending,
            DeliveryState::Contested => {
                still_contested(state, delivery)?;
                Origin::Frozen
            }
            DeliveryState::Confirmed => return Err(Rejection::AlreadyConfirmed),
            other => return Err(state_conflict(other.as_str(), &["pending", "contested"])),
        };
        let leaving =
            Leaving { contract, delivery: delivery.id, consumer: delivery.consumer, amount: delivery.amount, origin };
        let mut facts = vec![voided(&leaving, self.reason)];
        facts.extend(refund_recalculated(state, contract, contract.live.without(&delivery.used, delivery.amount)));
        Ok(Decided { facts, shows: delivery.id.into() })
    }
}

/// Checks that nobody has decided yet about a contested delivery: the merchant can still give in.
fn still_contested(state: &State, delivery: &Delivery) -> Result<(), Rejection> {
    let dispute = delivery.dispute.and_then(|dispute| state.disputes.get(dispute));
    match dispute.filter(|dispute| !dispute.state.is_undecided()) {
        Some(decided) => Err(state_conflict(decided.state.as_str(), &["negotiating", "mediating", "arbitrating"])),
        None => Ok(()),
    }
}
