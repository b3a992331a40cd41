//! Which entries are about what: a contract's are linked backwards, a merchant's are found by walking the log, and
//! those about anything else are noted under it.
//!
//! Most entries are about a contract and its merchant. Noting them under both would write two rows in the middle of an
//! index for each; a link and a column are written where the entry is written anyway, at the end.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::column::Column as _;
use super::compare::{Comparable, Compared, ROWS_MAX, Text as _, compare};
use super::entries::{Span, StoredEntry, at_all};
use super::pile::Pile;
use super::schema::{contracts, entries, entry_subjects};
use super::write::written;
use super::{Connection, Result, from_bigint, to_bigint};
use crate::domain::id::{ContractId, MerchantId, ObjectId};

/// How many entries of an office one call walks past at most while it looks for those of a merchant.
const WALKED_MAX: u64 = 200_000;

/// Follows the links of a contract from its newest entry down to a position.
const CONTRACT_SQL: &str = "\
    WITH RECURSIVE trail (position, prev) AS (\
        SELECT entries.position, entries.contract_prev FROM contracts \
        JOIN entries ON entries.office = contracts.office AND entries.position = contracts.newest_entry \
        WHERE contracts.office = $1 AND contracts.id = $2 AND contracts.newest_entry >= $3 \
        UNION ALL \
        SELECT entries.position, entries.contract_prev FROM trail \
        JOIN entries ON entries.office = $1 AND entries.position = trail.prev \
        WHERE trail.prev >= $3) \
    SELECT position FROM trail WHERE position <= $4 ORDER BY position LIMIT $5";

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = BigInt)]
    position: i64,
}

/// Notes which subjects entries are about.
///
/// # Errors
/// When the database refuses.
pub fn append(pile: &mut Pile<'_>, new: &[(ObjectId, u64)]) -> Result<()> {
    let row = |(subject, position): &(ObjectId, u64)| SubjectRow {
        subject: subject.to_column(),
        position: to_bigint(*position),
    };
    pile.insert(new.iter().map(row).collect())
}

/// Up to `limit` entries about any of `subjects`, in order.
///
/// Of a merchant, these are the entries about no contract; [`of_merchant`] finds all.
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
    let mut positions: Vec<i64> = Vec::new();
    for subject in subjects {
        positions.extend(match *subject {
            ObjectId::ContractId(contract) => of_contract(connection, office, contract, span, limit)?,
            noted => noted_under(connection, office, noted, span, limit)?,
        });
    }
    positions.sort_unstable();
    positions.dedup();
    positions.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    at_all(connection, office, &positions)
}

fn of_contract(
    connection: &mut Connection,
    office: &str,
    contract: ContractId,
    span: Span,
    limit: i64,
) -> Result<Vec<i64>> {
    let places: Vec<Place> = diesel::sql_query(CONTRACT_SQL)
        .bind::<Text, _>(office)
        .bind::<Text, _>(contract.to_column())
        .bind::<BigInt, _>(to_bigint(span.from))
        .bind::<BigInt, _>(to_bigint(span.until))
        .bind::<BigInt, _>(limit)
        .load(connection)?;
    Ok(places.into_iter().map(|place| place.position).collect())
}

fn noted_under(
    connection: &mut Connection,
    office: &str,
    subject: ObjectId,
    span: Span,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(entry_subjects::table
        .filter(entry_subjects::office.eq(office).and(entry_subjects::subject.eq(subject.to_column())))
        .filter(entry_subjects::position.between(to_bigint(span.from), to_bigint(span.until)))
        .order(entry_subjects::position)
        .select(entry_subjects::position)
        .limit(limit)
        .load(connection)?)
}

/// Up to `limit` entries about a merchant, in order, and the position up to which this is all there is.
///
/// # Errors
/// When the database cannot be reached.
pub fn of_merchant(
    connection: &mut Connection,
    office: &str,
    merchant: MerchantId,
    span: Span,
    limit: i64,
) -> Result<(Vec<StoredEntry>, u64)> {
    let until = span.until.min(span.from.saturating_add(WALKED_MAX));
    let positions: Vec<i64> = entries::table
        .filter(entries::office.eq(office).and(entries::merchant_id.eq(merchant.to_column())))
        .filter(entries::position.between(to_bigint(span.from), to_bigint(until)))
        .order(entries::position)
        .select(entries::position)
        .limit(limit)
        .load(connection)?;
    let is_full = i64::try_from(positions.len()).unwrap_or(i64::MAX) >= limit;
    let found = at_all(connection, office, &positions)?;
    let until = found.last().filter(|_| is_full).map_or(until, |last| last.position);
    Ok((found, until))
}

/// The position of the newest entry about a subject.
///
/// # Errors
/// When the database cannot be reached.
pub fn newest_about(connection: &mut Connection, office: &str, subject: ObjectId) -> Result<Option<u64>> {
    let newest: Option<i64> = match subject {
        ObjectId::ContractId(contract) => contracts::table
            .find((office, contract.to_column()))
            .select(contracts::newest_entry)
            .first(connection)
            .optional()?,
        noted => entry_subjects::table
            .filter(entry_subjects::office.eq(office).and(entry_subjects::subject.eq(noted.to_column())))
            .select(diesel::dsl::max(entry_subjects::position))
            .first(connection)?,
    };
    newest.map(from_bigint).transpose()
}

#[derive(Insertable, PartialEq, Eq)]
#[diesel(table_name = entry_subjects)]
struct SubjectRow {
    subject: String,
    position: i64,
}

written! {
    SubjectRow in entry_subjects, bare:
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
pub fn compare_all(
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
