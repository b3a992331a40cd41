//! The tree and the entries as files that never change (C2SP tlog-tiles).
//!
//! A hash tile holds up to 256 hashes of one level: level 0 the leaves, each level above the roots of the full tiles
//! below. A bundle holds the entries of the level-0 tile with the same index. A partial tile is the beginning of the
//! full one, so whoever has the full tile has every partial one, too.

mod bundle;
mod coordinate;
mod hashes;
mod nodes;
mod verified;

pub use bundle::{BUNDLE_SIZE_BYTES_MAX, BundleError, ENTRY_LENGTH_MAX, Entries, append_entry};
pub use coordinate::{Kind, Tile, TileError, tiles_changed, tiles_of};
pub use hashes::{HASH_SIZE_BYTES, TileContentError, Tiles, hashes, tile_level};
pub use nodes::{TileNodes, TileReadError};
pub use verified::{VerifiedTiles, VerifiedTilesError};

/// How many hashes or entries a full tile has.
pub const TILE_WIDTH: u16 = 256;
/// How many levels of the tree one tile spans.
pub const TILE_HEIGHT: u8 = 8;
/// The highest level that a tree of 2^64 − 1 leaves reaches: one hash of level 8 would cover 2^64 of them.
pub const TILE_LEVEL_MAX: u8 = 7;
