//! The entries applied to the books, each after a look at whether the rules allow it.

use super::rules;
use crate::domain::time::Timestamp;
use crate::ledger::books::TrialBalance;
use crate::ledger::entry::Entry;
use crate::ledger::replay::Replay;

/// The books as far as a log was read.
#[derive(Default)]
pub struct Auditor(Replay);

impl Auditor {
    /// Takes in the next entry. I1 to I4 are asserted where it is applied; who may do it, what it may move and in which
    /// states of its objects (I6) is checked before.
    ///
    /// # Errors
    /// A sentence about the entry.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), String> {
        rules::check(&self.0.state, entry)?;
        self.0.apply(entry).map(drop)
    }

    /// The trial balance after the last entry.
    ///
    /// # Errors
    /// A sentence when a class of accounts stands on the wrong side of zero.
    pub fn trial_balance(&self, position: u64, at: Timestamp) -> Result<TrialBalance, String> {
        TrialBalance::of(position, at, self.0.state.classes()).map_err(|error| error.to_string())
    }
}
