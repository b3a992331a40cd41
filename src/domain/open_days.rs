//! The days on which a venue was open, kept as runs: a venue that is shut on Mondays has some fifty a year.

use std::fmt;

use super::time::Date;

/// Days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: Date,
    count: u32,
}

/// A set of days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenDays(Vec<Run>);

/// The days of a span on which at least one of several venues was open, as days after its first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    first: Date,
    /// First and last day of each run, in order and apart.
    runs: Vec<(i64, i64)>,
}

impl Run {
    fn last(self) -> Date {
        self.first.plus_days(i64::from(self.count).saturating_sub(1))
    }
}

impl OpenDays {
    /// Adds a day.
    pub fn insert(&mut self, day: Date) {
        if self.contains(day) {
            return;
        }
        let place = self.0.partition_point(|run| run.first < day);
        self.0.insert(place, Run { first: day, count: 1 });
        self.join(place);
        if let Some(before) = place.checked_sub(1) {
            self.join(before);
        }
    }

    /// Makes one of the run at `place` and the next one, where no day lies between them.
    fn join(&mut self, place: usize) {
        let mut from = self.0.iter().copied().skip(place);
        let (Some(run), Some(next)) = (from.next(), from.next()) else { return };
        if run.last().plus_days(1) != next.first {
            return;
        }
        self.0.remove(place.saturating_add(1));
        if let Some(run) = self.0.get_mut(place) {
            run.count = run.count.saturating_add(next.count);
        }
    }

    /// Whether the venue was open on a day.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        let after = self.0.partition_point(|run| run.first <= day);
        after.checked_sub(1).and_then(|place| self.0.get(place)).is_some_and(|run| day <= run.last())
    }

    /// Reads `2026-11-22/3 2026-11-27/1`: the first day of each run, and how many it has.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let run = |word: &str| {
            let (first, count) = word.split_once('/')?;
            Some(Run { first: Date::parse(first).ok()?, count: count.parse().ok().filter(|count| *count > 0)? })
        };
        text.split(' ').filter(|word| !word.is_empty()).map(run).collect::<Option<Vec<Run>>>().map(Self)
    }
}

impl fmt::Display for OpenDays {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Run { first, count }) in self.0.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(out, "{space}{first}/{count}")?;
        }
        Ok(())
    }
}

impl Opened {
    /// The days from `first` through `last` on which one of the venues was open.
    #[must_use]
    pub fn between<'a>(venues: impl IntoIterator<Item = &'a OpenDays>, first: Date, last: Date) -> Self {
        let end = last.days_since(first);
        let of_all = venues.into_iter().flat_map(|venue| venue.0.iter());
        let clipped = of_all.map(|run| (run.first.days_since(first).max(0), run.last().days_since(first).min(end)));
        let mut found: Vec<(i64, i64)> = clipped.filter(|(from, through)| from <= through).collect();
        found.sort_unstable();
        let mut runs: Vec<(i64, i64)> = Vec::with_capacity(found.len());
        for (from, through) in found {
            match runs.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(through),
                _ => runs.push((from, through)),
            }
        }
        Self { first, runs }
    }

    /// How many days they are.
    #[must_use]
    pub fn count(&self) -> u64 {
        let days = self.runs.iter().map(|(from, through)| through.saturating_sub(*from).saturating_add(1));
        u64::try_from(days.fold(0_i64, i64::saturating_add)).unwrap_or_default()
    }

    /// How many of them are not after `last`.
    #[must_use]
    pub fn count_through(&self, last: Date) -> u64 {
        let end = last.days_since(self.first);
        let clipped = self.runs.iter().map(|(from, through)| (*from, (*through).min(end)));
        let runs = clipped.filter(|(from, through)| from <= through).collect();
        Self { first: self.first, runs }.count()
    }

    /// The day on which the count reaches `number`, from 1; none where it does not.
    #[must_use]
    pub fn day(&self, number: u64) -> Option<Date> {
        let mut left = i64::try_from(number).ok().filter(|number| *number > 0)?;
        for (from, through) in &self.runs {
            let days = through.saturating_sub(*from).saturating_add(1);
            if left <= days {
                return Some(self.first.plus_days(from.saturating_add(left).saturating_sub(1)));
            }
            left = left.saturating_sub(days);
        }
        None
    }

    /// The runs of other days through `last`, by first and last day.
    #[must_use]
    pub fn shut_through(&self, last: Date) -> Vec<(Date, Date)> {
        let end = last.days_since(self.first);
        let mut shut = Vec::new();
        let mut next = 0_i64;
        for (from, through) in self.runs.iter().copied().chain([(end.saturating_add(1), end)]) {
            let before = from.saturating_sub(1).min(end);
            if next <= before {
                shut.push((self.first.plus_days(next), self.first.plus_days(before)));
            }
            next = next.max(through.saturating_add(1));
        }
        shut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> Date {
        Date::parse("2026-02-26").expect("a day").plus_days(number)
    }

    fn days(numbers: &[i64]) -> OpenDays {
        let mut days = OpenDays::default();
        numbers.iter().for_each(|number| days.insert(day(*number)));
        days
    }

    #[test]
    fn days_in_any_order_and_more_than_once_are_one_set() {
        let found = days(&[5, 1, 2, 9, 3, 3, 10, 4]);
        assert_eq!(found.to_string(), "2026-02-27/5 2026-03-07/2");
        assert_eq!(found, days(&[1, 2, 3, 4, 5, 9, 10]));
        assert_eq!(OpenDays::parse(&found.to_string()), Some(found.clone()));
        assert_eq!(OpenDays::parse(""), Some(OpenDays::default()));
        assert_eq!(OpenDays::parse("2026-02-27"), None);
        let inside: Vec<i64> = (-3..15).filter(|number| found.contains(day(*number))).collect();
        assert_eq!(inside, [1, 2, 3, 4, 5, 9, 10]);
    }

    #[test]
    fn a_day_on_which_any_venue_was_open_counts_once() {
        let (one, other) = (days(&[0, 1, 2, 6, 7]), days(&[2, 3, 7, 12]));
        let opened = Opened::between([&one, &other], day(1), day(10));
        assert_eq!(opened.count(), 5);
        let found: Vec<_> = (0..7).map(|number| opened.day(number)).collect();
        assert_eq!(found, [None, Some(day(1)), Some(day(2)), Some(day(3)), Some(day(6)), Some(day(7)), None]);
        assert_eq!(opened.shut_through(day(8)), [(day(4), day(5)), (day(8), day(8))]);
        assert_eq!(opened.shut_through(day(7)), [(day(4), day(5))]);
        assert_eq!(Opened::between([&one], day(3), day(5)).shut_through(day(5)), [(day(3), day(5))]);
        assert_eq!(Opened::between([], day(3), day(2)).shut_through(day(2)), []);
    }
}
