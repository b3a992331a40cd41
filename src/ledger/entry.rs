//! The schema of an entry: what stands in the log for each event.

mod form;

use serde::Serialize;

use crate::domain::account::Posting;
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Fact};
use crate::domain::id::{ObjectId, RequestId};
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::log::canonical::{self, ReadError};
use crate::log::chain;
use form::{Form, Read, kind};

/// The version of this schema.
const VERSION: u32 = 1;

/// An entry about to be written. Its fields stand in the order of their names, so that plain serialisation is canonical.
#[derive(Serialize)]
struct Written<'a> {
    actor: Actor,
    at: Timestamp,
    data: &'a Event,
    kind: &'static str,
    office: Name,
    position: u64,
    postings: &'a [Posting],
    prev: Digest,
    request: RequestId,
    subjects: &'a [ObjectId],
    v: u32,
}

/// One entry of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whose log it stands in.
    pub office: Name,
    /// Its index from 0.
    pub position: u64,
    /// When it happened; never before the entry in front of it.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// The request that caused it.
    pub request: RequestId,
    /// The leaf of the entry in front of it.
    pub prev: Digest,
    /// What happened, and the money it moved.
    pub fact: Fact,
}

/// Why bytes are not an entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// They are not canonical JSON of this schema.
    #[error(transparent)]
    Form(#[from] ReadError),
    /// The schema's version is unknown.
    #[error("unknown entry version {0}")]
    Version(u32),
    /// The subjects are not those of the event.
    #[error("the subjects are not those of the event")]
    Subjects,
}

impl Entry {
    /// The canonical bytes (RFC 8785).
    ///
    /// # Panics
    /// When an event is larger than an entry may be, which no command allows.
    #[must_use]
    pub fn to_bytes(&self, subjects: &[ObjectId]) -> Vec<u8> {
        let written = Written {
            actor: self.actor,
            at: self.at,
            data: &self.fact.event,
            kind: self.fact.event.kind(),
            office: self.office,
            position: self.position,
            postings: &self.fact.postings,
            prev: self.prev,
            request: self.request,
            subjects,
            v: VERSION,
        };
        let mut bytes = Vec::with_capacity(1024);
        let serialised = serde_json::to_writer(&mut bytes, &written);
        assert!(serialised.is_ok(), "an event always serialises");
        assert!(bytes.len() <= chain::ENTRY_SIZE_BYTES_MAX, "an entry is at most 32 KiB");
        bytes
    }

    /// Reads the bytes of an entry. There is one form for each entry, and nothing else is read: canonical JSON with all
    /// members, and each value as it is written.
    ///
    /// # Errors
    /// [`EntryError`] when they are not the bytes of an entry.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let Read { entry, subjects, version } = canonical::read(Form { kind: kind(bytes) }, bytes)?;
        if version != VERSION {
            return Err(EntryError::Version(version));
        }
        if entry.fact.event.subjects() != subjects {
            return Err(EntryError::Subjects);
        }
        Ok(entry)
    }
}

/// The subjects under which an entry is noted: all, where it is about no contract; else only a settlement, and two
/// consumers where it is about both.
///
/// The entries of a contract are linked to each other, and a consumer's are found through their contracts: those they
/// hold, and those that an entry noted under them says they held or were offered. A settlement has entries with a
/// contract and entries without, so it is always among the subjects.
#[must_use]
pub fn indexed_subjects(subjects: &[ObjectId]) -> Vec<ObjectId> {
    let has_contract = subjects.iter().any(|subject| matches!(subject, ObjectId::ContractId(_)));
    let consumers = subjects.iter().filter(|subject| matches!(subject, ObjectId::ConsumerId(_))).count();
    let indexed = |subject: &&ObjectId| match subject {
        ObjectId::SettlementId(_) => true,
        ObjectId::ConsumerId(_) => !has_contract || consumers > 1,
        _ => !has_contract,
    };
    let mut found: Vec<ObjectId> = subjects.iter().filter(indexed).copied().collect();
    found.sort_unstable();
    found.dedup();
    found
}
