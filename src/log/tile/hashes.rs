//! The bytes of a hash tile, and where they are read from.

use super::{TILE_HEIGHT, Tile};
use crate::log::tree::{Hash, NodeId, perfect_root};

/// The size of a hash in a tile.
pub const HASH_SIZE_BYTES: usize = 32;

/// A place that has hash tiles: a folder, a server, an export.
pub trait Tiles {
    /// Why a tile cannot be had.
    type Error;

    /// The bytes of a hash tile: 32 for each of its hashes, no more and no fewer. Only tiles inside the tree that is
    /// read are asked for, in the greatest width they have there. Where the log has grown since and kept the full tile
    /// alone, its beginning is the partial one.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, Self::Error>;
}

/// Why bytes are not what a tile must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{tile} has {size_bytes} bytes, not 32 for each of its hashes")]
pub struct TileContentError {
    /// The tile.
    pub tile: Tile,
    /// How many bytes there are.
    pub size_bytes: usize,
}

/// The hashes of a tile, borrowed from its bytes.
///
/// # Errors
/// [`TileContentError`] for another number of hashes than the tile's width.
pub fn hashes(tile: Tile, bytes: &[u8]) -> Result<&[Hash], TileContentError> {
    match bytes.as_chunks::<HASH_SIZE_BYTES>() {
        (hashes, []) if hashes.len() == usize::from(tile.width()) => Ok(hashes),
        _ => Err(TileContentError { tile, size_bytes: bytes.len() }),
    }
}

/// The level of the tiles that hold this node's hash as it is; none for the heights in between, which readers compute.
/// The hash is number `node.index` of that level.
#[must_use]
pub const fn tile_level(node: NodeId) -> Option<u8> {
    if node.level.is_multiple_of(TILE_HEIGHT) { Some(node.level / TILE_HEIGHT) } else { None }
}

/// The level and index of the tile that a node's hash is computed from.
pub(super) const fn tile_of(node: NodeId) -> (u8, u64) {
    let inside = node.level % TILE_HEIGHT;
    (node.level / TILE_HEIGHT, node.index >> (TILE_HEIGHT - inside))
}

/// A node's hash, from the hashes of its tile; none if they do not reach so far.
pub(super) fn node_in(hashes: &[Hash], node: NodeId) -> Option<Hash> {
    let inside = node.level % TILE_HEIGHT;
    let nodes_in_tile = 1_u64 << (TILE_HEIGHT - inside);
    let count = 1_usize << inside;
    let begin = usize::try_from(node.index % nodes_in_tile).ok()? << inside;
    perfect_root(hashes.get(begin..)?.get(..count)?)
}
