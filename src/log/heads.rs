//! The heads that a node has published, in a file of its own: what it once said is compared with the database after
//! every start, so that a database that was set back is noticed.
//!
//! One line a head, sizes growing:
//!
//! ```text
//! <size, decimal> <root, base64>
//! ```
//!
//! A line counts when its line feed is there. What follows the last good line is what a crash left of an append, and is
//! cut off; nobody was told about that head yet.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::files::sync_folder;
use super::text;
use super::tree::Hash;

/// How far back [`HeadsFile::open`] reads: some hundreds of heads.
const TAIL_SIZE_BYTES: u64 = 64 * 1024;

/// Size and root of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// Why the file cannot be used. Nothing is published then: without it a database that was set back would go unnoticed.
#[derive(Debug, thiserror::Error)]
pub enum HeadsError {
    /// The file system failed.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// A line before the last one is no head, or its size is not above the one before.
    #[error("{path} is damaged near byte {near}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        near: u64,
    },
    /// The head to be added is not above the newest.
    #[error("a head of {new} cannot follow one of {newest}")]
    Order {
        /// Size of the new head.
        new: u64,
        /// Size of the newest one there.
        newest: u64,
    },
}

/// The file, open for appending.
#[derive(Debug)]
pub struct HeadsFile {
    path: PathBuf,
    file: File,
    /// Where the next line begins.
    end: u64,
    /// The newest heads, the oldest of them first.
    recent: Vec<Head>,
}

impl HeadsFile {
    /// Opens `heads` in a folder; folder and file are made if need be.
    ///
    /// # Errors
    /// [`HeadsError::Io`] and [`HeadsError::Damaged`].
    pub fn open(folder: &Path) -> Result<Self, HeadsError> {
        let path = folder.join("heads");
        let told = |error| HeadsError::Io { path: path.clone(), error };
        std::fs::create_dir_all(folder).map_err(told)?;
        let fresh = !path.exists();
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(told)?;
        if fresh {
            sync_folder(folder).map_err(told)?;
        }
        let size_bytes = file.metadata().map_err(told)?.len();
        let begin = size_bytes.saturating_sub(TAIL_SIZE_BYTES);
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(begin)).map_err(told)?;
        file.read_to_end(&mut tail).map_err(told)?;
        // The tail may begin inside a line.
        let skipped = if begin == 0 { 0 } else { tail.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
        let lines = tail.get(skipped..).unwrap_or_default();
        let (recent, good_bytes) = parse(lines).map_err(|near| HeadsError::Damaged { path: path.clone(), near })?;
        let good_bytes = u64::try_from(skipped.saturating_add(good_bytes)).unwrap_or(u64::MAX);
        let opened = Self { path, file, end: begin.saturating_add(good_bytes), recent };
        opened.cut().map_err(|error| opened.told(error))?;
        Ok(opened)
    }

    /// The newest head.
    #[must_use]
    pub fn newest(&self) -> Option<Head> {
        self.recent.last().copied()
    }

    /// The newest heads, some hundreds, the oldest of them first.
    #[must_use]
    pub fn recent(&self) -> &[Head] {
        &self.recent
    }

    /// Adds a head and makes it durable: when this returns, it survives a loss of power. The newest head added once more
    /// changes nothing.
    ///
    /// # Errors
    /// [`HeadsError::Order`], and [`HeadsError::Io`], after which it may be tried again.
    pub fn append(&mut self, head: Head) -> Result<(), HeadsError> {
        if let Some(newest) = self.newest() {
            if newest == head {
                return Ok(());
            }
            if head.size <= newest.size {
                return Err(HeadsError::Order { new: head.size, newest: newest.size });
            }
        }
        let line = format!("{} {}\n", head.size, text::base64(&head.root));
        self.write(line.as_bytes()).map_err(|error| self.told(error))?;
        self.end = self.end.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        self.recent.push(head);
        Ok(())
    }

    fn write(&self, line: &[u8]) -> io::Result<()> {
        // An append that failed may have left half a line.
        self.cut()?;
        self.file.write_all_at(line, self.end)?;
        self.file.sync_all()
    }

    fn cut(&self) -> io::Result<()> {
        if self.file.metadata()?.len() == self.end { Ok(()) } else { self.file.set_len(self.end) }
    }

    fn told(&self, error: io::Error) -> HeadsError {
        HeadsError::Io { path: self.path.clone(), error }
    }
}

/// All heads of a file, the oldest first; none where there is no file. Changes nothing.
///
/// # Errors
/// [`HeadsError::Io`] and [`HeadsError::Damaged`].
pub fn read_all(folder: &Path) -> Result<Vec<Head>, HeadsError> {
    let path = folder.join("heads");
    match std::fs::read(&path) {
        Ok(bytes) => match parse(&bytes) {
            Ok((heads, _)) => Ok(heads),
            Err(near) => Err(HeadsError::Damaged { path, near }),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(HeadsError::Io { path, error }),
    }
}

/// The heads, and how many bytes they take. A last line that is not ended, or no head, is not counted.
///
/// # Errors
/// Where a line that others follow is wrong.
fn parse(bytes: &[u8]) -> Result<(Vec<Head>, usize), u64> {
    let mut heads: Vec<Head> = Vec::new();
    let mut good_bytes = 0_usize;
    let ended = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    for line in bytes.get(..ended).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
        let next_bytes = good_bytes.saturating_add(line.len());
        let above = |head: &Head| heads.last().is_none_or(|before| before.size < head.size);
        match parse_line(line).filter(above) {
            Some(head) => heads.push(head),
            None if next_bytes == ended => break,
            None => return Err(u64::try_from(good_bytes).unwrap_or(u64::MAX)),
        }
        good_bytes = next_bytes;
    }
    Ok((heads, good_bytes))
}

fn parse_line(line: &[u8]) -> Option<Head> {
    let (size, root) = std::str::from_utf8(line).ok()?.strip_suffix('\n')?.split_once(' ')?;
    Some(Head { size: text::decimal(size)?, root: text::base64_hash(root)? })
}
