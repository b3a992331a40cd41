//! Signed heads of logs, and what others added to them. Nothing here is ever changed or removed.

use diesel::prelude::*;

use super::schema::{checkpoints, cosignatures};
use super::upsert::keeping;
use super::{Connection, Error, Result, from_bigint, to_bigint};
use crate::domain::time::Timestamp;
use crate::log::tree::Hash;

/// One signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many entries it covers.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// The signed note (C2SP tlog-checkpoint), without the lines of witnesses.
    pub note: String,
    /// When it was signed, by the signer's clock; nothing is judged by this.
    pub signed_at: Timestamp,
    /// The fencing number of the lease under which it was signed.
    pub fence: u64,
}

type Row = (i64, Vec<u8>, String, i64, i64);

fn stored((size, root, note, signed_at_us, fence): Row) -> Result<StoredCheckpoint> {
    Ok(StoredCheckpoint {
        size: from_bigint(size)?,
        root: root.try_into().map_err(|root: Vec<u8>| Error::corrupt("root", &hex::encode(root)))?,
        note,
        signed_at: Timestamp::from_micros(signed_at_us),
        fence: from_bigint(fence)?,
    })
}

const COLUMNS: (
    checkpoints::size,
    checkpoints::root,
    checkpoints::note,
    checkpoints::signed_at_us,
    checkpoints::fence,
) = (checkpoints::size, checkpoints::root, checkpoints::note, checkpoints::signed_at_us, checkpoints::fence);

/// Records a signed head.
///
/// # Errors
/// When the database refuses, above all when there is one of this size.
pub fn record(connection: &mut Connection, office: &str, new: &StoredCheckpoint) -> Result<()> {
    diesel::insert_into(checkpoints::table)
        .values((
            checkpoints::office.eq(office),
            checkpoints::size.eq(to_bigint(new.size)),
            checkpoints::root.eq(new.root.as_slice()),
            checkpoints::note.eq(&new.note),
            checkpoints::signed_at_us.eq(new.signed_at.micros()),
            checkpoints::fence.eq(to_bigint(new.fence)),
        ))
        .execute(connection)?;
    Ok(())
}

/// The newest signed head.
///
/// # Errors
/// When the database cannot be reached.
pub fn newest(connection: &mut Connection, office: &str) -> Result<Option<StoredCheckpoint>> {
    checkpoints::table
        .filter(checkpoints::office.eq(office))
        .order(checkpoints::size.desc())
        .select(COLUMNS)
        .first::<Row>(connection)
        .optional()?
        .map(stored)
        .transpose()
}

/// The newest signed head of at most this size.
///
/// # Errors
/// When the database cannot be reached.
pub fn newest_up_to(connection: &mut Connection, office: &str, size: u64) -> Result<Option<StoredCheckpoint>> {
    checkpoints::table
        .filter(checkpoints::office.eq(office).and(checkpoints::size.le(to_bigint(size))))
        .order(checkpoints::size.desc())
        .select(COLUMNS)
        .first::<Row>(connection)
        .optional()?
        .map(stored)
        .transpose()
}

/// The first signed head that covers at least `size` entries.
///
/// # Errors
/// When the database cannot be reached.
pub fn covering(connection: &mut Connection, office: &str, size: u64) -> Result<Option<StoredCheckpoint>> {
    Ok(between(connection, office, size, u64::MAX, 1)?.into_iter().next())
}

/// Up to `limit` signed heads with sizes from `from` to `to`, both included, the smallest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn between(
    connection: &mut Connection,
    office: &str,
    from: u64,
    to: u64,
    limit: i64,
) -> Result<Vec<StoredCheckpoint>> {
    checkpoints::table
        .filter(checkpoints::office.eq(office))
        .filter(checkpoints::size.between(to_bigint(from), to_bigint(to)))
        .order(checkpoints::size)
        .limit(limit)
        .select(COLUMNS)
        .load::<Row>(connection)?
        .into_iter()
        .map(stored)
        .collect()
}

/// One witness's line on one signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCosignature {
    /// The head's size.
    pub size: u64,
    /// The witness's key name.
    pub witness: String,
    /// The signature line (C2SP tlog-cosignature), without its line feed.
    pub line: String,
    /// The time that the witness signed, in the resolution of seconds.
    pub cosigned_at: Timestamp,
}

/// Records a witness's line; one of the same time that is there already stays as it is.
///
/// # Errors
/// When the database refuses.
pub fn record_cosignature(connection: &mut Connection, office: &str, new: &StoredCosignature) -> Result<()> {
    let insert = diesel::insert_into(cosignatures::table).values((
        cosignatures::office.eq(office),
        cosignatures::size.eq(to_bigint(new.size)),
        cosignatures::witness.eq(&new.witness),
        cosignatures::line.eq(&new.line),
        cosignatures::cosigned_at_us.eq(new.cosigned_at.micros()),
    ));
    keeping(insert).execute(connection)?;
    Ok(())
}

/// The lines of witnesses on the head of `size`, by the witnesses' names and then by their times: a witness that signed
/// again has several.
///
/// # Errors
/// When the database cannot be reached.
pub fn cosignatures(connection: &mut Connection, office: &str, size: u64) -> Result<Vec<StoredCosignature>> {
    let rows: Vec<(String, String, i64)> = cosignatures::table
        .filter(cosignatures::office.eq(office).and(cosignatures::size.eq(to_bigint(size))))
        .order((cosignatures::witness, cosignatures::cosigned_at_us))
        .select((cosignatures::witness, cosignatures::line, cosignatures::cosigned_at_us))
        .load(connection)?;
    let stored =
        |(witness, line, at_us)| StoredCosignature { size, witness, line, cosigned_at: Timestamp::from_micros(at_us) };
    Ok(rows.into_iter().map(stored).collect())
}

/// Up to `limit` sizes below `below` of heads that some witness has cosigned, the largest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn cosigned_sizes(connection: &mut Connection, office: &str, below: u64, limit: i64) -> Result<Vec<u64>> {
    cosignatures::table
        .filter(cosignatures::office.eq(office).and(cosignatures::size.lt(to_bigint(below))))
        .order(cosignatures::size.desc())
        .select(cosignatures::size)
        .distinct()
        .limit(limit)
        .load::<i64>(connection)?
        .into_iter()
        .map(from_bigint)
        .collect()
}

/// Up to `limit` sizes from `from` on of heads that some witness has cosigned, the smallest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn cosigned_sizes_from(connection: &mut Connection, office: &str, from: u64, limit: i64) -> Result<Vec<u64>> {
    cosignatures::table
        .filter(cosignatures::office.eq(office).and(cosignatures::size.ge(to_bigint(from))))
        .order(cosignatures::size)
        .select(cosignatures::size)
        .distinct()
        .limit(limit)
        .load::<i64>(connection)?
        .into_iter()
        .map(from_bigint)
        .collect()
}

/// The largest size that a witness has cosigned.
///
/// # Errors
/// When the database cannot be reached.
pub fn newest_cosigned_by(connection: &mut Connection, office: &str, witness: &str) -> Result<Option<u64>> {
    let newest: Option<i64> = cosignatures::table
        .filter(cosignatures::office.eq(office).and(cosignatures::witness.eq(witness)))
        .order(cosignatures::size.desc())
        .select(cosignatures::size)
        .first(connection)
        .optional()?;
    newest.map(from_bigint).transpose()
}
