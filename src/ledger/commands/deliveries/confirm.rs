//! A delivery stands: the consumer says so, or the time to answer has passed in silence.

use super::{Leaving, confirmed, found_with_contract, still_contested};
use crate::domain::context::{Context, state_conflict};
use crate::domain::id::DeliveryId;
use crate::domain::objects::{ConfirmedHow, Contract, Delivery, DeliveryState, Origin, Role};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::recalculate::refund_recalculated;

/// The consumer agrees with a delivery, or gives up contesting it.
///
/// Where silence confirms, the deadline decides: an answer at or after it is refused. Where it does not, nothing else
/// would ever end the wait, so the consumer can answer for as long as the delivery is pending.
#[derive(Debug)]
pub struct ConfirmDelivery {
    /// The delivery.
    pub delivery: DeliveryId,
}

/// The service confirms a delivery that nobody answered in time.
#[derive(Debug)]
pub struct LapseDelivery {
    /// The delivery.
    pub delivery: DeliveryId,
}

impl Command for ConfirmDelivery {
    fn name(&self) -> &'static str {
        "delivery.confirm"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Delivery(self.delivery)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let (delivery, contract) = found_with_contract(state, self.delivery, |delivery| delivery.consumer == consumer)?;
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
        Ok(confirm(state, contract, delivery, (origin, ConfirmedHow::Consumer), context))
    }
}

impl Command for LapseDelivery {
    fn name(&self) -> &'static str {
        "delivery.lapse"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Delivery(self.delivery)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::System])?;
        let (delivery, contract) = found_with_contract(state, self.delivery, |_| true)?;
        match delivery.state {
            DeliveryState::Pending if delivery.window_over(context.at) => {}
            DeliveryState::Pending => return Err(Rejection::ConfirmWindowOpen),
            DeliveryState::Confirmed => return Err(Rejection::AlreadyConfirmed),
            other => return Err(state_conflict(other.as_str(), &["pending"])),
        }
        Ok(confirm(state, contract, delivery, (Origin::Pending, ConfirmedHow::Time), context))
    }
}

fn confirm(
    state: &State,
    contract: &Contract,
    delivery: &Delivery,
    (origin, how): (Origin, ConfirmedHow),
    context: &Context<'_>,
) -> Decided {
    let leaving =
        Leaving { contract, delivery: delivery.id, consumer: delivery.consumer, amount: delivery.amount, origin };
    let mut facts = vec![confirmed(&leaving, how, context.at)];
    facts.extend(refund_recalculated(state, contract, None));
    Decided { facts, shows: delivery.id.into() }
}
