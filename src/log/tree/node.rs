//! Complete subtrees by their place, and the trait through which proofs read their hashes.

use std::ops::Range;

use super::hash::{Hash, node};

/// The place of a complete subtree: the one over the leaves from `index << level` to `(index + 1) << level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Its height; 0 is a leaf.
    pub level: u8,
    /// How many complete subtrees of this height stand to its left.
    pub index: u64,
}

/// Something that knows the hashes of complete subtrees: tiles on disk, tiles from the network, leaves in memory.
pub trait Nodes {
    /// Why a hash cannot be had.
    type Error;

    /// The hash of one complete subtree. Only subtrees inside the tree that a proof is made for are asked for.
    ///
    /// # Errors
    /// When it cannot be read.
    fn node(&mut self, id: NodeId) -> Result<Hash, Self::Error>;
}

/// The hash over a range of leaves whose begin is a multiple of the power of two it fits in; none if it is empty.
pub(super) fn range_hash<N: Nodes>(range: Range<u64>, nodes: &mut N) -> Result<Option<Hash>, N::Error> {
    let mut begin = range.end;
    let mut folded: Option<Hash> = None;
    // From the smallest complete subtree at the right end to the largest at the left, each taken in from its left.
    while begin > range.start {
        let level = (begin.wrapping_sub(range.start)).trailing_zeros();
        begin = begin.wrapping_sub(1 << level);
        let id = NodeId { level: u8::try_from(level).unwrap_or(u8::MAX), index: begin >> level };
        let hash = nodes.node(id)?;
        folded = Some(folded.map_or(hash, |right| node(&hash, &right)));
    }
    Ok(folded)
}
