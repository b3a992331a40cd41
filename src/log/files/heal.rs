//! What a crash leaves behind is cut back to a head that was published, and what can be computed is computed again.
//!
//! Files that were written and not yet made durable may be short, long, or hold blocks of zeros, in any order among the
//! levels. Up to a published head they were durable before it was signed, so a head whose root the files lead to says
//! that the right edge is whole; everything behind it is dropped and comes again out of the entries.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read as _, Write as _};

use super::{TileFiles, count_at, levels, sync_folder};
use crate::log::heads::Head;
use crate::log::tile::{TileNodes, tile_level};
use crate::log::tree::{Frontier, Hash};

/// Cuts the files back to the newest of `heads` that they lead to, or to nothing; answers the tree's right edge there.
pub(super) fn heal(files: &TileFiles, heads: &[Head]) -> io::Result<Frontier> {
    let whole = heads.iter().max_by_key(|head| head.size).and_then(|newest| edge_at(files, newest));
    let frontier = match whole {
        Some(frontier) => frontier,
        None => recompute(files, heads)?,
    };
    for level in levels() {
        cut(files, level, count_at(level, frontier.size()))?;
    }
    sync_folder(files.folder())?;
    Ok(frontier)
}

/// The right edge at a head, if every level reaches so far and the edge leads to the head's root.
fn edge_at(files: &TileFiles, head: &Head) -> Option<Frontier> {
    let reaches = |level| files.count(level).is_ok_and(|count| count >= count_at(level, head.size));
    if !levels().all(reaches) {
        return None;
    }
    // A file that cannot be read here is met again while everything is recomputed, and reported there.
    let frontier = Frontier::from_nodes(head.size, &mut TileNodes::new(files.clone(), head.size)).ok()?;
    (frontier.root() == head.root).then_some(frontier)
}

/// Goes through the leaves, and makes the upper levels anew up to the last head that the leaves lead to. The upper
/// levels are in memory meanwhile: one byte in 255.
fn recompute(files: &TileFiles, heads: &[Head]) -> io::Result<Frontier> {
    let mut upper: Vec<Vec<u8>> = levels().map(|_| Vec::new()).collect();
    let mut frontier = Frontier::new();
    let mut good = Frontier::new();
    let mut heads: Vec<&Head> = heads.iter().collect();
    heads.sort_unstable_by_key(|head| head.size);
    let mut ahead = heads.into_iter().peekable();
    let mut leaves = leaves(files)?;
    while let Some(head) = ahead.peek()
        && let Some(leaf) = next(&mut leaves)?
    {
        frontier.append_visiting(leaf, |node, hash| {
            let level = tile_level(node).filter(|level| *level > 0);
            if let Some(hashes) = level.and_then(|level| upper.get_mut(usize::from(level))) {
                hashes.extend_from_slice(hash);
            }
        });
        if head.size == frontier.size() {
            if head.root != frontier.root() {
                break;
            }
            good = frontier.clone();
            ahead.next();
        }
    }
    for (level, hashes) in levels().zip(upper).skip(1) {
        write_anew(files, level, &hashes)?;
    }
    Ok(good)
}

fn leaves(files: &TileFiles) -> io::Result<Option<BufReader<File>>> {
    match File::open(files.path(0)) {
        Ok(file) => Ok(Some(BufReader::with_capacity(1 << 20, file))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The next leaf; none at the end of the file, also where it ends inside a hash.
fn next(leaves: &mut Option<BufReader<File>>) -> io::Result<Option<Hash>> {
    let Some(leaves) = leaves else { return Ok(None) };
    let mut leaf = [0; 32];
    match leaves.read_exact(&mut leaf) {
        Ok(()) => Ok(Some(leaf)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Only hashes that cannot be wrong once the leaves are right are replaced, so a crash in between does no harm: the
/// next start finds the level short and comes here again.
fn write_anew(files: &TileFiles, level: u8, hashes: &[u8]) -> io::Result<()> {
    let path = files.path(level);
    if hashes.is_empty() && !path.exists() {
        return Ok(());
    }
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(hashes)?;
    file.sync_all()
}

/// Cuts the file of a level down to `count` hashes.
fn cut(files: &TileFiles, level: u8, count: u64) -> io::Result<()> {
    let path = files.path(level);
    if !path.exists() {
        return Ok(());
    }
    let file = OpenOptions::new().write(true).open(path)?;
    let size_bytes = count.saturating_mul(32);
    if file.metadata()?.len() != size_bytes {
        file.set_len(size_bytes)?;
        file.sync_all()?;
    }
    Ok(())
}
