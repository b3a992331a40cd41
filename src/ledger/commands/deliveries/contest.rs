//! The consumer disagrees with a delivery: its amount is frozen, and a dispute opens.

use super::found_with_contract;
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::id::{DeliveryId, DisputeId, FreezeId, Party};
use crate::domain::money::Amount;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::disputes::{Contested, Opening, contestable, opened};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Contests a pending delivery: the short way to a dispute over it alone.
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
        contestable(delivery, context)?;
        let by = Party::Consumer(consumer);
        let opening = Opening { dispute: self.dispute, freeze: self.freeze, by, refund: None, reason: self.reason };
        let contested = Contested { contract, deliveries: &[delivery], held: Amount::ZERO };
        let mut facts = opened(&contested, &opening, context)?;
        facts.extend(refund_recalculated(state, contract, None));
        Ok(Decided { facts, shows: delivery.id.into() })
    }
}
