//! Whether the publishing of a log is as others rely on, and since when it is not: read out of what is recorded, so that
//! every node and every start comes to the same answer.
//!
//! An alarm is an entry, and an entry needs a head of its own. So nothing here asks whether the newest head is as it
//! should be, which it never is at once: what counts is the oldest thing that waits.

use std::sync::Arc;

use super::{choice, keys};
use crate::domain::objects::{Alarm, AlarmKind};
use crate::domain::time::Timestamp;
use crate::ledger::sequencer::Sequencer;
use crate::log::checkpoint::Checkpoint;
use crate::log::note::Note;
use crate::log::policy::{Policy, Quorum};
use crate::store::pool::ReadPool;
use crate::store::{self, Connection, checkpoints, entries, queries};

/// How long something may be wrong before it is an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Microseconds for which an entry may wait for a signed head, or a signed head for its witnesses.
    pub waiting_us: i64,
    /// Microseconds since the newest cosignatures of a quorum.
    pub age_us: i64,
}

/// What is to be done about the alarms of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing is wrong that was not, and nothing was that is not.
    Nothing,
    /// To raise one: it has been wrong since then.
    Raise(Timestamp),
    /// To clear the one that stands.
    Clear,
}

/// An office's log under watch.
#[derive(Clone)]
pub struct Watch {
    /// The office's writer.
    pub sequencer: Sequencer,
    /// Connections for reading.
    pub reads: ReadPool,
    /// Which witnesses are enough.
    pub policy: Arc<Policy>,
    /// How long something may be wrong.
    pub patience: Patience,
}

impl Watch {
    /// What is to be done about each kind of alarm at the moment `now`, which is one of the clock by which heads are
    /// signed.
    ///
    /// # Errors
    /// When the database cannot be reached, or holds no note.
    pub fn due(&self, now: Timestamp) -> store::Result<Vec<(AlarmKind, Due)>> {
        let office = self.sequencer.office().name;
        self.reads.read(|connection| due(connection, office.as_str(), &self.policy, self.patience, now))
    }
}

/// What is wrong now, each since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wrong {
    quorum: Option<Timestamp>,
    freshness: Option<Timestamp>,
}

fn due(
    connection: &mut Connection,
    office: &str,
    policy: &Policy,
    patience: Patience,
    now: Timestamp,
) -> store::Result<Vec<(AlarmKind, Due)>> {
    let standing = queries::standing_alarms(connection, office)?;
    let wrong = wrong(connection, office, policy, patience, now)?;
    let each = [(AlarmKind::WitnessQuorum, wrong.quorum), (AlarmKind::CheckpointFreshness, wrong.freshness)];
    Ok(each.into_iter().map(|(about, since)| (about, decide(&standing, about, since))).collect())
}

fn decide(standing: &[Alarm], about: AlarmKind, since: Option<Timestamp>) -> Due {
    let stands = standing.iter().any(|alarm| alarm.about == about);
    match since {
        Some(since) if !stands => Due::Raise(since),
        None if stands => Due::Clear,
        _ => Due::Nothing,
    }
}

fn wrong(
    connection: &mut Connection,
    office: &str,
    policy: &Policy,
    patience: Patience,
    now: Timestamp,
) -> store::Result<Wrong> {
    let long_ago = |since: &Timestamp, bound_us: i64| now.micros().saturating_sub(since.micros()) >= bound_us;
    let unsigned = oldest_unsigned(connection, office)?.filter(|since| long_ago(since, patience.waiting_us));
    if !policy.requires_witnesses() {
        return Ok(Wrong { quorum: None, freshness: unsigned });
    }
    let cosigned = choice::newest_by_policy(connection, office, policy)?;
    let size = cosigned.as_ref().map_or(0, size_of);
    let waiting = checkpoints::covering(connection, office, size.saturating_add(1))?.map(|head| head.signed_at);
    let quorum = waiting.filter(|since| long_ago(since, patience.waiting_us));
    let heard = match &cosigned {
        Some(note) => fresh_at(&keys::believed(connection, office, policy)?, note),
        None => checkpoints::covering(connection, office, 0)?.map(|head| head.signed_at),
    };
    let stale = heard.filter(|heard| long_ago(heard, patience.age_us));
    Ok(Wrong { quorum, freshness: unsigned.or(stale) })
}

/// Since when the oldest entry waits that no signed head covers. Its own time is that of the books, whose clock may be
/// another one; it cannot have waited since before the newest head was signed.
fn oldest_unsigned(connection: &mut Connection, office: &str) -> store::Result<Option<Timestamp>> {
    let newest = checkpoints::newest(connection, office)?;
    let size = newest.as_ref().map_or(0, |newest| newest.size);
    let oldest = entries::at(connection, office, size)?;
    Ok(oldest.map(|entry| newest.map_or(entry.at, |newest| newest.signed_at.max(entry.at))))
}

fn size_of(note: &Note) -> u64 {
    Checkpoint::parse(note.text()).map_or(0, |checkpoint| checkpoint.size())
}

/// When a quorum has last said that the head is the newest.
fn fresh_at(policy: &Policy, note: &Note) -> Option<Timestamp> {
    match policy.judge(note).ok()?.quorum {
        Quorum::Met { fresh_s, .. } => {
            i64::try_from(fresh_s).ok().map(|fresh_s| Timestamp::from_micros(fresh_s.saturating_mul(1_000_000)))
        }
        Quorum::NotRequired | Quorum::Missed => None,
    }
}
