//! Free texts and records: what the log commits to, and how it is read back.

use serde::de::DeserializeOwned;

use super::app::App;
use super::input::Text;
use super::reply::Records;
use crate::domain::digest::Digest;
use crate::ledger::records;
use crate::store::records::Record;

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
