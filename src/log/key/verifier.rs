//! Verifier keys: a public key with its name and what it signs (C2SP signed-note, "Verifier keys").

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::{KeyName, KeyNameError, PublicKey, PublicKeyError};
use crate::log::text;

/// The first four bytes of a hash over name, algorithm and public key. Together with the name it tells a verifier
/// which key a signature line means; it proves nothing.
pub type KeyId = [u8; 4];

/// What a key signs: its signature type in C2SP signed-note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// 0x01: the text of a note, as a log does.
    Ed25519,
    /// 0x04: the text of a checkpoint and a time, as a witness does (C2SP tlog-cosignature).
    CosignatureV1,
}

impl Algorithm {
    /// The byte that names it in key ids and verifier keys.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Ed25519),
            0x04 => Some(Self::CosignatureV1),
            _ => None,
        }
    }
}

/// SHA-256 of the name, a line feed, the algorithm's byte and the public key, cut to four bytes.
#[must_use]
pub fn key_id(name: &KeyName, algorithm: Algorithm, public_key: &PublicKey) -> KeyId {
    let mut hasher = Sha256::new();
    hasher.update(name.as_str().as_bytes());
    hasher.update([b'\n', algorithm.byte()]);
    hasher.update(public_key.as_bytes());
    let [a, b, c, d, ..] = <[u8; 32]>::from(hasher.finalize());
    [a, b, c, d]
}

/// A public key under its name, for one algorithm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: KeyName,
    algorithm: Algorithm,
    public_key: PublicKey,
    id: KeyId,
}

/// Why a text is no verifier key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// It has not three parts between plus signs, or a part is not in its form.
    #[error("a verifier key is <name>+<8 hex characters>+<base64>")]
    Form,
    /// The name is none.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// The key is for an algorithm that is not known here.
    #[error("a verifier key of type 0x{0:02x}; 0x01 and 0x04 are known")]
    Algorithm(u8),
    /// The public key is none.
    #[error(transparent)]
    PublicKey(#[from] PublicKeyError),
    /// The id is not the one of this name and key.
    #[error("the id of the verifier key belongs to another key")]
    Id,
}

impl VerifierKey {
    /// Puts a verifier key together.
    #[must_use]
    pub fn new(name: KeyName, algorithm: Algorithm, public_key: PublicKey) -> Self {
        let id = key_id(&name, algorithm, &public_key);
        Self { name, algorithm, public_key, id }
    }

    /// Reads `<name>+<key id in hex>+<base64 of the algorithm and the public key>`.
    ///
    /// # Errors
    /// [`VerifierKeyError`]; the id must be the one that [`key_id`] gives.
    pub fn parse(text: &str) -> Result<Self, VerifierKeyError> {
        let (name, rest) = text.split_once('+').ok_or(VerifierKeyError::Form)?;
        let (id, key) = rest.split_once('+').ok_or(VerifierKeyError::Form)?;
        let key = text::base64_bytes(key).ok_or(VerifierKeyError::Form)?;
        let (algorithm, public_key) = key.split_first().ok_or(VerifierKeyError::Form)?;
        let algorithm = Algorithm::from_byte(*algorithm).ok_or(VerifierKeyError::Algorithm(*algorithm))?;
        let key = Self::new(KeyName::parse(name)?, algorithm, PublicKey::parse(public_key)?);
        // Comparing texts refuses capital letters, too.
        if hex::encode(key.id) == id { Ok(key) } else { Err(VerifierKeyError::Id) }
    }

    /// The key's name; for a log, its origin.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The bare key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// What stands in front of its signatures.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = [0; 33];
        let (first, rest) = key.split_at_mut(1);
        first.fill(self.algorithm.byte());
        rest.copy_from_slice(self.public_key.as_bytes());
        write!(out, "{}+{}+{}", self.name, hex::encode(self.id), text::base64(&key))
    }
}
