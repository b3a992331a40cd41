//! Signed notes: a text and the signatures under it (C2SP signed-note).
//!
//! ```text
//! text, any number of lines, ending in a line feed
//! <empty line>
//! — <key name> <base64 of the key id and the signature>
//! ```
//!
//! A note has one spelling: what is parsed and written again is the same bytes. Reading a note believes nothing;
//! [`Note::verify`] does, and only about keys that the caller names.

mod line;
mod verify;

pub use line::SignatureLine;
pub use verify::{NotVerified, Signed};

use std::fmt;

use super::key::{KeyName, SigningKey};

/// The largest note that is read, as golang.org/x/mod has it, so that both judge alike.
pub const NOTE_SIZE_BYTES_MAX: usize = 1_000_000;
/// The most signature lines of a note that is read, likewise. C2SP asks for 16 at least.
pub const SIGNATURE_LINES_MAX: usize = 100;

/// A text and the signature lines under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    lines: Vec<SignatureLine>,
}

/// Why bytes are no note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is larger than [`NOTE_SIZE_BYTES_MAX`].
    #[error("a note of more than {NOTE_SIZE_BYTES_MAX} bytes")]
    Size,
    /// It is not UTF-8.
    #[error("a note that is not UTF-8")]
    Utf8,
    /// It has a control character other than the line feed.
    #[error("a note with a control character")]
    Control,
    /// It has no empty line, no line below that, or does not end in a line feed.
    #[error("a note is a text, an empty line and signature lines, each ended by a line feed")]
    Form,
    /// A line below the text is not in the form of a signature line.
    #[error("not in the form of a signature line")]
    Line,
    /// There are more than [`SIGNATURE_LINES_MAX`] signature lines.
    #[error("a note with more than {SIGNATURE_LINES_MAX} signature lines")]
    Lines,
    /// The text to be signed does not end in a line feed.
    #[error("the text of a note ends in a line feed")]
    Text,
    /// Another note is about another text.
    #[error("the notes have different texts")]
    Other,
}

impl Note {
    /// A note that nobody has signed yet. Until somebody does, its text form is no note.
    ///
    /// # Errors
    /// [`NoteError::Text`], [`NoteError::Control`] or [`NoteError::Size`] for a text that cannot be signed.
    pub fn unsigned(text: String) -> Result<Self, NoteError> {
        if text.len() > NOTE_SIZE_BYTES_MAX {
            return Err(NoteError::Size);
        }
        if !text.ends_with('\n') {
            return Err(NoteError::Text);
        }
        if has_control(&text) {
            return Err(NoteError::Control);
        }
        Ok(Self { text, lines: Vec::new() })
    }

    /// Reads a note. No signature is checked.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_SIZE_BYTES_MAX {
            return Err(NoteError::Size);
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| NoteError::Utf8)?;
        if has_control(whole) {
            return Err(NoteError::Control);
        }
        // The last empty line ends the text, so the text may have empty lines of its own.
        let (above, below) = whole.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines = SignatureLine::parse_all(below)?;
        if lines.is_empty() {
            return Err(NoteError::Form);
        }
        Ok(Self { text: format!("{above}\n"), lines })
    }

    /// The text, with its last line feed: what is signed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in their order, checked or not.
    #[must_use]
    pub fn lines(&self) -> &[SignatureLine] {
        &self.lines
    }

    /// Signs the text and adds the line, as [`Note::add`] does.
    pub fn sign(&mut self, name: &KeyName, key: &SigningKey) {
        self.add(SignatureLine::sign(name, key, &self.text));
    }

    /// Adds a signature line. A key has one line in a note: an earlier one of the same name and id is replaced, so that
    /// a witness that signs again renews its time.
    pub fn add(&mut self, line: SignatureLine) {
        match self.lines.iter_mut().find(|there| there.same_key(&line)) {
            Some(there) => *there = line,
            None => self.lines.push(line),
        }
    }

    /// Takes over the lines of another note with the same text, for keys that have none here.
    ///
    /// # Errors
    /// [`NoteError::Other`] if the texts differ, [`NoteError::Lines`] if there would be too many; then nothing changes.
    pub fn merge(&mut self, other: &Self) -> Result<(), NoteError> {
        if self.text != other.text {
            return Err(NoteError::Other);
        }
        let mut merged = self.lines.clone();
        for line in &other.lines {
            if !merged.iter().any(|there| there.same_key(line)) {
                merged.push(line.clone());
            }
        }
        if merged.len() > SIGNATURE_LINES_MAX {
            return Err(NoteError::Lines);
        }
        self.lines = merged;
        Ok(())
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.text)?;
        self.lines.iter().try_for_each(|line| writeln!(out, "{line}"))
    }
}

/// Below the space only the line feed is allowed; the rule knows no other control characters.
fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' && byte != b'\n')
}
