//! The right edge of a growing tree: the roots of its complete subtrees, one for each one-bit of its size.

use super::hash::{EMPTY_ROOT, Hash, node};
use super::node::{NodeId, Nodes};

/// As many subtrees as a size has bits.
const HASHES_MAX: usize = 64;

/// All that is needed to append leaves and to know the root: at most 64 hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// From the largest subtree at the left to the smallest at the right.
    hashes: Vec<Hash>,
}

/// Why stored hashes are no frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {expected} complete subtrees, not {found}")]
pub struct FrontierError {
    /// The tree's size.
    pub size: u64,
    /// How many hashes there should be.
    pub expected: u32,
    /// How many there are.
    pub found: usize,
}

impl Default for Frontier {
    fn default() -> Self {
        Self::new()
    }
}

impl Frontier {
    /// The frontier of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self { size: 0, hashes: Vec::with_capacity(HASHES_MAX) }
    }

    /// A frontier from what [`Frontier::size`] and [`Frontier::hashes`] gave. The caller compares its root with a
    /// signed one: wrong hashes in the right number cannot be told here.
    ///
    /// # Errors
    /// [`FrontierError`] if there are too many or too few hashes.
    pub fn from_hashes(size: u64, hashes: &[Hash]) -> Result<Self, FrontierError> {
        let expected = size.count_ones();
        if usize::try_from(expected) != Ok(hashes.len()) {
            return Err(FrontierError { size, expected, found: hashes.len() });
        }
        let mut frontier = Self::new();
        frontier.size = size;
        frontier.hashes.extend_from_slice(hashes);
        Ok(frontier)
    }

    /// The frontier of the tree over the first `size` leaves, read from tiles.
    ///
    /// # Errors
    /// When a hash cannot be read.
    pub fn from_nodes<N: Nodes>(size: u64, nodes: &mut N) -> Result<Self, N::Error> {
        let mut frontier = Self::new();
        for level in (0..u64::BITS).rev().filter(|level| (size >> level) & 1 == 1) {
            // It is the last complete subtree of its height.
            let index = (size >> level).wrapping_sub(1);
            let id = NodeId { level: u8::try_from(level).unwrap_or(u8::MAX), index };
            frontier.hashes.push(nodes.node(id)?);
        }
        frontier.size = size;
        Ok(frontier)
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, the largest first: as many as the size has one-bits.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The root. It costs one hash for each complete subtree but one.
    #[must_use]
    pub fn root(&self) -> Hash {
        let folded = self.hashes.iter().rev().copied().reduce(|right, left| node(&left, &right));
        folded.unwrap_or(EMPTY_ROOT)
    }

    /// Appends a leaf: one inner hash on average, and no allocation.
    pub fn append(&mut self, leaf: Hash) {
        self.append_visiting(leaf, |_, _| ());
    }

    /// Appends a leaf and shows every subtree that it completes, the leaf itself first, then upwards. Those whose level
    /// is a multiple of eight are what tiles hold.
    pub fn append_visiting(&mut self, leaf: Hash, mut visit: impl FnMut(NodeId, &Hash)) {
        assert!(self.size < u64::MAX, "a tree has at most 2^64 - 1 leaves");
        let mut id = NodeId { level: 0, index: self.size };
        let mut hash = leaf;
        visit(id, &hash);
        while id.index & 1 == 1 {
            let Some(left) = self.hashes.pop() else { break };
            hash = node(&left, &hash);
            id = NodeId { level: id.level.saturating_add(1), index: id.index >> 1 };
            visit(id, &hash);
        }
        self.hashes.push(hash);
        self.size = self.size.saturating_add(1);
    }
}
