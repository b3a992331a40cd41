//! Free texts and records: what the log commits to, and how it is read back.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::app::App;
use super::input::Text;
use super::problem::Problem;
use super::reply::Records;
use crate::domain::digest::Digest;
use crate::ledger::records;
use crate::log::canonical::canonicalize;
use crate::store::records::{Record, RecordKind};

/// A text's commitment, and the record to be kept beside the log.
#[must_use]
pub fn text<const MIN: usize, const MAX: usize>(app: &App, text: &Text<MIN, MAX>) -> (Digest, Record) {
    let record = records::text(app.entropy.bytes(), &text.0);
    (record.digest, record)
}

/// The same for a text that may be absent.
#[must_use]
pub fn note<const MIN: usize, const MAX: usize>(
    app: &App,
    note: Option<&Text<MIN, MAX>>,
) -> (Option<Digest>, Vec<Record>) {
    note.map_or((None, Vec::new()), |note| {
        let (digest, record) = text(app, note);
        (Some(digest), vec![record])
    })
}

/// The text under a digest; none where there is no digest, or where the text was erased.
#[must_use]
pub fn text_of(records: &Records, digest: Option<Digest>) -> Option<String> {
    let record = records.get(&digest?)?;
    String::from_utf8(record.body.clone()).ok()
}

/// The record under a digest; none where it was erased.
#[must_use]
pub fn record_of<T: DeserializeOwned>(records: &Records, digest: Digest) -> Option<T> {
    serde_json::from_slice(&records.get(&digest)?.body).ok()
}

/// A record's commitment, and the record to be kept beside the log.
///
/// # Errors
/// `internal` where the record cannot be written down.
pub fn record<T: Serialize>(app: &App, kind: RecordKind, content: &T) -> Result<(Digest, Record), Problem> {
    let record = records::commit(kind, app.entropy.bytes(), canonical_bytes(content)?);
    Ok((record.digest, record))
}

/// The canonical JSON (RFC 8785) of something of ours.
///
/// # Errors
/// `internal` where it has no such form, which nothing of ours lacks.
pub fn canonical_bytes<T: Serialize>(content: &T) -> Result<Vec<u8>, Problem> {
    let internal = || Problem::new("internal");
    let value = serde_json::to_value(content).map_err(|_| internal())?;
    canonicalize(&value).map_err(|_| internal())
}
