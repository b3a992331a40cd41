//! The schema of an entry: what stands in the log for each event.

use serde::Serialize;
use serde::de::Error as _;

use crate::domain::account::Posting;
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Fact};
use crate::domain::id::{ObjectId, RequestId};
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::log::canonical::{self, Member, NotCanonical};
use crate::log::chain;

/// The version of this schema.
const VERSION: u32 = 1;
/// The members of an entry, in the order in which they stand.
const MEMBERS: [&str; 11] =
    ["actor", "at", "data", "kind", "office", "position", "postings", "prev", "request", "subjects", "v"];

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
    /// They are not JSON of this schema.
    #[error("{0}")]
    Schema(#[from] serde_json::Error),
    /// The schema's version is unknown.
    #[error("unknown entry version {0}")]
    Version(u32),
    /// The subjects are not those of the event.
    #[error("the subjects are not those of the event")]
    Subjects,
    /// The bytes are not canonical JSON.
    #[error("it is not canonical JSON: {0}")]
    NotCanonical(#[from] NotCanonical),
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
        let members = canonical::members(bytes)?;
        let [actor, at, data, kind, office, position, postings, prev, request, subjects, v] = values(&members)?;
        let version: u32 = serde_json::from_str(v)?;
        if version != VERSION {
            return Err(EntryError::Version(version));
        }
        let event = Event::read(serde_json::from_str(kind)?, &mut serde_json::Deserializer::from_str(data))?;
        let entry = Self {
            office: serde_json::from_str(office)?,
            position: serde_json::from_str(position)?,
            at: serde_json::from_str(at)?,
            actor: serde_json::from_str(actor)?,
            request: serde_json::from_str(request)?,
            prev: serde_json::from_str(prev)?,
            fact: Fact { event, postings: serde_json::from_str(postings)? },
        };
        if entry.fact.event.subjects() != serde_json::from_str::<Vec<ObjectId>>(subjects)? {
            return Err(EntryError::Subjects);
        }
        Ok(entry)
    }
}

/// The values of an entry's members, if it has exactly those it should have.
fn values<'a>(members: &[Member<'a>]) -> Result<[&'a str; MEMBERS.len()], EntryError> {
    let mut values = [""; MEMBERS.len()];
    let mut expected = MEMBERS.iter().zip(&mut values);
    for member in members {
        match expected.next() {
            Some((key, value)) if *key == member.key => *value = member.value,
            Some((key, _)) if MEMBERS.contains(&member.key) => return Err(schema(&format!("missing field `{key}`"))),
            _ => return Err(schema(&format!("unknown field `{}`", member.key))),
        }
    }
    match expected.next() {
        Some((key, _)) => Err(schema(&format!("missing field `{key}`"))),
        None => Ok(values),
    }
}

fn schema(what: &str) -> EntryError {
    EntryError::Schema(serde_json::Error::custom(what))
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
