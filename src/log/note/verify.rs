//! Believing a note: which of the keys that the caller knows have signed it.

use super::{Note, SignatureLine};
use crate::log::cosignature;
use crate::log::key::{Algorithm, KeyName, VerifierKey};

/// A good signature under a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed<'k> {
    /// The key that made it.
    pub key: &'k VerifierKey,
    /// When, in seconds since 1970 UTC, for a cosignature; a log's signature carries no time.
    pub time_s: Option<u64>,
}

/// Why a note is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// A line names a known key and its signature is not that key's. Somebody tampered with the note.
    #[error("the signature of {0} does not fit")]
    Signature(KeyName),
    /// No known key has signed.
    #[error("no known key has signed")]
    Unknown,
}

impl Note {
    /// The known keys that have signed, in the order of the lines. Lines of other keys are ignored, even if they share
    /// a name or an id with a known one.
    ///
    /// # Errors
    /// [`NotVerified`]; one bad signature of a known key condemns the whole note.
    pub fn verify<'k, K>(&self, known: K) -> Result<Vec<Signed<'k>>, NotVerified>
    where
        K: IntoIterator<Item = &'k VerifierKey>,
        K::IntoIter: Clone,
    {
        let known = known.into_iter();
        let mut signed = Vec::new();
        for line in self.lines() {
            for key in known.clone().filter(|key| line.names(key)) {
                let time_s = verify_line(self.text(), line, key)?;
                signed.push(Signed { key, time_s });
            }
        }
        if signed.is_empty() { Err(NotVerified::Unknown) } else { Ok(signed) }
    }
}

/// Checks one line with the key that it names; answers the time that it carries.
fn verify_line(text: &str, line: &SignatureLine, key: &VerifierKey) -> Result<Option<u64>, NotVerified> {
    let verified = match key.algorithm() {
        Algorithm::Ed25519 => {
            let signature = line.signature().try_into().ok();
            let fits = |signature| key.public_key().verify(text.as_bytes(), signature).is_ok();
            signature.is_some_and(fits).then_some(None)
        }
        Algorithm::CosignatureV1 => cosignature::verify(text, line.signature(), key.public_key()).ok().map(Some),
    };
    verified.ok_or_else(|| NotVerified::Signature(line.name().clone()))
}
