//! The spellings that all C2SP formats share: decimals without leading zeros, and base64 with its padding.
//!
//! Each value has one spelling. A second one would let somebody change bytes that others have signed or stored
//! without changing what they mean.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::tree::Hash;

/// The length of a hash in base64.
const HASH_CHARACTERS: usize = 44;

/// Reads a decimal of 64 bits without sign and without leading zeros.
#[must_use]
pub fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let shortest = text == "0" || !text.starts_with('0');
    if digits && shortest { text.parse().ok() } else { None }
}

/// Writes base64 (RFC 4648 section 4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64; padding must be there and the bits that no byte uses must be zero.
#[must_use]
pub fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a hash in base64, without allocating.
#[must_use]
pub fn base64_hash(text: &str) -> Option<Hash> {
    if text.len() != HASH_CHARACTERS {
        return None;
    }
    let mut bytes = [0; 36];
    let count = STANDARD.decode_slice(text, &mut bytes).ok()?;
    bytes.get(..count)?.try_into().ok()
}
