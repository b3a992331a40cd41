//! What the books know of their own log: the keys that sign it, and the alarms about its publishing.

use crate::domain::digest::Digest;
use crate::domain::event::RuleDigests;
use crate::domain::id::{AlarmId, LogKeyId, RulesId};
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;

/// A key that signs, or has signed, the heads of an office's log. A head of size N carries the signature of every key
/// that is in force at N.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKey {
    /// Its id, which follows from the key.
    pub id: LogKeyId,
    /// The verifier key, in the signed-note form.
    pub key: String,
    /// Position of the entry that names it first.
    pub added_at_position: u64,
    /// Position of the entry that retires it.
    pub retired_at_position: Option<u64>,
}

impl LogKey {
    /// A key that the entry at a position names first.
    #[must_use]
    pub fn added(key: &str, position: u64) -> Self {
        Self { id: Self::id_of(key), key: key.to_owned(), added_at_position: position, retired_at_position: None }
    }

    /// The id of a verifier key: the first half of its SHA-256.
    #[must_use]
    pub fn id_of(key: &str) -> LogKeyId {
        let digest = Digest::of(&[key.as_bytes()]);
        let (bits, _) = digest.as_bytes().split_first_chunk().unwrap_or((&[0; 16], &[]));
        LogKeyId::from_bits(u128::from_be_bytes(*bits))
    }

    /// Whether it has to sign a head of this size: an entry counts from the first head that holds it.
    #[must_use]
    pub fn is_in_force_at(&self, size: u64) -> bool {
        self.added_at_position < size && self.retired_at_position.is_none_or(|retired| retired >= size)
    }
}

text_enum! {
    /// What an alarm is about.
    AlarmKind {
        WitnessQuorum = "witness_quorum",
        CheckpointFreshness = "checkpoint_freshness",
    }
}

text_enum! {
    /// Whether an alarm still stands.
    AlarmState {
        Raised = "raised",
        Cleared = "cleared",
    }
}

/// Something about the publishing of the log that was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its id.
    pub id: AlarmId,
    /// What it is about.
    pub about: AlarmKind,
    /// Whether it still stands.
    pub state: AlarmState,
    /// Since when it was so.
    pub since: Timestamp,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// When it was cleared.
    pub cleared_at: Option<Timestamp>,
}

/// A file of rules as the office goes by it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptedRules {
    /// Its id, which follows from its name.
    pub id: RulesId,
    /// Its name.
    pub name: String,
    /// The edition.
    pub digests: RuleDigests,
    /// Position of the entry that names this edition.
    pub adopted_at_position: u64,
}

impl AdoptedRules {
    /// The id of a file: the first half of the SHA-256 of its name.
    #[must_use]
    pub fn id_of(name: &str) -> RulesId {
        let digest = Digest::of(&[name.as_bytes()]);
        let (bits, _) = digest.as_bytes().split_first_chunk().unwrap_or((&[0; 16], &[]));
        RulesId::from_bits(u128::from_be_bytes(*bits))
    }

    /// An edition that the entry at a position names.
    #[must_use]
    pub fn at(name: &str, digests: RuleDigests, position: u64) -> Self {
        Self { id: Self::id_of(name), name: name.to_owned(), digests, adopted_at_position: position }
    }
}
