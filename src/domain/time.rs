//! Moments and days. Nothing here reads a clock: time comes in from outside.

use std::fmt;

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text;

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A calendar day in the office's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

/// Why a text is not a moment or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TimeError(&'static str);

const MICROS_PER_HOUR: i64 = 3_600_000_000;

impl Timestamp {
    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This moment, as much later as `until` is after `since`: a clock that stood still in between.
    #[must_use]
    pub const fn later_by(self, since: Self, until: Self) -> Self {
        Self(self.0.saturating_add(until.0.saturating_sub(since.0)))
    }

    /// This moment plus `hours`; stays at the end of time rather than wrapping.
    #[must_use]
    pub fn plus_hours(self, hours: u32) -> Self {
        Self(self.0.saturating_add(MICROS_PER_HOUR.saturating_mul(i64::from(hours))))
    }

    /// This moment minus `hours`.
    #[must_use]
    pub fn minus_hours(self, hours: u32) -> Self {
        Self(self.0.saturating_sub(MICROS_PER_HOUR.saturating_mul(i64::from(hours))))
    }

    /// This moment plus `minutes`.
    #[must_use]
    pub fn plus_minutes(self, minutes: u32) -> Self {
        Self(self.0.saturating_add(60_000_000_i64.saturating_mul(i64::from(minutes))))
    }

    /// The day it falls on in `zone`.
    #[must_use]
    pub fn date(self, zone: &TimeZone) -> Date {
        let moment = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Date(zone.to_datetime(moment).date())
    }

    /// Reads RFC 3339 in UTC, with `Z` and at most six digits of a second.
    ///
    /// # Errors
    /// [`TimeError`] for another offset, more digits or no such moment.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        if let Some(moment) = whole(text.as_bytes()) {
            return Ok(moment);
        }
        let error = TimeError("expected an RFC 3339 time in UTC, for example 2026-11-22T01:27:16Z");
        let shape = text.len() <= 27 && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
        if !shape || text.contains(',') {
            return Err(error);
        }
        text.parse::<jiff::Timestamp>().map(|moment| Self(moment.as_microsecond())).map_err(|_| error)
    }
}

/// Reads the form that [`Timestamp`] itself writes, with all six digits: the way a log has it, a hundred thousand times
/// a second. None for any other form, right or wrong.
fn whole(text: &[u8]) -> Option<Timestamp> {
    let text: &[u8; 27] = text.try_into().ok()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1, b'.', f @ .., b'Z'] =
        text
    else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i32, |number, digit| {
            let digit = digit.is_ascii_digit().then(|| i32::from(digit & 0x0f))?;
            number.checked_mul(10)?.checked_add(digit)
        })
    };
    let pair = |tens: &u8, ones: &u8| number(&[*tens, *ones]).and_then(|number| i8::try_from(number).ok());
    let year = i16::try_from(number(&[*y0, *y1, *y2, *y3])?).ok()?;
    let date = civil::Date::new(year, pair(m0, m1)?, pair(d0, d1)?).ok()?;
    let nanos = number(f)?.checked_mul(1000)?;
    let time = civil::Time::new(pair(h0, h1)?, pair(n0, n1)?, pair(s0, s1)?, nanos).ok()?;
    let moment = TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()?;
    Some(Timestamp(moment.as_microsecond()))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_microsecond(self.0).map_err(|_| fmt::Error)?;
        write!(out, "{moment:.6}")
    }
}

impl Date {
    /// A day by number; `None` where there is no such day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok().map(Self)
    }

    /// The inner calendar day.
    #[must_use]
    pub const fn civil(self) -> civil::Date {
        self.0
    }

    /// The day `days` later; stays at the end of the calendar rather than failing.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }

    /// The day `months` later: of the same number, or the month's last where it has no such day.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().months(months)))
    }

    /// The day `months` earlier: of the same number, or the month's last where it has no such day.
    #[must_use]
    pub fn minus_months(self, months: u32) -> Self {
        Self(self.0.saturating_sub(jiff::Span::new().months(months)))
    }

    /// Days from `earlier` to this day.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.since(earlier.0).map_or(0, |span| i64::from(span.get_days()))
    }

    /// Whole months from `earlier` to this day, below zero where it lies before. A month is over on the day of the same
    /// number, or where its month has no such day, after the month's last.
    #[must_use]
    pub fn whole_months_since(self, earlier: Self) -> i64 {
        let months = |day: civil::Date| i64::from(day.year()).saturating_mul(12).saturating_add(i64::from(day.month()));
        let begun = i64::from(self.0.day() < earlier.0.day());
        months(self.0).saturating_sub(months(earlier.0)).saturating_sub(begun)
    }

    /// The first moment of this day in `zone`.
    #[must_use]
    pub fn starts_at(self, zone: &TimeZone) -> Timestamp {
        zone.to_ambiguous_timestamp(self.0.to_datetime(civil::Time::midnight()))
            .compatible()
            .map_or(Timestamp(0), |moment| Timestamp(moment.as_microsecond()))
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`TimeError`] for another form or no such day.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let error = TimeError("expected a date, for example 2026-11-22");
        if text.len() != 10 || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Err(error);
        }
        text.parse::<civil::Date>().map(Self).map_err(|_| error)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, out)
    }
}

macro_rules! as_text {
    ($name:ident, $read:expr) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                text::read(input, $read)
            }
        }
    };
}

// An entry has one form, so its times are read in the form in which they are written.
as_text!(Timestamp, |text| whole(text.as_bytes()).ok_or("expected a time with six digits of a second"));
as_text!(Date, Date::parse);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_reads_a_moment_as_the_long_way_does_or_not_at_all() {
        let slow = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|moment| moment.as_microsecond());
        for text in ["2026-11-22T01:27:16.200000Z", "1969-12-31T23:59:59.999999Z", "2000-02-29T00:00:00.000001Z"] {
            assert_eq!(whole(text.as_bytes()).map(Timestamp::micros), slow(text), "{text}");
            assert_eq!(Timestamp::parse(text).map(|moment| moment.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "2026-02-29T01:27:16.200000Z",
            "2026-13-22T01:27:16.200000Z",
            "2026-11-22T24:27:16.200000Z",
            "2026-11-22T01:60:16.200000Z",
            "2026-11-22T01:27:60.200000Z",
            "2026-11-22T01:27:1x.200000Z",
            "2026-11-22t01:27:16.200000Z",
            "2026-11-22T01:27:16.20000Z",
        ] {
            assert_eq!(whole(text.as_bytes()), None, "{text}");
        }
    }
}
