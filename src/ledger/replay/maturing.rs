//! Confirmed deliveries by the moment they mature, so that a proposal is checked without a look at every delivery.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use crate::domain::event::Event;
use crate::domain::id::{DeliveryId, MerchantId};
use crate::domain::objects::{Delivery, DeliveryState};
use crate::domain::state::Matured;
use crate::domain::time::Timestamp;

/// What is confirmed and not released, by merchant.
#[derive(Debug, Default)]
pub(super) struct Maturing(HashMap<MerchantId, BTreeMap<Timestamp, Moment>>);

/// What matures at one moment.
#[derive(Debug, Default)]
struct Moment {
    matured: Matured,
    deliveries: Vec<DeliveryId>,
}

/// The delivery that an event confirms, or takes back.
pub(super) const fn delivery_of(event: &Event) -> Option<DeliveryId> {
    match event {
        Event::DeliveryConfirmed(data) => Some(data.delivery),
        Event::DeliveryReversed(data) => Some(data.delivery),
        Event::DeliveryVoided(data) => Some(data.delivery),
        _ => None,
    }
}

impl Maturing {
    /// Takes in what became of a delivery.
    pub(super) fn replace(&mut self, before: Option<&Delivery>, after: Option<&Delivery>) {
        if let Some((delivery, at)) = before.and_then(maturing) {
            let moment = self.0.get_mut(&delivery.merchant).and_then(|moments| moments.get_mut(&at));
            if let Some(Moment { matured, deliveries }) = moment {
                matured.count = matured.count.saturating_sub(1);
                matured.amount = matured.amount.saturating_sub(delivery.amount);
                deliveries.retain(|there| *there != delivery.id);
            }
        }
        if let Some((delivery, at)) = after.and_then(maturing) {
            let moment = self.0.entry(delivery.merchant).or_default().entry(at).or_default();
            moment.matured = sum(moment.matured, Matured { count: 1, amount: delivery.amount });
            moment.deliveries.push(delivery.id);
        }
    }

    /// What matured after `since`, up to and including `cutoff`.
    pub(super) fn between(&self, merchant: MerchantId, since: Timestamp, cutoff: Timestamp) -> Matured {
        let Some(moments) = self.0.get(&merchant).filter(|_| since < cutoff) else { return Matured::default() };
        let taken = moments.range((Bound::Excluded(since), Bound::Included(cutoff)));
        taken.fold(Matured::default(), |all, (_, moment)| sum(all, moment.matured))
    }

    /// Takes out what was released: no later proposal can take it.
    pub(super) fn released(&mut self, merchant: MerchantId, cutoff: Timestamp) -> Vec<DeliveryId> {
        let mut released = Vec::new();
        if let Some(moments) = self.0.get_mut(&merchant) {
            moments.retain(|at, moment| {
                let stays = *at > cutoff;
                if !stays {
                    released.append(&mut moment.deliveries);
                }
                stays
            });
        }
        released
    }
}

fn maturing(delivery: &Delivery) -> Option<(&Delivery, Timestamp)> {
    let confirmed = delivery.state == DeliveryState::Confirmed;
    delivery.matures_at.filter(|_| confirmed).map(|at| (delivery, at))
}

fn sum(one: Matured, other: Matured) -> Matured {
    Matured { count: one.count.saturating_add(other.count), amount: one.amount.saturating_add(other.amount) }
}
