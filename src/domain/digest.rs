//! A 32-byte digest or commitment, written as 64 hex characters.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use sm3::Sm3;

use super::text;

/// SHA-256 or SM3 of something, or an HMAC-SHA-256 commitment to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// Why a text is not a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 lower-case hex characters")]
pub struct DigestError;

impl Digest {
    /// 64 zeros: the `prev` of a log's first entry.
    pub const ZERO: Self = Self([0; 32]);

    /// Wraps bytes that already are a digest.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 over the parts, one after the other.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// SM3 (GB/T 32905-2016) of bytes: the hash that Chinese courts and offices know best, beside SHA-256.
    #[must_use]
    pub fn sm3(bytes: &[u8]) -> Self {
        Self(Sm3::digest(bytes).into())
    }

    /// Reads 64 lower-case hex characters.
    ///
    /// # Errors
    /// [`DigestError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| DigestError)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; 64];
        hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
        out.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        text::read(input, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sm3_is_the_one_of_the_standard() {
        // GB/T 32905-2016, appendix A: "abc", and "abcd" sixteen times.
        let abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(Digest::sm3(b"abc").to_string(), abc);
        let long = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
        assert_eq!(Digest::sm3("abcd".repeat(16).as_bytes()).to_string(), long);
    }
}
