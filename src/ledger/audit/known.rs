//! The head that is shown against the one that was found good before.

use super::head::{Believed, Head, Shown};
use super::keys::NamedKeys;
use super::place;
use super::source::{ReadError, Shared};
use super::{KeyFrom, Misbehaviour, Stopped};
use crate::domain::digest::Digest;
use crate::domain::event::Predecessor;
use crate::log::key::VerifierKey;
use crate::log::known::KnownHead;
use crate::log::policy::Policy;
use crate::log::tile::{VerifiedTiles, VerifiedTilesError};
use crate::log::tree::{self, Frontier, NodeId, Nodes as _};

/// The tiles of the tree that is verified.
pub(super) type Tree = VerifiedTiles<Shared>;

/// Opens the head's tree.
///
/// # Errors
/// [`Stopped`].
pub(super) fn open(source: &Shared, shown: &Shown) -> Result<Tree, Stopped> {
    let checkpoint = &shown.checkpoint;
    let opened = VerifiedTiles::open(source.clone(), checkpoint.size(), checkpoint.root());
    opened.map_err(|error| place::of(source, checkpoint.size(), error))
}

/// Compares the saved head with the one that is shown, before any entry is read; answers whether it could. A saved head
/// of another key than those that are believed has to wait until the log's entries have told their keys.
///
/// # Errors
/// [`Stopped`]; two heads that contradict each other come along as the conflict.
pub(super) fn compare(
    source: &Shared,
    tree: &mut Tree,
    shown: &Shown,
    believed: &Believed,
    known: &KnownHead,
) -> Result<bool, Stopped> {
    let keys = believed.keys();
    let vouched = match known.key() {
        Some(key) => believed.key_from != KeyFrom::FirstEntry || keys.contains(key),
        None => Policy::without_witnesses(keys).judge(known.note()).is_ok(),
    };
    if !vouched || shown.checkpoint.origin() != known.checkpoint().origin() {
        return Ok(false);
    }
    begins_with(source, tree, shown, known).map(|()| true)
}

/// The same, once the entries have told which keys the log has or had, and which log it takes the place of.
///
/// # Errors
/// [`Stopped`], as above.
pub(super) fn compare_late(
    source: &Shared,
    tree: &mut Tree,
    shown: &Shown,
    told: (&NamedKeys, Option<&Predecessor>),
    known: &KnownHead,
) -> Result<(), Stopped> {
    let (named, predecessor) = told;
    let (new, old) = (&shown.checkpoint, known.checkpoint());
    if new.origin() != old.origin() {
        return match predecessor.filter(|predecessor| predecessor.origin == old.origin()) {
            Some(predecessor) => succeeds(shown, predecessor, known),
            None => {
                let what = format!("the saved head is one of {}, and this log is {}", old.origin(), new.origin());
                Err(Stopped::Undecided(what))
            }
        };
    }
    match known.key() {
        Some(key) if !named.in_force_at(old.size()).any(|named| named.key == *key) => {
            let what = "the log has another key now than when the saved head was signed".to_owned();
            Err(conflict(shown, known, (0, 0), what))
        }
        None if !named.vouch_for(known.note(), old.size()) => {
            let what = "the saved head is not signed by this log's key, so that it proves nothing";
            Err(Stopped::Undecided(what.to_owned()))
        }
        _ => begins_with(source, tree, shown, known),
    }
}

/// Checks that a log says of the one that it takes the place of what the saved head of that one says. Of a shorter one
/// it can say nothing: the entries that would lead from one to the other are lost.
fn succeeds(shown: &Shown, predecessor: &Predecessor, known: &KnownHead) -> Result<(), Stopped> {
    let old = known.checkpoint();
    let key = VerifierKey::parse(&predecessor.key).ok();
    let is_signed = key.is_some_and(|key| known.note().verify([&key]).is_ok());
    if known.key().is_none() && !is_signed {
        let what = "the saved head is not signed by the key that the log names for the one before it";
        return Err(Stopped::Undecided(what.to_owned()));
    }
    if old.size() > predecessor.size {
        let what = format!(
            "it takes the place of a log of {} entries, and that log was signed with {}",
            predecessor.size,
            old.size()
        );
        return Err(conflict(shown, known, (0, 0), what));
    }
    if old.size() == predecessor.size && Digest::from_bytes(*old.root()) != predecessor.root {
        let what = "it names another root for the log before it than was signed".to_owned();
        return Err(conflict(shown, known, (0, 0), what));
    }
    Ok(())
}

fn conflict(shown: &Shown, known: &KnownHead, entries: (u64, u64), what: String) -> Stopped {
    let notes = (known.note().clone(), shown.note.clone());
    Misbehaviour { entries: Some(entries), what, conflict: Some(Box::new(notes)) }.into()
}

/// Checks that the tree known before is the beginning of this one; if not, in which of its complete subtrees.
fn begins_with(source: &Shared, tree: &mut Tree, shown: &Shown, known: &KnownHead) -> Result<(), Stopped> {
    let (new, old) = (&shown.checkpoint, known.checkpoint());
    if new.size() < old.size() {
        let what = format!("it was signed before, in a log of {} entries, and now the log ends here", old.size());
        return Err(conflict(shown, known, (new.size(), old.size().saturating_sub(1)), what));
    }
    let told = |error: VerifiedTilesError<ReadError>| place::of(source, new.size(), error);
    let what = "it is another one than when the saved head was signed".to_owned();
    let mut subtrees = known.subtrees().iter();
    for (id, begin) in complete_subtrees(old.size()) {
        let Some(before) = subtrees.next() else { break };
        if tree.node(id).map_err(told)? != *before {
            let last = begin.saturating_add(1 << id.level).saturating_sub(1);
            return Err(conflict(shown, known, (begin, last), what));
        }
    }
    if tree::root(old.size(), tree).map_err(told)? == *old.root() {
        return Ok(());
    }
    Err(conflict(shown, known, (0, old.size().saturating_sub(1)), what))
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
