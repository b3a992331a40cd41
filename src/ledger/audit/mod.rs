//! The verifier: a log judged from its files alone, without a database and without the service.
//!
//! | module | what it does |
//! |---|---|
//! | [`source`], [`folder`] | where the files are |
//! | [`export`] | writes them out of a database |
//! | `head` | whom to believe: key, signatures, quorum, age |
//! | `keys`, `handover` | the keys that the entries name, and how one vouches for the next |
//! | `known` | the head against the one that was found good before |
//! | `pass` | every tile and every entry, in one pass |
//! | [`timestamps`] | what authorities of their own have stated about its age |
//! | `place` | where it is, when hashes do not fit |
//! | [`rules`], [`replay`] | what the entries mean |
//!
//! Without replay the memory used does not depend on the log's size.

pub mod export;
pub mod folder;
mod handover;
mod head;
mod keys;
mod known;
mod pass;
mod place;
pub mod replay;
pub mod rules;
pub mod source;
pub mod timestamps;

use std::collections::BTreeMap;
use std::fmt;

pub use keys::NamedKey;

use super::books::TrialBalance;
use crate::domain::event::{Predecessor, RuleDigests};
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::log::key::VerifierKey;
use crate::log::known::KnownHead;
use crate::log::note::Note;
use crate::log::policy::Policy;
use crate::log::tree::Hash;
use head::{Believed, Head, Shown};
use keys::NamedKeys;
use known::Tree;
use source::{ReadError, Shared, Source};
use timestamps::{Authority, StampedBy};

/// What is to be checked, beside what is always checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Whom to believe; without it, the key that the log's first entry names, and no witness.
    pub policy: Option<&'a Policy>,
    /// The head that was found good before.
    pub known: Option<&'a KnownHead>,
    /// How old the head may be, and the time from which its age is counted, in seconds since 1970 UTC.
    pub age: Option<AgeBound>,
    /// Which timestamping authorities are believed.
    pub authorities: &'a [Authority],
    /// Whether every entry is applied to the books.
    pub replay: bool,
}

/// How old a head may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeBound {
    /// Seconds.
    pub age_s_max: u64,
    /// Now, in seconds since 1970 UTC.
    pub now_s: u64,
}

/// From where the log's key is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFrom {
    /// The policy names it.
    Policy,
    /// The log's own first entry names it.
    FirstEntry,
    /// A key that was known has signed a head whose entries name it.
    Handover,
}

/// A good cosignature under the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The witness's name in the policy.
    pub witness: String,
    /// When, in seconds since 1970 UTC.
    pub time_s: u64,
}

/// An edition of a file of rules, and the entry that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRules {
    /// The edition.
    pub digests: RuleDigests,
    /// The entry's position.
    pub position: u64,
}

/// What a verification has looked at and found good.
#[derive(Clone, Debug)]
pub struct Report {
    /// Which log: the origin of its checkpoint.
    pub origin: String,
    /// Whose log, as its entries say; none for an empty log.
    pub office: Option<Name>,
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The key that has signed the head.
    pub key: VerifierKey,
    /// From where that key is known.
    pub key_from: KeyFrom,
    /// The keys that the log names, and which of them have signed the head.
    pub keys: Vec<NamedKey>,
    /// Which witnesses of the policy have cosigned.
    pub cosigned: Vec<Cosigned>,
    /// True if the policy asks for witnesses.
    pub witnesses_required: bool,
    /// What timestamping authorities have stated about it.
    pub stamped: Vec<StampedBy>,
    /// The newest time from which its age can be counted, in seconds since 1970 UTC.
    pub fresh_s: Option<u64>,
    /// The size of the head that was known before.
    pub known_size: Option<u64>,
    /// The log that this one takes the place of.
    pub predecessor: Option<Predecessor>,
    /// The size of the saved head, if it was one of that log.
    pub predecessor_size: Option<u64>,
    /// The times of the first and the last entry.
    pub span: Option<(Timestamp, Timestamp)>,
    /// How many bytes were read.
    pub size_bytes: u64,
    /// The rules that the office went by at the end, by file.
    pub rules: BTreeMap<String, NamedRules>,
    /// The books after the last entry, if they were replayed.
    pub trial_balance: Option<TrialBalance>,
    /// The head, to be known from now on.
    pub head: KnownHead,
}

/// Why a verification did not come to a good end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// Something is missing, too old, or not signed by whom it takes: nothing is proven either way.
    #[error("{0}")]
    Undecided(String),
    /// What is there cannot come from a log that is kept as it must be.
    #[error("{0}")]
    Misbehaviour(Box<Misbehaviour>),
}

/// Something that no honest log shows, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misbehaviour {
    /// The entries among which it is: the first and the last, both included. None where it is about no entry.
    pub entries: Option<(u64, u64)>,
    /// What is wrong there.
    pub what: String,
    /// Two signed heads of which only one can be true: the one known before, and the one shown now.
    pub conflict: Option<Box<(Note, Note)>>,
}

