//! A yearly interest rate as a whole number, so that no float comes near money.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::money::Amount;
use crate::domain::refund::fraction::Fraction;
use crate::domain::text;

/// Percent a year, in ten-thousandths of a percent, from 0 to 100 percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u32);

/// Why a text is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate is percent a year, a decimal from \"0\" to \"100\" with at most four places, for example \"0.35\"")]
pub struct RateError;

impl Rate {
    const UNITS_PER_PERCENT: u32 = 10_000;
    const MAX: u32 = 100 * Self::UNITS_PER_PERCENT;

    /// Reads percent a year, for example `"0.35"` or `"3"`.
    ///
    /// # Errors
    /// [`RateError`] for signs, exponents, leading zeros, more than four places or more than 100 percent.
    pub fn parse(text: &str) -> Result<Self, RateError> {
        let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.len() > 3 || places.len() > 4 || leading_zero || !digits(whole) || !digits(places) {
            return Err(RateError);
        }
        let whole: u32 = whole.parse().map_err(|_| RateError)?;
        let places: u32 = format!("{places:0<4}").parse().map_err(|_| RateError)?;
        let units = whole.checked_mul(Self::UNITS_PER_PERCENT).and_then(|units| units.checked_add(places));
        units.filter(|units| *units <= Self::MAX).map(Self).ok_or(RateError)
    }

    /// Simple interest on `principal` for `days`, 365 days a year, rounded once, half up; `None` when it cannot be
    /// written as an amount.
    pub(super) fn simple_interest(self, principal: Amount, days: u64) -> Option<Amount> {
        Fraction::whole(principal)
            .times(u64::from(self.0))?
            .times(days)?
            .over(u64::from(Self::MAX))?
            .over(365)?
            .round_half_up()
    }
}

impl fmt::Display for Rate {
    /// At least two places and no more than needed.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0 / Self::UNITS_PER_PERCENT;
        let places = format!("{:04}", self.0 % Self::UNITS_PER_PERCENT);
        write!(out, "{whole}.{:0<2}", places.trim_end_matches('0'))
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        text::read(input, Self::parse)
    }
}
