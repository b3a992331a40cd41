//! The entries applied to the books, each after a look at whether the rules allow it.

use jiff::tz::TimeZone;

use super::rules;
use crate::domain::event::Event;
use crate::domain::time::Timestamp;
use crate::ledger::books::TrialBalance;
use crate::ledger::entry::Entry;
use crate::ledger::replay::Replay;

/// Entries between two times at which what was only kept to be stored is thrown away.
const SETTLE_EVERY: u64 = 1024;

/// The books as far as a log was read. Memory grows with contracts, people and what is open, not with deliveries.
pub struct Auditor {
    replay: Replay,
    origin: String,
    zone: TimeZone,
}

impl Default for Auditor {
    fn default() -> Self {
        Self { replay: Replay::forgetting(), origin: String::new(), zone: TimeZone::UTC }
    }
}

impl Auditor {
    /// Takes in the next entry. I1 to I4 are asserted where it is applied; who may do it, what it may move and in which
    /// states of its objects (I6) is checked before.
    ///
    /// # Errors
    /// A sentence about the entry.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), String> {
        if let Event::LogOpened(opened) = &entry.fact.event {
            self.origin.clone_from(&opened.origin);
            let unknown = || format!("there is no time zone {}", opened.time_zone);
            self.zone = TimeZone::get(&opened.time_zone).map_err(|_| unknown())?;
        }
        rules::check(&self.replay.state, &self.origin, entry)?;
        rules::check_limits(&self.replay.state, &self.zone, entry)?;
        self.replay.apply(entry)?;
        if entry.position.is_multiple_of(SETTLE_EVERY) {
            self.replay.state.settle();
        }
        Ok(())
    }

    /// The trial balance after the last entry.
    ///
    /// # Errors
    /// A sentence when a class of accounts stands on the wrong side of zero.
    pub fn trial_balance(&self, position: u64, at: Timestamp) -> Result<TrialBalance, String> {
        TrialBalance::of(position, at, self.replay.state.classes()).map_err(|error| error.to_string())
    }
}
