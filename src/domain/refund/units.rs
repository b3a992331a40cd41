//! Units of service: whole ones, or hours with up to two places.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A number of units, zero or more, kept in hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Units(i128);

/// Why a text or a number is not a number of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("units are a whole number from 0 to 999999999, or such a decimal as \"191.5\" with one or two places")]
pub struct UnitsError;

impl Units {
    /// None.
    pub const ZERO: Self = Self(0);
    const WHOLE_MAX: u64 = 999_999_999;

    /// Reads the wire form of a decimal, for example `"191.5"`; a whole number may be written so, too.
    ///
    /// # Errors
    /// [`UnitsError`] for signs, exponents, leading zeros, more than two places or more than 999999999 whole units.
    pub fn parse(text: &str) -> Result<Self, UnitsError> {
        let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.len() > 9 || places.len() > 2 || leading_zero || !digits(whole) || !digits(places) {
            return Err(UnitsError);
        }
        let whole: u64 = whole.parse().map_err(|_| UnitsError)?;
        let places: u64 = format!("{places:0<2}").parse().map_err(|_| UnitsError)?;
        Self::from(whole).plus(Self(i128::from(places))).ok_or(UnitsError)
    }

    /// The sum, or `None` where it cannot be counted any more.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// True for none at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Hundredths of a unit.
    pub(super) const fn hundredths(self) -> i128 {
        self.0
    }
}

impl From<u64> for Units {
    fn from(whole: u64) -> Self {
        Self(i128::from(whole).saturating_mul(100))
    }
}

impl fmt::Display for Units {
    /// No more places than needed: `12`, `191.5`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:02}", self.0 / 100, self.0 % 100);
        out.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl<'de> Deserialize<'de> for Units {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Read)
    }
}

struct Read;

impl Visitor<'_> for Read {
    type Value = Units;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a whole number or a decimal in a string")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Units, E> {
        if number > Units::WHOLE_MAX {
            return Err(E::custom(UnitsError));
        }
        Ok(Units::from(number))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Units, E> {
        Err(E::custom(UnitsError))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Units, E> {
        Units::parse(text).map_err(E::custom)
    }
}
