//! Units and hours.

use super::{check, count, facts, listed};
use crate::domain::refund::{Fault, Reason, Units, UnitsError};

#[test]
fn units_are_whole_numbers_or_decimals_of_two_places() {
    for (text, shown) in
        [("0", "0"), ("12", "12"), ("191.5", "191.5"), ("0.25", "0.25"), ("10.10", "10.1"), ("7.00", "7")]
    {
        assert_eq!(Units::parse(text).unwrap().to_string(), shown);
        assert_eq!(serde_json::from_value::<Units>(text.into()).unwrap(), Units::parse(text).unwrap());
    }
    assert_eq!(serde_json::from_str::<Units>("60").unwrap(), Units::from(60));
    for text in ["", ".5", "5.", "-1", "+1", "1e2", "01", "0.125", "1000000000", "1,5", "１", " 1"] {
        assert_eq!(Units::parse(text), Err(UnitsError), "{text}");
    }
    for json in ["-1", "1.5", "1000000000", "18446744073709551615", "true", "[]"] {
        assert!(serde_json::from_str::<Units>(json).is_err(), "{json}");
    }
}

#[test]
fn hours_are_counted_to_the_hundredth() {
    let mut lessons = facts(Reason::MerchantBreach, "19150.00", 0, 0);
    count(&mut lessons).units = Units::parse("191.5").unwrap();
    count(&mut lessons).used_units = Units::parse("20.25").unwrap();
    let result = check(&lessons, "17125.00", "2025.00", Fault::Merchant, false);
    assert_eq!(result.lines.first().unwrap().formula, "19150.00 × 20.25 / 191.5");
    lessons.reason = Reason::ConsumerChoice;
    let result = check(&listed(lessons, "120.00"), "16720.00", "2430.00", Fault::Consumer, false);
    assert_eq!(result.lines.first().unwrap().formula, "120.00 × 20.25");
}
