//! Making proofs (RFC 6962 sections 2.1.1 and 2.1.2), for the newest tree or any earlier one.
//!
//! Reading costs one complete subtree for each hash of the proof and a few more for the ragged right edge: at most
//! 127 reads in a tree of any size.

use std::ops::Range;

use super::hash::{EMPTY_ROOT, Hash};
use super::node::{Nodes, range_hash};

/// Why there is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The leaf is not in the tree: its index is not below the size.
    #[error("leaf {index} is not in a tree of {size}")]
    Index {
        /// The leaf's position.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The old tree is larger than the new one.
    #[error("a tree of {old} does not come before a tree of {new}")]
    Sizes {
        /// Size of the old tree.
        old: u64,
        /// Size of the new tree.
        new: u64,
    },
    /// A hash could not be read.
    #[error(transparent)]
    Nodes(#[from] E),
}

/// The root of the tree over the first `size` leaves.
///
/// # Errors
/// When a hash cannot be read.
pub fn root<N: Nodes>(size: u64, nodes: &mut N) -> Result<Hash, N::Error> {
    Ok(range_hash(0..size, nodes)?.unwrap_or(EMPTY_ROOT))
}

/// The proof that leaf `index` is in the tree of `size`: from the leaf's sibling up to the root's child.
///
/// # Errors
/// [`ProveError::Index`], and when a hash cannot be read.
pub fn inclusion<N: Nodes>(index: u64, size: u64, nodes: &mut N) -> Result<Vec<Hash>, ProveError<N::Error>> {
    if index >= size {
        return Err(ProveError::Index { index, size });
    }
    let mut siblings = Siblings::default();
    let mut tree = 0..size;
    while tree.end.wrapping_sub(tree.start) > 1 {
        let cut = cut(&tree);
        tree = if index < cut {
            siblings.keep(tree.start..cut, cut..tree.end)
        } else {
            siblings.keep(cut..tree.end, tree.start..cut)
        };
    }
    Ok(siblings.hashes(nodes)?)
}

/// The proof that the tree of `old` is the beginning of the tree of `new`. It is empty if both are equal, and for
/// `old` = 0, which is the beginning of every tree: that is how a witness is asked for the first time.
///
/// # Errors
/// [`ProveError::Sizes`], and when a hash cannot be read.
pub fn consistency<N: Nodes>(old: u64, new: u64, nodes: &mut N) -> Result<Vec<Hash>, ProveError<N::Error>> {
    if old > new {
        return Err(ProveError::Sizes { old, new });
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let mut siblings = Siblings::default();
    let mut tree = 0..new;
    // Down to the subtree that ends where the old tree ended.
    while old != tree.end {
        let cut = cut(&tree);
        tree = if old <= cut {
            siblings.keep(tree.start..cut, cut..tree.end)
        } else {
            siblings.keep(cut..tree.end, tree.start..cut)
        };
    }
    // The verifier knows that subtree if it is the whole old tree; else it has to be told.
    if tree.start > 0 {
        siblings.ranges.push(tree);
    }
    Ok(siblings.hashes(nodes)?)
}

/// What a proof holds, from the root's child downwards, as ranges of leaves.
#[derive(Default)]
struct Siblings {
    ranges: Vec<Range<u64>>,
}

impl Siblings {
    /// Notes the sibling and goes on in `inside`.
    fn keep(&mut self, inside: Range<u64>, sibling: Range<u64>) -> Range<u64> {
        self.ranges.push(sibling);
        inside
    }

    /// Their hashes, from the leaf upwards.
    fn hashes<N: Nodes>(self, nodes: &mut N) -> Result<Vec<Hash>, N::Error> {
        let mut hashes = Vec::with_capacity(self.ranges.len());
        for range in self.ranges.into_iter().rev() {
            hashes.extend(range_hash(range, nodes)?);
        }
        Ok(hashes)
    }
}

/// Where a tree of at least two leaves is cut: after the largest power of two that is smaller than its size.
fn cut(tree: &Range<u64>) -> u64 {
    let last = tree.end.wrapping_sub(tree.start).wrapping_sub(1);
    tree.start.wrapping_add(1 << last.checked_ilog2().unwrap_or(0))
}
