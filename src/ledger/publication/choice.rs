//! Which of the signed heads is shown.

use super::keys;
use crate::log::note::{Note, SignatureLine};
use crate::log::policy::Policy;
use crate::store::checkpoints::{self, StoredCheckpoint};
use crate::store::{self, Connection, Error};

/// Heads looked at with one statement.
const PAGE: i64 = 64;

/// The newest head, whoever has cosigned it, with the lines of its witnesses; none before the first.
///
/// # Errors
/// When the database cannot be read.
pub fn latest(connection: &mut Connection, office: &str) -> store::Result<Option<Note>> {
    checkpoints::newest(connection, office)?.map(|head| with_lines(connection, office, &head)).transpose()
}

/// The newest head that enough witnesses of the policy have cosigned, with their lines: what is shown to everybody. The
/// log's own keys are believed, whether the policy names them or not. None before the first.
///
/// # Errors
/// When the database cannot be read.
pub fn newest_by_policy(connection: &mut Connection, office: &str, policy: &Policy) -> store::Result<Option<Note>> {
    if !policy.requires_witnesses() {
        return latest(connection, office);
    }
    let policy = keys::believed(connection, office, policy)?;
    let mut below = u64::MAX;
    loop {
        // Without a cosignature no quorum can be met, so heads that nobody has cosigned are passed over in the index.
        let sizes = checkpoints::cosigned_sizes(connection, office, below, PAGE)?;
        for size in &sizes {
            let Some(head) = checkpoints::covering(connection, office, *size)?.filter(|head| head.size == *size) else {
                continue;
            };
            let note = with_lines(connection, office, &head)?;
            if policy.judge(&note).is_ok_and(|judgement| judgement.quorum.is_enough()) {
                return Ok(Some(note));
            }
        }
        match sizes.last() {
            Some(last) => below = *last,
            None => return Ok(None),
        }
    }
}

/// A head's note, with each witness's newest line.
///
/// # Errors
/// When the database cannot be read.
pub fn with_lines(connection: &mut Connection, office: &str, head: &StoredCheckpoint) -> store::Result<Note> {
    let corrupt = |what, error: String| Error::Corrupt { what, value: error };
    let mut note = Note::parse(head.note.as_bytes()).map_err(|error| corrupt("checkpoint", error.to_string()))?;
    for cosignature in checkpoints::cosignatures(connection, office, head.size)? {
        let line =
            SignatureLine::parse(&cosignature.line).map_err(|error| corrupt("cosignature", error.to_string()))?;
        note.add(line);
    }
    Ok(note)
}
