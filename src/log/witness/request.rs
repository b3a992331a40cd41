//! The body of an `add-checkpoint` request.
//!
//! ```text
//! old <size that the witness knows>
//! <consistency proof, one base64 hash a line>
//! <empty line>
//! <the signed checkpoint>
//! ```

use std::fmt;

use crate::log::note::{NOTE_SIZE_BYTES_MAX, Note, NoteError};
use crate::log::text;
use crate::log::tree::Hash;

/// The most hashes that may be sent; no tree below 2^63 leaves needs more.
pub const PROOF_HASHES_MAX: usize = 63;
/// The largest body that is read.
pub const REQUEST_SIZE_BYTES_MAX: usize = NOTE_SIZE_BYTES_MAX + 4096;

/// What a log sends to a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the newest checkpoint that the witness has cosigned; 0 if none.
    pub old_size: u64,
    /// The consistency proof from there to the checkpoint; empty if the sizes are equal, and from 0.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by the log.
    pub checkpoint: Note,
}

/// Why bytes are no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It is larger than [`REQUEST_SIZE_BYTES_MAX`].
    #[error("a request of more than {REQUEST_SIZE_BYTES_MAX} bytes")]
    Size,
    /// The first line is not `old` and a decimal.
    #[error("the first line is not `old` and a size")]
    Old,
    /// A line above the empty line is not a hash.
    #[error("a line of the proof is not the base64 of 32 bytes")]
    Hash,
    /// There are more than [`PROOF_HASHES_MAX`] hashes.
    #[error("a proof of more than {PROOF_HASHES_MAX} hashes")]
    Long,
    /// There is no empty line below the proof.
    #[error("there is no empty line between proof and checkpoint")]
    Form,
    /// What follows is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl AddCheckpoint {
    /// Reads a body, as a witness does. Neither signatures nor the proof are checked.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > REQUEST_SIZE_BYTES_MAX {
            return Err(RequestError::Size);
        }
        let body = std::str::from_utf8(body).map_err(|_| NoteError::Utf8)?;
        let (old, mut rest) = body.split_once('\n').ok_or(RequestError::Old)?;
        let old_size = old.strip_prefix("old ").and_then(text::decimal).ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        loop {
            let (line, below) = rest.split_once('\n').ok_or(RequestError::Form)?;
            rest = below;
            if line.is_empty() {
                break;
            }
            if proof.len() == PROOF_HASHES_MAX {
                return Err(RequestError::Long);
            }
            proof.push(text::base64_hash(line).ok_or(RequestError::Hash)?);
        }
        Ok(Self { old_size, proof, checkpoint: Note::parse(rest.as_bytes())? })
    }
}

/// The body of the request.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(out, "{}", text::base64(hash)))?;
        write!(out, "\n{}", self.checkpoint)
    }
}
