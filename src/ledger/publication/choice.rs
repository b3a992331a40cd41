//! Which of the signed heads is shown.

use super::keys;
use crate::log::note::{Note, SignatureLine};
use crate::log::policy::Policy;
use crate::store::checkpoints::{self, StoredCheckpoint, StoredCosignature};
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
    newest_cosigned_below(connection, office, &policy, u64::MAX)
}

/// The newest head of fewer than `below` entries that enough witnesses have cosigned, each with its newest line: until
/// then they had seen nothing newer. None where there is none, and for a policy that asks for no witness.
///
/// # Errors
/// When the database cannot be read.
pub fn newest_cosigned_below(
    connection: &mut Connection,
    office: &str,
    policy: &Policy,
    below: u64,
) -> store::Result<Option<Note>> {
    let mut below = below;
    while policy.requires_witnesses() {
        // Without a cosignature no quorum can be met, so heads that nobody has cosigned are passed over in the index.
        let sizes = checkpoints::cosigned_sizes(connection, office, below, PAGE)?;
        if let Some(note) = first_enough(connection, office, policy, &sizes, with_lines)? {
            return Ok(Some(note));
        }
        match sizes.last() {
            Some(last) => below = *last,
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// The smallest head of at least `size` entries that enough witnesses have cosigned, each with its first line: by then
/// they had seen them. None where there is none yet, and for a policy that asks for no witness.
///
/// # Errors
/// When the database cannot be read.
pub fn first_cosigned_covering(
    connection: &mut Connection,
    office: &str,
    policy: &Policy,
    size: u64,
) -> store::Result<Option<Note>> {
    let mut from = size;
    while policy.requires_witnesses() {
        let sizes = checkpoints::cosigned_sizes_from(connection, office, from, PAGE)?;
        if let Some(note) = first_enough(connection, office, policy, &sizes, with_first_lines)? {
            return Ok(Some(note));
        }
        match sizes.last() {
            Some(last) => from = last.saturating_add(1),
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// How a head gets the lines of its witnesses.
type Lines = fn(&mut Connection, &str, &StoredCheckpoint) -> store::Result<Note>;

/// The first of the heads of these sizes that enough witnesses have cosigned.
fn first_enough(
    connection: &mut Connection,
    office: &str,
    policy: &Policy,
    sizes: &[u64],
    lines: Lines,
) -> store::Result<Option<Note>> {
    for size in sizes {
        let Some(head) = checkpoints::covering(connection, office, *size)?.filter(|head| head.size == *size) else {
            continue;
        };
        let note = lines(connection, office, &head)?;
        if policy.judge(&note).is_ok_and(|judgement| judgement.quorum.is_enough()) {
            return Ok(Some(note));
        }
    }
    Ok(None)
}

/// A head's note, with each witness's newest line.
///
/// # Errors
/// When the database cannot be read.
pub fn with_lines(connection: &mut Connection, office: &str, head: &StoredCheckpoint) -> store::Result<Note> {
    lined(head, checkpoints::cosignatures(connection, office, head.size)?)
}

/// A head's note, with each witness's first line.
///
/// # Errors
/// When the database cannot be read.
pub fn with_first_lines(connection: &mut Connection, office: &str, head: &StoredCheckpoint) -> store::Result<Note> {
    let mut cosignatures = checkpoints::cosignatures(connection, office, head.size)?;
    // They come in the order of their times, and of two lines of one witness the one that is added last stays.
    cosignatures.reverse();
    lined(head, cosignatures)
}

fn lined(head: &StoredCheckpoint, cosignatures: Vec<StoredCosignature>) -> store::Result<Note> {
    let corrupt = |what, error: String| Error::Corrupt { what, value: error };
    let mut note = Note::parse(head.note.as_bytes()).map_err(|error| corrupt("checkpoint", error.to_string()))?;
    for cosignature in cosignatures {
        let line =
            SignatureLine::parse(&cosignature.line).map_err(|error| corrupt("cosignature", error.to_string()))?;
        note.add(line);
    }
    Ok(note)
}
