//! The tokens of timestamping authorities: each must be signed by a believed authority, and be about this very log.
//!
//! A token about the head of some size is over a text that follows from the log: origin, size, and the root over its
//! first entries. So an older token proves of the newest log that its first entries were these ones then.
//!
//! What is wrong is told apart. A token of a believed authority over another text, under this log's name, contradicts
//! the log: it is what a rewritten history leaves behind, and an honest service stores none. A token that cannot be
//! believed at all proves nothing against anybody: the certificate that was given may be the wrong one.

use super::head::Head;
use super::known::Tree;
use super::place;
use super::source::Shared;
use super::{Misbehaviour, Stopped};
use crate::log::checkpoint::Checkpoint;
use crate::log::timestamp::{FileName, Stamp, Trusted, reply};
use crate::log::tree;

/// An authority that is believed.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The name that its tokens' files bear.
    pub name: String,
    /// Whose signatures are its own.
    pub trusted: Trusted,
}

/// What one authority has stated about the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampedBy {
    /// Its name.
    pub authority: String,
    /// How many tokens there are.
    pub tokens: u64,
    /// The first and the newest of them; none if they were not checked, since the authority is not believed.
    pub checked: Option<(Stamped, Stamped)>,
}

/// That a log was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// How many entries it had.
    pub size: u64,
    /// When, in seconds since 1970 UTC.
    pub time_s: u64,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// By authority; those that are believed first, with tokens or without.
    pub(super) by: Vec<StampedBy>,
    /// The newest believed time, in seconds since 1970 UTC.
    pub(super) fresh_s: Option<u64>,
    /// The first token that could not be believed.
    pub(super) doubt: Option<String>,
}

/// Checks all tokens about the log, as far as their authorities are believed.
///
/// # Errors
/// [`Stopped`] for a token that contradicts the log, and when files cannot be read.
pub(super) fn check(source: &Shared, tree: &mut Tree, head: &Head, believed: &[Authority]) -> Result<Found, Stopped> {
    let none = |authority: &Authority| StampedBy { authority: authority.name.clone(), tokens: 0, checked: None };
    let mut found = Found { by: believed.iter().map(none).collect(), ..Found::default() };
    for name in source.timestamps(tree.size())? {
        let authority = believed.iter().find(|authority| authority.name == name.authority());
        let stamp = match authority {
            Some(authority) => match examine(source, tree, head, &name, authority)? {
                Ok(stamp) => Some(Stamped { size: name.size(), time_s: stamp.time_us / 1_000_000 }),
                Err(why) => {
                    found.doubt.get_or_insert(format!("{}: {why}", name.path()));
                    continue;
                }
            },
            None => None,
        };
        found.fresh_s = found.fresh_s.max(stamp.map(|stamp| stamp.time_s));
        found.count(&name, stamp);
    }
    Ok(found)
}

impl Found {
    fn count(&mut self, name: &FileName, stamp: Option<Stamped>) {
        if !self.by.iter().any(|by| by.authority == name.authority()) {
            self.by.push(StampedBy { authority: name.authority().to_owned(), tokens: 0, checked: None });
        }
        let Some(by) = self.by.iter_mut().find(|by| by.authority == name.authority()) else { return };
        by.tokens += 1;
        if let Some(stamp) = stamp {
            // They come in the order of their sizes and numbers.
            by.checked = Some((by.checked.map_or(stamp, |(first, _)| first), stamp));
        }
    }
}

/// Looks at one token. What is doubtful about it is answered as a sentence.
fn examine(
    source: &Shared,
    tree: &mut Tree,
    head: &Head,
    name: &FileName,
    authority: &Authority,
) -> Result<Result<Stamp, String>, Stopped> {
    let token = match reply::token_in(&source.file(&name.path())?) {
        Ok(token) => token,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let stamp = match authority.trusted.verify(&token) {
        Ok(stamp) => stamp,
        Err(error) => return Ok(Err(format!("it is not proven to be from {}: {error}", authority.name))),
    };
    let size = name.size();
    let root = tree::root(size, tree).map_err(|error| place::of(source, head.checkpoint.size(), error))?;
    let text = Checkpoint::new(head.checkpoint.origin(), size, root).map(|checkpoint| checkpoint.text());
    let text = text.map_err(|error| Stopped::Undecided(error.to_string()))?;
    if token.is_over(text.as_bytes()) {
        return Ok(Ok(stamp));
    }
    let what = format!(
        "{}: {} has stamped another log of {size} entries than the first {size} of this one",
        name.path(),
        authority.name
    );
    Err(Misbehaviour { entries: size.checked_sub(1).map(|last| (0, last)), what, conflict: None }.into())
}
