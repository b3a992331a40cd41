//! Entries: their bytes as they were written, by position.

use diesel::prelude::*;

use super::column::Column as _;
use super::keyed;
use super::pile::Pile;
use super::schema::entries;
use super::write::written;
use super::{Connection, Error, Result, from_bigint, to_bigint};
use crate::domain::digest::Digest;
use crate::domain::id::MerchantId;
use crate::domain::time::Timestamp;

/// One entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its index from 0.
    pub position: u64,
    /// Its time.
    pub at: Timestamp,
    /// Its kind.
    pub kind: String,
    /// SHA-256 of 0x00 and its bytes.
    pub leaf: Digest,
    /// Position of the entry before it that is about the same contract.
    pub contract_prev: Option<u64>,
    /// The merchant it is about.
    pub merchant: Option<MerchantId>,
    /// Its bytes, never rebuilt.
    pub bytes: Vec<u8>,
}

/// One row, in the order of the columns.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
struct EntryRow {
    position: i64,
    at_us: i64,
    kind: String,
    leaf: Vec<u8>,
    contract_prev: Option<i64>,
    merchant_id: Option<String>,
    bytes: Vec<u8>,
}

written! {
    EntryRow in entries, bare:
        position: i64,
        at_us: i64,
        kind: String,
        leaf: Vec<u8>,
        contract_prev: Option<i64>,
        merchant_id: Option<String>,
        bytes: Vec<u8>,
}

impl EntryRow {
    fn of(entry: &StoredEntry) -> Self {
        Self {
            position: to_bigint(entry.position),
            at_us: entry.at.micros(),
            kind: entry.kind.clone(),
            leaf: entry.leaf.as_bytes().to_vec(),
            contract_prev: entry.contract_prev.map(to_bigint),
            merchant_id: entry.merchant.to_column(),
            bytes: entry.bytes.clone(),
        }
    }

    fn stored(self) -> Result<StoredEntry> {
        let leaf = self.leaf.try_into().map_err(|leaf: Vec<u8>| Error::corrupt("leaf", &hex::encode(leaf)))?;
        Ok(StoredEntry {
            position: from_bigint(self.position)?,
            at: Timestamp::from_micros(self.at_us),
            kind: self.kind,
            leaf: Digest::from_bytes(leaf),
            contract_prev: self.contract_prev.map(from_bigint).transpose()?,
            merchant: Option::from_column(self.merchant_id)?,
            bytes: self.bytes,
        })
    }
}

/// Appends entries.
///
/// # Errors
/// When the database refuses, above all when a position is taken.
pub fn append(pile: &mut Pile<'_>, new: &[StoredEntry]) -> Result<()> {
    pile.insert(new.iter().map(EntryRow::of).collect())
}

/// Up to `limit` entries from `from` on, in order.
///
/// # Errors
/// When the database cannot be reached.
pub fn from(connection: &mut Connection, office: &str, from: u64, limit: i64) -> Result<Vec<StoredEntry>> {
    entries::table
        .filter(entries::office.eq(office).and(entries::position.ge(to_bigint(from))))
        .order(entries::position)
        .limit(limit)
        .select(EntryRow::as_select())
        .load(connection)?
        .into_iter()
        .map(EntryRow::stored)
        .collect()
}

/// The entries at these positions, in the order of positions.
///
/// # Errors
/// When the database cannot be reached.
pub fn at_all(connection: &mut Connection, office: &str, positions: &[i64]) -> Result<Vec<StoredEntry>> {
    let keys = keyed::keys(connection, positions)?;
    entries::table
        .filter(keyed::among(entries::office, entries::position, office, &keys))
        .order(entries::position)
        .select(EntryRow::as_select())
        .load(connection)?
        .into_iter()
        .map(EntryRow::stored)
        .collect()
}

/// One entry.
///
/// # Errors
/// When the database cannot be reached.
pub fn at(connection: &mut Connection, office: &str, position: u64) -> Result<Option<StoredEntry>> {
    let found = from(connection, office, position, 1)?;
    Ok(found.into_iter().next().filter(|entry| entry.position == position))
}

/// The position of the newest entry not after `moment`.
///
/// # Errors
/// When the database cannot be reached.
pub fn position_at(connection: &mut Connection, office: &str, moment: Timestamp) -> Result<Option<u64>> {
    // Times never decrease with positions, so that a search by halves over the primary key needs no index of times.
    let newest = entries::table.filter(entries::office.eq(office)).select(diesel::dsl::max(entries::position));
    let Some(newest) = newest.first::<Option<i64>>(connection)? else { return Ok(None) };
    let (mut low, mut high) = (0_u64, from_bigint(newest)?.saturating_add(1));
    while low < high {
        let middle = low.midpoint(high);
        let not_after = at(connection, office, middle)?.is_some_and(|entry| entry.at <= moment);
        if not_after {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    Ok(low.checked_sub(1))
}

/// Positions from `from` to `until`, both included.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The first position.
    pub from: u64,
    /// The last position.
    pub until: u64,
}

impl Span {
    /// Every position up to and including `until`.
    #[must_use]
    pub const fn up_to(until: u64) -> Self {
        Self { from: 0, until }
    }

    /// Every position from `from` on.
    #[must_use]
    pub const fn starting(from: u64) -> Self {
        Self { from, until: u64::MAX }
    }
}
