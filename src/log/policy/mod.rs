//! Whom to believe: the logs, the witnesses and the quorum of a policy file (C2SP tlog-policy).
//!
//! ```text
//! log     <verifier key> [<url>]
//! witness <name> <verifier key> [<url>]
//! group   <name> <k, all or any> <member>…
//! quorum  <name, or none>
//! ```
//!
//! A name is defined above the lines that use it, and stands in one group at most, so that a witness counts once.

mod judge;
mod parse;

pub use judge::{Cosigned, JudgeError, Judgement, Quorum};
pub use parse::{POLICY_SIZE_BYTES_MAX, PolicyError, Reason};

use super::key::VerifierKey;

/// A log that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its key, named like its origin.
    pub key: VerifierKey,
    /// Where it is, as the file says.
    pub url: Option<String>,
}

/// A witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its name in the file.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where checkpoints are submitted to it, as the file says: `add-checkpoint` comes behind this.
    pub url: Option<String>,
}

/// A parsed policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    /// Witnesses and groups in the order of their definition: a group's members stand before it.
    members: Vec<Member>,
    /// Index into `members`; none for `quorum none`.
    quorum: Option<usize>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Member {
    /// Index into the policy's witnesses.
    Witness(usize),
    /// As many of these members as the threshold says; indices into the policy's members.
    Group { threshold: usize, members: Vec<usize> },
}

impl Policy {
    /// A policy that believes these logs and asks for no witness, as one that is given no file does.
    #[must_use]
    pub fn without_witnesses(logs: Vec<VerifierKey>) -> Self {
        let logs = logs.into_iter().map(|key| Log { key, url: None }).collect();
        Self { logs, witnesses: Vec::new(), members: Vec::new(), quorum: None }
    }

    /// The same policy, believing one more log. A file may leave the log to be known from elsewhere.
    #[must_use]
    pub fn with_log(mut self, key: VerifierKey) -> Self {
        if !self.logs.iter().any(|log| log.key == key) {
            self.logs.push(Log { key, url: None });
        }
        self
    }

    /// The logs, in the order of the file.
    #[must_use]
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, in the order of the file.
    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// True if cosignatures are asked for: false for `quorum none`.
    #[must_use]
    pub const fn requires_witnesses(&self) -> bool {
        self.quorum.is_some()
    }
}
