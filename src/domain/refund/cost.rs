//! What was used, as a price: exact, with the way it came about, and put together from parts.

use crate::domain::money::Amount;
use crate::domain::refund::RefundError;
use crate::domain::refund::fraction::Fraction;

/// By which of the rules a price is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Inside the seven days.
    SevenDay,
    /// The merchant's cause, or one treated the same.
    Merchant,
    /// The consumer's cause.
    Consumer,
}

/// The price of what was used, not yet capped at what was paid.
#[derive(Debug)]
pub(super) struct Cost {
    /// The exact price.
    pub(super) exact: Fraction,
    /// How it comes about.
    pub(super) formula: String,
    /// To the fen; with the refund it makes up what was paid.
    pub(super) shown: Amount,
}

/// A price that is put together from parts. Each part is shown so that all shown parts add up to what the whole shows:
/// a single one may differ from its own rounding by a fen.
#[derive(Debug)]
pub(super) struct Sum {
    exact: Fraction,
    shown: Amount,
    formulas: Vec<String>,
}

impl Cost {
    /// A price with its formula; `too_large` where it cannot be written as an amount.
    pub(super) fn new(exact: Fraction, formula: String, too_large: RefundError) -> Result<Self, RefundError> {
        Ok(Self { exact, formula, shown: exact.round_half_down().ok_or(too_large)? })
    }
}

impl Sum {
    /// No parts yet.
    pub(super) fn new() -> Self {
        Self { exact: Fraction::whole(Amount::ZERO), shown: Amount::ZERO, formulas: Vec::new() }
    }

    /// Adds a part and says what it shows; `None` where the sum cannot be calculated with.
    pub(super) fn add(&mut self, part: Fraction, formula: String) -> Option<Amount> {
        let exact = self.exact.plus(part)?;
        let shown = exact.round_half_down()?;
        let grown = shown.checked_sub(self.shown)?;
        (self.exact, self.shown) = (exact, shown);
        self.formulas.push(formula);
        Some(grown)
    }

    /// All parts as one price.
    pub(super) fn total(self) -> Cost {
        Cost { exact: self.exact, formula: self.formulas.join(" + "), shown: self.shown }
    }
}
