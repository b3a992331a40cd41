//! Receipts: an offline proof that an entry stands in a log (C2SP tlog-proof).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64>              left out if there is nothing
//! index <position>
//! <inclusion proof, one base64 hash a line>
//! <empty line>
//! <the signed checkpoint>
//! ```

use std::fmt;

use super::note::{NOTE_SIZE_BYTES_MAX, Note, NoteError};
use super::policy::{JudgeError, Judgement, Policy};
use super::text;
use super::tree::{Hash, VerifyError, verify_inclusion};

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// The longest inclusion proof there can be.
pub const PROOF_HASHES_MAX: usize = 64;
/// The largest receipt that is read.
pub const PROOF_SIZE_BYTES_MAX: usize = NOTE_SIZE_BYTES_MAX + 64 * 1024;

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes that the application adds, empty if none. Nothing vouches for them.
    pub extra: Vec<u8>,
    /// The entry's position.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The checkpoint of the tree that the proof leads to.
    pub checkpoint: Note,
}

/// Why bytes are no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// It is larger than [`PROOF_SIZE_BYTES_MAX`].
    #[error("a receipt of more than {PROOF_SIZE_BYTES_MAX} bytes")]
    Size,
    /// The first line names no known format.
    #[error("the first line is not {HEADER}")]
    Header,
    /// The line `extra` is not base64, or is there without need.
    #[error("the line `extra` does not hold base64")]
    Extra,
    /// The line `index` is missing or has no decimal.
    #[error("the line `index` does not hold a position")]
    Index,
    /// A line of the proof is not a hash.
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

/// Why a receipt proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// The checkpoint is not one of a log that is believed.
    #[error(transparent)]
    Checkpoint(#[from] JudgeError),
    /// The policy asks for more witnesses than have cosigned.
    #[error("not enough witnesses have cosigned")]
    Quorum,
    /// The entry is not at this position of the log.
    #[error(transparent)]
    Inclusion(#[from] VerifyError),
}

impl TlogProof {
    /// Reads a receipt. Nothing is believed yet.
    ///
    /// # Errors
    /// [`TlogProofError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        if bytes.len() > PROOF_SIZE_BYTES_MAX {
            return Err(TlogProofError::Size);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::Utf8)?;
        let mut rest =
            whole.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n')).ok_or(TlogProofError::Header)?;
        let mut extra = Vec::new();
        if let Some((encoded, below)) = rest.strip_prefix("extra ").and_then(|rest| rest.split_once('\n')) {
            let decoded = text::base64_bytes(encoded).filter(|decoded| !decoded.is_empty());
            extra = decoded.ok_or(TlogProofError::Extra)?;
            rest = below;
        }
        let (index, below) = rest.split_once('\n').ok_or(TlogProofError::Index)?;
        let index = index.strip_prefix("index ").and_then(text::decimal).ok_or(TlogProofError::Index)?;
        rest = below;
        let mut hashes = Vec::new();
        loop {
            let (line, below) = rest.split_once('\n').ok_or(TlogProofError::Form)?;
            rest = below;
            if line.is_empty() {
                break;
            }
            if hashes.len() == PROOF_HASHES_MAX {
                return Err(TlogProofError::Long);
            }
            hashes.push(text::base64_hash(line).ok_or(TlogProofError::Hash)?);
        }
        Ok(Self { extra, index, hashes, checkpoint: Note::parse(rest.as_bytes())? })
    }

    /// Checks that the log has said, and enough witnesses have confirmed, that this leaf stands at this position. The
    /// leaf of an entry is [`crate::log::chain::leaf`] of its bytes. [`Policy::without_witnesses`] believes the log
    /// alone.
    ///
    /// # Errors
    /// [`NotProven`].
    pub fn verify<'p>(&self, leaf: &Hash, policy: &'p Policy) -> Result<Judgement<'p>, NotProven> {
        let judgement = policy.judge(&self.checkpoint)?;
        let checkpoint = &judgement.checkpoint;
        verify_inclusion(self.index, checkpoint.size(), leaf, &self.hashes, checkpoint.root())?;
        if judgement.quorum.is_enough() { Ok(judgement) } else { Err(NotProven::Quorum) }
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{HEADER}")?;
        if !self.extra.is_empty() {
            writeln!(out, "extra {}", text::base64(&self.extra))?;
        }
        writeln!(out, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(out, "{}", text::base64(hash)))?;
        write!(out, "\n{}", self.checkpoint)
    }
}
