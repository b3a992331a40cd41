//! Period cards.

use super::{check, day, facts, refusal};
use crate::domain::refund::{Facts, Fault, Granularity, PeriodFacts, PlanFacts, Reason, RefundError};

fn term(paid: &str, starts_on: &str, ends_on: &str, ended_on: Option<&str>) -> Facts {
    let plan = PlanFacts::Period(PeriodFacts {
        starts_on: day(starts_on),
        ends_on: day(ends_on),
        ended_on: ended_on.map(day),
        closed_days: 0,
        granularity: Granularity::Day,
    });
    let (paid_on, requested_on) = (day("2024-12-01"), day("2025-09-01"));
    Facts { paid_on, requested_on, plan, ..facts(Reason::MerchantBreach, paid, 1, 0) }
}

fn of(facts: &mut Facts) -> &mut PeriodFacts {
    match &mut facts.plan {
        PlanFacts::Period(period) => period,
        other => panic!("{other:?}"),
    }
}

fn with(mut facts: Facts, closed_days: u64, granularity: Granularity) -> Facts {
    (of(&mut facts).closed_days, of(&mut facts).granularity) = (closed_days, granularity);
    facts
}

fn year(ended_on: &str) -> Facts {
    term("3650.00", "2025-01-01", "2025-12-31", Some(ended_on))
}

#[test]
fn what_remains_of_the_term_comes_back_by_the_day_and_both_ends_count() {
    let m = Fault::Merchant;
    let result = check(&year("2025-01-31"), "3340.00", "310.00", m, false);
    let line = result.lines.first().unwrap();
    assert_eq!(
        (line.article, line.formula.as_str()),
        ("法释〔2025〕4号 第22条（参考）", "3650.00 - 3650.00 × 334 / 365")
    );
    check(&year("2025-01-01"), "3640.00", "10.00", m, false);
    check(&year("2024-12-31"), "3650.00", "0.00", m, false);
    check(&year("2025-12-30"), "10.00", "3640.00", m, false);
    check(&year("2025-12-31"), "0.00", "3650.00", m, false);
}

#[test]
fn without_a_last_day_of_service_the_day_of_the_request_is_it() {
    check(&term("3650.00", "2025-01-01", "2025-12-31", None), "1210.00", "2440.00", Fault::Merchant, false);
    check(&term("3650.00", "2025-10-01", "2026-09-30", None), "3650.00", "0.00", Fault::Merchant, false);
}

#[test]
fn the_formula_is_the_same_for_every_cause() {
    let under = |reason| Facts { reason, ..year("2025-01-31") };
    check(&under(Reason::ConsumerChoice), "3340.00", "310.00", Fault::Consumer, false);
    let shared = Facts { merchant_fault_percent: Some(30), ..under(Reason::Mixed) };
    check(&shared, "3340.00", "310.00", Fault::Mixed, true);
    let week = Facts {
        reason: Reason::SevenDay,
        paid_on: day("2025-01-01"),
        requested_on: day("2025-01-03"),
        ..term("3650.00", "2025-01-01", "2025-12-31", None)
    };
    check(&week, "3620.00", "30.00", Fault::SevenDay, true);
}

#[test]
fn days_on_which_the_merchant_was_shut_are_added_back() {
    check(&with(year("2025-01-31"), 10, Granularity::Day), "3440.00", "210.00", Fault::Merchant, false);
    check(&with(year("2025-01-31"), 31, Granularity::Day), "3650.00", "0.00", Fault::Merchant, false);
}

#[test]
fn a_lapsed_term_gives_back_nothing_but_those_days() {
    for granularity in [Granularity::Day, Granularity::Month] {
        let late = || Facts { requested_on: day("2026-03-01"), ..term("3650.00", "2025-01-01", "2025-12-31", None) };
        check(&with(late(), 0, granularity), "0.00", "3650.00", Fault::Merchant, false);
        check(&with(late(), 10, granularity), "100.00", "3550.00", Fault::Merchant, false);
    }
}

#[test]
fn a_begun_month_counts_whole_where_the_contract_counts_months() {
    let months =
        |starts_on, ends_on, ended_on| with(term("1200.00", starts_on, ends_on, Some(ended_on)), 0, Granularity::Month);
    let m = Fault::Merchant;
    check(&months("2025-01-01", "2025-12-31", "2025-01-31"), "1100.00", "100.00", m, false);
    check(&months("2025-01-01", "2025-12-31", "2025-02-01"), "1000.00", "200.00", m, false);
    check(&months("2025-01-15", "2026-01-14", "2025-02-14"), "1100.00", "100.00", m, false);
    check(&months("2025-01-15", "2026-01-14", "2025-02-15"), "1000.00", "200.00", m, false);
    check(&months("2025-01-31", "2026-01-30", "2025-02-28"), "1100.00", "100.00", m, false);
    check(&months("2025-01-31", "2026-01-30", "2025-03-01"), "1000.00", "200.00", m, false);
    let shut = with(term("3650.00", "2025-01-01", "2025-12-31", Some("2025-06-30")), 10, Granularity::Month);
    let result = check(&shut, "1925.00", "1725.00", m, false);
    let formula = &result.lines.get(1).unwrap().formula;
    assert_eq!(formula, "max(0, 3650.00 - 3650.00 × 6 / 12 - 3650.00 × 10 / 365)");
}

#[test]
fn contradictions_of_a_term_are_refused() {
    use RefundError as E;
    type Contradiction = (fn(&mut PeriodFacts), E, &'static str);
    let refused = |change: fn(&mut PeriodFacts)| refusal(year("2025-01-31"), |facts| change(of(facts)));
    let cases: [Contradiction; 3] = [
        (|period| period.ends_on = day("2024-12-31"), E::EndsBeforeStarts, "/period/ends_on"),
        (|period| period.ended_on = Some(day("2024-12-30")), E::EndedBeforeStarts, "/period/ended_on"),
        (|period| period.closed_days = 32, E::ClosedBeyondElapsed, "/period/closed_days"),
    ];
    for (change, error, pointer) in cases {
        assert_eq!(refused(change), (error, pointer.to_owned()));
    }
}
