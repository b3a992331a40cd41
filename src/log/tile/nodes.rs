//! Reading the tree out of tiles that are believed, such as a log's own.

use super::hashes::{node_in, tile_of};
use super::{Kind, Tile, TileContentError, Tiles, hashes};
use crate::log::tree::{Hash, NodeId, Nodes};

/// How many tiles are kept. A proof needs two of a level at most, and there are eight levels.
const TILES_KEPT: usize = 16;

/// The nodes of a tree of a fixed size, read from tiles. Nothing is checked but their lengths: a proof made from wrong
/// tiles does not verify. For tiles of others use [`super::VerifiedTiles`].
pub struct TileNodes<T> {
    source: T,
    size: u64,
    /// The tiles read last, the newest at the end.
    kept: Vec<(Tile, Vec<u8>)>,
}

/// Why a node cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileReadError<E> {
    /// The source failed.
    #[error(transparent)]
    Source(E),
    /// A tile has the wrong length.
    #[error(transparent)]
    Content(TileContentError),
    /// The tree has no such complete subtree.
    #[error("the tree has no complete subtree {0:?}")]
    Absent(NodeId),
}

impl<T: Tiles> TileNodes<T> {
    /// Reads the tree of `size`. The source may hold a larger one.
    pub const fn new(source: T, size: u64) -> Self {
        Self { source, size, kept: Vec::new() }
    }

    /// The bytes of a tile, from memory if it was read a moment ago.
    fn bytes(&mut self, tile: Tile) -> Result<&[u8], TileReadError<T::Error>> {
        match self.kept.iter().position(|(kept, _)| *kept == tile) {
            Some(at) => {
                let newest = self.kept.remove(at);
                self.kept.push(newest);
            }
            None => {
                let bytes = self.source.read(tile).map_err(TileReadError::Source)?;
                if self.kept.len() == TILES_KEPT {
                    self.kept.remove(0);
                }
                self.kept.push((tile, bytes));
            }
        }
        Ok(self.kept.last().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default())
    }
}

impl<T: Tiles> Nodes for TileNodes<T> {
    type Error = TileReadError<T::Error>;

    fn node(&mut self, id: NodeId) -> Result<Hash, Self::Error> {
        let (level, index) = tile_of(id);
        let tile = Tile::widest(Kind::Hashes(level), index, self.size).ok_or(TileReadError::Absent(id))?;
        let bytes = self.bytes(tile)?;
        let hashes = hashes(tile, bytes).map_err(TileReadError::Content)?;
        node_in(hashes, id).ok_or(TileReadError::Absent(id))
    }
}
