//! The published years, day by day where it matters, and data that must be refused.

use super::*;

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn year(body: &str) -> Result<Calendar, CalendarError> {
    Calendar::parse(&format!("version = \"t\"\nfixed_holidays = []\n[years.2026]\n{body}"))
}

#[test]
fn a_day_is_worked_unless_it_is_a_weekend_or_a_holiday_and_make_up_days_are_worked() {
    let cases = [
        ("2025-01-01", false),
        ("2025-01-02", true),
        ("2025-01-26", true),
        ("2025-02-04", false),
        ("2025-02-05", true),
        ("2025-10-08", false),
        ("2025-10-11", true),
        ("2026-01-02", false),
        ("2026-01-04", true),
        ("2026-02-14", true),
        ("2026-02-23", false),
        ("2026-02-24", true),
        ("2026-05-09", true),
        ("2026-06-19", false),
        ("2026-09-20", true),
        ("2026-09-25", false),
        ("2026-10-10", true),
        ("2026-10-11", false),
        ("2026-11-22", false),
        ("2026-11-23", true),
    ];
    for (text, worked) in cases {
        assert_eq!(built_in().is_working_day(day(text)), worked, "{text}");
    }
}

#[test]
fn each_published_year_has_as_many_days_off_as_its_notice_says() {
    for (number, holidays, make_up) in [(2025, 28, 5), (2026, 33, 6)] {
        let of_year = |days: &BTreeSet<Date>| days.iter().filter(|day| day.civil().year() == number).count();
        assert!(built_in().covers(number));
        assert_eq!((of_year(&built_in().holidays), of_year(&built_in().make_up)), (holidays, make_up), "{number}");
    }
}

#[test]
fn a_year_not_published_yet_has_weekends_and_the_fixed_holidays() {
    assert!(!built_in().covers(2027));
    let worked = ["2027-01-01", "2027-05-03", "2027-10-01", "2027-10-04", "2027-10-09"]
        .map(|text| built_in().is_working_day(day(text)));
    assert_eq!(worked, [false, true, false, true, false]);
}

#[test]
fn a_working_day_is_its_own_next_one_and_a_holiday_moves_to_the_day_after_it() {
    for (from, to) in [("2026-01-04", "2026-01-04"), ("2026-02-15", "2026-02-24"), ("2026-10-01", "2026-10-08")] {
        assert_eq!(built_in().next_working_day_from(day(from)), day(to), "{from}");
    }
}

#[test]
fn working_days_are_counted_from_the_day_after() {
    for (from, days, to) in [
        ("2026-09-30", 0, "2026-09-30"),
        ("2026-10-03", 0, "2026-10-03"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 4, "2026-10-12"),
        ("2026-11-20", 5, "2026-11-27"),
    ] {
        assert_eq!(built_in().plus_working_days(day(from), days), day(to), "{from} + {days}");
    }
}

#[test]
fn the_end_of_the_calendar_stops_the_count_rather_than_looping() {
    let last = day("9999-12-31");
    assert_eq!(built_in().plus_working_days(day("9999-12-01"), u32::MAX), last);
    let shut = Calendar { fixed: BTreeSet::from([(12, 31)]), ..Calendar::default() };
    assert_eq!(shut.next_working_day_from(last), last);
}

#[test]
fn the_cooling_off_ends_on_the_seventh_day_or_the_working_day_after_it() {
    for (paid, ends) in [
        ("2026-11-16", "2026-11-23"),
        ("2026-11-14", "2026-11-23"),
        ("2025-06-01", "2025-06-09"),
        ("2026-09-24", "2026-10-08"),
        ("2026-12-25", "2027-01-04"),
    ] {
        assert_eq!(cooling_off_ends(day(paid), built_in()), day(ends), "{paid}");
    }
}

#[test]
fn data_that_contradicts_itself_is_refused() {
    use CalendarError::{Conflict, ForeignDay, MakeUpOnWeekday, Span};
    let reversed = year("make_up = []\nholidays = { a = [\"2026-01-03\", \"2026-01-01\"] }");
    assert_eq!(reversed, Err(Span(day("2026-01-03"), day("2026-01-01"))));
    let endless = year("make_up = []\nholidays = { a = [\"2026-01-01\", \"2026-12-31\"] }");
    assert_eq!(endless, Err(Span(day("2026-01-01"), day("2026-12-31"))));
    let foreign = year("make_up = []\nholidays = { a = [\"2027-01-01\", \"2027-01-01\"] }");
    assert_eq!(foreign, Err(ForeignDay(day("2027-01-01"), 2026)));
    let weekday = year("make_up = [\"2026-01-05\"]\nholidays = {}");
    assert_eq!(weekday, Err(MakeUpOnWeekday(day("2026-01-05"))));
    let both = year("make_up = [\"2026-01-04\"]\nholidays = { a = [\"2026-01-04\", \"2026-01-04\"] }");
    assert_eq!(both, Err(Conflict(day("2026-01-04"))));
}

#[test]
fn text_of_another_shape_is_refused() {
    let parse = |fixed: &str, year: &str| {
        Calendar::parse(&format!(
            "version = \"t\"\nfixed_holidays = [\"{fixed}\"]\n[years.{year}]\nmake_up = []\nholidays = {{}}"
        ))
    };
    assert!(parse("02-29", "2026").is_ok());
    assert_eq!(parse("13-01", "2026"), Err(CalendarError::Fixed("13-01".into())));
    assert_eq!(parse("01-01", "soon"), Err(CalendarError::Year("soon".into())));
    assert!(matches!(Calendar::parse("years = 1"), Err(CalendarError::Syntax(_))));
    assert!(matches!(year("make_up = []\nholidays = {}\nextra = 1"), Err(CalendarError::Syntax(_))));
}
