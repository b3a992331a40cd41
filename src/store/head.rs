//! The head of an office's log: one row, locked first by every write.

use diesel::prelude::*;

use super::column::Column as _;
use super::pile::Pile;
use super::schema::{batches, heads};
use super::upsert::replacing;
use super::{Connection, Error, Result, dialect, from_bigint, to_bigint};
use crate::domain::digest::Digest;
use crate::domain::state::{ClassTotals, Step};
use crate::domain::time::Timestamp;

/// Where a log stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The position the next entry gets.
    pub next_position: u64,
    /// The newest entry's leaf; zeros before the first.
    pub leaf: Digest,
    /// The newest entry's time.
    pub at: Timestamp,
    /// Which batch wrote last: a cache that knows this id knows the truth.
    pub batch_id: Vec<u8>,
}

/// The head of `office` for whoever writes next: until the transaction ends, nobody else does.
///
/// # Errors
/// When the database cannot be reached, or others hold the lock for too long.
pub fn lock(connection: &mut Connection, office: &str) -> Result<Option<Head>> {
    dialect::lock_head(connection, office)?;
    read(connection, office)
}

/// The head of `office`, or `None` where the office does not exist.
///
/// # Errors
/// When the database cannot be reached.
pub fn read(connection: &mut Connection, office: &str) -> Result<Option<Head>> {
    let row: Option<HeadRow> = heads::table
        .find(office)
        .select((heads::next_position, heads::leaf, heads::at_us, heads::batch_id))
        .first(connection)
        .optional()?;
    row.map(head).transpose()
}

pub(super) type HeadRow = (i64, String, i64, Vec<u8>);

pub(super) fn head((next_position, leaf, at_us, batch_id): HeadRow) -> Result<Head> {
    Ok(Head {
        next_position: from_bigint(next_position)?,
        leaf: Digest::from_column(leaf)?,
        at: Timestamp::from_micros(at_us),
        batch_id,
    })
}

/// Writes the head.
///
/// # Errors
/// When the database refuses.
pub fn write(pile: &mut Pile<'_>, head: &Head) -> Result<()> {
    let insert = diesel::insert_into(heads::table).values((
        heads::office.eq(pile.office()),
        heads::next_position.eq(to_bigint(head.next_position)),
        heads::leaf.eq(head.leaf.to_column()),
        heads::at_us.eq(head.at.micros()),
        heads::batch_id.eq(head.batch_id.clone()),
    ));
    pile.run("heads", replacing(insert, &["office"], &["next_position", "leaf", "at_us", "batch_id"]))
}

/// The names of all offices in the database.
///
/// # Errors
/// When the database cannot be reached.
pub fn offices(connection: &mut Connection) -> Result<Vec<String>> {
    Ok(heads::table.select(heads::office).order(heads::office).load(connection)?)
}

/// One batch of entries with the totals it left.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Position of its first entry.
    pub first_position: u64,
    /// Position of its last entry.
    pub last_position: u64,
    /// Time of its last entry.
    pub at: Timestamp,
    /// Totals by account class after its last entry.
    pub totals: ClassTotals,
    /// Which accounts became zero or nonzero in it.
    pub steps: Vec<Step>,
}

type BatchRow = (i64, i64, i64, String, String);

fn batch(row: BatchRow) -> Result<Batch> {
    let (first, last, at_us, totals, steps) = row;
    Ok(Batch {
        first_position: from_bigint(first)?,
        last_position: from_bigint(last)?,
        at: Timestamp::from_micros(at_us),
        totals: serde_json::from_str(&totals).map_err(|_| Error::corrupt("totals", &totals))?,
        steps: serde_json::from_str(&steps).map_err(|_| Error::corrupt("steps", &steps))?,
    })
}

/// Records a batch.
///
/// # Errors
/// When the database refuses.
pub fn write_batch(pile: &mut Pile<'_>, batch: &Batch) -> Result<()> {
    let text = |value: serde_json::Result<String>| value.map_err(|error| Error::corrupt("totals", &error.to_string()));
    let insert = diesel::insert_into(batches::table).values((
        batches::office.eq(pile.office()),
        batches::first_position.eq(to_bigint(batch.first_position)),
        batches::last_position.eq(to_bigint(batch.last_position)),
        batches::at_us.eq(batch.at.micros()),
        batches::totals.eq(text(serde_json::to_string(&batch.totals))?),
        batches::steps.eq(text(serde_json::to_string(&batch.steps))?),
    ));
    pile.run("batches", insert)
}

/// The newest batch that holds no entry after `position`.
///
/// # Errors
/// When the database cannot be reached.
pub fn batch_up_to(connection: &mut Connection, office: &str, position: u64) -> Result<Option<Batch>> {
    batches::table
        .filter(batches::office.eq(office).and(batches::last_position.le(to_bigint(position))))
        .order(batches::last_position.desc())
        .select((batches::first_position, batches::last_position, batches::at_us, batches::totals, batches::steps))
        .first::<BatchRow>(connection)
        .optional()?
        .map(batch)
        .transpose()
}

/// The batch that holds `position`, or the first one after it.
///
/// # Errors
/// When the database cannot be reached.
pub fn batch_holding(connection: &mut Connection, office: &str, position: u64) -> Result<Option<Batch>> {
    batches::table
        .filter(batches::office.eq(office).and(batches::last_position.ge(to_bigint(position))))
        .order(batches::last_position.asc())
        .select((batches::first_position, batches::last_position, batches::at_us, batches::totals, batches::steps))
        .first::<BatchRow>(connection)
        .optional()?
        .map(batch)
        .transpose()
}

/// The batches whose last entry lies from `from` to `until`, both included, in order.
///
/// # Errors
/// When the database cannot be reached.
pub fn batches_ending(connection: &mut Connection, office: &str, from: u64, until: u64) -> Result<Vec<Batch>> {
    let rows = batches::table
        .filter(batches::office.eq(office))
        .filter(batches::last_position.ge(to_bigint(from)).and(batches::last_position.le(to_bigint(until))))
        .order(batches::last_position)
        .select((batches::first_position, batches::last_position, batches::at_us, batches::totals, batches::steps))
        .load::<BatchRow>(connection)?;
    rows.into_iter().map(batch).collect()
}
