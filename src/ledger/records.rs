//! Records kept beside the log, and the digests under which the log knows them.

use ring::hmac;

use crate::domain::digest::Digest;
use crate::store::records::{Record, RecordKind};

/// A text: SHA-256 of 32 random bytes and the text.
#[must_use]
pub fn text(salt: [u8; 32], text: &str) -> Record {
    let digest = Digest::of(&[&salt, text.as_bytes()]);
    Record { digest, kind: RecordKind::Text, salt: salt.to_vec(), body: text.as_bytes().to_vec() }
}
