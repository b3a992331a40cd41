//! What a verifier remembers of a log: the last head it found good, in a file.
//!
//! ```text
//! ticun-known-head@v1
//! key <verifier key>
//! <roots of the tree's complete subtrees, one base64 hash a line, the largest first>
//! <empty line>
//! <the signed checkpoint>
//! ```
//!
//! The subtrees fold to the checkpoint's root. They add nothing to what is known, but where a later tree conflicts they
//! tell in which part. A signed checkpoint alone, as any tool saves it, is read as well.

use std::fmt;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::{VerifierKey, VerifierKeyError};
use super::note::{Note, NoteError};
use super::text;
use super::tree::{Frontier, Hash};

const HEADER: &str = "ticun-known-head@v1";

/// A head that was found good before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownHead {
    key: Option<VerifierKey>,
    frontier: Option<Frontier>,
    note: Note,
    checkpoint: Checkpoint,
}

/// Why bytes are no known head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnownHeadError {
    /// The lines above the checkpoint are not what they should be.
    #[error("neither a signed checkpoint nor a head as this program saves it")]
    Form,
    /// The verifier key is none.
    #[error(transparent)]
    Key(#[from] VerifierKeyError),
    /// The note is none.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note's text is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The subtrees do not fold to the root.
    #[error("the subtrees are not those of the checkpoint's tree")]
    Subtrees,
    /// The key has not signed the checkpoint.
    #[error("the key beside the checkpoint has not signed it")]
    Signature,
}

impl KnownHead {
    /// A head that was found good, with the edge of its tree.
    ///
    /// # Errors
    /// [`KnownHeadError`] if the parts do not belong together.
    pub fn new(key: VerifierKey, frontier: Frontier, note: Note) -> Result<Self, KnownHeadError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        if frontier.size() != checkpoint.size() || frontier.root() != *checkpoint.root() {
            return Err(KnownHeadError::Subtrees);
        }
        if note.verify([&key]).is_err() {
            return Err(KnownHeadError::Signature);
        }
        Ok(Self { key: Some(key), frontier: Some(frontier), note, checkpoint })
    }

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// [`KnownHeadError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, KnownHeadError> {
        let whole = std::str::from_utf8(bytes).map_err(|_| KnownHeadError::Form)?;
        let Some(rest) = whole.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix("\nkey ")) else {
            let note = Note::parse(bytes)?;
            let checkpoint = Checkpoint::parse(note.text())?;
            return Ok(Self { key: None, frontier: None, note, checkpoint });
        };
        let (key, mut rest) = rest.split_once('\n').ok_or(KnownHeadError::Form)?;
        let mut hashes: Vec<Hash> = Vec::new();
        loop {
            let (line, below) = rest.split_once('\n').ok_or(KnownHeadError::Form)?;
            rest = below;
            if line.is_empty() {
                break;
            }
            hashes.push(text::base64_hash(line).ok_or(KnownHeadError::Form)?);
        }
        let note = Note::parse(rest.as_bytes())?;
        let size = Checkpoint::parse(note.text())?.size();
        let frontier = Frontier::from_hashes(size, &hashes).map_err(|_| KnownHeadError::Subtrees)?;
        Self::new(VerifierKey::parse(key)?, frontier, note)
    }

    /// The key that signed it, where that is known; else somebody else must vouch for the note.
    #[must_use]
    pub const fn key(&self) -> Option<&VerifierKey> {
        self.key.as_ref()
    }

    /// The roots of the complete subtrees of its tree, the largest first, where they are known.
    #[must_use]
    pub fn subtrees(&self) -> &[Hash] {
        self.frontier.as_ref().map(Frontier::hashes).unwrap_or_default()
    }

    /// The signed checkpoint as it was found.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// What it says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

impl fmt::Display for KnownHead {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(key) = &self.key {
            writeln!(out, "{HEADER}\nkey {key}")?;
            self.subtrees().iter().try_for_each(|hash| writeln!(out, "{}", text::base64(hash)))?;
            writeln!(out)?;
        }
        fmt::Display::fmt(&self.note, out)
    }
}
