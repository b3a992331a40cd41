//! The key that signs an office's log.

use crate::ledger::office::Office;
use crate::log::checkpoint::Checkpoint;
use crate::log::heads::Head;
use crate::log::key::{Algorithm, KeyError, KeyName, KeyNameError, SigningKey, VerifierKey};
use crate::log::note::Note;

/// A log's key under its name, which is the log's origin.
pub struct Signer {
    name: KeyName,
    key: SigningKey,
}

/// Why a key cannot sign for an office.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The bytes are no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The origin cannot be a key's name.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// The log's first entry names another key, or none.
    #[error("the log's first entry names the key {named}, not {given}")]
    Other {
        /// The key that the entry names.
        named: String,
        /// The one that was given.
        given: String,
    },
}

impl Signer {
    /// The key of an office's log, from PKCS#8; it must be the one that the log's first entry names, since everybody
    /// checks with that.
    ///
    /// # Errors
    /// [`SignerError`].
    pub fn new(office: &Office, pkcs8: &[u8]) -> Result<Self, SignerError> {
        let signer = Self { name: KeyName::parse(&office.origin)?, key: SigningKey::from_pkcs8(pkcs8)? };
        let given = signer.verifier_key().to_string();
        match &office.key {
            Some(named) if *named == given => Ok(signer),
            named => Err(SignerError::Other { named: named.clone().unwrap_or_else(|| "(none)".to_owned()), given }),
        }
    }

    /// What others check with.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.key.verifier_key(self.name.clone(), Algorithm::Ed25519)
    }

    /// Signs a head. The same head always gives the same bytes.
    pub(super) fn sign(&self, head: Head) -> Result<Note, String> {
        let checkpoint =
            Checkpoint::new(self.name.as_str(), head.size, head.root).map_err(|error| error.to_string())?;
        let mut note = checkpoint.unsigned().map_err(|error| error.to_string())?;
        note.sign(&self.name, &self.key);
        Ok(note)
    }
}
