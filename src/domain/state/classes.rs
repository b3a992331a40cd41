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
    /// When the sum of a class becomes larger than an amount can be: it could be stored but not read back. No single
    /// balance is larger than the sum of its class, so that this bounds every account as well.
    pub fn add(&mut self, class: AccountClass, amount: Delta, count: i64) {
        for (found, total) in &mut self.0 {
            if *found == class {
                let balance = total.balance.checked_add(amount);
                let sized = balance.filter(|sum| sum.amount().or(sum.negated().amount()).is_some());
                assert!(sized.is_some(), "the total of {class} overflows");
                total.balance = sized.unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Amount;

    #[test]
    fn the_largest_totals_read_back_as_they_were_written() {
        let mut totals = ClassTotals::default();
        totals.add(AccountClass::Bank, Amount::MAX.debit(), 1);
        totals.add(AccountClass::ContractHeld, Amount::MAX.credit(), 1);
        let text = serde_json::to_string(&totals).expect("totals can be written");
        assert_eq!(serde_json::from_str::<ClassTotals>(&text).expect("totals can be read"), totals);
    }

    #[test]
    #[should_panic(expected = "overflows")]
    fn a_total_that_could_not_be_read_back_is_never_reached() {
        let mut totals = ClassTotals::default();
        totals.add(AccountClass::ContractHeld, Amount::MAX.credit(), 1);
        totals.add(AccountClass::ContractHeld, Amount::from_fen(1).unwrap_or_default().credit(), 1);
    }
}
