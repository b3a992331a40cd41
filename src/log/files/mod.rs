//! Hash tiles on disk: one file a level, which holds the level's hashes one behind the other and only grows.
//!
//! A full tile, a partial one and one of any width are slices of such a file, so that nothing is ever written twice and
//! every size that was published can be served. All of it can be made again out of the entries.
//!
//! One process writes ([`TileWriter`]); any number read beside it ([`TileFiles`]). What a published head covers is
//! durable and never changes, so readers need no lock as long as they stay within a published size.

mod heal;
mod read;
mod write;

pub use read::TileFiles;
pub use write::TileWriter;

use std::fs::File;
use std::io;
use std::path::Path;

use super::tile::TILE_HEIGHT;

/// The levels that files can have, from the leaves up.
fn levels() -> std::ops::RangeInclusive<u8> {
    0..=super::tile::TILE_LEVEL_MAX
}

/// How many hashes of a level a tree of `size` has.
fn count_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0)
}

/// Makes the names of new files in a folder survive a loss of power.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
