//! Judging a signed checkpoint by a policy.

use super::{Member, Policy, Witness};
use crate::log::checkpoint::{Checkpoint, CheckpointError};
use crate::log::key::VerifierKey;
use crate::log::note::{NotVerified, Note};

/// What a signed checkpoint is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement<'p> {
    /// What the log says.
    pub checkpoint: Checkpoint,
    /// The key of the log that says it.
    pub log: &'p VerifierKey,
    /// Who has cosigned it, in the order of the policy's witnesses.
    pub cosigned: Vec<Cosigned<'p>>,
    /// Whether they are enough.
    pub quorum: Quorum,
}

/// A witness's good cosignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosigned<'p> {
    /// The witness.
    pub witness: &'p Witness,
    /// When, in seconds since 1970 UTC: the newest, if it has cosigned more than once.
    pub time_s: u64,
}

/// Whether enough witnesses have cosigned, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// The policy asks for none.
    NotRequired,
    /// Not enough have.
    Missed,
    /// Enough have.
    Met {
        /// By then a quorum had seen the checkpoint, so it existed. Seconds since 1970 UTC.
        seen_s: u64,
        /// Until then a quorum had seen nothing newer, so its age counts from here. Seconds since 1970 UTC.
        fresh_s: u64,
    },
}

impl Quorum {
    /// True unless it is missed.
    #[must_use]
    pub const fn is_enough(self) -> bool {
        !matches!(self, Self::Missed)
    }
}

/// Why a note is no statement of a log that the policy believes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    /// Its text is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// No known key has signed it, or the signature of one does not fit.
    #[error(transparent)]
    NotVerified(#[from] NotVerified),
    /// No log of the policy with this origin has signed it.
    #[error("no known log named {0} has signed")]
    Log(String),
}

impl Policy {
    /// Checks every signature of a known key, and whether log and quorum are there. A missed quorum is no error: the
    /// caller decides what a checkpoint without it is good for.
    ///
    /// # Errors
    /// [`JudgeError`].
    pub fn judge(&self, note: &Note) -> Result<Judgement<'_>, JudgeError> {
        let checkpoint = Checkpoint::parse(note.text())?;
        let signed = note.verify(self.keys())?;
        let has_signed = |key: &VerifierKey| signed.iter().any(|signed| signed.key == key);
        let mut logs = self.logs.iter().map(|log| &log.key);
        let log = logs.find(|key| key.name().as_str() == checkpoint.origin() && has_signed(key));
        let log = log.ok_or_else(|| JudgeError::Log(checkpoint.origin().to_owned()))?;
        let time_of = |witness: &Witness| {
            let own = signed.iter().filter(|signed| *signed.key == witness.key);
            own.filter_map(|signed| signed.time_s).max()
        };
        let times: Vec<Option<u64>> = self.witnesses.iter().map(time_of).collect();
        let cosigned = self.witnesses.iter().zip(&times);
        let cosigned =
            cosigned.filter_map(|(witness, time_s)| Some(Cosigned { witness, time_s: (*time_s)? })).collect();
        Ok(Judgement { checkpoint, log, cosigned, quorum: self.quorum_of(&times) })
    }

    fn keys(&self) -> impl Iterator<Item = &VerifierKey> + Clone {
        self.logs.iter().map(|log| &log.key).chain(self.witnesses.iter().map(|witness| &witness.key))
    }

    /// The quorum, from the time of each witness's cosignature.
    fn quorum_of(&self, times: &[Option<u64>]) -> Quorum {
        let Some(quorum) = self.quorum else {
            return Quorum::NotRequired;
        };
        // A member stands behind all that it is made of, so one pass from the top is enough, however deep groups nest.
        let mut spans: Vec<Option<Span>> = Vec::with_capacity(self.members.len());
        for member in &self.members {
            let span = match member {
                Member::Witness(index) => times.get(*index).copied().flatten().map(Span::at),
                Member::Group { threshold, members } => {
                    let met = members.iter().filter_map(|index| spans.get(*index).copied().flatten());
                    Span::of_group(*threshold, met.collect())
                }
            };
            spans.push(span);
        }
        let met = spans.get(quorum).copied().flatten();
        met.map_or(Quorum::Missed, |span| Quorum::Met { seen_s: span.seen_s, fresh_s: span.fresh_s })
    }
}

/// The two times of a member that has cosigned.
#[derive(Clone, Copy)]
struct Span {
    seen_s: u64,
    fresh_s: u64,
}

impl Span {
    const fn at(time_s: u64) -> Self {
        Self { seen_s: time_s, fresh_s: time_s }
    }

    /// A group of k had seen a checkpoint when the k-th member had; the k-th newest time is the one that k of them
    /// reach.
    fn of_group(threshold: usize, met: Vec<Self>) -> Option<Self> {
        let nth = threshold.checked_sub(1)?;
        let mut seen: Vec<u64> = met.iter().map(|span| span.seen_s).collect();
        let mut fresh: Vec<u64> = met.iter().map(|span| span.fresh_s).collect();
        seen.sort_unstable();
        fresh.sort_unstable_by(|one, other| other.cmp(one));
        Some(Self { seen_s: *seen.get(nth)?, fresh_s: *fresh.get(nth)? })
    }
}
