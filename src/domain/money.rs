//! Money in fen: what an amount is, and the only arithmetic it allows.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text;

/// A sum of money in fen, from 0 to 9999999999999.99 yuan.
///
/// It has no `+`: every operation is checked and says so in its type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

/// A change of a balance in fen; credit-positive, as in every posting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delta(i64);

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount is a decimal with exactly two places, no sign, from \"0.00\" to \"9999999999999.99\"")]
pub struct AmountError;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount that can be written.
    pub const MAX: Self = Self(999_999_999_999_999);

    /// `fen` as an amount; `None` below zero or above [`Amount::MAX`].
    #[must_use]
    pub const fn from_fen(fen: i64) -> Option<Self> {
        if fen >= 0 && fen <= Self::MAX.0 { Some(Self(fen)) } else { None }
    }

    /// Whole fen.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// True for 0.00.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or `None` above [`Amount::MAX`].
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(Self::from_fen)
    }

    /// The difference, or `None` below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(Self::from_fen)
    }

    /// The sum, or the largest amount there is.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        self.checked_add(other).unwrap_or(Self::MAX)
    }

    /// The difference, or zero where `other` is larger.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        self.checked_sub(other).unwrap_or(Self::ZERO)
    }

    /// This amount times `numerator` over `denominator`, rounded down; `None` when it cannot be represented.
    #[must_use]
    pub fn share_floor(self, numerator: u64, denominator: u64) -> Option<Self> {
        let product = i128::from(self.0).checked_mul(i128::from(numerator))?;
        let quotient = product.checked_div(i128::from(denominator))?;
        i64::try_from(quotient).ok().and_then(Self::from_fen)
    }

    /// A posting that credits this amount.
    #[must_use]
    pub const fn credit(self) -> Delta {
        Delta(self.0)
    }

    /// A posting that debits this amount.
    #[must_use]
    pub fn debit(self) -> Delta {
        Delta(self.0.saturating_neg())
    }

    /// Reads the wire form, for example `"1200.00"`.
    ///
    /// # Errors
    /// [`AmountError`] for signs, exponents, leading zeros, other than two places, or more than the largest amount.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let (whole, cents) = text.split_once('.').ok_or(AmountError)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || whole.len() > 13 || cents.len() != 2 || leading_zero || !digits(whole) || !digits(cents)
        {
            return Err(AmountError);
        }
        let whole: i64 = whole.parse().map_err(|_| AmountError)?;
        let cents: i64 = cents.parse().map_err(|_| AmountError)?;
        let fen = whole.checked_mul(100).and_then(|fen| fen.checked_add(cents)).ok_or(AmountError)?;
        Self::from_fen(fen).ok_or(AmountError)
    }
}

impl Delta {
    /// No change.
    pub const ZERO: Self = Self(0);

    /// A change of `fen`, credit-positive.
    #[must_use]
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// Whole fen, credit-positive.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// The sum, or `None` on overflow.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The opposite change.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// This balance as an amount, or `None` when it is below zero.
    #[must_use]
    pub const fn amount(self) -> Option<Amount> {
        Amount::from_fen(self.0)
    }

    /// Reads the wire form, for example `"-33.33"`.
    ///
    /// # Errors
    /// [`AmountError`] when it is not a signed decimal with two places, or is `"-0.00"`.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        match text.strip_prefix('-') {
            Some(rest) => match Amount::parse(rest)? {
                Amount::ZERO => Err(AmountError),
                amount => Ok(amount.debit()),
            },
            None => Amount::parse(text).map(Amount::credit),
        }
    }
}

fn write_fen(out: &mut fmt::Formatter<'_>, fen: i64) -> fmt::Result {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    write!(out, "{sign}{}.{:02}", fen / 100, fen % 100)
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_fen(out, self.0)
    }
}

impl fmt::Display for Delta {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_fen(out, self.0)
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                text::read(input, Self::parse)
            }
        }
    };
}

as_text!(Amount);
as_text!(Delta);
