//! Cosignatures: a witness's statement that, at a time, this checkpoint was the largest consistent one it had seen
//! (C2SP tlog-cosignature, the Ed25519 form "cosignature/v1").
//!
//! The signature in the note's line is the time as eight bytes, big-endian, and an Ed25519 signature over
//!
//! ```text
//! cosignature/v1
//! time <seconds since 1970 UTC>
//! <the checkpoint's text>
//! ```

use super::key::{Algorithm, KeyName, PublicKey, Signature, SigningKey, key_id};
use super::note::SignatureLine;

/// The latest time that may be signed: 2^63 − 1.
pub const TIME_S_MAX: u64 = u64::MAX >> 1;

/// Why a cosignature is not good, or is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// It has not the 72 bytes of a time and a signature.
    #[error("a cosignature is a time of 8 bytes and a signature of 64")]
    Size,
    /// The time is beyond [`TIME_S_MAX`], or zero where one is to be signed.
    #[error("a cosignature without a possible time")]
    Time,
    /// The signature is not this key's over this text and time.
    #[error("the cosignature does not fit")]
    Signature,
}

/// What is signed.
#[must_use]
pub fn message(time_s: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time_s}\n{text}")
}

/// Makes the line that a witness answers with. Only who keeps a witness's promise may sign: the checkpoint is
/// consistent with every one it signed before.
///
/// # Errors
/// [`CosignatureError::Time`]: a witness's answer must have a time (C2SP tlog-witness).
pub fn sign(name: &KeyName, key: &SigningKey, time_s: u64, text: &str) -> Result<SignatureLine, CosignatureError> {
    if time_s == 0 || time_s > TIME_S_MAX {
        return Err(CosignatureError::Time);
    }
    let mut signature = time_s.to_be_bytes().to_vec();
    signature.extend_from_slice(&key.sign(message(time_s, text).as_bytes()));
    let id = key_id(name, Algorithm::CosignatureV1, &key.public_key());
    Ok(SignatureLine::from_parts(name.clone(), id, signature))
}

/// Checks the bytes of a cosignature over the text of a checkpoint; answers their time, in seconds since 1970 UTC.
/// Whether that time is plausible is for the caller to say: there is no clock here.
///
/// # Errors
/// [`CosignatureError`].
pub fn verify(text: &str, signature: &[u8], key: &PublicKey) -> Result<u64, CosignatureError> {
    let (time, signature) = signature.split_first_chunk().ok_or(CosignatureError::Size)?;
    let signature: &Signature = signature.try_into().map_err(|_| CosignatureError::Size)?;
    let time_s = u64::from_be_bytes(*time);
    if time_s > TIME_S_MAX {
        return Err(CosignatureError::Time);
    }
    let signed = key.verify(message(time_s, text).as_bytes(), signature);
    signed.map(|()| time_s).map_err(|_| CosignatureError::Signature)
}
