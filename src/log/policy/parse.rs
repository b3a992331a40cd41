//! Reading a policy file.
//!
//! The file is read as UTF-8, which the specification recommends; names are compared byte by byte.

use std::collections::{BTreeMap, BTreeSet};

use super::{Log, Member, Policy, Witness};
use crate::log::key::{Algorithm, VerifierKey, VerifierKeyError};
use crate::log::text;

/// The largest file that is read.
pub const POLICY_SIZE_BYTES_MAX: usize = 64 * 1024;

/// Predefined: no quorum. It can be no name of a witness or a group.
const NONE: &str = "none";

/// Why a file is no policy, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct PolicyError {
    /// The line, counted from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// What a policy does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file is larger than [`POLICY_SIZE_BYTES_MAX`].
    #[error("the file is larger than {POLICY_SIZE_BYTES_MAX} bytes")]
    Size,
    /// The file is not UTF-8.
    #[error("the file is not UTF-8")]
    Utf8,
    /// There is a control character other than tab and line feed.
    #[error("a control character")]
    Control,
    /// The line begins with another word than `log`, `witness`, `group` and `quorum`.
    #[error("not log, witness, group or quorum")]
    Keyword,
    /// The line has too few or too many words.
    #[error("too few or too many words")]
    Words,
    /// A verifier key is none.
    #[error(transparent)]
    Key(#[from] VerifierKeyError),
    /// A log's key must sign notes (0x01), a witness's checkpoints with their time (0x04).
    #[error("a key of the wrong type: logs have 0x01, witnesses 0x04")]
    KeyType,
    /// The public key stands in an earlier line of the same kind.
    #[error("the same public key stands above")]
    SameKey,
    /// The name is defined above, or is `none`.
    #[error("the name is defined above, or is none")]
    Defined,
    /// The name is not defined above.
    #[error("the name is not defined above")]
    Undefined,
    /// The name is a member of a group already.
    #[error("the name is a member of a group already")]
    Member,
    /// The threshold is not `all`, `any`, or a number from 1 to the number of members.
    #[error("the threshold is not all, any or a number from 1 to the number of members")]
    Threshold,
    /// There is a second quorum line, or none at all.
    #[error("a policy has exactly one quorum line")]
    Quorum,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`PolicyError`] for the first line that is wrong.
    pub fn parse(file: &[u8]) -> Result<Self, PolicyError> {
        let whole = |reason| PolicyError { line: 0, reason };
        if file.len() > POLICY_SIZE_BYTES_MAX {
            return Err(whole(Reason::Size));
        }
        let file = std::str::from_utf8(file).map_err(|_| whole(Reason::Utf8))?;
        let mut reader = Reader::default();
        for (index, line) in file.split('\n').enumerate() {
            reader.line(line).map_err(|reason| PolicyError { line: index.saturating_add(1), reason })?;
        }
        let quorum = reader.quorum.ok_or(whole(Reason::Quorum))?;
        Ok(Self { logs: reader.logs, witnesses: reader.witnesses, members: reader.members, quorum })
    }
}

#[derive(Default)]
struct Reader {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    members: Vec<Member>,
    /// What a name stands for: an index into the members.
    names: BTreeMap<String, usize>,
    /// Members that stand in a group.
    grouped: BTreeSet<usize>,
    quorum: Option<Option<usize>>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Reason> {
        if line.bytes().any(|byte| byte == 0x7f || (byte < b' ' && byte != b'\t')) {
            return Err(Reason::Control);
        }
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", words @ ..] => self.log(words),
            ["witness", words @ ..] => self.witness(words),
            ["group", words @ ..] => self.group(words),
            ["quorum", words @ ..] => self.quorum(words),
            _ => Err(Reason::Keyword),
        }
    }

    fn log(&mut self, words: &[&str]) -> Result<(), Reason> {
        let (key, url) = match words {
            [key] => (key, None),
            [key, url] => (key, Some((*url).to_owned())),
            _ => return Err(Reason::Words),
        };
        let key = key_of(key, Algorithm::Ed25519)?;
        if self.logs.iter().any(|log| log.key.public_key() == key.public_key()) {
            return Err(Reason::SameKey);
        }
        self.logs.push(Log { key, url });
        Ok(())
    }

    fn witness(&mut self, words: &[&str]) -> Result<(), Reason> {
        let (name, key, url) = match words {
            [name, key] => (name, key, None),
            [name, key, url] => (name, key, Some((*url).to_owned())),
            _ => return Err(Reason::Words),
        };
        let key = key_of(key, Algorithm::CosignatureV1)?;
        if self.witnesses.iter().any(|witness| witness.key.public_key() == key.public_key()) {
            return Err(Reason::SameKey);
        }
        self.define(name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witness { name: (*name).to_owned(), key, url });
        Ok(())
    }

    fn group(&mut self, words: &[&str]) -> Result<(), Reason> {
        let [name, threshold, names @ ..] = words else {
            return Err(Reason::Words);
        };
        if names.is_empty() {
            return Err(Reason::Words);
        }
        let threshold = match *threshold {
            "all" => names.len(),
            "any" => 1,
            number => text::decimal(number).and_then(|number| number.try_into().ok()).ok_or(Reason::Threshold)?,
        };
        if threshold == 0 || threshold > names.len() {
            return Err(Reason::Threshold);
        }
        let mut members = Vec::with_capacity(names.len());
        for name in names {
            let member = *self.names.get(*name).ok_or(Reason::Undefined)?;
            if !self.grouped.insert(member) {
                return Err(Reason::Member);
            }
            members.push(member);
        }
        self.define(name, Member::Group { threshold, members })
    }

    fn quorum(&mut self, words: &[&str]) -> Result<(), Reason> {
        let [name] = words else {
            return Err(Reason::Words);
        };
        if self.quorum.is_some() {
            return Err(Reason::Quorum);
        }
        let member = self.names.get(*name).copied();
        if *name != NONE && member.is_none() {
            return Err(Reason::Undefined);
        }
        self.quorum = Some(member);
        Ok(())
    }

    fn define(&mut self, name: &str, member: Member) -> Result<(), Reason> {
        if name == NONE || self.names.contains_key(name) {
            return Err(Reason::Defined);
        }
        self.names.insert(name.to_owned(), self.members.len());
        self.members.push(member);
        Ok(())
    }
}

fn key_of(text: &str, algorithm: Algorithm) -> Result<VerifierKey, Reason> {
    let key = VerifierKey::parse(text)?;
    if key.algorithm() == algorithm { Ok(key) } else { Err(Reason::KeyType) }
}
