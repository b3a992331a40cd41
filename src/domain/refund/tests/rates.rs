//! Published rates, and when they stand in.

use super::{day, facts, run, yuan};
use crate::domain::money::Amount;
use crate::domain::refund::{Benchmarks, BenchmarksError, Calculation, Custody, Facts, Rate, Reason};

fn outside(reason: Reason, paid_on: &str, requested_on: &str) -> Calculation {
    run(&Facts {
        paid_on: day(paid_on),
        requested_on: day(requested_on),
        custody: Custody::Elsewhere,
        ..facts(reason, "2000.00", 60, 12)
    })
}

#[test]
fn without_an_agreed_rate_money_outside_escrow_bears_the_published_one_as_a_claim() {
    let merchant = outside(Reason::MerchantBreach, "2025-06-01", "2025-09-01");
    assert_eq!((merchant.interest, merchant.total), (Amount::ZERO, yuan("1600.00")));
    let line = merchant.lines.last().unwrap();
    assert_eq!((line.formula.as_str(), line.amount), ("1600.00 × 3.00% × 92 / 365", yuan("12.10")));
    let consumer = outside(Reason::ConsumerChoice, "2025-06-01", "2025-09-01");
    assert_eq!(consumer.lines.last().unwrap().formula, "1600.00 × 1.50% × 92 / 365");
}

#[test]
fn where_the_published_rates_are_not_known_no_line_is_made_up() {
    for (reason, paid_on, requested_on) in [
        (Reason::MerchantBreach, "2025-11-20", "2025-12-20"),
        (Reason::ConsumerChoice, "2025-11-20", "2025-12-20"),
        (Reason::MerchantBreach, "2019-08-19", "2025-12-20"),
        (Reason::SevenDay, "2025-06-01", "2025-06-02"),
    ] {
        let lines = outside(reason, paid_on, requested_on).lines;
        assert!(lines.iter().all(|line| !line.formula.contains('%')), "{lines:#?}");
    }
}

#[test]
fn a_rate_holds_from_its_first_day_until_the_next_one_begins() {
    let rates = Benchmarks::built_in();
    assert_eq!(rates.version(), "cn-rates-2025.1");
    for (on, lpr) in
        [("2019-08-19", None), ("2024-10-20", Some("3.35")), ("2024-10-21", Some("3.10")), ("2025-05-20", Some("3.00"))]
    {
        assert_eq!(rates.lpr_on(day(on)), lpr.map(|rate| Rate::parse(rate).unwrap()), "{on}");
    }
    assert_eq!(rates.deposit_on(day("2025-05-20")), Rate::parse("1.50").ok());
}

#[test]
fn a_table_of_rates_out_of_order_is_refused() {
    let table = |rows: &str, until: &str| {
        let series = format!("known_until = \"{until}\"\nrates = [{rows}]\n");
        Benchmarks::parse(&format!("version = \"x\"\n[lpr_one_year]\n{series}[deposit_one_year]\n{series}"))
    };
    let (first, second) = (r#"["2025-01-01", "3"]"#, r#"["2025-02-01", "4"]"#);
    assert!(table(&format!("{first}, {second}"), "2025-03-01").is_ok());
    let order = |on| Err(BenchmarksError::Order(day(on)));
    assert_eq!(table(&format!("{second}, {first}"), "2025-03-01"), order("2025-01-01"));
    assert_eq!(table(&format!("{first}, {second}"), "2025-01-15"), order("2025-02-01"));
    assert!(matches!(table(r#"["2025-01-01", "-3"]"#, "2025-03-01"), Err(BenchmarksError::Syntax(_))));
}
