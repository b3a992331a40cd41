//! Reading tiles out of the files of their levels.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use crate::log::tile::{HASH_SIZE_BYTES, Kind, Tile, Tiles};
use crate::log::tree::Hash;

/// The hash tiles of one log, in a folder. Making one opens nothing: each read opens the file it needs, so handles may
/// be cloned and used at once, also while the log grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileFiles {
    folder: PathBuf,
}

impl TileFiles {
    /// The tiles in a folder. Nothing is asked of the folder yet.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bytes of a hash tile: 32 for each of its hashes. Whether it may be shown is for the caller to say, see
    /// [`Tile::is_within`]: beyond the published size there may be hashes that nobody has signed.
    ///
    /// # Errors
    /// `NotFound` or `UnexpectedEof` where the files do not reach so far, `InvalidInput` for a bundle of entries, and
    /// what the file system says.
    pub fn tile(&self, tile: Tile) -> io::Result<Vec<u8>> {
        let Kind::Hashes(level) = tile.kind() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "entries are not kept in files"));
        };
        self.hashes(level, tile.begin(), usize::from(tile.width()))
    }

    /// The leaf at a position.
    ///
    /// # Errors
    /// As [`TileFiles::tile`].
    pub fn leaf(&self, position: u64) -> io::Result<Hash> {
        let bytes = self.hashes(0, position, 1)?;
        bytes.try_into().map_err(|_| io::ErrorKind::UnexpectedEof.into())
    }

    fn hashes(&self, level: u8, first: u64, count: usize) -> io::Result<Vec<u8>> {
        let begin = first.checked_mul(32).ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut bytes = vec![0; count.saturating_mul(HASH_SIZE_BYTES)];
        File::open(self.path(level))?.read_exact_at(&mut bytes, begin)?;
        Ok(bytes)
    }

    /// The file of a level.
    pub(super) fn path(&self, level: u8) -> PathBuf {
        self.folder.join(format!("tiles-{level}"))
    }

    /// How many whole hashes the file of a level has; none where there is no file.
    pub(super) fn count(&self, level: u8) -> io::Result<u64> {
        match std::fs::metadata(self.path(level)) {
            Ok(found) => Ok(found.len() / 32),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }
}

impl Tiles for TileFiles {
    type Error = io::Error;

    fn read(&mut self, tile: Tile) -> io::Result<Vec<u8>> {
        self.tile(tile)
    }
}
