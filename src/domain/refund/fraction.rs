//! Exact fractions of fen: one real award was 35.91 yuan off because a ratio had been rounded on the way.

use std::cmp::Ordering;

use crate::domain::money::Amount;

/// A number of fen, zero or more, kept in lowest terms. Every operation is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    /// A whole number of fen.
    pub(super) fn whole(amount: Amount) -> Self {
        Self { numerator: i128::from(amount.fen()), denominator: 1 }
    }

    fn reduced(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = common_divisor(numerator, denominator);
        Some(Self { numerator: numerator.checked_div(divisor)?, denominator: denominator.checked_div(divisor)? })
    }

    /// This number times `factor`, zero or more.
    pub(super) fn times(self, factor: impl Into<i128>) -> Option<Self> {
        Self::reduced(self.numerator.checked_mul(factor.into())?, self.denominator)
    }

    /// This number divided by `divisor`, which is not below zero; `None` for zero.
    pub(super) fn over(self, divisor: impl Into<i128>) -> Option<Self> {
        let divisor = divisor.into();
        if divisor == 0 {
            return None;
        }
        Self::reduced(self.numerator, self.denominator.checked_mul(divisor)?)
    }

    /// Both sides over their least common denominator: their numerators, and it.
    fn aligned(self, other: Self) -> Option<(i128, i128, i128)> {
        let divisor = common_divisor(self.denominator, other.denominator);
        let mine = other.denominator.checked_div(divisor)?;
        let theirs = self.denominator.checked_div(divisor)?;
        Some((
            self.numerator.checked_mul(mine)?,
            other.numerator.checked_mul(theirs)?,
            self.denominator.checked_mul(mine)?,
        ))
    }

    /// The sum.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let (mine, theirs, denominator) = self.aligned(other)?;
        Self::reduced(mine.checked_add(theirs)?, denominator)
    }

    /// The difference, or zero where `other` is larger.
    pub(super) fn less(self, other: Self) -> Option<Self> {
        let (mine, theirs, denominator) = self.aligned(other)?;
        Self::reduced(mine.checked_sub(theirs)?.max(0), denominator)
    }

    /// Which of the two is larger.
    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        self.aligned(other).map(|(mine, theirs, _)| mine.cmp(&theirs))
    }

    /// The smaller of the two.
    pub(super) fn min(self, other: Self) -> Option<Self> {
        Some(if self.compare(other)? == Ordering::Greater { other } else { self })
    }

    fn rounded(self, half: i128) -> Option<Amount> {
        let doubled = self.numerator.checked_mul(2)?.checked_add(half)?;
        let fen = doubled.checked_div(self.denominator.checked_mul(2)?)?;
        i64::try_from(fen).ok().and_then(Amount::from_fen)
    }

    /// To the fen; a half goes up.
    pub(super) fn round_half_up(self) -> Option<Amount> {
        self.rounded(self.denominator)
    }

    /// To the fen; a half goes down. It is what remains of a whole sum once its rest was rounded half up.
    pub(super) fn round_half_down(self) -> Option<Amount> {
        self.rounded(self.denominator.checked_sub(1)?)
    }
}

/// Euclid's; the denominator is at least 1, so the result is too.
fn common_divisor(numerator: i128, denominator: i128) -> i128 {
    let (mut larger, mut smaller) = (denominator, numerator);
    while let Some(rest) = larger.checked_rem(smaller) {
        (larger, smaller) = (smaller, rest);
    }
    larger
}
