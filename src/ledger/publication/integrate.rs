//! Entries become leaves: their bytes are read out of the database, hashed again, and appended to the tree.

use super::error::{Divergence, PublishError};
use crate::log::chain;
use crate::log::files::TileWriter;
use crate::log::tree::Hash;
use crate::store::{Connection, entries};

/// Entries read at once: a page is one short snapshot, so a long log holds nothing up.
const PAGE: u64 = 1_024;

/// Takes the entries up to `size` into the tree, and hands the tiles to the file system. What is there already is not
/// read again but for the last entry: it holds the hash of the one before, and so of all.
///
/// # Errors
/// [`Divergence`] if the bytes do not fit the stored hashes or the last leaf, and when database or files fail.
pub(super) fn integrate(
    connection: &mut Connection,
    office: &str,
    tiles: &mut TileWriter,
    size: u64,
) -> Result<(), PublishError> {
    check_last(connection, office, tiles)?;
    while tiles.size() < size {
        let wanted = PAGE.min(size.saturating_sub(tiles.size()));
        let page = entries::from(connection, office, tiles.size(), i64::try_from(wanted).unwrap_or(i64::MAX))?;
        if page.is_empty() {
            return Err(Divergence::Gap { position: tiles.size() }.into());
        }
        for entry in page {
            if entry.position != tiles.size() {
                return Err(Divergence::Gap { position: tiles.size() }.into());
            }
            tiles.append(leaf_of(&entry)?);
        }
        tiles.write().map_err(PublishError::Files)?;
    }
    Ok(())
}

/// Compares the newest leaf of the tree with the entry it was made from.
fn check_last(connection: &mut Connection, office: &str, tiles: &TileWriter) -> Result<(), PublishError> {
    let Some(position) = tiles.size().checked_sub(1) else { return Ok(()) };
    let Some(entry) = entries::at(connection, office, position)? else {
        return Err(Divergence::Gap { position }.into());
    };
    let leaf = leaf_of(&entry)?;
    if leaf == tiles.files().leaf(position).map_err(PublishError::Files)? {
        Ok(())
    } else {
        Err(Divergence::OtherEntry { position }.into())
    }
}

/// The leaf of an entry's bytes, which must be the one that was stored beside them.
fn leaf_of(entry: &entries::StoredEntry) -> Result<Hash, Divergence> {
    let leaf = chain::leaf(&entry.bytes);
    if leaf == *entry.leaf.as_bytes() { Ok(leaf) } else { Err(Divergence::OtherBytes { position: entry.position }) }
}
