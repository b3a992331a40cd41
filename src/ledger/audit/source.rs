//! Where a log is read from: the files that a service serves under `/log/{office}/`, wherever they are.

use std::cell::RefCell;
use std::rc::Rc;

use crate::log::tile::{BUNDLE_SIZE_BYTES_MAX, BundleError, Entries, HASH_SIZE_BYTES, Kind, TILE_WIDTH, Tile, Tiles};
use crate::log::timestamp::FileName;

/// The largest file that is read: nothing in a log is larger.
pub const FILE_SIZE_BYTES_MAX: usize = BUNDLE_SIZE_BYTES_MAX;

/// A place that has a log's files.
pub trait Source {
    /// The bytes of a file by its path below the log, such as `checkpoint` or `tile/0/000`; none if it is not there.
    ///
    /// # Errors
    /// A sentence when that cannot be found out, or the file is larger than [`FILE_SIZE_BYTES_MAX`].
    fn read(&mut self, path: &str) -> Result<Option<Vec<u8>>, String>;

    /// The names of the tokens of timestamping authorities about heads of at most this size, in any order.
    ///
    /// # Errors
    /// A sentence when they cannot be listed.
    fn timestamps(&mut self, size_max: u64) -> Result<Vec<FileName>, String>;
}

/// Why a file cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is not there.
    #[error("{0} is missing")]
    Missing(String),
    /// The source failed.
    #[error("{0}")]
    Failed(String),
}

/// A source that several readers share, with a count of what was read.
#[derive(Clone)]
pub struct Shared(Rc<RefCell<Counted>>);

struct Counted {
    source: Box<dyn Source>,
    size_bytes: u64,
}

impl Shared {
    /// Shares a source.
    #[must_use]
    pub fn new(source: Box<dyn Source>) -> Self {
        Self(Rc::new(RefCell::new(Counted { source, size_bytes: 0 })))
    }

    /// How much was read.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.0.borrow().size_bytes
    }

    /// A file that must be there.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn file(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.there(path)?.ok_or_else(|| ReadError::Missing(path.to_owned()))
    }

    /// The tokens about heads of at most this size, the smallest first.
    ///
    /// # Errors
    /// [`ReadError::Failed`].
    pub fn timestamps(&self, size_max: u64) -> Result<Vec<FileName>, ReadError> {
        let mut names = self.0.borrow_mut().source.timestamps(size_max).map_err(ReadError::Failed)?;
        names.retain(|name| name.size() <= size_max);
        names.sort_unstable();
        Ok(names)
    }

    /// A file, if it is there.
    ///
    /// # Errors
    /// [`ReadError::Failed`].
    pub fn there(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let mut counted = self.0.borrow_mut();
        let bytes = counted.source.read(path).map_err(ReadError::Failed)?;
        let read = bytes.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        counted.size_bytes = counted.size_bytes.saturating_add(read);
        Ok(bytes)
    }

    /// The bytes of a tile or bundle. Where the log has grown since and only the full one is there, its beginning.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn tile(&self, tile: Tile) -> Result<Vec<u8>, ReadError> {
        if let Some(bytes) = self.there(&tile.to_string())? {
            return Ok(bytes);
        }
        let wider = if tile.width() < TILE_WIDTH { self.there(&tile.full().to_string())? } else { None };
        let mut bytes = wider.ok_or_else(|| ReadError::Missing(tile.to_string()))?;
        let size = match tile.kind() {
            Kind::Hashes(_) => usize::from(tile.width()).saturating_mul(HASH_SIZE_BYTES),
            Kind::Entries => beginning(&bytes, tile.width()),
        };
        bytes.truncate(size);
        Ok(bytes)
    }
}

impl Tiles for Shared {
    type Error = ReadError;

    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, ReadError> {
        self.tile(tile)
    }
}

/// How many bytes the first entries of a bundle take; all of them, where there are not so many.
fn beginning(bundle: &[u8], width: u16) -> usize {
    let first = Entries::new(bundle, width).take(usize::from(width));
    let sizes: Result<Vec<usize>, BundleError> = first.map(|entry| entry.map(|entry| entry.len() + 2)).collect();
    sizes.map_or(bundle.len(), |sizes| sizes.into_iter().sum())
}
