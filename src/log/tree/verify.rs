//! Checking proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2). Nothing is allocated, whatever a stranger sends.

use super::hash::{Hash, node};

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The leaf's index is not below the tree's size.
    #[error("leaf {index} cannot be in a tree of {size}")]
    Index {
        /// The leaf's position.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The old tree is larger than the new one.
    #[error("a tree of {old} cannot come before a tree of {new}")]
    Sizes {
        /// Size of the old tree.
        old: u64,
        /// Size of the new tree.
        new: u64,
    },
    /// The old tree is empty. It is the beginning of every tree, so whoever asks has nothing to rely on.
    #[error("an empty tree is the beginning of every tree and proves nothing")]
    EmptyOld,
    /// The proof has not as many hashes as one for these sizes.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The proof leads to another old root: it is not about the tree that was known before.
    #[error("the proof does not lead to the old root")]
    OldRoot,
    /// The proof leads to another root.
    #[error("the proof does not lead to the root")]
    Root,
}

/// Checks that `leaf` is number `index` of the tree of `size` with this root.
///
/// # Errors
/// [`VerifyError`].
pub fn verify_inclusion(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &Hash) -> Result<(), VerifyError> {
    if index >= size {
        return Err(VerifyError::Index { index, size });
    }
    let mut path = Path { index, last: size.wrapping_sub(1) };
    let mut hash = *leaf;
    for sibling in proof {
        hash = match path.step()? {
            Side::Left => node(sibling, &hash),
            Side::Right => node(&hash, sibling),
        };
    }
    path.end()?;
    if hash == *root { Ok(()) } else { Err(VerifyError::Root) }
}

/// Checks that the tree of `old` with `old_root` is the beginning of the tree of `new` with `new_root`.
///
/// # Errors
/// [`VerifyError`]; an old tree of size 0 is refused, since anything would pass.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), VerifyError> {
    if old > new {
        return Err(VerifyError::Sizes { old, new });
    }
    if old == 0 {
        return Err(VerifyError::EmptyOld);
    }
    if old == new {
        return match proof {
            [] if old_root == new_root => Ok(()),
            [] => Err(VerifyError::Root),
            _ => Err(VerifyError::Length),
        };
    }
    // An old tree of a power of two is itself the subtree to begin with; the proof begins with it otherwise.
    let (begin, rest) =
        if old.is_power_of_two() { (old_root, proof) } else { proof.split_first().ok_or(VerifyError::Length)? };
    let index = old.wrapping_sub(1);
    let level = index.trailing_ones();
    let mut path = Path { index: shifted(index, level), last: shifted(new.wrapping_sub(1), level) };
    let (mut old_hash, mut new_hash) = (*begin, *begin);
    for sibling in rest {
        match path.step()? {
            Side::Left => {
                old_hash = node(sibling, &old_hash);
                new_hash = node(sibling, &new_hash);
            }
            Side::Right => new_hash = node(&new_hash, sibling),
        }
    }
    path.end()?;
    if old_hash != *old_root {
        return Err(VerifyError::OldRoot);
    }
    if new_hash == *new_root { Ok(()) } else { Err(VerifyError::Root) }
}

/// Where a sibling stands.
enum Side {
    Left,
    Right,
}

/// The way from a node up to the root: its index and the index of the last node, on the same level.
struct Path {
    index: u64,
    last: u64,
}

impl Path {
    /// Takes in one sibling and goes up to the level of the next.
    fn step(&mut self) -> Result<Side, VerifyError> {
        if self.last == 0 {
            return Err(VerifyError::Length);
        }
        let right_child = self.index & 1 == 1;
        if !right_child && self.index == self.last {
            // The last node of a level without a sibling of its own is the same node some levels up.
            self.up(self.index.trailing_zeros());
        }
        let side = if right_child || self.index & 1 == 1 { Side::Left } else { Side::Right };
        self.up(1);
        Ok(side)
    }

    fn up(&mut self, levels: u32) {
        self.index = shifted(self.index, levels);
        self.last = shifted(self.last, levels);
    }

    /// The last sibling must have led to the root.
    const fn end(&self) -> Result<(), VerifyError> {
        if self.last == 0 { Ok(()) } else { Err(VerifyError::Length) }
    }
}

fn shifted(number: u64, bits: u32) -> u64 {
    number.checked_shr(bits).unwrap_or(0)
}
