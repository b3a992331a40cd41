//! Entries: their bytes as they were written, and which subjects they are about.

use diesel::prelude::*;

use super::column::Column as _;
use super::compare::{Comparable, Compared, ROWS_MAX, Text as _, compare};
use super::schema::{entries, entry_subjects};
use super::{Connection, Result, from_bigint, to_bigint};
use crate::domain::digest::Digest;
use crate::domain::id::ObjectId;
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
    /// Its bytes, never rebuilt.
    pub bytes: Vec<u8>,
}

type EntryRow = (i64, i64, String, String, Vec<u8>);

fn stored((position, at_us, kind, leaf, bytes): EntryRow) -> Result<StoredEntry> {
    Ok(StoredEntry {
        position: from_bigint(position)?,
        at: Timestamp::from_micros(at_us),
        kind,
        leaf: Digest::from_column(leaf)?,
        bytes,
    })
}

/// Appends entries.
///
/// # Errors
/// When the database refuses, above all when a position is taken.
pub fn append(connection: &mut Connection, office: &str, new: &[StoredEntry]) -> Result<()> {
    for entry in new {
        diesel::insert_into(entries::table)
            .values((
                entries::office.eq(office),
                entries::position.eq(to_bigint(entry.position)),
                entries::at_us.eq(entry.at.micros()),
                entries::kind.eq(&entry.kind),
                entries::leaf.eq(entry.leaf.to_column()),
                entries::bytes.eq(&entry.bytes),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// Notes which subjects entries are about.
///
/// # Errors
/// When the database refuses.
pub fn append_subjects(connection: &mut Connection, office: &str, new: &[(ObjectId, u64)]) -> Result<()> {
    for (subject, position) in new {
        diesel::insert_into(entry_subjects::table)
            .values((
                entry_subjects::office.eq(office),
                entry_subjects::subject.eq(subject.to_column()),
                entry_subjects::position.eq(to_bigint(*position)),
            ))
            .execute(connection)?;
    }
    Ok(())
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
        .select((entries::position, entries::at_us, entries::kind, entries::leaf, entries::bytes))
        .load::<EntryRow>(connection)?
        .into_iter()
        .map(stored)
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

/// Up to `limit` entries about any of `subjects`, after position `after` and up to `until`, in order.
///
/// # Errors
/// When the database cannot be reached.
pub fn about(
    connection: &mut Connection,
    office: &str,
    subjects: &[ObjectId],
    span: Span,
    limit: i64,
) -> Result<Vec<StoredEntry>> {
    let names: Vec<String> = subjects.iter().map(ToString::to_string).collect();
    let mut positions: Vec<i64> = Vec::new();
    for chunk in names.chunks(500) {
        let found: Vec<i64> = entry_subjects::table
            .filter(entry_subjects::office.eq(office).and(entry_subjects::subject.eq_any(chunk)))
            .filter(entry_subjects::position.ge(to_bigint(span.from)))
            .filter(entry_subjects::position.le(to_bigint(span.until)))
            .order(entry_subjects::position)
            .select(entry_subjects::position)
            .distinct()
            .limit(limit)
            .load(connection)?;
        positions.extend(found);
    }
    positions.sort_unstable();
    positions.dedup();
    positions.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut found = Vec::with_capacity(positions.len());
    for chunk in positions.chunks(500) {
        let rows = entries::table
            .filter(entries::office.eq(office).and(entries::position.eq_any(chunk)))
            .order(entries::position)
            .select((entries::position, entries::at_us, entries::kind, entries::leaf, entries::bytes))
            .load::<EntryRow>(connection)?;
        for row in rows {
            found.push(stored(row)?);
        }
    }
    Ok(found)
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

#[derive(PartialEq, Eq)]
struct SubjectRow {
    subject: String,
    position: i64,
}

impl Comparable for SubjectRow {
    type Key = (String, i64);

    const KEY_COLUMNS: usize = 2;

    fn key(&self) -> Self::Key {
        (self.subject.clone(), self.position)
    }

    fn columns(&self) -> Vec<(&'static str, String)> {
        vec![("subject", self.subject.text()), ("position", self.position.text())]
    }
}

/// Compares the noted subjects with those that should be there, in the order of their names and positions.
///
/// # Errors
/// When the database cannot be reached.
pub fn compare_subjects(
    connection: &mut Connection,
    office: &str,
    expected: impl Iterator<Item = (ObjectId, u64)>,
) -> Result<Compared> {
    let expected =
        expected.map(|(subject, position)| SubjectRow { subject: subject.to_column(), position: to_bigint(position) });
    compare("entry_subjects", expected, |after: Option<&SubjectRow>| {
        // One subject can have very many entries, so its rest is read first, and then the subjects behind it.
        let of_office = || {
            entry_subjects::table
                .filter(entry_subjects::office.eq(office))
                .order((entry_subjects::subject, entry_subjects::position))
                .select((entry_subjects::subject, entry_subjects::position))
                .limit(ROWS_MAX)
        };
        let mut rows: Vec<(String, i64)> = Vec::new();
        if let Some(last) = after {
            let same = entry_subjects::subject.eq(&last.subject).and(entry_subjects::position.gt(last.position));
            rows = of_office().filter(same).load(connection)?;
        }
        if rows.is_empty() {
            let behind = after.map_or("", |last| last.subject.as_str());
            rows = of_office().filter(entry_subjects::subject.gt(behind)).load(connection)?;
        }
        Ok(rows.into_iter().map(|(subject, position)| SubjectRow { subject, position }).collect())
    })
}

/// The position of the newest entry about a subject.
///
/// # Errors
/// When the database cannot be reached.
pub fn newest_about(connection: &mut Connection, office: &str, subject: ObjectId) -> Result<Option<u64>> {
    let newest: Option<i64> = entry_subjects::table
        .filter(entry_subjects::office.eq(office).and(entry_subjects::subject.eq(subject.to_column())))
        .select(diesel::dsl::max(entry_subjects::position))
        .first(connection)?;
    newest.map(from_bigint).transpose()
}
