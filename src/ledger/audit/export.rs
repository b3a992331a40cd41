//! Writing a log's files out of the database: what the service serves under `/log/{office}/`, as a folder.
//!
//! The tree is computed anew from the entries, so an export is a check of the signed head, too. Tiles come first and
//! the checkpoint last: a folder with a checkpoint holds everything that it covers, wherever the program was stopped.

use super::folder::Folder;
use super::source::{Shared, Source as _};
use crate::ledger::publication::{keys, timestamps, view};
use crate::log::chain;
use crate::log::checkpoint::Checkpoint;
use crate::log::note::{Note, SignatureLine};
use crate::log::tile::{
    Kind, TILE_LEVEL_MAX, TILE_WIDTH, Tile, TileNodes, append_entry, tile_level, tiles_changed, tiles_of,
};
use crate::log::tree::Frontier;
use crate::store::{self, Connection, checkpoints, entries};

/// Entries read at a time.
const ENTRIES_MAX: i64 = 1000;
/// Heads whose tokens are read at a time.
const TIMESTAMPED_HEADS_MAX: usize = 100;

/// What an export has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Which log.
    pub origin: String,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// How many of them were in the folder before.
    pub before: u64,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log has no signed head yet.
    #[error("no head of this log is signed yet, so there is nothing to export")]
    Unsigned,
    /// The folder holds something else than an older export of this log.
    #[error("{0}")]
    Folder(String),
    /// The database does not hold what was signed.
    #[error("entry {position}: {what}")]
    Wrong {
        /// Where.
        position: u64,
        /// What is wrong.
        what: String,
    },
    /// A file could not be written or read.
    #[error("{0}")]
    File(String),
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Writes an office's log into a folder that is empty or holds an older export of the same log. `policy` is the
/// witness policy that is handed out with it. `progress` hears how many entries of how many are written.
///
/// # Errors
/// [`ExportError`].
pub fn export(
    connection: &mut Connection,
    office: &str,
    folder: &Folder,
    policy: Option<&[u8]>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Exported, ExportError> {
    let (note, checkpoint) = newest_head(connection, office)?;
    let ever = keys::ever(connection, office)?.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut tree = Tree::begun_in(folder, &ever, &checkpoint)?;
    let before = tree.frontier.size();
    let in_force = keys::in_force_at(connection, office, checkpoint.size())?;
    let lines: String = in_force.iter().map(|key| format!("{key}\n")).collect();
    folder.write("key", lines.as_bytes()).map_err(ExportError::File)?;
    while tree.frontier.size() < checkpoint.size() {
        let begin = tree.frontier.size();
        progress(begin, checkpoint.size());
        let page = entries::from(connection, office, begin, ENTRIES_MAX)?;
        let left = usize::try_from(checkpoint.size().saturating_sub(begin)).unwrap_or(usize::MAX);
        if page.is_empty() {
            return Err(wrong(begin, "it is signed, and the database does not hold it"));
        }
        for stored in page.into_iter().take(left) {
            if stored.position != tree.frontier.size() {
                return Err(wrong(tree.frontier.size(), "the database does not hold it"));
            }
            tree.append(folder, &stored.bytes)?;
        }
    }
    progress(checkpoint.size(), checkpoint.size());
    if tree.frontier.root() != *checkpoint.root() {
        return Err(wrong(before, "this entry or a later one is not what was signed: the root is another one"));
    }
    tree.write_partial(folder)?;
    write_timestamps(connection, office, folder, checkpoint.size())?;
    write_handovers(connection, office, folder, checkpoint.size())?;
    if let Some(policy) = policy {
        folder.write("policy", policy).map_err(ExportError::File)?;
    }
    // From here on the folder is an export of the new size; what is left of the old one is only in the way.
    folder.write("checkpoint", note.to_string().as_bytes()).map_err(ExportError::File)?;
    remove_partial(folder, before, checkpoint.size())?;
    Ok(Exported { origin: checkpoint.origin().to_owned(), size: checkpoint.size(), before })
}

fn wrong(position: u64, what: &str) -> ExportError {
    ExportError::Wrong { position, what: what.to_owned() }
}

/// Writes the tokens about heads of at most this size. What is there already is read, and written only if it differs:
/// a token is small, and forcing one to disk is slow.
fn write_timestamps(connection: &mut Connection, office: &str, folder: &Folder, size: u64) -> Result<(), ExportError> {
    let (mut there, mut from) = (folder.clone(), 0);
    loop {
        let page = timestamps::between(connection, office, from, size, TIMESTAMPED_HEADS_MAX)?;
        let Some(last) = page.last() else { return Ok(()) };
        from = last.stored.size.saturating_add(1);
        for token in page {
            let (path, bytes) = (token.name.path(), token.file()?);
            if there.read(&path).map_err(ExportError::File)?.is_none_or(|old| old != bytes) {
                folder.write_loosely(&path, &bytes).map_err(ExportError::File)?;
            }
        }
    }
}

/// The newest signed head with the lines of its witnesses.
fn newest_head(connection: &mut Connection, office: &str) -> Result<(Note, Checkpoint), ExportError> {
    let stored = checkpoints::newest(connection, office)?.ok_or(ExportError::Unsigned)?;
    let corrupt = |what: String| ExportError::Store(store::Error::corrupt("checkpoint", &what));
    let mut note = Note::parse(stored.note.as_bytes()).map_err(|error| corrupt(error.to_string()))?;
    for cosignature in checkpoints::cosignatures(connection, office, stored.size)? {
        note.add(SignatureLine::parse(&cosignature.line).map_err(|error| corrupt(error.to_string()))?);
    }
    let checkpoint = Checkpoint::parse(note.text()).map_err(|error| corrupt(error.to_string()))?;
    Ok((note, checkpoint))
}

/// Writes the heads with which keys were retired, so that whoever knows an old key can follow.
fn write_handovers(connection: &mut Connection, office: &str, folder: &Folder, size: u64) -> Result<(), ExportError> {
    for number in 0.. {
        let Some(note) = view::handover(connection, office, number)? else { return Ok(()) };
        // What was retired since the exported head is no part of it.
        if Checkpoint::parse(note.text()).is_ok_and(|checkpoint| checkpoint.size() >= size) {
            return Ok(());
        }
        folder.write(&format!("handover/{number}"), note.to_string().as_bytes()).map_err(ExportError::File)?;
    }
    Ok(())
}

/// The tree as far as it is written, and the tiles that are not full yet.
struct Tree {
    frontier: Frontier,
    levels: Vec<Vec<u8>>,
    bundle: Vec<u8>,
}

impl Tree {
    /// The tree that the folder holds; the empty one for an empty folder, and for an export that was broken off before
    /// its first checkpoint.
    fn begun_in(folder: &Folder, keys: &[String], new: &Checkpoint) -> Result<Self, ExportError> {
        let mut there = folder.clone();
        let mut file = |name: &str| there.read(name).map_err(ExportError::File);
        let levels = (0..=TILE_LEVEL_MAX).map(|_| Vec::new()).collect();
        let empty = Self { frontier: Frontier::new(), levels, bundle: Vec::new() };
        let refuse = |what: &str| ExportError::Folder(format!("{}: {what}", folder.path().display()));
        let there = file("key")?.and_then(|there| String::from_utf8(there).ok()).unwrap_or_default();
        let same_key = there.lines().any(|line| keys.iter().any(|key| key == line));
        if !same_key {
            let is_empty = folder.is_empty().map_err(ExportError::File)?;
            return if is_empty { Ok(empty) } else { Err(refuse("is not empty, and no export of this log")) };
        }
        let Some(note) = file("checkpoint")? else { return Ok(empty) };
        let old = Note::parse(&note).ok().and_then(|note| Checkpoint::parse(note.text()).ok());
        let old = old.ok_or_else(|| refuse("holds a checkpoint that is none"))?;
        if old.origin() != new.origin() || old.size() > new.size() {
            return Err(refuse("holds an export that is newer, or of another log"));
        }
        let tree = empty.with(folder, old.size()).map_err(ExportError::Folder)?;
        if tree.frontier.root() == *old.root() { Ok(tree) } else { Err(refuse("its tiles are not those of its root")) }
    }

    /// Reads the edge of the tree of `size`.
    fn with(mut self, folder: &Folder, size: u64) -> Result<Self, String> {
        let source = Shared::new(Box::new(folder.clone()));
        let mut nodes = TileNodes::new(source.clone(), size);
        self.frontier = Frontier::from_nodes(size, &mut nodes).map_err(|error| error.to_string())?;
        for tile in tiles_of(size).filter(|tile| tile.width() < TILE_WIDTH) {
            let bytes = source.tile(tile).map_err(|error| error.to_string())?;
            if let Some(there) = self.buffer(tile.kind()) {
                *there = bytes;
            }
        }
        Ok(self)
    }

    /// Appends an entry, and writes what becomes full by that.
    fn append(&mut self, folder: &Folder, entry: &[u8]) -> Result<(), ExportError> {
        let position = self.frontier.size();
        append_entry(&mut self.bundle, entry).map_err(|error| wrong(position, &error.to_string()))?;
        let levels = &mut self.levels;
        self.frontier.append_visiting(chain::leaf(entry), |node, hash| {
            let level = tile_level(node).and_then(|level| levels.get_mut(usize::from(level)));
            if let Some(level) = level {
                level.extend_from_slice(hash);
            }
        });
        let size = self.frontier.size();
        if size.is_multiple_of(u64::from(TILE_WIDTH)) { self.write(folder, true) } else { Ok(()) }
    }

    /// What is collected for the last tile of a kind.
    fn buffer(&mut self, kind: Kind) -> Option<&mut Vec<u8>> {
        match kind {
            Kind::Hashes(level) => self.levels.get_mut(usize::from(level)),
            Kind::Entries => Some(&mut self.bundle),
        }
    }

    /// Writes the tiles that are not full.
    fn write_partial(&mut self, folder: &Folder) -> Result<(), ExportError> {
        self.write(folder, false)
    }

    /// Writes the last tile of each level and the last bundle, if they are full or not, as asked for.
    fn write(&mut self, folder: &Folder, full: bool) -> Result<(), ExportError> {
        let size = self.frontier.size();
        let kinds = (0..=TILE_LEVEL_MAX).map(Kind::Hashes).chain([Kind::Entries]);
        for kind in kinds {
            let Some(bytes) = self.buffer(kind).filter(|bytes| !bytes.is_empty()) else { continue };
            let Some(tile) = last_tile(kind, size).filter(|tile| (tile.width() == TILE_WIDTH) == full) else {
                continue;
            };
            folder.write_loosely(&tile.to_string(), bytes).map_err(ExportError::File)?;
            if full {
                bytes.clear();
            }
        }
        Ok(())
    }
}

/// The last tile of a kind in a tree of `size`.
fn last_tile(kind: Kind, size: u64) -> Option<Tile> {
    let shift = if let Kind::Hashes(level) = kind { u32::from(level).saturating_mul(8) } else { 0 };
    let count = size.checked_shr(shift)?;
    Tile::widest(kind, count.checked_sub(1)? / u64::from(TILE_WIDTH), size)
}

/// Removes the partial tiles of an older checkpoint.
fn remove_partial(folder: &Folder, old: u64, new: u64) -> Result<(), ExportError> {
    // A place whose tile has become wider has its old tile among those of the old tree.
    for tile in tiles_changed(old, new) {
        let narrower = Tile::widest(tile.kind(), tile.index(), old).filter(|narrower| narrower.width() < tile.width());
        if let Some(narrower) = narrower {
            folder.remove(&narrower.to_string()).map_err(ExportError::File)?;
        }
    }
    Ok(())
}
