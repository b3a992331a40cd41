//! An entry with everything that is written beside it.

use super::entry::{Entry, indexed_subjects};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::id::ObjectId;
use crate::domain::state::{Posted, State};
use crate::log::chain;
use crate::store::entries::StoredEntry;

/// An entry ready to be written, with what is derived from it.
pub(super) struct Linked {
    pub(super) stored: StoredEntry,
    pub(super) subjects: Vec<ObjectId>,
    pub(super) posted: Vec<Posted>,
}

impl Linked {
    /// An entry about these subjects, its bytes, the entry before it about the same contract, and what it posted.
    pub(super) fn new(
        entry: &Entry,
        subjects: &[ObjectId],
        bytes: Vec<u8>,
        contract_prev: Option<u64>,
        posted: Vec<Posted>,
    ) -> Self {
        let event = &entry.fact.event;
        let stored = StoredEntry {
            position: entry.position,
            at: entry.at,
            kind: event.kind().to_owned(),
            leaf: Digest::from_bytes(chain::leaf(&bytes)),
            contract_prev,
            merchant: event.merchant(),
            bytes,
        };
        Self {
            stored,
            subjects: indexed_subjects(subjects),
            posted: posted.into_iter().filter(|posted| posted.account.class().keeps_postings()).collect(),
        }
    }
}

/// The newest entry about the contract of an event that is about to be applied.
pub(super) fn contract_prev(state: &State, event: &Event) -> Option<u64> {
    // A contract just being drafted was not loaded, and has no entry before.
    event.contract().and_then(|contract| state.contracts.seen(contract)).map(|contract| contract.newest_entry)
}
