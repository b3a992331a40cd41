//! Bringing a database up to its own published log: an older copy, or an empty one, gets the entries that it lacks, as
//! they are.
//!
//! Nothing is believed that the verifier does not find good, and nothing is written unless the log begins with exactly
//! the entries that are here. Then entries are appended in transactions of their own, each with all that follows from
//! it, as the writer would have written it; if the process dies, what was committed is a shorter restore, and the next
//! one goes on from there. Each transaction looks whether the head is still the one that the last one left, so that
//! nobody else writes in between unseen.
//!
//! What is not in the log does not come back: records with personal data, credentials, sessions, idempotency keys and
//! settings that were written since the copy was made.

use super::audit::source::{Shared, Source};
use super::audit::{Options, Report, Stopped, verify};
use super::check::{CheckError, check};
use super::clock::Entropy;
use super::entry::Entry;
use super::linked::{Linked, contract_prev};
use super::publication::keys;
use super::replay::{Link, Replay};
use super::writes::Writes;
use crate::domain::digest::Digest;
use crate::domain::time::Timestamp;
use crate::log::chain;
use crate::log::checkpoint::Checkpoint;
use crate::log::key::VerifierKey;
use crate::log::note::Note;
use crate::log::policy::Policy;
use crate::log::tile::{Entries, Kind, TILE_WIDTH, Tile, VerifiedTiles};
use crate::log::tree;
use crate::store::checkpoints::{self, StoredCheckpoint};
use crate::store::head::{self, Head};
use crate::store::{self, Connection, dialect, entries};

/// Entries read out of the database at a time.
const PAGE: i64 = 1_000;

/// What a restore has done.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The log, as it was verified.
    pub report: Report,
    /// How many entries the database had.
    pub before: u64,
    /// The time of the last entry that it had; none for an empty one.
    pub last_at: Option<Timestamp>,
}

/// Why nothing, or not everything, was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The log is not good, or cannot be judged.
    #[error("the log: {0}")]
    Log(Stopped),
    /// The log has no entries.
    #[error("the log is empty")]
    Empty,
    /// The log is not the continuation of these entries.
    #[error("entry {position} of the database is not the one that the log has: this log does not continue these books")]
    Differs {
        /// The first entry that differs.
        position: u64,
    },
    /// The database has more entries than the log.
    #[error("the database has {entries} entries and the log {size}: there is nothing to restore")]
    Longer {
        /// Entries of the database.
        entries: u64,
        /// Entries of the log.
        size: u64,
    },
    /// The tables do not follow from the entries that are here.
    #[error("the books as they are: {0}")]
    Books(CheckError),
    /// An entry cannot be applied, although the log was found good.
    #[error("entry {position}: {what}")]
    Entry {
        /// Its position.
        position: u64,
        /// Why.
        what: String,
    },
    /// The log could not be read again.
    #[error("{0}")]
    Read(String),
    /// Somebody else writes into the database.
    #[error("somebody else writes into this database: stop the service first")]
    Busy,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl RestoreError {
    /// True where something is proven to be wrong; false where it only could not be done.
    #[must_use]
    pub const fn is_finding(&self) -> bool {
        matches!(
            self,
            Self::Differs { .. }
                | Self::Entry { .. }
                | Self::Log(Stopped::Misbehaviour(_))
                | Self::Books(CheckError::Finding(_))
        )
    }
}

/// Opens the log; it is read twice.
pub type OpenLog<'a> = &'a dyn Fn() -> Result<Box<dyn Source>, String>;

