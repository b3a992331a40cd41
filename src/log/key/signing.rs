//! The private key that signs a log's heads.

use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::{Algorithm, KeyName, PublicKey, SIGNATURE_SIZE_BYTES, Signature, VerifierKey};

/// What stands in front of the seed in PKCS#8: version 0, algorithm 1.3.101.112, and an octet string in an octet string.
const PLAIN_PKCS8: &[u8] =
    &[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random,
    /// The bytes are not an Ed25519 key in PKCS#8 form.
    #[error("not an Ed25519 private key in PKCS#8 form")]
    Pkcs8,
    /// The bytes are not an Ed25519 seed.
    #[error("not the 32 bytes of an Ed25519 seed")]
    Seed,
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

    /// A new key in PKCS#8 form without its public half (RFC 8410 section 7): the form that other tools read and write.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn generate_plain(random: &SystemRandom) -> Result<Vec<u8>, KeyError> {
        let mut seed = [0; 32];
        random.fill(&mut seed).map_err(|_| KeyError::Random)?;
        Ok([PLAIN_PKCS8, &seed].concat())
    }

    /// Reads a key in PKCS#8 form, whether its public half is there or not.
    ///
    /// # Errors
    /// [`KeyError::Pkcs8`].
    pub fn from_any_pkcs8(bytes: &[u8]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).map(Self).map_err(|_| KeyError::Pkcs8)
    }

    /// Reads a key from the 32 bytes it is derived from (RFC 8032 section 5.1.5), as other tools for notes keep it.
    ///
    /// # Errors
    /// [`KeyError::Seed`].
    pub fn from_seed(seed: &[u8]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_seed_unchecked(seed).map(Self).map_err(|_| KeyError::Seed)
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        PublicKey::derived(bytes)
    }

    /// The verifier key under a name: [`Algorithm::Ed25519`] for a log, [`Algorithm::CosignatureV1`] for a witness.
    #[must_use]
    pub fn verifier_key(&self, name: KeyName, algorithm: Algorithm) -> VerifierKey {
        VerifierKey::new(name, algorithm, self.public_key())
    }

    /// Signs bytes. The same key and the same bytes always give the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        let mut signature = [0; SIGNATURE_SIZE_BYTES];
        signature.copy_from_slice(self.0.sign(message).as_ref());
        signature
    }
}
