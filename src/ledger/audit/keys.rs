//! The keys of a log, as its own entries name them: which of them had to sign a head of a size, and which have.

use super::{Misbehaviour, Stopped};
use crate::domain::event::Event;
use crate::log::key::VerifierKey;
use crate::log::note::{NotVerified, Note};

/// A key that the log names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKey {
    /// The key.
    pub key: VerifierKey,
    /// Position of the entry that names it first.
    pub added: u64,
    /// Position of the entry that retires it.
    pub retired: Option<u64>,
    /// Whether it has signed the head that was verified.
    pub has_signed: bool,
}

/// Every key that a log has named so far.
#[derive(Clone, Debug, Default)]
pub(super) struct NamedKeys(Vec<NamedKey>);

impl NamedKeys {
    /// Takes in what an entry of the log with this origin says.
    ///
    /// # Errors
    /// A sentence about the entry.
    pub(super) fn entry(&mut self, position: u64, event: &Event, origin: &str) -> Result<(), String> {
        match event {
            Event::LogOpened(opened) => {
                let key = opened.key.as_deref().and_then(|key| VerifierKey::parse(key).ok());
                self.0.extend(key.map(|key| NamedKey { key, added: position, retired: None, has_signed: false }));
                Ok(())
            }
            Event::LogKeyAdded(data) => self.add(position, parsed(&data.key)?, origin),
            Event::LogKeyRetired(data) => self.retire(position, &parsed(&data.key)?),
            _ => Ok(()),
        }
    }

    fn add(&mut self, position: u64, key: VerifierKey, origin: &str) -> Result<(), String> {
        if key.name().as_str() != origin {
            return Err(format!("it adds a key of {}, which cannot sign for {origin}", key.name()));
        }
        if self.0.iter().any(|named| named.key == key) {
            return Err("it adds a key that the log has named before".to_owned());
        }
        self.0.push(NamedKey { key, added: position, retired: None, has_signed: false });
        Ok(())
    }

    fn retire(&mut self, position: u64, key: &VerifierKey) -> Result<(), String> {
        let others = self.0.iter().any(|named| named.retired.is_none() && named.key != *key);
        let mut found = self.0.iter_mut();
        let Some(named) = found.find(|named| named.retired.is_none() && named.key == *key) else {
            return Err("it retires a key that is not in force".to_owned());
        };
        if !others {
            return Err("it retires the last key of the log".to_owned());
        }
        named.retired = Some(position);
        Ok(())
    }

    /// The keys that have to sign a head of this size.
    pub(super) fn in_force_at(&self, size: u64) -> impl Iterator<Item = &NamedKey> {
        self.0.iter().filter(move |named| named.added < size && named.retired.is_none_or(|retired| retired >= size))
    }

    /// Every key.
    pub(super) fn all(&self) -> impl Iterator<Item = &VerifierKey> + Clone {
        self.0.iter().map(|named| &named.key)
    }

    /// How many are retired by now.
    pub(super) fn retired_count(&self) -> usize {
        self.0.iter().filter(|named| named.retired.is_some()).count()
    }

    /// True if a head of this size has the signature of a key that was in force.
    pub(super) fn vouch_for(&self, note: &Note, size: u64) -> bool {
        let signed = note.verify(self.all()).unwrap_or_default();
        self.in_force_at(size).any(|named| signed.iter().any(|signed| *signed.key == named.key))
    }

    /// Checks that the head of this size, which somebody believed has signed, has the signature of every key that is in
    /// force; answers all keys, with who has signed.
    ///
    /// # Errors
    /// [`Stopped::Undecided`] where a signature is missing: whoever handed the note over may have left it out.
    /// Misbehaviour where only keys have signed that must not: nobody can add a signature.
    pub(super) fn check(mut self, note: &Note, size: u64) -> Result<Vec<NamedKey>, Stopped> {
        if self.0.is_empty() {
            return Ok(self.0);
        }
        let signed = match note.verify(self.all()) {
            Ok(signed) => signed.iter().map(|signed| signed.key.clone()).collect(),
            Err(NotVerified::Unknown) => Vec::new(),
            Err(NotVerified::Signature(name)) => return Err(tampered(&name.to_string())),
        };
        self.0.iter_mut().for_each(|named| named.has_signed = signed.contains(&named.key));
        let Some(_) = self.in_force_at(size).find(|named| named.has_signed) else { return Err(self.only_others()) };
        let missing = self.in_force_at(size).find(|named| !named.has_signed).cloned();
        match missing {
            Some(missing) => Err(Stopped::Undecided(format!(
                "the checkpoint lacks the signature of {}, which is in force since entry {}: ask for the whole \
                 checkpoint, with the signature of every key of the log",
                missing.key, missing.added
            ))),
            None => Ok(self.0),
        }
    }

    /// No key in force has signed.
    fn only_others(&self) -> Stopped {
        let retired = self.0.iter().find_map(|named| named.retired.filter(|_| named.has_signed));
        let what = match retired {
            Some(position) => {
                return Misbehaviour::at(
                    position,
                    "it retires the key that has signed the checkpoint all the same, \
                                                   and no key in force has",
                )
                .into();
            }
            None => "the checkpoint is signed by a key that is believed, and that no entry of the log names",
        };
        Misbehaviour { entries: None, what: what.to_owned(), conflict: None }.into()
    }
}

/// A line of a believed key that is not that key's signature.
pub(super) fn tampered(name: &str) -> Stopped {
    let what =
        format!("the signature of {name} under the checkpoint does not fit: this is not the text that was signed");
    Misbehaviour { entries: None, what, conflict: None }.into()
}

fn parsed(key: &str) -> Result<VerifierKey, String> {
    VerifierKey::parse(key).map_err(|error| format!("its verifier key is none: {error}"))
}