/// Restores an office's database from its log. `connection` must be one that writes. `now` is the time outside.
/// `progress` hears how many entries of how many are done, first for the verification and then for the restore.
///
/// # Errors
/// [`RestoreError`]; before the first entry is appended, nothing was written.
pub fn restore(
    connection: &mut Connection,
    open: OpenLog<'_>,
    policy: Option<&Policy>,
    now: Timestamp,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Restored, RestoreError> {
    let options = Options { policy, replay: true, ..Options::default() };
    let report = verify(open().map_err(RestoreError::Read)?, &options, progress).map_err(RestoreError::Log)?;
    let office = report.office.ok_or(RestoreError::Empty)?;
    let source = Shared::new(open().map_err(RestoreError::Read)?);
    // Whatever is read now must be of the tree that was found good.
    let tiles = VerifiedTiles::open(source.clone(), report.size, &report.root);
    let mut log = Log { source, tiles: tiles.map_err(|error| RestoreError::Read(error.to_string()))? };

    let there = head::read(connection, office.as_str())?;
    let (before, last_at) = there.as_ref().map_or((0, None), |head| (head.next_position, Some(head.at)));
    log.continues(connection, office.as_str(), before)?;
    if before > 0 {
        check(connection, office.as_str(), &mut |_, _| {}).map_err(RestoreError::Books)?;
    }
    let mut books = Books::of(connection, office.as_str(), before)?;
    books.head = there;
    for index in before / u64::from(TILE_WIDTH)..report.size.div_ceil(u64::from(TILE_WIDTH)) {
        progress(books.link.next_position, report.size);
        let batch = log.bundle(index, books.link.next_position)?;
        books.append(connection, office.as_str(), batch)?;
    }
    record_heads(connection, office.as_str(), &mut log, &report, now)?;
    progress(report.size, report.size);
    Ok(Restored { report, before, last_at })
}

/// The log, every part of which is checked against the verified root where it is read.
struct Log {
    source: Shared,
    tiles: VerifiedTiles<Shared>,
}

impl Log {
    /// Checks that the log begins with the entries that the database has.
    fn continues(&mut self, connection: &mut Connection, office: &str, count: u64) -> Result<(), RestoreError> {
        let size = self.tiles.size();
        if count > size {
            return Err(RestoreError::Longer { entries: count, size });
        }
        let mut position = 0;
        while position < count {
            let page = entries::from(connection, office, position, PAGE)?;
            if page.is_empty() {
                return Err(RestoreError::Differs { position });
            }
            for stored in page {
                let leaf = self.leaf(position)?;
                if stored.position != position || chain::leaf(&stored.bytes) != leaf {
                    return Err(RestoreError::Differs { position });
                }
                position = position.saturating_add(1);
            }
        }
        Ok(())
    }

    fn leaf(&mut self, position: u64) -> Result<tree::Hash, RestoreError> {
        let width = u64::from(TILE_WIDTH);
        let hashes = self.tiles.hashes(0, position / width).map_err(|error| RestoreError::Read(error.to_string()))?;
        let place = usize::try_from(position % width).unwrap_or(usize::MAX);
        hashes.get(place).copied().ok_or_else(|| RestoreError::Read(format!("the tile of entry {position} is cut")))
    }

    /// The entries of a bundle from a position on.
    fn bundle(&mut self, index: u64, from: u64) -> Result<Vec<Vec<u8>>, RestoreError> {
        let Some(tile) = Tile::widest(Kind::Entries, index, self.tiles.size()) else { return Ok(Vec::new()) };
        let bundle = self.source.tile(tile).map_err(|error| RestoreError::Read(error.to_string()))?;
        let mut found = Vec::new();
        for (position, entry) in (tile.begin()..).zip(Entries::new(&bundle, tile.width())) {
            let entry = entry.map_err(|error| RestoreError::Read(error.to_string()))?;
            if chain::leaf(entry) != self.leaf(position)? {
                return Err(RestoreError::Read(format!("{tile} has changed since it was verified")));
            }
            if position >= from {
                found.push(entry.to_vec());
            }
        }
        Ok(found)
    }
}

/// The books as far as they are written.
struct Books {
    replay: Replay,
    link: Link,
    head: Option<Head>,
}

impl Books {
    /// Replays what the database has; its tables were found to be the same.
    fn of(connection: &mut Connection, office: &str, count: u64) -> Result<Self, RestoreError> {
        let name = crate::domain::name::Name::parse(office);
        let mut books = Self { replay: Replay::default(), link: Link::beginning(name), head: None };
        while books.link.next_position < count {
            let page = entries::from(connection, office, books.link.next_position, PAGE)?;
            if page.is_empty() {
                return Err(RestoreError::Differs { position: books.link.next_position });
            }
            for stored in page {
                books.apply(&stored.bytes)?;
            }
        }
        // All of that is stored; from here on what changes is to be written.
        books.replay.state.settle();
        Ok(books)
    }

    fn apply(&mut self, bytes: &[u8]) -> Result<Linked, RestoreError> {
        let position = self.link.next_position;
        let wrong = |what: String| RestoreError::Entry { position, what };
        let entry = Entry::parse(bytes).map_err(|error| wrong(error.to_string()))?;
        self.link.follow(&entry, Digest::from_bytes(chain::leaf(bytes))).map_err(wrong)?;
        let before = contract_prev(&self.replay.state, &entry.fact.event);
        let posted = self.replay.apply(&entry).map_err(wrong)?;
        Ok(Linked::new(&entry, &entry.fact.event.subjects(), bytes.to_vec(), before, posted))
    }

    /// Appends entries in one transaction. If we die before its commit, none of them is there; the next restore begins
    /// with comparing and replaying what is.
    fn append(&mut self, connection: &mut Connection, office: &str, batch: Vec<Vec<u8>>) -> Result<(), RestoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.replay.state.next_batch(usize::MAX);
        let mut writes = Writes::default();
        for bytes in batch {
            writes.push(self.apply(&bytes)?);
        }
        let new_head = Head {
            next_position: self.link.next_position,
            leaf: self.link.leaf,
            at: self.link.at,
            // A writer that remembers another batch forgets what it knew.
            batch_id: Entropy::default().bytes::<16>().to_vec(),
        };
        dialect::begin_write(connection)?;
        let written = self.write(connection, office, &writes, &new_head);
        if written.is_err() {
            dialect::rollback(connection);
            return written;
        }
        dialect::commit(connection)?;
        self.head = Some(new_head);
        Ok(())
    }

    fn write(
        &mut self,
        connection: &mut Connection,
        office: &str,
        writes: &Writes,
        new_head: &Head,
    ) -> Result<(), RestoreError> {
        if head::lock(connection, office)? != self.head {
            return Err(RestoreError::Busy);
        }
        writes.write(connection, office, &mut self.replay.state, new_head)?;
        Ok(())
    }
}

