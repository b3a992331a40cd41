//! Offices: one log, one set of books, one queue each.

use jiff::tz::TimeZone;

use super::entry::{Entry, indexed_subjects};
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Fact, LogOpened, Predecessor, RuleDigests};
use crate::domain::id::RequestId;
use crate::domain::name::Name;
use crate::domain::objects::{AdoptedRules, LogKey};
use crate::domain::table::Dirty;
use crate::domain::time::Timestamp;
use crate::log::chain;
use crate::store::entries::StoredEntry;
use crate::store::head::{Batch, Head};
use crate::store::pile;
use crate::store::{self, Connection, dialect, entries, head, objects, subjects};

/// A notary office, as its log's first entry describes it.
#[derive(Clone, Debug)]
pub struct Office {
    /// Its name in paths and entries.
    pub name: Name,
    /// Name of its log: `<domain>/log/<office>`.
    pub origin: String,
    /// Verifier key of the log's signer.
    pub key: Option<String>,
    /// `live` or `demo`.
    pub mode: String,
    /// The zone in which it counts days.
    pub zone: TimeZone,
}

/// What a new office's log begins with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Its name in paths and entries.
    pub name: Name,
    /// Name of the log: `<domain>/log/<office>`.
    pub origin: String,
    /// Verifier key of the log's signer.
    pub key: Option<String>,
    /// `live` or `demo`.
    pub mode: String,
    /// IANA name of the zone in which it counts days.
    pub time_zone: String,
    /// Each file of rules in force, by name.
    pub rule_packs: std::collections::BTreeMap<String, RuleDigests>,
    /// When it is opened.
    pub at: Timestamp,
    /// The log that this one takes the place of.
    pub predecessor: Option<Predecessor>,
    /// The request that opens it.
    pub request: RequestId,
}

/// Why an office cannot be created or opened.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Its log exists.
    #[error("the office {0} exists already")]
    Exists(Name),
    /// It does not exist.
    #[error("there is no office {0}")]
    Unknown(String),
    /// Its time zone is not in the IANA data.
    #[error("there is no time zone {0}")]
    TimeZone(String),
    /// Its first entry is not what this service writes.
    #[error("the log of {0} does not begin with a valid log.opened")]
    FirstEntry(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Opens a new office's log with entry 0.
///
/// # Errors
/// When it exists, its zone is unknown, or the database fails.
pub fn create(connection: &mut Connection, opening: &Opening) -> Result<Office, OfficeError> {
    let zone = TimeZone::get(&opening.time_zone).map_err(|_| OfficeError::TimeZone(opening.time_zone.clone()))?;
    dialect::begin_write(connection)?;
    let created = write_first_entry(connection, opening);
    match created {
        Ok(()) => dialect::commit(connection)?,
        Err(error) => {
            dialect::rollback(connection);
            return Err(error);
        }
    }
    let Opening { name, origin, key, mode, .. } = opening.clone();
    Ok(Office { name, origin, key, mode, zone })
}

fn write_first_entry(connection: &mut Connection, opening: &Opening) -> Result<(), OfficeError> {
    let office = opening.name.as_str();
    if head::lock(connection, office)?.is_some() {
        return Err(OfficeError::Exists(opening.name));
    }
    let opened = LogOpened {
        key: opening.key.clone(),
        mode: opening.mode.clone(),
        origin: opening.origin.clone(),
        predecessor: opening.predecessor.clone(),
        rule_packs: opening.rule_packs.clone(),
        time_zone: opening.time_zone.clone(),
    };
    let entry = Entry {
        office: opening.name,
        position: 0,
        at: opening.at,
        actor: Actor::System,
        request: opening.request,
        prev: Digest::ZERO,
        fact: Fact::plain(opened),
    };
    let subjects = entry.fact.event.subjects();
    let bytes = entry.to_bytes(&subjects);
    let leaf = Digest::from_bytes(chain::leaf(&bytes));
    let kind = entry.fact.event.kind().to_owned();
    let stored = StoredEntry { position: 0, at: opening.at, kind, leaf, contract_prev: None, merchant: None, bytes };
    let indexed: Vec<_> = indexed_subjects(&subjects).into_iter().map(|subject| (subject, 0)).collect();
    let adopted = opening.rule_packs.iter().map(|(name, digests)| AdoptedRules::at(name, digests.clone(), 0));
    let adopted: Vec<_> = adopted.map(|value| Dirty { key: value.id, value, is_new: true }).collect();
    let batch =
        Batch { first_position: 0, last_position: 0, at: opening.at, totals: Default::default(), steps: Vec::new() };
    let new_head = Head { next_position: 1, leaf, at: opening.at, batch_id: vec![0; 16] };
    pile::write(connection, office, |pile| {
        entries::append(pile, &[stored])?;
        subjects::append(pile, &indexed)?;
        if let Some(key) = &opening.key {
            let value = LogKey::added(key, 0);
            objects::log_keys::save(pile, &[Dirty { key: value.id, value, is_new: true }])?;
        }
        objects::rules::save(pile, &adopted)?;
        head::write_batch(pile, &batch)?;
        head::write(pile, &new_head)
    })?;
    Ok(())
}

/// Reads an office from its log's first entry.
///
/// # Errors
/// When there is none, or the database fails.
pub fn open(connection: &mut Connection, name: &str) -> Result<Office, OfficeError> {
    let first = entries::at(connection, name, 0)?.ok_or_else(|| OfficeError::Unknown(name.to_owned()))?;
    let entry = Entry::parse(&first.bytes).map_err(|_| OfficeError::FirstEntry(name.to_owned()))?;
    let Event::LogOpened(opened) = entry.fact.event else {
        return Err(OfficeError::FirstEntry(name.to_owned()));
    };
    let zone = TimeZone::get(&opened.time_zone).map_err(|_| OfficeError::TimeZone(opened.time_zone.clone()))?;
    Ok(Office { name: entry.office, origin: opened.origin, key: opened.key, mode: opened.mode, zone })
}