impl Misbehaviour {
    /// One entry is wrong.
    #[must_use]
    pub fn at(position: u64, what: impl Into<String>) -> Self {
        Self::among((position, position), what)
    }

    /// One of some entries is wrong; the first and the last of them.
    #[must_use]
    pub fn among(entries: (u64, u64), what: impl Into<String>) -> Self {
        Self { entries: Some(entries), what: what.into(), conflict: None }
    }
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entries {
            Some((first, last)) if first == last => write!(out, "entry {first}: {}", self.what),
            Some((first, last)) => write!(out, "one of the entries {first} to {last}: {}", self.what),
            None => out.write_str(&self.what),
        }
    }
}

impl From<Misbehaviour> for Stopped {
    fn from(found: Misbehaviour) -> Self {
        Self::Misbehaviour(Box::new(found))
    }
}

impl From<ReadError> for Stopped {
    fn from(error: ReadError) -> Self {
        Self::Undecided(error.to_string())
    }
}

/// Verifies a log. `progress` hears how many entries of how many are done.
///
/// # Errors
/// [`Stopped`] for the first thing that is wrong. What is only doubtful, such as too great an age, is told when nothing
/// is wrong.
pub fn verify(
    source: Box<dyn Source>,
    options: &Options<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, Stopped> {
    let source = Shared::new(source);
    let shown = Shown::read(&source)?;
    let (origin, size) = (shown.checkpoint.origin(), shown.checkpoint.size());
    let believed = Believed::read(&source, &shown, options.policy)?;
    let trusted = with_saved_key(&believed, options.known, origin);
    let direct = trusted.judge(&shown)?;
    let mut named = NamedKeys::default();
    // Whoever made these files: before somebody who is believed has signed them, they prove nothing about a log.
    let unsigned = |stopped: Stopped| direct.as_ref().err().map_or(stopped, |why| trusted.disown(why, 0));

    let mut tiles = known::open(&source, &shown).map_err(unsigned)?;
    let compared = options.known.map(|known| known::compare(&source, &mut tiles, &shown, &believed, known));
    let is_compared = compared.transpose().map_err(unsigned)?.unwrap_or(true);
    let passed = pass::pass(&source, &mut tiles, origin, &mut named, options.replay, progress);
    let head = match direct {
        Ok(head) => head,
        Err(why) => handed_over(&source, &mut tiles, &shown, &named, &trusted, &why)?,
    };
    let passed = passed?;
    handover::check(&source, &mut tiles, &named, &shown.note)?;
    if let Some(known) = options.known.filter(|_| !is_compared) {
        known::compare_late(&source, &mut tiles, &shown, (&named, passed.predecessor.as_ref()), known)?;
    }
    let known_size = |same| {
        let known = options.known.filter(|known| (known.checkpoint().origin() == origin) == same);
        known.map(|known| known.checkpoint().size())
    };
    let known_head = known::remember(&mut tiles, &head)?;
    let keys = named.check(&shown.note, size)?;
    let stamps = timestamps::check(&source, &mut tiles, &head, options.authorities)?;
    // A newer head than a stamped one is no older than that.
    let fresh_s = head.fresh_s.max(stamps.fresh_s);
    if let Some(doubt) = head.doubt(options.age, fresh_s).or(stamps.doubt) {
        return Err(Stopped::Undecided(doubt));
    }
    Ok(Report {
        origin: head.checkpoint.origin().to_owned(),
        office: passed.office,
        size: head.checkpoint.size(),
        root: *head.checkpoint.root(),
        key: head.key,
        key_from: head.key_from,
        cosigned: head.cosigned,
        witnesses_required: options.policy.is_some_and(Policy::requires_witnesses),
        stamped: stamps.by,
        fresh_s,
        keys,
        known_size: known_size(true),
        predecessor: passed.predecessor,
        predecessor_size: known_size(false),
        span: passed.span,
        size_bytes: source.size_bytes(),
        rules: passed.rules,
        trial_balance: passed.trial_balance,
        head: known_head,
    })
}

/// Whom to believe, and the key of the saved head: it was believed then. A policy, where one is given, says it all.
fn with_saved_key(believed: &Believed, known: Option<&KnownHead>, origin: &str) -> Believed {
    let known = known.filter(|known| known.checkpoint().origin() == origin);
    let key = known.filter(|_| believed.key_from == KeyFrom::FirstEntry).and_then(KnownHead::key);
    believed.and(key.cloned())
}

/// The head, if those who are believed have handed over to those that have signed it.
fn handed_over(
    source: &Shared,
    tiles: &mut Tree,
    shown: &Shown,
    named: &NamedKeys,
    trusted: &Believed,
    why: &str,
) -> Result<Head, Stopped> {
    let keys = handover::follow(source, tiles, named, shown.checkpoint.origin(), trusted.keys())?;
    let mut head = trusted.and(keys).judge(shown)?.map_err(|_| trusted.disown(why, named.all().count()))?;
    head.key_from = KeyFrom::Handover;
    Ok(head)
}
