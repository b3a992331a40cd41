//! The name of a key, as it stands in signature lines and verifier keys (C2SP signed-note, "Format").

use std::fmt;

/// A key's name: not empty, and without white space, `+` and control characters. A log's key has its origin's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// Why a text is no name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key's name is not empty and has no white space, no plus sign and no control characters")]
pub struct KeyNameError;

impl KeyName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`KeyNameError`] for an empty text and for characters that would break a signature line or a verifier key.
    pub fn parse(text: &str) -> Result<Self, KeyNameError> {
        let breaks = |character: char| character.is_whitespace() || character < ' ' || character == '+';
        if text.is_empty() || text.chars().any(breaks) {
            return Err(KeyNameError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
