//! From a key that is known to the keys that sign now: before a key is retired, it signs a head whose entries name its
//! successors. Whoever believes the key believes that head, and so what it says about keys.

use super::keys::NamedKeys;
use super::known::Tree;
use super::source::Shared;
use super::{Misbehaviour, Stopped};
use crate::log::checkpoint::Checkpoint;
use crate::log::key::VerifierKey;
use crate::log::note::Note;
use crate::log::tree;

/// The head with which a key was retired.
struct Handover {
    note: Note,
    checkpoint: Checkpoint,
}

/// The heads of all retirements that the log names, as far as they are there.
fn all(source: &Shared, named: &NamedKeys, origin: &str) -> Result<Vec<Handover>, Stopped> {
    let mut found = Vec::new();
    for number in 0..named.retired_count() {
        let Some(bytes) = source.there(&format!("handover/{number}"))? else { continue };
        let undecided = |error: String| Stopped::Undecided(format!("handover/{number}: {error}"));
        let note = Note::parse(&bytes).map_err(|error| undecided(error.to_string()))?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|error| undecided(error.to_string()))?;
        if checkpoint.origin() != origin {
            return Err(undecided(format!("it is a head of {}", checkpoint.origin())));
        }
        found.push(Handover { note, checkpoint });
    }
    Ok(found)
}

/// Whether a head is one of the beginning of this tree; none where the tree does not reach so far or cannot be read.
fn fits(tree: &mut Tree, checkpoint: &Checkpoint) -> Option<bool> {
    if checkpoint.size() > tree.size() {
        return None;
    }
    tree::root(checkpoint.size(), tree).ok().map(|root| root == *checkpoint.root())
}

/// The keys that are believed by whoever believes these: with each head that one of them has signed, and that is the
/// beginning of this tree, those that were in force then.
///
/// # Errors
/// [`Stopped::Undecided`] where a head cannot be read.
pub(super) fn follow(
    source: &Shared,
    tree: &mut Tree,
    named: &NamedKeys,
    origin: &str,
    mut believed: Vec<VerifierKey>,
) -> Result<Vec<VerifierKey>, Stopped> {
    for Handover { note, checkpoint } in all(source, named, origin)? {
        if note.verify(&believed).is_ok() && fits(tree, &checkpoint) == Some(true) {
            believed.extend(named.in_force_at(checkpoint.size()).map(|named| named.key.clone()));
        }
    }
    Ok(believed)
}

/// Checks that every head of a retirement is the beginning of the tree of `shown`, a head that is believed.
///
/// # Errors
/// Misbehaviour, with both heads, where a key has signed another beginning while it was in force.
pub(super) fn check(source: &Shared, tree: &mut Tree, named: &NamedKeys, shown: &Note) -> Result<(), Stopped> {
    let origin = Checkpoint::parse(shown.text()).map(|checkpoint| checkpoint.origin().to_owned()).unwrap_or_default();
    for Handover { note, checkpoint } in all(source, named, &origin)? {
        if named.vouch_for(&note, checkpoint.size()) && fits(tree, &checkpoint) == Some(false) {
            let what = "it is another one than when a key was retired".to_owned();
            let entries = Some((0, checkpoint.size().saturating_sub(1)));
            let conflict = Some(Box::new((note, shown.clone())));
            return Err(Misbehaviour { entries, what, conflict }.into());
        }
    }
    Ok(())
}
