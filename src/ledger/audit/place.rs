//! Where it is, when tiles do not lead to the signed root: the entries are read once more without believing anything,
//! and the first one that does not fit is named.
//!
//! Whoever changes an entry leaves a trace beside it unless they change everything after it: the tile that names its
//! leaf, or the next entry's `prev`. If they did change everything, only the signed root remembers, and it cannot say
//! where.

use super::source::{ReadError, Shared};
use super::{Misbehaviour, Stopped};
use crate::domain::digest::Digest;
use crate::ledger::entry::Entry;
use crate::log::chain;
use crate::log::tile::{Entries, HASH_SIZE_BYTES, Kind, TILE_WIDTH, Tile, VerifiedTilesError, hashes, tile_level};
use crate::log::tree::{Frontier, Hash};

/// Turns an error about tiles into what is wrong with the log, and where.
pub(super) fn of(source: &Shared, size: u64, error: VerifiedTilesError<ReadError>) -> Stopped {
    let whole = (0, size.saturating_sub(1));
    let (entries, what) = match error {
        VerifiedTilesError::Source(error) => return error.into(),
        VerifiedTilesError::Absent => return Stopped::Undecided(error.to_string()),
        VerifiedTilesError::Content(error) => (covered(error.tile, size), error.to_string()),
        VerifiedTilesError::Parent(tile) => (covered(tile, size), error.to_string()),
        VerifiedTilesError::Root => (whole, error.to_string()),
    };
    match first_misfit(source, size, entries) {
        Ok(Some(found)) => found.into(),
        Ok(None) => Misbehaviour::among(entries, what).into(),
        // Something is wrong even if what is missing hides where.
        Err(missing) => Misbehaviour::among(entries, format!("{what}; {missing}")).into(),
    }
}

/// The entries below a hash tile.
fn covered(tile: Tile, size: u64) -> (u64, u64) {
    let level = if let Kind::Hashes(level) = tile.kind() { u32::from(level) } else { 0 };
    let each = 1_u64.checked_shl(level.saturating_mul(8)).unwrap_or(u64::MAX);
    let begin = tile.begin().saturating_mul(each);
    let end = begin.saturating_add(u64::from(tile.width()).saturating_mul(each)).min(size);
    (begin, end.saturating_sub(1))
}

/// Reads the entries of these bundles, and the one behind them; names the first that does not fit its tile or its
/// neighbour, or the first tile that does not fit the entries.
fn first_misfit(source: &Shared, size: u64, (first, last): (u64, u64)) -> Result<Option<Misbehaviour>, ReadError> {
    let width = u64::from(TILE_WIDTH);
    let mut walk = Walk { source, size, position: first / width * width, before: None, frontier: Frontier::new() };
    let from_the_beginning = walk.position == 0;
    for index in first / width..=last.saturating_add(1).min(size.saturating_sub(1)) / width {
        let (Some(bundle), Some(tile)) =
            (Tile::widest(Kind::Entries, index, size), Tile::widest(Kind::Hashes(0), index, size))
        else {
            break;
        };
        let (bundle, tile_bytes) = (source.tile(bundle)?, source.tile(tile)?);
        let leaves = match hashes(tile, &tile_bytes) {
            Ok(leaves) => leaves,
            Err(error) => return Ok(Some(Misbehaviour::among(covered(tile, size), error.to_string()))),
        };
        for (entry, leaf) in Entries::new(&bundle, tile.width()).zip(leaves) {
            let found = match entry {
                Ok(entry) => walk.entry(entry, leaf, from_the_beginning)?,
                Err(error) => Some(Misbehaviour::at(walk.position, error.to_string())),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    Ok(None)
}

struct Walk<'s> {
    source: &'s Shared,
    size: u64,
    position: u64,
    before: Option<Hash>,
    frontier: Frontier,
}

impl Walk<'_> {
    fn entry(
        &mut self,
        bytes: &[u8],
        named: &Hash,
        from_the_beginning: bool,
    ) -> Result<Option<Misbehaviour>, ReadError> {
        let leaf = chain::leaf(bytes);
        if leaf != *named {
            return Ok(Some(Misbehaviour::at(self.position, "its bytes are not those that its tile names")));
        }
        let prev = Entry::parse(bytes).ok().map(|entry| entry.prev);
        if let (Some(before), Some(prev)) = (self.before, prev)
            && prev != Digest::from_bytes(before)
        {
            let what = "the next entry names another one before it";
            return Ok(Some(Misbehaviour::at(self.position.saturating_sub(1), what)));
        }
        self.position = self.position.saturating_add(1);
        self.before = Some(leaf);
        if from_the_beginning { self.tiles_above(leaf) } else { Ok(None) }
    }

    /// Appends the leaf, and compares the hashes that become known by it with those in the tiles above.
    fn tiles_above(&mut self, leaf: Hash) -> Result<Option<Misbehaviour>, ReadError> {
        let mut complete = Vec::new();
        self.frontier.append_visiting(leaf, |node, hash| {
            complete.extend(tile_level(node).filter(|level| *level > 0).map(|level| (level, node.index, *hash)));
        });
        for (level, index, hash) in complete {
            let above = Tile::widest(Kind::Hashes(level), index / u64::from(TILE_WIDTH), self.size);
            let Some(above) = above else { continue };
            let place = usize::try_from(index % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
            let bytes = self.source.tile(above)?;
            let there = bytes.get(place.saturating_mul(HASH_SIZE_BYTES)..).and_then(|rest| rest.first_chunk());
            if there != Some(&hash) {
                let each = 1_u64.checked_shl(u32::from(level).saturating_mul(8)).unwrap_or(u64::MAX);
                let begin = index.saturating_mul(each);
                let entries = (begin, begin.saturating_add(each).saturating_sub(1));
                return Ok(Some(Misbehaviour::among(entries, format!("{above} names another hash for them"))));
            }
        }
        Ok(None)
    }
}
