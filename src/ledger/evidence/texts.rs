//! Notes and reasons that the entries of a contract commit to, and who may read them.

use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::objects::Role;
use crate::ledger::entry::Entry;

/// The texts that an event commits to, by the names of their fields.
pub(super) fn of(event: &Event) -> Vec<(&'static str, Digest)> {
    let found = match event {
        Event::ContractCancelled(data) => ("reason", data.reason),
        Event::DeliveryRecorded(data) => ("note", data.note),
        Event::DeliveryVoided(data) => ("reason", data.reason),
        Event::DeliveryReversalProposed(data) => ("reason", Some(data.reason)),
        Event::DeliveryReversed(data) => ("reason", Some(data.reason)),
        Event::DisputeOpened(data) => ("reason", Some(data.reason)),
        Event::ArbitrationObjected(data) => ("reason", data.reason),
        Event::ProposalMade(data) => ("note", data.note),
        Event::RefundRequested(data) => ("note", data.note),
        Event::RefundAnswered(data) => ("reason", data.reason),
        Event::RefundProposed(data) => ("reason", data.reason),
        Event::RefundOrdered(data) => ("reason", data.reason),
        Event::RefundDeclined(data) => ("reason", Some(data.reason)),
        _ => return Vec::new(),
    };
    found.1.map(|digest| (found.0, digest)).into_iter().collect()
}

/// Whether a role may read the texts of an entry of its own contract: notaries all of them; a party its own, and those
/// that the other side addressed to it, as everywhere in the service.
pub(super) fn may_read(role: Role, entry: &Entry) -> bool {
    let addressed = matches!(
        entry.fact.event,
        Event::DeliveryRecorded(_)
            | Event::DisputeOpened(_)
            | Event::ArbitrationObjected(_)
            | Event::ProposalMade(_)
            | Event::RefundAnswered(_)
    );
    role == Role::Notary || addressed || entry.actor.role() == role
}
