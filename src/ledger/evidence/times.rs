//! When entries came into the log, as far as witnesses prove it.
//!
//! A witness that cosigns a head at a time says that it has seen this head by then, and nothing newer. So an entry was
//! in the log by the time at which a quorum had cosigned a head that covers it, and it was not in the log as they saw
//! it when they last cosigned a head that does not.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::time::Timestamp;

/// A head, and a time at which a quorum had seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The time, by the witnesses' clocks.
    pub at: Timestamp,
    /// How many entries the head covers.
    pub size: u64,
}

/// Between which cosigned times an entry came into the log. None where no witness proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Entered {
    /// Then the witnesses had seen a log without it.
    pub after: Option<Seen>,
    /// By then they had seen it.
    pub not_later: Option<Seen>,
}

/// An entry is published within seconds, and witnesses answer within seconds.
const CLOCKS_DIFFER_US: i64 = 60_000_000;

impl Entered {
    /// Whether a moment is clearly outside.
    pub(super) fn differs(&self, at: Timestamp) -> bool {
        let early = self.after.is_some_and(|seen| at.micros() < seen.at.micros().saturating_sub(CLOCKS_DIFFER_US));
        let late = self.not_later.is_some_and(|seen| at.micros() > seen.at.micros().saturating_add(CLOCKS_DIFFER_US));
        early || late
    }
}

/// The heads that bound entries in time.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    /// By size, when a quorum had last cosigned it.
    pub(super) not_before: BTreeMap<u64, Timestamp>,
    /// By size, when a quorum had first cosigned it.
    pub(super) not_later: BTreeMap<u64, Timestamp>,
}

impl Times {
    /// Between which times the entry at a position came into the log.
    pub(super) fn of(&self, position: u64) -> Entered {
        let seen = |(size, at): (&u64, &Timestamp)| Seen { at: *at, size: *size };
        Entered {
            after: self.not_before.range(..=position).next_back().map(seen),
            not_later: self.not_later.range(position.saturating_add(1)..).next().map(seen),
        }
    }
}

/// Seconds since 1970 as a moment; none beyond the calendar.
pub(super) fn moment(time_s: u64) -> Option<Timestamp> {
    let micros = i64::try_from(time_s).ok().and_then(|time_s| time_s.checked_mul(1_000_000))?;
    jiff::Timestamp::from_microsecond(micros).is_ok().then(|| Timestamp::from_micros(micros))
}
