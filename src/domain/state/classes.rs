//! Totals by account class: what the trial balance shows.

use serde::{Deserialize, Serialize};

use crate::domain::account::AccountClass;
use crate::domain::money::Delta;

/// The sum of one class of accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassTotal {
    /// The sum of the balances; credit-positive.
    pub balance: Delta,
    /// How many of the accounts are not zero.
    pub count: i64,
}

/// One account of a class became nonzero (`+1`) or zero (`-1`) at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The class.
    pub class: AccountClass,
    /// `+1` or `-1`.
    pub count: i64,
    /// The entry that did it.
    pub position: u64,
}

/// The sums of all classes, in the order of [`AccountClass::ALL`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassTotals(Vec<(AccountClass, ClassTotal)>);

impl Default for ClassTotals {
    fn default() -> Self {
        Self(AccountClass::ALL.iter().map(|class| (*class, ClassTotal::default())).collect())
    }
}

impl ClassTotals {
    /// Each class with its total.
    pub fn iter(&self) -> impl Iterator<Item = (AccountClass, ClassTotal)> {
        self.0.iter().copied()
    }

    /// Adds `amount` and `count` to a class.
    ///
    /// # Panics
    /// When the sum of a class overflows 64 bits.
    pub fn add(&mut self, class: AccountClass, amount: Delta, count: i64) {
        for (found, total) in &mut self.0 {
            if *found == class {
                let balance = total.balance.checked_add(amount);
                assert!(balance.is_some(), "the total of {class} overflows");
                total.balance = balance.unwrap_or_default();
                total.count = total.count.saturating_add(count);
            }
        }
    }

    /// Invariant I4: assets equal liabilities, that is, all balances sum to zero.
    #[must_use]
    pub fn balanced(&self) -> bool {
        self.0.iter().try_fold(Delta::ZERO, |sum, (_, total)| sum.checked_add(total.balance)) == Some(Delta::ZERO)
    }
}
