//! Working days of mainland China, from data, and the time limits that lean on them (民法典 art. 203).
//!
//! The State Council publishes each year's holidays late in the year before. A year that is not published yet
//! has weekends and the fixed-date statutory holidays only, so a deadline in it may still move when it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Weekday;
use serde::Deserialize;

use crate::domain::packs;
use crate::domain::time::Date;

#[cfg(test)]
mod tests;

/// No published holiday has come near this; a longer one is a slip of the pen in the data.
const HOLIDAY_DAYS_MAX: i64 = 31;

/// Which days are working days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    version: String,
    years: BTreeSet<i16>,
    holidays: BTreeSet<Date>,
    make_up: BTreeSet<Date>,
    fixed: BTreeSet<(i8, i8)>,
}

/// Why a text is not a calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The text is not TOML of the expected shape.
    #[error("the calendar cannot be read: {0}")]
    Syntax(String),
    /// The name of a year's table is not a year.
    #[error("{0:?} is not a year")]
    Year(String),
    /// A fixed holiday is not a month and a day.
    #[error("{0:?} is not a fixed holiday of the form MM-DD")]
    Fixed(String),
    /// A holiday ends before it begins, or is longer than any real one.
    #[error("the holiday from {0} to {1} is reversed or too long")]
    Span(Date, Date),
    /// A day stands under a year it does not belong to.
    #[error("{0} does not belong to the year {1}")]
    ForeignDay(Date, i16),
    /// A make-up day that is not a Saturday or a Sunday changes nothing, so it must be a mistake.
    #[error("the make-up day {0} is not on a weekend")]
    MakeUpOnWeekday(Date),
    /// The same day is both off and worked.
    #[error("{0} is both a holiday and a make-up day")]
    Conflict(Date),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    fixed_holidays: Vec<String>,
    years: BTreeMap<String, Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    make_up: Vec<Date>,
    holidays: BTreeMap<String, (Date, Date)>,
}

impl Calendar {
    /// Reads the TOML form, see `rules/calendar-cn.toml`.
    ///
    /// # Errors
    /// [`CalendarError`] when the text has another shape or its days contradict each other.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let file: File = toml::from_str(text).map_err(|error| CalendarError::Syntax(error.to_string()))?;
        let mut calendar = Self { version: file.version, ..Self::default() };
        for text in file.fixed_holidays {
            calendar.fixed.insert(parse_fixed(&text).ok_or(CalendarError::Fixed(text))?);
        }
        for (name, year) in file.years {
            let number = name.parse().map_err(|_| CalendarError::Year(name))?;
            calendar.add_year(number, year)?;
        }
        match calendar.make_up.intersection(&calendar.holidays).next() {
            Some(day) => Err(CalendarError::Conflict(*day)),
            None => Ok(calendar),
        }
    }

    fn add_year(&mut self, number: i16, year: Year) -> Result<(), CalendarError> {
        for (first, last) in year.holidays.into_values() {
            if last < first || last.days_since(first) >= HOLIDAY_DAYS_MAX {
                return Err(CalendarError::Span(first, last));
            }
            let mut day = first;
            while day <= last {
                self.holidays.insert(within(day, number)?);
                day = day.plus_days(1);
            }
        }
        for day in year.make_up {
            if !is_weekend(day) {
                return Err(CalendarError::MakeUpOnWeekday(day));
            }
            self.make_up.insert(within(day, number)?);
        }
        self.years.insert(number);
        Ok(())
    }

    /// The version the data gives itself.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// True when the holidays of `year` have been published and are known here.
    #[must_use]
    pub fn covers(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// The years whose holidays are known here, in order.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.iter().copied()
    }

    /// True on a day on which offices work: a make-up day, or a weekday that is no public holiday.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        if self.make_up.contains(&day) {
            return true;
        }
        let civil = day.civil();
        let off = if self.covers(civil.year()) {
            self.holidays.contains(&day)
        } else {
            self.fixed.contains(&(civil.month(), civil.day()))
        };
        !off && !is_weekend(day)
    }

    /// `day` itself when it is a working day, else the first working day after it (民法典 art. 203).
    #[must_use]
    pub fn next_working_day_from(&self, day: Date) -> Date {
        let mut found = day;
        while !self.is_working_day(found) {
            let next = found.plus_days(1);
            // The last day of the calendar has no successor; it stands for every later one.
            if next == found {
                break;
            }
            found = next;
        }
        found
    }

    /// The `days`-th working day after `day`, which itself does not count; `day` when `days` is 0.
    #[must_use]
    pub fn plus_working_days(&self, day: Date, days: u32) -> Date {
        let mut reached = day;
        for _ in 0..days {
            let next = self.next_working_day_from(reached.plus_days(1));
            if next == reached {
                break;
            }
            reached = next;
        }
        reached
    }
}

/// The text of the built-in calendar; its digest stands in each log.
pub const BUILT_IN_TEXT: &str = include_str!("../../rules/calendar-cn.toml");

/// The calendar the program carries with it.
///
/// # Panics
/// When the file built into the program is not a calendar, which a test rules out.
#[must_use]
pub fn built_in() -> &'static Calendar {
    static BUILT_IN: LazyLock<Calendar> = LazyLock::new(|| {
        let parsed = Calendar::parse(BUILT_IN_TEXT);
        assert!(parsed.is_ok(), "the built-in calendar must parse: {parsed:?}");
        parsed.unwrap_or_default()
    });
    &BUILT_IN
}

/// The last day of the cooling-off by the national rules: the seventh day after the payment day (法释〔2025〕4号
/// art. 14), moved to the next working day when it is none (民法典 art. 203). It counts whole.
#[must_use]
pub fn cooling_off_ends(paid_on: Date, calendar: &Calendar) -> Date {
    packs::in_force().national_times(paid_on).cooling_off.last_from(paid_on, calendar)
}

fn is_weekend(day: Date) -> bool {
    matches!(day.civil().weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn within(day: Date, year: i16) -> Result<Date, CalendarError> {
    if day.civil().year() == year { Ok(day) } else { Err(CalendarError::ForeignDay(day, year)) }
}

fn parse_fixed(text: &str) -> Option<(i8, i8)> {
    // A leap year lends its days, so that any day of any year can be named.
    let day = Date::parse(&format!("2000-{text}")).ok()?.civil();
    Some((day.month(), day.day()))
}
