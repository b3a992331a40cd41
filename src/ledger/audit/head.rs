//! The newest head: whether it is signed by whom it takes, and how old it is.

use super::keys::tampered;
use super::source::Shared;
use super::{AgeBound, Cosigned, KeyFrom, Misbehaviour, Stopped};
use crate::domain::event::Event;
use crate::ledger::entry::Entry;
use crate::log::checkpoint::Checkpoint;
use crate::log::key::VerifierKey;
use crate::log::note::{NotVerified, Note};
use crate::log::policy::{JudgeError, Policy, Quorum};
use crate::log::tile::{Entries, Kind, Tile};

/// The head as it is shown, before anything about it is believed.
pub(super) struct Shown {
    pub(super) note: Note,
    pub(super) checkpoint: Checkpoint,
}

impl Shown {
    /// Reads it.
    ///
    /// # Errors
    /// [`Stopped::Undecided`].
    pub(super) fn read(source: &Shared) -> Result<Self, Stopped> {
        let undecided = |error: String| Stopped::Undecided(format!("the checkpoint: {error}"));
        let note = source.file("checkpoint")?;
        let note = Note::parse(&note).map_err(|error| undecided(error.to_string()))?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|error| undecided(error.to_string()))?;
        Ok(Self { note, checkpoint })
    }
}

/// Whom to believe.
#[derive(Clone)]
pub(super) struct Believed {
    pub(super) policy: Policy,
    pub(super) key_from: KeyFrom,
}

impl Believed {
    /// Those whom the policy names; where it names no log, the key in the log's first entry.
    ///
    /// # Errors
    /// [`Stopped`], if no key is named anywhere.
    pub(super) fn read(source: &Shared, shown: &Shown, policy: Option<&Policy>) -> Result<Self, Stopped> {
        if let Some(policy) = policy.filter(|policy| !policy.logs().is_empty()) {
            return Ok(Self { policy: policy.clone(), key_from: KeyFrom::Policy });
        }
        let key = first_key(source, shown.checkpoint.size())?;
        let none = || Policy::without_witnesses(Vec::new());
        let policy = policy.cloned().unwrap_or_else(none).with_log(key);
        Ok(Self { policy, key_from: KeyFrom::FirstEntry })
    }

    /// The same, believing these keys of the log as well.
    pub(super) fn and(&self, keys: impl IntoIterator<Item = VerifierKey>) -> Self {
        let policy = keys.into_iter().fold(self.policy.clone(), Policy::with_log);
        Self { policy, key_from: self.key_from }
    }

    /// The keys of logs that are believed.
    pub(super) fn keys(&self) -> Vec<VerifierKey> {
        self.policy.logs().iter().map(|log| log.key.clone()).collect()
    }

    /// What it means that nobody believed has signed a head whose log names so many keys.
    pub(super) fn disown(&self, why: &str, keys: usize) -> Stopped {
        match self.key_from {
            KeyFrom::FirstEntry if keys < 2 => {
                Misbehaviour::at(0, "the key that it names has not signed the checkpoint").into()
            }
            _ if keys < 2 => Stopped::Undecided(why.to_owned()),
            _ => Stopped::Undecided(format!("{why}; and no handover leads from a believed key to those that have")),
        }
    }

    /// The head, if somebody believed has signed it; else what is missing, in a sentence. A missed quorum is a doubt,
    /// and told by [`Head::doubt`].
    ///
    /// # Errors
    /// Misbehaviour, if a line of a believed key is not its signature.
    pub(super) fn judge(&self, shown: &Shown) -> Result<Result<Head, String>, Stopped> {
        let judgement = match self.policy.judge(&shown.note) {
            Ok(judgement) => judgement,
            Err(JudgeError::NotVerified(NotVerified::Signature(name))) => return Err(tampered(name.as_str())),
            Err(error) => return Ok(Err(format!("the checkpoint: {error}"))),
        };
        let cosigned: Vec<Cosigned> = judgement
            .cosigned
            .iter()
            .map(|cosigned| Cosigned { witness: cosigned.witness.name.clone(), time_s: cosigned.time_s })
            .collect();
        let fresh_s = match judgement.quorum {
            Quorum::Met { fresh_s, .. } => Some(fresh_s),
            Quorum::NotRequired => cosigned.iter().map(|cosigned| cosigned.time_s).max(),
            Quorum::Missed => None,
        };
        let (key, quorum, checkpoint) = (judgement.log.clone(), judgement.quorum, judgement.checkpoint);
        let (note, key_from) = (shown.note.clone(), self.key_from);
        Ok(Ok(Head { note, checkpoint, key, key_from, cosigned, fresh_s, quorum }))
    }
}

/// A head that its log has signed.
pub(super) struct Head {
    pub(super) note: Note,
    pub(super) checkpoint: Checkpoint,
    pub(super) key: VerifierKey,
    pub(super) key_from: KeyFrom,
    pub(super) cosigned: Vec<Cosigned>,
    /// From when its age counts, in seconds since 1970 UTC; none where nobody has stated a time.
    pub(super) fresh_s: Option<u64>,
    quorum: Quorum,
}

impl Head {
    /// Why the head, good as it is, is not enough: witnesses are missing, or it is too old, counted from `fresh_s`.
    pub(super) fn doubt(&self, age: Option<AgeBound>, fresh_s: Option<u64>) -> Option<String> {
        if !self.quorum.is_enough() {
            let names: Vec<&str> = self.cosigned.iter().map(|cosigned| cosigned.witness.as_str()).collect();
            let there =
                if names.is_empty() { "none has".to_owned() } else { format!("only {} have", names.join(", ")) };
            return Some(format!("the policy asks for more witnesses than have cosigned the checkpoint: {there}"));
        }
        let AgeBound { age_s_max, now_s } = age?;
        let Some(fresh_s) = fresh_s else {
            let nobody = "no believed witness or timestamping authority states a time";
            return Some(format!("{nobody}, so that the checkpoint's age is unknown"));
        };
        let age_s = now_s.saturating_sub(fresh_s);
        (age_s > age_s_max).then(|| {
            format!("the checkpoint is {age_s} seconds old, and {age_s_max} are allowed: the log may go on unseen")
        })
    }
}

/// The key that the log's first entry names. It is believed as far as this log goes: that the first entry is the one
/// that was signed is found out later, like that of every other entry.
fn first_key(source: &Shared, size: u64) -> Result<VerifierKey, Stopped> {
    let Some(tile) = Tile::widest(Kind::Entries, 0, size) else {
        let what = "the log is empty and names no key: give one in a policy";
        return Err(Stopped::Undecided(what.to_owned()));
    };
    let bundle = source.tile(tile)?;
    let wrong = |what: String| Stopped::from(Misbehaviour::at(0, what));
    let first = Entries::new(&bundle, tile.width()).next().ok_or_else(|| wrong("it is not there".to_owned()))?;
    let first = first.map_err(|error| wrong(error.to_string()))?;
    let entry = Entry::parse(first).map_err(|error| wrong(error.to_string()))?;
    let Event::LogOpened(opened) = entry.fact.event else { return Err(wrong("it is not log.opened".to_owned())) };
    let Some(key) = opened.key else {
        let what = "the log's first entry names no verifier key: give one in a policy";
        return Err(Stopped::Undecided(what.to_owned()));
    };
    VerifierKey::parse(&key).map_err(|error| wrong(format!("its verifier key is none: {error}")))
}
