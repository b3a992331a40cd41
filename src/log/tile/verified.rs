//! Reading the tree out of tiles that are not believed: each is checked against its parent, and the right edge
//! against the signed root.
//!
//! The partial tiles of all levels together hold exactly the complete subtrees on the right edge of the tree, so their
//! hashes fold to the root. Every full tile has its own root in a tile one level up, which is partial and checked, or
//! full and checked the same way.

use super::hashes::{node_in, tile_of};
use super::{Kind, TILE_LEVEL_MAX, TILE_WIDTH, Tile, TileContentError, Tiles, hashes};
use crate::log::tree::{self, Hash, NodeId, Nodes, perfect_root};

/// The tiles of the tree of a checkpoint. In memory are the partial tiles and one full tile a level: 128 KiB at most,
/// however large the tree. Going through a level from left to right reads every tile once.
pub struct VerifiedTiles<T> {
    source: T,
    size: u64,
    levels: Vec<Level>,
}

/// What is in memory of one level.
#[derive(Default)]
struct Level {
    /// The hashes of the partial tile; empty where the tree has none.
    edge: Vec<Hash>,
    /// The full tile that was read last, and its index.
    newest: Option<(u64, Vec<Hash>)>,
}

/// Why a tile is not believed, or cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifiedTilesError<E> {
    /// The source failed.
    #[error(transparent)]
    Source(E),
    /// A tile has the wrong length.
    #[error(transparent)]
    Content(TileContentError),
    /// The partial tiles do not lead to the root.
    #[error("the partial tiles do not lead to the root of the checkpoint")]
    Root,
    /// A full tile is not the one that the tile above it names.
    #[error("{0} is not the tile that its parent names")]
    Parent(Tile),
    /// The tree has no such tile or complete subtree.
    #[error("the tree has no such tile")]
    Absent,
}

impl<T: Tiles> VerifiedTiles<T> {
    /// Reads the partial tiles of the tree of `size` and checks them against its root.
    ///
    /// # Errors
    /// [`VerifiedTilesError::Root`] if they disagree, [`VerifiedTilesError::Content`], and when they cannot be read.
    pub fn open(source: T, size: u64, root: &Hash) -> Result<Self, VerifiedTilesError<T::Error>> {
        let mut tiles = Self { source, size, levels: Vec::new() };
        for level in 0..=TILE_LEVEL_MAX {
            let mut edge = Vec::new();
            if let Some(tile) = partial(level, size) {
                edge = tiles.read(tile)?;
            }
            tiles.levels.push(Level { edge, newest: None });
        }
        // Only nodes of the right edge are asked for, and those are in memory.
        if tree::root(size, &mut tiles)? == *root { Ok(tiles) } else { Err(VerifiedTilesError::Root) }
    }

    /// The size of the tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of the widest tile of this level and index, checked.
    ///
    /// # Errors
    /// [`VerifiedTilesError::Parent`] for a tile that was changed, [`VerifiedTilesError::Absent`] beyond the tree, and
    /// when it cannot be read.
    pub fn hashes(&mut self, level: u8, index: u64) -> Result<&[Hash], VerifiedTilesError<T::Error>> {
        let tile = Tile::widest(Kind::Hashes(level), index, self.size).ok_or(VerifiedTilesError::Absent)?;
        if tile.width() == TILE_WIDTH {
            self.load(level, tile)?;
        }
        let there = self.levels.get(usize::from(level)).ok_or(VerifiedTilesError::Absent)?;
        if tile.width() < TILE_WIDTH {
            return Ok(&there.edge);
        }
        there.newest.as_ref().map(|(_, hashes)| hashes.as_slice()).ok_or(VerifiedTilesError::Absent)
    }

    /// Reads a full tile into its level, unless it is there, and checks it. Calls itself for the parent, so it goes no
    /// deeper than the tree has levels of tiles.
    fn load(&mut self, level: u8, tile: Tile) -> Result<(), VerifiedTilesError<T::Error>> {
        let there = self.levels.get(usize::from(level)).and_then(|level| level.newest.as_ref());
        if there.is_some_and(|(index, _)| *index == tile.index()) {
            return Ok(());
        }
        let place = usize::try_from(tile.index() % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
        let parent = self.hashes(level.saturating_add(1), tile.index() / u64::from(TILE_WIDTH))?;
        let expected = parent.get(place).copied().ok_or(VerifiedTilesError::Absent)?;
        let hashes = self.read(tile)?;
        if perfect_root(&hashes) != Some(expected) {
            return Err(VerifiedTilesError::Parent(tile));
        }
        let level = self.levels.get_mut(usize::from(level)).ok_or(VerifiedTilesError::Absent)?;
        level.newest = Some((tile.index(), hashes));
        Ok(())
    }

    fn read(&mut self, tile: Tile) -> Result<Vec<Hash>, VerifiedTilesError<T::Error>> {
        let bytes = self.source.read(tile).map_err(VerifiedTilesError::Source)?;
        hashes(tile, &bytes).map(<[Hash]>::to_vec).map_err(VerifiedTilesError::Content)
    }
}

/// The partial tile of a level.
fn partial(level: u8, size: u64) -> Option<Tile> {
    let kind = Kind::Hashes(level);
    let count = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
    Tile::widest(kind, count / u64::from(TILE_WIDTH), size)
}

impl<T: Tiles> Nodes for VerifiedTiles<T> {
    type Error = VerifiedTilesError<T::Error>;

    fn node(&mut self, id: NodeId) -> Result<Hash, Self::Error> {
        let (level, index) = tile_of(id);
        node_in(self.hashes(level, index)?, id).ok_or(VerifiedTilesError::Absent)
    }
}
