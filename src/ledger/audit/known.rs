//! The head that is shown against the one that was found good before.

use super::head::Head;
use super::place;
use super::source::{ReadError, Shared};
use super::{KeyFrom, Misbehaviour, Stopped};
use crate::log::known::KnownHead;
use crate::log::policy::Policy;
use crate::log::tile::{VerifiedTiles, VerifiedTilesError};
use crate::log::tree::{self, Frontier, NodeId, Nodes as _};

/// The tiles of the tree that is verified.
pub(super) type Tree = VerifiedTiles<Shared>;

/// Opens the head's tree, and checks that the tree known before is its beginning.
///
/// # Errors
/// [`Stopped`]; two heads that contradict each other come along as the conflict.
pub(super) fn open(source: &Shared, head: &Head, known: Option<&KnownHead>) -> Result<Tree, Stopped> {
    let checkpoint = &head.checkpoint;
    if let Some(known) = known {
        compare(head, known)?;
    }
    let opened = VerifiedTiles::open(source.clone(), checkpoint.size(), checkpoint.root());
    let mut tree = opened.map_err(|error| place::of(source, checkpoint.size(), error))?;
    if let Some(known) = known {
        begins_with(source, &mut tree, head, known)?;
    }
    Ok(tree)
}

/// What can be said of two heads without looking at their trees.
fn compare(head: &Head, known: &KnownHead) -> Result<(), Stopped> {
    let (new, old) = (&head.checkpoint, known.checkpoint());
    if new.origin() != old.origin() {
        let what = format!("the saved head is one of {}, and this log is {}", old.origin(), new.origin());
        return Err(Stopped::Undecided(what));
    }
    if known.key().is_none() && Policy::without_witnesses(vec![head.key.clone()]).judge(known.note()).is_err() {
        let what = "the saved head is not signed by this log's key, so that it proves nothing";
        return Err(Stopped::Undecided(what.to_owned()));
    }
    if new.size() < old.size() {
        let what = format!("it was signed before, in a log of {} entries, and now the log ends here", old.size());
        return Err(conflict(head, known, (new.size(), old.size().saturating_sub(1)), what));
    }
    // A policy may name several keys of a log; the first entry names one.
    if head.key_from == KeyFrom::FirstEntry && known.key().is_some_and(|key| *key != head.key) {
        let what = "the log has another key now than when the saved head was signed".to_owned();
        return Err(conflict(head, known, (0, 0), what));
    }
    Ok(())
}

fn conflict(head: &Head, known: &KnownHead, entries: (u64, u64), what: String) -> Stopped {
    let notes = (known.note().clone(), head.note.clone());
    Misbehaviour { entries: Some(entries), what, conflict: Some(Box::new(notes)) }.into()
}

/// Checks that the tree known before is the beginning of this one; if not, in which of its complete subtrees.
fn begins_with(source: &Shared, tree: &mut Tree, head: &Head, known: &KnownHead) -> Result<(), Stopped> {
    let old = known.checkpoint();
    let told = |error: VerifiedTilesError<ReadError>| place::of(source, head.checkpoint.size(), error);
    let what = "it is another one than when the saved head was signed, by the same key".to_owned();
    let mut subtrees = known.subtrees().iter();
    for (id, begin) in complete_subtrees(old.size()) {
        let Some(before) = subtrees.next() else { break };
        if tree.node(id).map_err(told)? != *before {
            let last = begin.saturating_add(1 << id.level).saturating_sub(1);
            return Err(conflict(head, known, (begin, last), what));
        }
    }
    if tree::root(old.size(), tree).map_err(told)? == *old.root() {
        return Ok(());
    }
    Err(conflict(head, known, (0, old.size().saturating_sub(1)), what))
}

/// The complete subtrees of a tree of `size`, the largest first, with the position of their first entry.
fn complete_subtrees(size: u64) -> impl Iterator<Item = (NodeId, u64)> {
    let levels = (0..u64::BITS).rev().filter(move |level| (size >> level) & 1 == 1);
    levels.map(move |level| {
        let index = (size >> level).saturating_sub(1);
        (NodeId { level: u8::try_from(level).unwrap_or(u8::MAX), index }, index << level)
    })
}

/// The head as it is known from now on.
///
/// # Errors
/// [`Stopped`].
pub(super) fn remember(tree: &mut Tree, head: &Head) -> Result<KnownHead, Stopped> {
    let undecided = |error: String| Stopped::Undecided(error);
    let frontier = Frontier::from_nodes(tree.size(), tree).map_err(|error| undecided(error.to_string()))?;
    KnownHead::new(head.key.clone(), frontier, head.note.clone()).map_err(|error| undecided(error.to_string()))
}
