//! Tokens of timestamping authorities about signed heads. None is ever changed or removed.

use diesel::prelude::*;

use super::schema::timestamps;
use super::upsert::keeping;
use super::{Connection, Result, from_bigint, to_bigint};
use crate::domain::time::Timestamp;

/// One token. Which of an authority's tokens about one head it is, its time says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTimestamp {
    /// How many entries the head covers.
    pub size: u64,
    /// The authority's name in the settings.
    pub authority: String,
    /// The token (RFC 3161, TimeStampToken), in DER.
    pub token: Vec<u8>,
    /// The time that the token states.
    pub stamped_at: Timestamp,
}

type Row = (i64, String, Vec<u8>, i64);

fn stored((size, authority, token, stamped_at_us): Row) -> Result<StoredTimestamp> {
    let stamped_at = Timestamp::from_micros(stamped_at_us);
    Ok(StoredTimestamp { size: from_bigint(size)?, authority, token, stamped_at })
}

const COLUMNS: (timestamps::size, timestamps::authority, timestamps::token, timestamps::stamped_at_us) =
    (timestamps::size, timestamps::authority, timestamps::token, timestamps::stamped_at_us);

/// Records a token; one of the same authority, head and time that is there already stays as it is.
///
/// # Errors
/// When the database refuses.
pub fn record(connection: &mut Connection, office: &str, new: &StoredTimestamp) -> Result<()> {
    let insert = diesel::insert_into(timestamps::table).values((
        timestamps::office.eq(office),
        timestamps::size.eq(to_bigint(new.size)),
        timestamps::authority.eq(&new.authority),
        timestamps::token.eq(&new.token),
        timestamps::stamped_at_us.eq(new.stamped_at.micros()),
    ));
    keeping(insert).execute(connection)?;
    Ok(())
}

/// The largest size that an authority has stamped, and when it last did.
///
/// # Errors
/// When the database cannot be reached.
pub fn newest_by(connection: &mut Connection, office: &str, authority: &str) -> Result<Option<(u64, Timestamp)>> {
    let newest: Option<(i64, i64)> = timestamps::table
        .filter(timestamps::office.eq(office).and(timestamps::authority.eq(authority)))
        .order((timestamps::size.desc(), timestamps::stamped_at_us.desc()))
        .select((timestamps::size, timestamps::stamped_at_us))
        .first(connection)
        .optional()?;
    newest.map(|(size, at_us)| Ok((from_bigint(size)?, Timestamp::from_micros(at_us)))).transpose()
}

/// Up to `limit` sizes from `from` to `to`, both included, about which there are tokens, the smallest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn sizes(connection: &mut Connection, office: &str, from: u64, to: u64, limit: i64) -> Result<Vec<u64>> {
    timestamps::table
        .filter(timestamps::office.eq(office))
        .filter(timestamps::size.between(to_bigint(from), to_bigint(to)))
        .order(timestamps::size)
        .select(timestamps::size)
        .distinct()
        .limit(limit)
        .load::<i64>(connection)?
        .into_iter()
        .map(from_bigint)
        .collect()
}

/// All tokens about heads of sizes from `from` to `to`, both included: by size, then by authority, then by time.
///
/// # Errors
/// When the database cannot be reached.
pub fn between(connection: &mut Connection, office: &str, from: u64, to: u64) -> Result<Vec<StoredTimestamp>> {
    timestamps::table
        .filter(timestamps::office.eq(office))
        .filter(timestamps::size.between(to_bigint(from), to_bigint(to)))
        .order((timestamps::size, timestamps::authority, timestamps::stamped_at_us))
        .select(COLUMNS)
        .load::<Row>(connection)?
        .into_iter()
        .map(stored)
        .collect()
}

/// All tokens about the head of one size: by authority, then by time.
///
/// # Errors
/// When the database cannot be reached.
pub fn about(connection: &mut Connection, office: &str, size: u64) -> Result<Vec<StoredTimestamp>> {
    between(connection, office, size, size)
}
