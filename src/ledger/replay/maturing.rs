//! Confirmed deliveries by the moment they mature, so that a proposal is checked without a look at every delivery.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use crate::domain::event::Event;
use crate::domain::id::{DeliveryId, MerchantId};
use crate::domain::money::Amount;
use crate::domain::objects::{Delivery, DeliveryState};
use crate::domain::state::Matured;
use crate::domain::time::Timestamp;

/// What is confirmed and not released, by merchant.
#[derive(Debug, Default)]
pub(super) struct Maturing(HashMap<MerchantId, BTreeMap<Timestamp, Matured>>);

/// The delivery that an event confirms, or takes back.
pub(super) const fn delivery_of(event: &Event) -> Option<DeliveryId> {
    match event {
        Event::DeliveryConfirmed(data) => Some(data.delivery),
        Event::DeliveryReversed(data) => Some(data.delivery),
        Event::DeliveryVoided(data) => Some(data.delivery),
        Event::DeliveryContested(data) => Some(data.delivery),
        _ => None,
    }
}

impl Maturing {
    /// Takes in what became of a delivery.
    pub(super) fn replace(&mut self, before: Option<&Delivery>, after: Option<&Delivery>) {
        if let Some((delivery, at)) = before.and_then(maturing) {
            let moment = self.0.get_mut(&delivery.merchant).and_then(|moments| moments.get_mut(&at));
            if let Some(matured) = moment {
                matured.count = matured.count.saturating_sub(1);
                matured.amount = matured.amount.saturating_sub(delivery.amount);
            }
        }
        if let Some((delivery, at)) = after.and_then(maturing) {
            let matured = self.0.entry(delivery.merchant).or_default().entry(at).or_default();
            *matured = sum(*matured, Matured { count: 1, amount: delivery.amount });
        }
    }

    /// What matured after `since`, up to and including `cutoff`.
    pub(super) fn between(&self, merchant: MerchantId, since: Timestamp, cutoff: Timestamp) -> Matured {
        let Some(moments) = self.0.get(&merchant).filter(|_| since < cutoff) else { return Matured::default() };
        let taken = moments.range((Bound::Excluded(since), Bound::Included(cutoff)));
        taken.fold(Matured::default(), |all, (_, matured)| sum(all, *matured))
    }

    /// Forgets what was released: no later proposal can take it.
    pub(super) fn released(&mut self, merchant: MerchantId, cutoff: Timestamp) {
        if let Some(moments) = self.0.get_mut(&merchant) {
            moments.retain(|at, _| *at > cutoff);
        }
    }
}

fn maturing(delivery: &Delivery) -> Option<(&Delivery, Timestamp)> {
    let confirmed = delivery.state == DeliveryState::Confirmed;
    delivery.matures_at.filter(|_| confirmed).map(|at| (delivery, at))
}

fn sum(one: Matured, other: Matured) -> Matured {
    Matured {
        count: one.count.saturating_add(other.count),
        amount: one.amount.checked_add(other.amount).unwrap_or(Amount::MAX),
    }
}
