//! Checkpoints: the text that states a log's size and root (C2SP tlog-checkpoint).
//!
//! ```text
//! <origin>
//! <size, decimal>
//! <root, base64>
//! ```

use super::note::{Note, NoteError};
use super::text;
use super::tree::Hash;

/// What a log says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// Why a text is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// There are fewer than three lines, a line is empty, or the last one is not ended.
    #[error("a checkpoint has three lines or more, none of them empty")]
    Lines,
    /// The origin is empty or has a control character.
    #[error("an origin is not empty and has no control characters")]
    Origin,
    /// The size is not a decimal of 64 bits in its shortest form.
    #[error("the size is not a decimal without leading zeros")]
    Size,
    /// The root is not the base64 of 32 bytes.
    #[error("the root is not the base64 of 32 bytes")]
    Root,
}

impl Checkpoint {
    /// A checkpoint without extension lines; this service writes no others.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if origin.is_empty() || origin.chars().any(|character| character < ' ') {
            return Err(CheckpointError::Origin);
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions: Vec::new() })
    }

    /// Reads the text of a note. Extension lines are kept, since they are signed; nothing here gives them a meaning.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else {
            return Err(CheckpointError::Lines);
        };
        if lines.iter().any(|line| line.is_empty()) {
            return Err(CheckpointError::Lines);
        }
        let size = text::decimal(size).ok_or(CheckpointError::Size)?;
        let root = text::base64_hash(root).ok_or(CheckpointError::Root)?;
        let mut checkpoint = Self::new(origin, size, root)?;
        checkpoint.extensions = extensions.iter().map(|line| (*line).to_owned()).collect();
        Ok(checkpoint)
    }

    /// Which log speaks: for an office, `<domain>/log/<office>`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the log has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree over them.
    #[must_use]
    pub const fn root(&self) -> &Hash {
        &self.root
    }

    /// Further lines, which have no meaning here.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The text: what is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, text::base64(&self.root));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// The note to be signed.
    ///
    /// # Errors
    /// [`NoteError`], if extension lines that were read elsewhere than in a note have characters a note cannot have.
    pub fn unsigned(&self) -> Result<Note, NoteError> {
        Note::unsigned(self.text())
    }
}
