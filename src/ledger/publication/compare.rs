//! What was published against what the database says now.
//!
//! Three things tell what was published: this node's file of heads, which no restored backup brings back; the newest
//! checkpoint in the database, which another node may have signed; and the tiles. The database must have every entry
//! that they cover, and its entries must lead to the same roots.

use super::error::{Divergence, PublishError};
use super::integrate::integrate;
use super::{Files, Publisher};
use crate::log::files::TileWriter;
use crate::log::heads::{Head, HeadsFile};
use crate::log::tile::{TileNodes, TileReadError};
use crate::log::tree;
use crate::store::{Connection, checkpoints, head};

impl Publisher {
    /// Opens and heals the files, brings them up to the newest published head, and compares.
    pub(super) fn open_files(&mut self) -> Result<(), PublishError> {
        let office = self.office();
        let heads = HeadsFile::open(&self.parts.folder)?;
        let entries = entries_count(&mut self.reads, office.as_str())?;
        let newest = newest_checkpoint(&mut self.reads, office.as_str())?;
        // Before the tiles are touched: a database that was set back must not take what is on disk with it.
        let known = [heads.newest(), newest];
        long_enough(entries, &known)?;
        let mut tiles = TileWriter::open(&self.parts.folder, heads.recent()).map_err(PublishError::Files)?;
        let published = known.iter().flatten().map(|head| head.size).max().unwrap_or(0);
        integrate(&mut self.reads, office.as_str(), &mut tiles, published)?;
        roots_agree(&tiles, &known)?;
        let mut files = Files { tiles, heads };
        if let Some(newest) = newest {
            files.follow(newest)?;
            self.standing().announce(newest.size);
        }
        self.files = Some(files);
        Ok(())
    }
}

impl Files {
    /// Notes a head that stands in the database and agrees with the tree, whoever signed it. The tiles under it are
    /// durable first: should we die in between, the heads file names none that the tiles do not reach.
    pub(super) fn follow(&mut self, head: Head) -> Result<(), PublishError> {
        if self.heads.newest().is_some_and(|newest| newest.size >= head.size) {
            return Ok(());
        }
        self.tiles.sync().map_err(PublishError::Files)?;
        self.heads.append(head)?;
        Ok(())
    }
}

/// How many entries the database has.
pub(super) fn entries_count(connection: &mut Connection, office: &str) -> Result<u64, PublishError> {
    Ok(head::read(connection, office)?.map_or(0, |head| head.next_position))
}

/// The newest head in the database.
pub(super) fn newest_checkpoint(connection: &mut Connection, office: &str) -> Result<Option<Head>, PublishError> {
    let newest = checkpoints::newest(connection, office)?;
    Ok(newest.map(|checkpoint| Head { size: checkpoint.size, root: checkpoint.root }))
}

/// Every published head must be covered by entries.
pub(super) fn long_enough(entries: u64, known: &[Option<Head>]) -> Result<(), Divergence> {
    let published = known.iter().flatten().map(|head| head.size).max().unwrap_or(0);
    if entries < published { Err(Divergence::Shorter { entries, published }) } else { Ok(()) }
}

/// The tree must lead to every published head's root. It must reach so far.
pub(super) fn roots_agree(tiles: &TileWriter, known: &[Option<Head>]) -> Result<(), PublishError> {
    for head in known.iter().flatten() {
        if root_on_disk(tiles, head.size)? != head.root {
            return Err(Divergence::OtherRoot { size: head.size }.into());
        }
    }
    Ok(())
}

/// The root that the tiles lead to, as the file system gives them back.
pub(super) fn root_on_disk(tiles: &TileWriter, size: u64) -> Result<tree::Hash, PublishError> {
    tree::root(size, &mut TileNodes::new(tiles.files().clone(), size)).map_err(|error| match error {
        TileReadError::Source(error) => PublishError::Files(error),
        TileReadError::Content(_) | TileReadError::Absent(_) => PublishError::Tiles,
    })
}
