//! What was published of a log, as it is shown to strangers.

use super::{choice, keys};
use crate::domain::time::Timestamp;
use crate::log::checkpoint::Checkpoint;
use crate::log::files::TileFiles;
use crate::log::note::Note;
use crate::log::policy::Policy;
use crate::log::proof::TlogProof;
use crate::log::tile::{Kind, Tile, TileNodes, append_entry};
use crate::log::tree::{self, Hash};
use crate::store::checkpoints::{self, StoredCheckpoint};
use crate::store::{self, Connection, entries};

/// A signed head with the lines of its witnesses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries it covers.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// The note with all its signature lines.
    pub note: Note,
    /// When it was signed, by the signer's clock; nothing is judged by this.
    pub signed_at: Timestamp,
    /// When each witness cosigned it.
    pub cosigned_at: Vec<Timestamp>,
}

fn whole(connection: &mut Connection, office: &str, stored: &StoredCheckpoint) -> store::Result<Head> {
    let cosigned = checkpoints::cosignatures(connection, office, stored.size)?;
    Ok(Head {
        size: stored.size,
        root: stored.root,
        note: choice::with_lines(connection, office, stored)?,
        signed_at: stored.signed_at,
        cosigned_at: cosigned.into_iter().map(|one| one.cosigned_at).collect(),
    })
}

/// Up to `limit` signed heads of sizes from `from` to `to`, both included, the smallest first.
///
/// # Errors
/// When the database cannot be reached, or holds no note.
pub fn between(
    connection: &mut Connection,
    office: &str,
    from: u64,
    to: u64,
    limit: usize,
) -> store::Result<Vec<Head>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = checkpoints::between(connection, office, from, to, limit)?;
    found.iter().map(|stored| whole(connection, office, stored)).collect()
}

/// The verifier keys that sign the log from now on.
///
/// # Errors
/// When the database cannot be reached, or holds no verifier key.
pub fn verifier_keys(connection: &mut Connection, office: &str) -> store::Result<Vec<String>> {
    Ok(keys::in_force(connection, office)?.iter().map(ToString::to_string).collect())
}

/// The head with which a retired key hands over, with the lines of its witnesses; see [`keys::handover`].
///
/// # Errors
/// When the database cannot be reached, or holds no note.
pub fn handover(connection: &mut Connection, office: &str, number: usize) -> store::Result<Option<Note>> {
    let head = keys::handover(connection, office, number)?;
    head.map(|head| choice::with_lines(connection, office, &head)).transpose()
}

/// The newest signed size; 0 before the first.
fn signed_size(connection: &mut Connection, office: &str) -> store::Result<u64> {
    Ok(checkpoints::newest(connection, office)?.map_or(0, |newest| newest.size))
}

/// The proof between two sizes; none where the larger one is not signed yet.
///
/// # Errors
/// When database or tiles cannot be read.
pub fn consistency(
    connection: &mut Connection,
    office: &str,
    tiles: &TileFiles,
    from: u64,
    to: u64,
) -> store::Result<Option<Vec<Hash>>> {
    if to > signed_size(connection, office)? {
        return Ok(None);
    }
    let mut nodes = TileNodes::new(tiles.clone(), to);
    tree::consistency(from, to, &mut nodes).map(Some).map_err(unreadable)
}

/// The receipt of the entry at a position, under the newest accepted head; none where no such head covers it yet.
///
/// # Errors
/// When database or tiles cannot be read.
pub fn receipt(
    connection: &mut Connection,
    office: &str,
    tiles: &TileFiles,
    policy: &Policy,
    position: u64,
) -> store::Result<Option<TlogProof>> {
    let Some(note) = choice::newest_by_policy(connection, office, policy)? else { return Ok(None) };
    let size = Checkpoint::parse(note.text()).map_err(unreadable)?.size();
    if position >= size {
        return Ok(None);
    }
    let mut nodes = TileNodes::new(tiles.clone(), size);
    let hashes = tree::inclusion(position, size, &mut nodes).map_err(unreadable)?;
    Ok(Some(TlogProof { extra: Vec::new(), index: position, hashes, checkpoint: note }))
}

/// A hash tile or bundle; none beyond the newest signed size.
///
/// # Errors
/// When database or tiles cannot be read.
pub fn tile(
    connection: &mut Connection,
    office: &str,
    tiles: &TileFiles,
    tile: Tile,
) -> store::Result<Option<Vec<u8>>> {
    if !tile.is_within(signed_size(connection, office)?) {
        return Ok(None);
    }
    match tile.kind() {
        Kind::Hashes(_) => tiles.tile(tile).map(Some).map_err(unreadable),
        Kind::Entries => {
            let mut bundle = Vec::new();
            for stored in entries::from(connection, office, tile.begin(), i64::from(tile.width()))? {
                append_entry(&mut bundle, &stored.bytes).map_err(unreadable)?;
            }
            Ok(Some(bundle))
        }
    }
}

fn unreadable(error: impl std::fmt::Display) -> store::Error {
    store::Error::corrupt("tiles", &error.to_string())
}
