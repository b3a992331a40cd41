//! A delivery stands: the consumer says so, or the time to answer has passed in silence.

use super::{Leaving, confirmed, found_with_contract};
use crate::domain::context::{Context, state_conflict};
use crate::domain::id::DeliveryId;
use crate::domain::objects::{ConfirmedHow, Contract, Delivery, DeliveryState, Origin, Role};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::recalculate::refund_recalculated;

/// The consumer agrees with a delivery.
///
/// Where silence confirms, the deadline decides: an answer at or after it is refused. Where it does not, nothing else
/// would ever end the wait, so the consumer can answer for as long as the delivery is pending. What is contested is
/// given up by withdrawing the dispute, and not by a confirmation that may have been sent before anybody contested it.
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
        match delivery.state {
            DeliveryState::Pending if delivery.window_over(context.at) => Err(Rejection::ConfirmWindowOver),
            DeliveryState::Pending => Ok(confirm(state, contract, delivery, ConfirmedHow::Consumer, context)),
            _ => Err(not_pending(delivery)),
        }
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
            DeliveryState::Pending if delivery.window_over(context.at) => {
                Ok(confirm(state, contract, delivery, ConfirmedHow::Time, context))
            }
            DeliveryState::Pending => Err(Rejection::ConfirmWindowOpen),
            _ => Err(not_pending(delivery)),
        }
    }
}

/// Why a delivery that does not wait for an answer cannot be confirmed.
fn not_pending(delivery: &Delivery) -> Rejection {
    match (delivery.state, delivery.dispute) {
        (DeliveryState::Contested, Some(dispute)) => Rejection::DeliveryContested { dispute },
        (DeliveryState::Confirmed, _) => Rejection::AlreadyConfirmed,
        (other, _) => state_conflict(other.as_str(), &["pending"]),
    }
}

fn confirm(
    state: &State,
    contract: &Contract,
    delivery: &Delivery,
    how: ConfirmedHow,
    context: &Context<'_>,
) -> Decided {
    let (consumer, amount, origin) = (delivery.consumer, delivery.amount, Origin::Pending);
    let leaving = Leaving { contract, delivery: delivery.id, consumer, amount, origin };
    let mut facts = vec![confirmed(&leaving, how, context.at)];
    facts.extend(refund_recalculated(state, contract, None));
    Decided { facts, shows: delivery.id.into() }
}
