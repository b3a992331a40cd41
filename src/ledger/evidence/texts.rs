//! Notes and reasons that the entries of a contract commit to, and who may read them.

use crate::domain::digest::Digest;
use crate::domain::event::{Event, RefundAnswered};
use crate::domain::objects::Role;
use crate::ledger::entry::Entry;

/// The fields of the deductions of an answer; there are no more of them in one.
const DEDUCTIONS: [&str; 20] = [
    "deduction_1",
    "deduction_2",
    "deduction_3",
    "deduction_4",
    "deduction_5",
    "deduction_6",
    "deduction_7",
    "deduction_8",
    "deduction_9",
    "deduction_10",
    "deduction_11",
    "deduction_12",
    "deduction_13",
    "deduction_14",
    "deduction_15",
    "deduction_16",
    "deduction_17",
    "deduction_18",
    "deduction_19",
    "deduction_20",
];

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
        Event::RefundAnswered(data) => return answered(data),
        Event::RefundDeclared(data) => ("note", data.note),
        Event::RefundPriorServiceClaimed(data) => ("note", data.note),
        Event::RefundPriorServiceDecided(data) => ("reason", Some(data.reason)),
        Event::RefundProposed(data) => ("reason", data.reason),
        Event::RefundOrdered(data) => ("reason", data.reason),
        Event::RefundDeclined(data) => ("reason", Some(data.reason)),
        _ => return Vec::new(),
    };
    found.1.map(|digest| (found.0, digest)).into_iter().collect()
}

/// The reason of an objection, and what each deduction is for.
fn answered(data: &RefundAnswered) -> Vec<(&'static str, Digest)> {
    let names = data.claims.iter().flat_map(|claims| &claims.deductions).map(|claimed| claimed.name);
    data.reason.map(|digest| ("reason", digest)).into_iter().chain(DEDUCTIONS.into_iter().zip(names)).collect()
}

/// Whether a role may read the texts of an entry of its own contract: notaries all of them; a party its own, and those
/// that the other side or a notary's decision addressed to it, as everywhere in the service.
pub(super) fn may_read(role: Role, entry: &Entry) -> bool {
    let addressed = matches!(
        entry.fact.event,
        Event::DeliveryRecorded(_)
            | Event::DisputeOpened(_)
            | Event::ArbitrationObjected(_)
            | Event::ProposalMade(_)
            | Event::RefundAnswered(_)
            | Event::RefundPriorServiceClaimed(_)
            | Event::RefundProposed(_)
            | Event::RefundOrdered(_)
    );
    role == Role::Notary || addressed || entry.actor.role() == role
}
