//! Hashing in the tree. The leaf's hash stands in [`crate::log::chain`].

use sha2::{Digest as _, Sha256};

/// The hash of a leaf, of a node or of a whole tree.
pub type Hash = [u8; 32];

/// The root of a tree without leaves: SHA-256 of nothing.
pub const EMPTY_ROOT: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, //
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// The hash of an inner node: SHA-256 of 0x01 and its children.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The root over hashes whose number is a power of two; none for an empty slice. Allocates nothing.
pub(in crate::log) fn perfect_root(hashes: &[Hash]) -> Option<Hash> {
    if let [single] = hashes {
        return Some(*single);
    }
    // Halving ends at single hashes for a power of two, after at most eight steps in a tile.
    let (left, right) = hashes.split_at(hashes.len() / 2);
    if left.len() != right.len() || left.is_empty() {
        return None;
    }
    Some(node(&perfect_root(left)?, &perfect_root(right)?))
}
