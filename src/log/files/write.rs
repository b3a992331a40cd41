//! Growing the files of the levels.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::heal::heal;
use super::{TileFiles, count_at, levels, sync_folder};
use crate::log::heads::Head;
use crate::log::tile::tile_level;
use crate::log::tree::{Frontier, Hash};

/// The one writer of a folder of tiles.
///
/// After an error the files and the memory may differ: drop the writer and open it again, which heals.
pub struct TileWriter {
    files: TileFiles,
    frontier: Frontier,
    levels: Vec<Level>,
    /// Held as long as this lives; the system lets it go when the process dies.
    _lock: File,
}

/// One level's file and what waits to be written to it.
struct Level {
    level: u8,
    file: Option<File>,
    /// How many hashes the file has.
    count: u64,
    waiting: Vec<u8>,
    unsynced: Appended,
}

/// Whether something was written that is not durable yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Appended {
    /// Nothing was.
    Nothing,
    /// To a file that was there.
    Hashes,
    /// To a new file, whose name must be made durable as well.
    NewFile,
}

impl TileWriter {
    /// Opens the tiles in a folder, which is made if need be, and heals them: they are cut back to the newest of
    /// `heads` that they lead to, which is where appending goes on. Hashes that are cut off or missing are appended
    /// again by the caller, who has the entries.
    ///
    /// # Errors
    /// `WouldBlock` if another process has the folder open, and what the file system says.
    pub fn open(folder: &Path, heads: &[Head]) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lock = lock(folder)?;
        let files = TileFiles::in_folder(folder);
        let frontier = heal(&files, heads)?;
        let level = |level| Level {
            level,
            file: None,
            count: count_at(level, frontier.size()),
            waiting: Vec::new(),
            unsynced: Appended::Nothing,
        };
        let levels = levels().map(level).collect();
        Ok(Self { files, frontier, levels, _lock: lock })
    }

    /// A handle for reading the same folder.
    #[must_use]
    pub const fn files(&self) -> &TileFiles {
        &self.files
    }

    /// How many leaves there are, those in memory included.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over all of them.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Appends a leaf, in memory.
    pub fn append(&mut self, leaf: Hash) {
        let Self { frontier, levels, .. } = self;
        frontier.append_visiting(leaf, |node, hash| {
            if let Some(level) = tile_level(node).and_then(|level| levels.get_mut(usize::from(level))) {
                level.waiting.extend_from_slice(hash);
            }
        });
    }

    /// Hands what is in memory to the file system. It is not durable before [`TileWriter::sync`].
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&mut self) -> io::Result<()> {
        self.levels.iter_mut().try_for_each(|level| level.write(&self.files))
    }

    /// Makes everything durable: when this returns, the tiles survive a loss of power.
    ///
    /// # Errors
    /// What the file system says.
    pub fn sync(&mut self) -> io::Result<()> {
        self.write()?;
        let mut named = false;
        for level in &mut self.levels {
            named |= level.sync()? == Appended::NewFile;
        }
        if named { sync_folder(self.files.folder()) } else { Ok(()) }
    }
}

impl Level {
    fn write(&mut self, files: &TileFiles) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            closed => {
                let path = files.path(self.level);
                self.unsynced = if path.exists() { Appended::Hashes } else { Appended::NewFile };
                closed.insert(OpenOptions::new().write(true).create(true).truncate(false).open(path)?)
            }
        };
        file.write_all_at(&self.waiting, self.count.saturating_mul(32))?;
        self.count = self.count.saturating_add(u64::try_from(self.waiting.len()).unwrap_or(u64::MAX) / 32);
        self.waiting.clear();
        if self.unsynced == Appended::Nothing {
            self.unsynced = Appended::Hashes;
        }
        Ok(())
    }

    /// Answers what has become durable.
    fn sync(&mut self) -> io::Result<Appended> {
        if let Some(file) = &self.file
            && self.unsynced != Appended::Nothing
        {
            file.sync_data()?;
        }
        Ok(std::mem::replace(&mut self.unsynced, Appended::Nothing))
    }
}

/// Two writers would write over each other.
fn lock(folder: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::WouldBlock, format!("{} is in use by another process", folder.display())))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}
