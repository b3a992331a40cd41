//! The keys that sign an office's log. Which ones do is written in the log; the private halves are kept elsewhere, on
//! each node for itself.

use std::sync::Arc;

use crate::log::checkpoint::Checkpoint;
use crate::log::heads::Head;
use crate::log::key::{Algorithm, KeyError, KeyName, KeyNameError, SigningKey, VerifierKey};
use crate::log::note::Note;

/// Finds the private half of a verifier key, in PKCS#8 form, or says why this node does not have it.
pub type FindKey = Arc<dyn Fn(&VerifierKey) -> Result<Vec<u8>, String> + Send + Sync>;

/// Signs the heads of one log with the keys that it is told.
pub struct Signer {
    name: KeyName,
    find: FindKey,
    found: Vec<(VerifierKey, SigningKey)>,
}

/// Why a head cannot be signed here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The origin cannot be a key's name.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// The log has no key in force.
    #[error("the log names no key that signs it")]
    Keyless,
    /// This node does not have the private half of a key.
    #[error("this node does not have the key {key}: {why}")]
    Missing {
        /// The verifier key.
        key: String,
        /// Why not.
        why: String,
    },
    /// What was found is no key.
    #[error("the key {key}: {error}")]
    Key {
        /// The verifier key.
        key: String,
        /// What is wrong.
        error: KeyError,
    },
    /// What was found is another key.
    #[error("the log names the key {named}, not {given}")]
    Other {
        /// The key that the log names.
        named: String,
        /// The one that was found.
        given: String,
    },
    /// The head could not be put into the form of a note.
    #[error("the head cannot be signed: {0}")]
    Note(String),
}

impl Signer {
    /// The signer of the log with this origin. Nothing is looked for yet.
    ///
    /// # Errors
    /// [`SignerError::Name`].
    pub fn new(origin: &str, find: FindKey) -> Result<Self, SignerError> {
        Ok(Self { name: KeyName::parse(origin)?, find, found: Vec::new() })
    }

    /// Makes sure that all these keys are here; those that are not are looked for anew each time, so that a file that
    /// is copied to its place is found without a restart.
    ///
    /// # Errors
    /// [`SignerError`] for the first key that is not here.
    pub fn prepare(&mut self, needed: &[VerifierKey]) -> Result<(), SignerError> {
        if needed.is_empty() {
            return Err(SignerError::Keyless);
        }
        // A key that does not sign any more is better not in memory.
        self.found.retain(|(found, _)| needed.contains(found));
        for key in needed {
            if !self.found.iter().any(|(found, _)| found == key) {
                let private = self.look_for(key)?;
                self.found.push((key.clone(), private));
            }
        }
        Ok(())
    }

    fn look_for(&self, key: &VerifierKey) -> Result<SigningKey, SignerError> {
        let pkcs8 = (self.find)(key).map_err(|why| SignerError::Missing { key: key.to_string(), why })?;
        let private =
            SigningKey::from_pkcs8(&pkcs8).map_err(|error| SignerError::Key { key: key.to_string(), error })?;
        // Everybody checks with the key that the log names.
        let given = private.verifier_key(self.name.clone(), Algorithm::Ed25519);
        if given == *key {
            return Ok(private);
        }
        Err(SignerError::Other { named: key.to_string(), given: given.to_string() })
    }

    /// Signs a head with every one of these keys. The same head always gives the same bytes.
    ///
    /// # Errors
    /// [`SignerError`] if one of them is not here; then nothing is signed.
    pub(super) fn sign(&mut self, head: Head, keys: &[VerifierKey]) -> Result<Note, SignerError> {
        self.prepare(keys)?;
        let told = |error: String| SignerError::Note(error);
        let checkpoint = Checkpoint::new(self.name.as_str(), head.size, head.root);
        let checkpoint = checkpoint.map_err(|error| told(error.to_string()))?;
        let mut note = checkpoint.unsigned().map_err(|error| told(error.to_string()))?;
        self.found.iter().for_each(|(_, private)| note.sign(&self.name, private));
        Ok(note)
    }
}
