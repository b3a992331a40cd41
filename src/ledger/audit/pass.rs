//! One pass over everything: each tile against its parent, each bundle against its tile, each entry against the one
//! before it, its schema and, if asked for, the books.

use std::collections::BTreeMap;

use super::keys::NamedKeys;
use super::known::Tree;
use super::place;
use super::replay::Auditor;
use super::source::Shared;
use super::{Misbehaviour, NamedRules, Stopped};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, Predecessor, RuleDigests};
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::ledger::books::TrialBalance;
use crate::ledger::entry::Entry;
use crate::ledger::replay::Link;
use crate::log::chain;
use crate::log::tile::{Entries, Kind, TILE_WIDTH, Tile};
use crate::log::tree::Hash;

/// What a pass has seen.
pub(super) struct Passed {
    pub(super) office: Option<Name>,
    pub(super) span: Option<(Timestamp, Timestamp)>,
    pub(super) predecessor: Option<Predecessor>,
    pub(super) rules: BTreeMap<String, NamedRules>,
    pub(super) trial_balance: Option<TrialBalance>,
}

/// Goes through a log from its first entry to its last. No entry is parsed before it is known to be the signed one.
/// What the entries say of keys is there even if something is wrong further on.
///
/// # Errors
/// [`Stopped`] for the first thing that is wrong.
pub(super) fn pass(
    source: &Shared,
    tree: &mut Tree,
    origin: &str,
    named: &mut NamedKeys,
    replay: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Passed, Stopped> {
    let size = tree.size();
    let mut reader = Reader::new(origin, named, replay);
    let mut leaves: Vec<Hash> = Vec::with_capacity(usize::from(TILE_WIDTH));
    for index in 0..size.div_ceil(u64::from(TILE_WIDTH)) {
        progress(reader.link.next_position, size);
        leaves.clear();
        leaves.extend_from_slice(tree.hashes(0, index).map_err(|error| place::of(source, size, error))?);
        let Some(tile) = Tile::widest(Kind::Entries, index, size) else { break };
        reader.bundle(tile, &source.tile(tile)?, &leaves)?;
    }
    // Tiles of higher levels are checked where one below them is read, so that by now all of them are.
    progress(size, size);
    reader.end()
}

/// The entries of a log, one after the other.
struct Reader<'a> {
    origin: &'a str,
    link: Link,
    opened_at: Option<Timestamp>,
    predecessor: Option<Predecessor>,
    named: &'a mut NamedKeys,
    rules: BTreeMap<String, NamedRules>,
    auditor: Option<Auditor>,
}

impl<'a> Reader<'a> {
    fn new(origin: &'a str, named: &'a mut NamedKeys, replay: bool) -> Self {
        let auditor = replay.then(Auditor::default);
        Self {
            origin,
            link: Link::beginning(None),
            opened_at: None,
            predecessor: None,
            named,
            rules: BTreeMap::new(),
            auditor,
        }
    }

    /// Reads a bundle whose entries must have these leaves.
    fn bundle(&mut self, tile: Tile, bundle: &[u8], leaves: &[Hash]) -> Result<(), Stopped> {
        let mut entries = Entries::new(bundle, tile.width());
        for expected in leaves {
            let position = self.link.next_position;
            let wrong = |what: String| Stopped::from(Misbehaviour::at(position, what));
            let entry = entries.next().ok_or_else(|| wrong("it is not in its bundle".to_owned()))?;
            let entry = entry.map_err(|error| wrong(error.to_string()))?;
            let leaf = chain::leaf(entry);
            if leaf != *expected {
                return Err(wrong("its bytes are not those that the signed tree holds".to_owned()));
            }
            self.entry(entry, leaf).map_err(wrong)?;
        }
        match entries.next() {
            None => Ok(()),
            Some(entry) => {
                let what = entry.err().map_or_else(String::new, |error| error.to_string());
                Err(Misbehaviour::at(self.link.next_position, what).into())
            }
        }
    }

    /// Reads an entry that the signed tree holds.
    fn entry(&mut self, bytes: &[u8], leaf: Hash) -> Result<(), String> {
        if bytes.len() > chain::ENTRY_SIZE_BYTES_MAX {
            return Err(format!("it has {} bytes, more than an entry may have", bytes.len()));
        }
        let entry = Entry::parse(bytes).map_err(|error| error.to_string())?;
        self.link.follow(&entry, Digest::from_bytes(leaf))?;
        if let Event::LogOpened(opened) = &entry.fact.event {
            self.opened_at = Some(entry.at);
            self.predecessor.clone_from(&opened.predecessor);
            for (name, digests) in &opened.rule_packs {
                self.rules.insert(name.clone(), NamedRules { digests: digests.clone(), position: entry.position });
            }
            if opened.origin != self.origin {
                return Err(format!("it opens {}, and the checkpoint is one of {}", opened.origin, self.origin));
            }
        }
        if let Event::RulesAdopted(data) = &entry.fact.event {
            let digests = RuleDigests { sha256: data.sha256, sm3: data.sm3, version: data.version.clone() };
            self.rules.insert(data.name.clone(), NamedRules { digests, position: entry.position });
        }
        self.named.entry(entry.position, &entry.fact.event, self.origin)?;
        self.auditor.as_mut().map_or(Ok(()), |auditor| auditor.entry(&entry))
    }

    fn end(self) -> Result<Passed, Stopped> {
        let Link { office, at, next_position, .. } = self.link;
        let trial_balance = match &self.auditor {
            Some(auditor) => {
                let balance = auditor.trial_balance(next_position.saturating_sub(1), at);
                let what = |what| Stopped::from(Misbehaviour { entries: None, what, conflict: None });
                Some(balance.map_err(what)?)
            }
            None => None,
        };
        let span = self.opened_at.map(|opened_at| (opened_at, at));
        Ok(Passed { office, span, predecessor: self.predecessor, rules: self.rules, trial_balance })
    }
}
