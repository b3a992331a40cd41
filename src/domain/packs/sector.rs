//! The branch a plan belongs to, and a pack's edition: short words that stand in events and columns.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::text;

const SIZE_BYTES_MAX: usize = 40;

/// A branch of trade: 1 to 40 characters of `a–z _`, starting with a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sector {
    bytes: [u8; SIZE_BYTES_MAX],
    size: u8,
}

impl Sector {
    /// Reads a sector; `None` when it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') || text.bytes().next()? == b'_' {
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

/// An edition of a pack: a year and the number within it, written `2025.1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    year: u16,
    number: u16,
}

impl Version {
    /// Reads `2025.1`; `None` for any other form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once('.')?;
        let version = Self { year: year.parse().ok()?, number: number.parse().ok()? };
        (version.to_string() == text).then_some(version)
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}.{}", self.year, self.number)
    }
}

macro_rules! as_text {
    ($($name:ident: $expected:literal;)+) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                text::read(input, |text| Self::parse(text).ok_or($expected))
            }
        }
    )+ };
}

as_text! {
    Sector: "expected 1 to 40 characters of a-z and _";
    Version: "expected a year and a number, for example 2025.1";
}
