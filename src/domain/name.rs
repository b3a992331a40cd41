//! Short machine names: offices, channels, bank accounts.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text;

const SIZE_BYTES_MAX: usize = 24;

/// 1 to 24 characters of `a–z 0–9 -`, starting with a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    bytes: [u8; SIZE_BYTES_MAX],
    size: u8,
}

impl Name {
    /// Reads a name; `None` when it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !text.bytes().all(plain) || !text.bytes().next()?.is_ascii_lowercase() {
            return None;
        }
        let mut bytes = [0; SIZE_BYTES_MAX];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { bytes, size: u8::try_from(text.len()).ok()? })
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.size)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        text::read(input, |text| Self::parse(text).ok_or("expected 1 to 24 characters of a-z, 0-9 and -"))
    }
}
