//! One signature line of a note.

use std::fmt;

use super::{NoteError, SIGNATURE_LINES_MAX};
use crate::log::key::{Algorithm, KeyId, KeyName, SigningKey, VerifierKey, key_id};
use crate::log::text;

/// What a signature line begins with: an em dash and a space.
const MARK: &str = "\u{2014} ";

/// A signature with the name and id of its key. The bytes are what the key's algorithm makes them: 64 for Ed25519, a
/// time and 64 for a cosignature, anything for algorithms that are not known here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignatureLine {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

impl SignatureLine {
    /// Signs the text of a note with Ed25519.
    #[must_use]
    pub fn sign(name: &KeyName, key: &SigningKey, text: &str) -> Self {
        let id = key_id(name, Algorithm::Ed25519, &key.public_key());
        Self { name: name.clone(), id, signature: key.sign(text.as_bytes()).to_vec() }
    }

    /// A line from its parts.
    pub(in crate::log) const fn from_parts(name: KeyName, id: KeyId, signature: Vec<u8>) -> Self {
        Self { name, id, signature }
    }

    /// Reads one line, without its line feed.
    ///
    /// # Errors
    /// [`NoteError::Line`].
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let (name, encoded) = line.strip_prefix(MARK).and_then(|rest| rest.split_once(' ')).ok_or(NoteError::Line)?;
        let bytes = text::base64_bytes(encoded).ok_or(NoteError::Line)?;
        let (id, signature) = bytes.split_first_chunk().ok_or(NoteError::Line)?;
        if signature.is_empty() {
            return Err(NoteError::Line);
        }
        let name = KeyName::parse(name).map_err(|_| NoteError::Line)?;
        Ok(Self { name, id: *id, signature: signature.to_vec() })
    }

    /// Reads lines that each end in a line feed, as they stand under a note or in a witness's answer.
    ///
    /// # Errors
    /// [`NoteError::Form`] if the last one is not ended, [`NoteError::Line`] and [`NoteError::Lines`].
    pub fn parse_all(lines: &str) -> Result<Vec<Self>, NoteError> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?;
        if lines.split('\n').count() > SIGNATURE_LINES_MAX {
            return Err(NoteError::Lines);
        }
        lines.split('\n').map(Self::parse).collect()
    }

    /// The name of the key that is said to have signed.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of that key.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The signature, without the key id.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// True if the line says that this key signed: name and id are the key's.
    #[must_use]
    pub fn names(&self, key: &VerifierKey) -> bool {
        self.name == *key.name() && self.id == key.id()
    }

    /// True if both lines name the same key.
    pub(super) fn same_key(&self, other: &Self) -> bool {
        self.name == other.name && self.id == other.id
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.as_slice(), &self.signature].concat();
        write!(out, "{MARK}{} {}", self.name, text::base64(&bytes))
    }
}
