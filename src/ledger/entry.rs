//! The schema of an entry: what stands in the log for each event.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::account::Posting;
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Fact};
use crate::domain::id::{ObjectId, RequestId};
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::log::chain;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read<'a> {
    actor: Actor,
    at: Timestamp,
    #[serde(borrow)]
    data: &'a RawValue,
    kind: &'a str,
    office: Name,
    position: u64,
    postings: Vec<Posting>,
    prev: Digest,
    request: RequestId,
    subjects: Vec<ObjectId>,
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
    /// They are not JSON of this schema.
    #[error("{0}")]
    Schema(#[from] serde_json::Error),
    /// The schema's version is unknown.
    #[error("unknown entry version {0}")]
    Version(u32),
    /// The subjects are not those of the event.
    #[error("the subjects are not those of the event")]
    Subjects,
    /// The bytes are not the one canonical form.
    #[error("the bytes are not canonical")]
    NotCanonical,
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

    /// Reads the bytes of an entry, and checks that they are exactly what this service writes.
    ///
    /// # Errors
    /// [`EntryError`] when they are not.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let entry = Self::read(bytes)?;
        if entry.to_bytes(&entry.fact.event.subjects()) != bytes {
            return Err(EntryError::NotCanonical);
        }
        Ok(entry)
    }

    /// Reads bytes that are known to be canonical by [`crate::log::canonical::check`].
    ///
    /// # Errors
    /// [`EntryError`] when they are not of this schema.
    pub fn read(bytes: &[u8]) -> Result<Self, EntryError> {
        let read: Read<'_> = serde_json::from_slice(bytes)?;
        if read.v != VERSION {
            return Err(EntryError::Version(read.v));
        }
        let mut data = serde_json::Deserializer::from_str(read.data.get());
        let event = Event::read(read.kind, &mut data)?;
        let entry = Self {
            office: read.office,
            position: read.position,
            at: read.at,
            actor: read.actor,
            request: read.request,
            prev: read.prev,
            fact: Fact { event, postings: read.postings },
        };
        if entry.fact.event.subjects() != read.subjects {
            return Err(EntryError::Subjects);
        }
        Ok(entry)
    }
}

/// The subjects under which an entry is noted: all, where it is about no contract; else only a settlement.
///
/// The entries of a contract are linked to each other, and a consumer's are found through their contracts. A
/// settlement has entries with a contract and entries without, so it is always among the subjects.
#[must_use]
pub fn indexed_subjects(subjects: &[ObjectId]) -> Vec<ObjectId> {
    let has_contract = subjects.iter().any(|subject| matches!(subject, ObjectId::ContractId(_)));
    let indexed = |subject: &&ObjectId| !has_contract || matches!(subject, ObjectId::SettlementId(_));
    let mut found: Vec<ObjectId> = subjects.iter().filter(indexed).copied().collect();
    found.sort_unstable();
    found.dedup();
    found
}
