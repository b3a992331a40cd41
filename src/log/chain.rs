//! The hash chain. A leaf is chain link, Merkle leaf and level-0 tile at once (RFC 6962 section 2.1).

use sha2::{Digest as _, Sha256};

/// Entries longer than this are not written.
pub const ENTRY_SIZE_BYTES_MAX: usize = 32 * 1024;

/// The leaf of an entry: SHA-256 of 0x00 and its bytes.
#[must_use]
pub fn leaf(entry: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(entry);
    hasher.finalize().into()
}