/// Records the heads that came with the log, unless they are here: the newest, and those with which keys were retired.
/// From now on the database knows what was published, and a publisher signs nothing that contradicts it.
fn record_heads(
    connection: &mut Connection,
    office: &str,
    log: &mut Log,
    report: &Report,
    now: Timestamp,
) -> Result<(), RestoreError> {
    let keys = keys::ever(connection, office)?;
    let mut notes = Vec::new();
    for number in 0..report.keys.iter().filter(|key| key.retired.is_some()).count() {
        let bytes = log.source.there(&format!("handover/{number}"));
        notes.extend(bytes.map_err(|error| RestoreError::Read(error.to_string()))?);
    }
    let mut notes: Vec<Note> = notes.iter().filter_map(|bytes| Note::parse(bytes).ok()).collect();
    notes.push(report.head.note().clone());
    dialect::begin_write(connection)?;
    for note in notes {
        let recorded = record(connection, office, log, &keys, &note, now);
        if recorded.is_err() {
            dialect::rollback(connection);
            return recorded;
        }
    }
    Ok(dialect::commit(connection)?)
}

/// Records one head, if the log's keys have signed it, it is one of this tree, and there is none of its size.
fn record(
    connection: &mut Connection,
    office: &str,
    log: &mut Log,
    keys: &[VerifierKey],
    note: &Note,
    now: Timestamp,
) -> Result<(), RestoreError> {
    let Ok(checkpoint) = Checkpoint::parse(note.text()) else { return Ok(()) };
    let size = checkpoint.size();
    let is_there = checkpoints::covering(connection, office, size)?.is_some_and(|head| head.size == size);
    let fits =
        size <= log.tiles.size() && tree::root(size, &mut log.tiles).is_ok_and(|root| root == *checkpoint.root());
    if is_there || !fits || note.verify(keys).is_err() {
        return Ok(());
    }
    // Lines of witnesses are kept apart; they are asked again.
    let Ok(mut own) = Note::unsigned(note.text().to_owned()) else { return Ok(()) };
    let lines = note.lines().iter().filter(|line| keys.iter().any(|key| line.names(key)));
    lines.for_each(|line| own.add(line.clone()));
    let row = StoredCheckpoint { size, root: *checkpoint.root(), note: own.to_string(), signed_at: now, fence: 0 };
    checkpoints::record(connection, office, &row)?;
    Ok(())
}
