//! The log itself: how it begins, which keys sign it, and what went wrong with its publishing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::AlarmId;
use crate::domain::objects::AlarmKind;
use crate::domain::time::Timestamp;

/// The first entry of every log, at position 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogOpened {
    /// Verifier key of the log's signer, in the signed-note form.
    pub key: Option<String>,
    /// `live` or `demo`.
    pub mode: String,
    /// Name of the log: `<domain>/log/<office>`.
    pub origin: String,
    /// The log that this one takes the place of, where that one could not be restored.
    pub predecessor: Option<Predecessor>,
    /// Each file of rules in force, by name.
    pub rule_packs: BTreeMap<String, RuleDigests>,
    /// IANA name of the zone in which the office counts days.
    pub time_zone: String,
}

/// The last signed head of a log that could not be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predecessor {
    /// SHA-256 of the signed head's text, so that everybody means the same one.
    pub head_sha256: Digest,
    /// The verifier key that has signed the head.
    pub key: String,
    /// Name of that log.
    pub origin: String,
    /// The root over its entries.
    pub root: Digest,
    /// How many entries it had.
    pub size: u64,
}

/// From the first head that holds this entry on, this key signs too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogKeyAdded {
    /// The verifier key, in the signed-note form; its name is the log's origin.
    pub key: String,
}

/// From the first head that holds this entry on, this key does not sign any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogKeyRetired {
    /// The verifier key, in the signed-note form.
    pub key: String,
}

/// Something that others rely on has not been so for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogAlarmRaised {
    /// What is wrong.
    pub about: AlarmKind,
    /// The alarm.
    pub alarm: AlarmId,
    /// Since when it has been wrong, by the clock of the node that raised the alarm.
    pub since: Timestamp,
}

/// It is as it should be again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogAlarmCleared {
    /// What was wrong.
    pub about: AlarmKind,
    /// The alarm.
    pub alarm: AlarmId,
}

/// One edition of a file of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDigests {
    /// SHA-256 of its text.
    pub sha256: Digest,
    /// SM3 of its text.
    pub sm3: Digest,
    /// The edition it says it is.
    pub version: String,
}

/// From here on the office goes by this edition of a file of rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesAdopted {
    /// The file's name, without an ending.
    pub name: String,
    /// SHA-256 of its text.
    pub sha256: Digest,
    /// SM3 of its text.
    pub sm3: Digest,
    /// The edition it says it is.
    pub version: String,
}
