//! The Merkle tree over the leaves of a log (RFC 6962 section 2.1, RFC 9162 section 2.1).
//!
//! Positions and sizes are `u64` throughout. A tree of size n is cut at the largest power of two below n, so every
//! proof is made of two kinds of hashes: those of *complete* subtrees, which never change once they are there and are
//! named by a [`NodeId`], and one ragged right edge, which is folded from complete ones.

mod frontier;
mod hash;
mod node;
mod prove;
mod verify;

pub use frontier::{Frontier, FrontierError};
pub use hash::{EMPTY_ROOT, Hash, node};
pub use node::{NodeId, Nodes};
pub use prove::{ProveError, consistency, inclusion, root};
pub use verify::{VerifyError, verify_consistency, verify_inclusion};

pub(super) use hash::perfect_root;
