//! The key that signs a log's heads, and the form in which others learn its public half (C2SP signed-note).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

/// The byte that names Ed25519 in key ids and verifier keys.
const ALGORITHM_ED25519: u8 = 1;

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random,
    /// The bytes are not an Ed25519 key in PKCS#8 form.
    #[error("not an Ed25519 private key in PKCS#8 form")]
    Pkcs8,
}

/// An Ed25519 private key.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// A new key in PKCS#8 form (RFC 5958), as it is kept in a file.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn generate(random: &SystemRandom) -> Result<Vec<u8>, KeyError> {
        let document = Ed25519KeyPair::generate_pkcs8(random).map_err(|_| KeyError::Random)?;
        Ok(document.as_ref().to_vec())
    }

    /// Reads a key in PKCS#8 form; its public half must be there and must belong to it.
    ///
    /// # Errors
    /// [`KeyError::Pkcs8`].
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_pkcs8(bytes).map(Self).map_err(|_| KeyError::Pkcs8)
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().unwrap_or([0; 32])
    }

    /// The verifier key under a name, which must hold neither white space nor `+`.
    #[must_use]
    pub fn verifier_key(&self, name: &str) -> String {
        verifier_key(name, &self.public_key())
    }
}

/// The first four bytes of SHA-256 over the name, a line feed, the algorithm and the public key.
#[must_use]
pub fn key_id(name: &str, public_key: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', ALGORITHM_ED25519]);
    hasher.update(public_key);
    let [a, b, c, d, ..] = <[u8; 32]>::from(hasher.finalize());
    [a, b, c, d]
}

/// `<name>+<key id in hex>+<base64 of the algorithm and the public key>`.
#[must_use]
pub fn verifier_key(name: &str, public_key: &[u8; 32]) -> String {
    let mut key = vec![ALGORITHM_ED25519];
    key.extend_from_slice(public_key);
    format!("{name}+{}+{}", hex::encode(key_id(name, public_key)), STANDARD.encode(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_published_log_has_its_published_id() {
        let published = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
        let (name, rest) = published.split_once('+').expect("a name");
        let (id, key) = rest.split_once('+').expect("an id and a key");
        let key = STANDARD.decode(key).expect("base64");
        let public_key: [u8; 32] = key[1..].try_into().expect("32 bytes");
        assert_eq!(hex::encode(key_id(name, &public_key)), id);
        assert_eq!(verifier_key(name, &public_key), published);
    }

    #[test]
    fn a_key_read_again_is_the_same_key() {
        let pkcs8 = SigningKey::generate(&SystemRandom::new()).expect("random bytes");
        let (one, other) = (SigningKey::from_pkcs8(&pkcs8), SigningKey::from_pkcs8(&pkcs8));
        let (one, other) = (one.expect("a key"), other.expect("a key"));
        assert_eq!(one.verifier_key("ticun.example/log/changning"), other.verifier_key("ticun.example/log/changning"));
        assert_ne!(one.public_key(), [0; 32]);
    }

    #[test]
    fn bytes_that_are_no_key_are_refused() {
        let mut pkcs8 = SigningKey::generate(&SystemRandom::new()).expect("random bytes");
        if let Some(last) = pkcs8.last_mut() {
            *last ^= 1;
        }
        assert_eq!(SigningKey::from_pkcs8(&pkcs8).err(), Some(KeyError::Pkcs8));
        assert_eq!(SigningKey::from_pkcs8(b"").err(), Some(KeyError::Pkcs8));
    }
}
