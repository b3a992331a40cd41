//! Records and texts that the log only commits to: names, notes, reasons, terms.

use diesel::prelude::*;

use super::column::Column as _;
use super::keyed;
use super::schema::records;
use super::upsert::keeping;
use super::{Connection, Error, Result};
use crate::domain::digest::Digest;

/// Something kept beside the log under the digest that the log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The commitment or digest that stands in the log.
    pub digest: Digest,
    /// How the digest was made, and what it is of.
    pub kind: RecordKind,
    /// Random bytes that make the commitment; empty for a public document.
    pub salt: Vec<u8>,
    /// The content.
    pub body: Vec<u8>,
}

crate::domain::text_enum::text_enum! {
    /// How a record's digest is made.
    RecordKind {
        Profile = "profile",
        Account = "account",
        Text = "text",
        Terms = "terms",
        File = "file",
    }
}

/// Keeps records; one that is there already stays.
///
/// # Errors
/// When the database refuses.
pub fn keep(connection: &mut Connection, office: &str, new: &[Record]) -> Result<()> {
    for record in new {
        let insert = diesel::insert_into(records::table).values((
            records::office.eq(office),
            records::digest.eq(record.digest.to_column()),
            records::kind.eq(record.kind.as_str()),
            records::salt.eq(&record.salt),
            records::body.eq(&record.body),
        ));
        keeping(insert).execute(connection)?;
    }
    Ok(())
}

type Row = (String, String, Vec<u8>, Vec<u8>);

fn record((digest, kind, salt, body): Row) -> Result<Record> {
    let kind = RecordKind::parse(&kind).ok_or_else(|| Error::corrupt("record kind", &kind))?;
    Ok(Record { digest: Digest::from_column(digest)?, kind, salt, body })
}

/// The records under these digests, in no order.
///
/// # Errors
/// When the database cannot be reached.
pub fn find(connection: &mut Connection, office: &str, digests: &[Digest]) -> Result<Vec<Record>> {
    let names: Vec<String> = digests.iter().map(ToString::to_string).collect();
    let names = keyed::keys(connection, &names)?;
    let rows = records::table
        .filter(keyed::among(records::office, records::digest, office, &names))
        .select((records::digest, records::kind, records::salt, records::body))
        .load::<Row>(connection)?;
    rows.into_iter().map(record).collect()
}

/// Up to `limit` records of an office after a digest, in the order of their digests; for the check against the log.
///
/// # Errors
/// When the database cannot be reached.
pub fn after(connection: &mut Connection, office: &str, digest: Option<Digest>, limit: i64) -> Result<Vec<Record>> {
    let digest = digest.map(|digest| digest.to_column()).unwrap_or_default();
    let rows = records::table
        .filter(records::office.eq(office).and(records::digest.gt(digest)))
        .order(records::digest)
        .limit(limit)
        .select((records::digest, records::kind, records::salt, records::body))
        .load::<Row>(connection)?;
    rows.into_iter().map(record).collect()
}
