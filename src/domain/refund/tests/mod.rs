//! Published results, refusals, and the laws every calculation obeys.

mod course;
mod period;
mod rates;
mod stored_value;
mod units;

use super::*;
use crate::domain::calendar::built_in;
use crate::domain::packs::{Count, Days, InterestFrom};
use crate::domain::time::Date;

fn yuan(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn facts(reason: Reason, paid: &str, units: u64, used_units: u64) -> Facts {
    Facts {
        paid: yuan(paid),
        paid_on: day("2025-06-01"),
        requested_on: day("2025-09-01"),
        reason,
        prior_same_service: false,
        merchant_fault_percent: None,
        plan: PlanFacts::Count(CountFacts {
            units: units.into(),
            bonus_units: Units::ZERO,
            used_units: used_units.into(),
            list_price: None,
            list_price_proven: true,
            market_price: None,
        }),
        deductions: Vec::new(),
        custody: Custody::SpecialAccount { rate: None },
        agreed_rate: None,
        cooling_off: Days { count: Count::Natural, days: 7 },
        interest_from: InterestFrom::PaymentDay,
    }
}

fn count(facts: &mut Facts) -> &mut CountFacts {
    match &mut facts.plan {
        PlanFacts::Count(count) => count,
        other => panic!("{other:?}"),
    }
}

fn listed(mut facts: Facts, list_price: &str) -> Facts {
    count(&mut facts).list_price = Some(yuan(list_price));
    facts
}

fn deducting(mut facts: Facts, kind: DeductionKind, amount: &str, proven: bool) -> Facts {
    facts.deductions.push(Deduction { name: "x".into(), amount: yuan(amount), kind, proven });
    facts
}

fn run(facts: &Facts) -> Calculation {
    calculate(facts, built_in(), Benchmarks::built_in()).unwrap()
}

fn check(facts: &Facts, refund: &str, used: &str, fault: Fault, needs_decision: bool) -> Calculation {
    let result = run(facts);
    let figures = (result.refund, result.used, result.fault, result.needs_decision);
    assert_eq!(figures, (yuan(refund), yuan(used), fault, needs_decision), "{facts:?}\n{result:#?}");
    assert!(result.lines.iter().all(|line| line.article.starts_with("法释〔2025〕4号 第")));
    result
}

#[test]
fn published_count_cases_come_out_to_the_fen() {
    use Reason::{ConditionsChanged, ConsumerChoice, MerchantBreach, MerchantClosed};
    let (m, c) = (Fault::Merchant, Fault::Consumer);
    let penalty = |facts, amount| deducting(facts, DeductionKind::Penalty, amount, false);
    let cases = [
        ("R01", facts(MerchantBreach, "2000.00", 60, 12), "1600.00", "400.00", m, false),
        ("R07", facts(MerchantClosed, "4000.00", 30, 19), "1466.67", "2533.33", m, false),
        ("R08", penalty(facts(ConditionsChanged, "46080.00", 144, 78), "13824.00"), "21120.00", "24960.00", m, true),
        ("R11", penalty(facts(MerchantBreach, "12000.00", 50, 38), "2400.00"), "2880.00", "9120.00", m, true),
        ("R15", facts(MerchantBreach, "100.00", 10, 6), "40.00", "60.00", m, false),
        ("W1", listed(facts(ConsumerChoice, "2000.00", 10, 5), "200.00"), "1000.00", "1000.00", c, false),
        ("W5", listed(facts(ConsumerChoice, "500.00", 10, 5), "200.00"), "0.00", "500.00", c, false),
    ];
    for (id, facts, refund, used, fault, needs_decision) in cases {
        let result = check(&facts, refund, used, fault, needs_decision);
        assert_eq!((result.deductions, result.total), (Amount::ZERO, result.refund), "{id}");
    }
}

#[test]
fn the_first_line_shows_its_article_its_formula_and_its_amount() {
    let result = run(&facts(Reason::MerchantBreach, "2000.00", 60, 12));
    let line = result.lines.first().unwrap();
    assert_eq!(line.article, "法释〔2025〕4号 第18条（参考）");
    assert_eq!((line.formula.as_str(), line.amount), ("2000.00 × 12 / 60", yuan("400.00")));
    assert_eq!(result.lines.last().unwrap().formula, "max(0, 2000.00 - 400.00 - 0.00)");
    assert_eq!(result.rules_version, RULES_VERSION);
}

#[test]
fn every_reason_of_the_merchant_is_calculated_alike() {
    for reason in Reason::ALL.iter().copied().filter(|reason| {
        !matches!(reason, Reason::SevenDay | Reason::ConsumerChoice | Reason::Mixed | Reason::Mutual | Reason::Award)
    }) {
        check(&listed(facts(reason, "1000.00", 10, 4), "500.00"), "600.00", "400.00", Fault::Merchant, false);
    }
}

#[test]
fn bonus_units_share_the_price() {
    let mut facts = facts(Reason::MerchantBreach, "1000.00", 10, 6);
    count(&mut facts).bonus_units = 2.into();
    let result = check(&facts, "500.00", "500.00", Fault::Merchant, false);
    assert_eq!(result.lines.first().unwrap().formula, "1000.00 × 6 / (10 + 2)");
}

#[test]
fn only_the_refund_is_rounded_and_a_half_goes_up() {
    let result = check(&facts(Reason::MerchantBreach, "0.05", 2, 1), "0.03", "0.02", Fault::Merchant, false);
    assert_eq!(result.lines.first().unwrap().amount, yuan("0.02"));
}

#[test]
fn the_price_before_discount_gives_way_as_the_rules_say() {
    let sold = |list: Option<&str>, proven, market: Option<&str>| {
        let mut facts = facts(Reason::ConsumerChoice, "1000.00", 10, 4);
        let count = count(&mut facts);
        count.list_price = list.map(yuan);
        count.list_price_proven = proven;
        count.market_price = market.map(yuan);
        facts
    };
    let c = Fault::Consumer;
    check(&sold(Some("150.00"), true, None), "400.00", "600.00", c, false);
    check(&sold(Some("150.00"), true, Some("120.00")), "400.00", "600.00", c, false);
    check(&sold(Some("99.99"), true, None), "600.00", "400.00", c, false);
    check(&sold(Some("900.00"), false, Some("120.00")), "520.00", "480.00", c, false);
    check(&sold(Some("900.00"), false, Some("80.00")), "600.00", "400.00", c, false);
    check(&sold(Some("150.00"), false, None), "400.00", "600.00", c, true);
    check(&sold(None, false, Some("500.00")), "600.00", "400.00", c, false);
}

#[test]
fn the_seven_days_give_the_whole_principal_up_to_the_working_day_they_move_to() {
    let asked = |on: &str, used| Facts { requested_on: day(on), ..facts(Reason::SevenDay, "1000.00", 10, used) };
    check(&asked("2025-06-01", 0), "1000.00", "0.00", Fault::SevenDay, false);
    check(&asked("2025-06-09", 0), "1000.00", "0.00", Fault::SevenDay, false);
    check(&listed(asked("2025-06-09", 2), "300.00"), "800.00", "200.00", Fault::SevenDay, true);
    let late = check(&listed(asked("2025-06-10", 2), "300.00"), "400.00", "600.00", Fault::Consumer, false);
    assert_eq!(late.lines.first().unwrap().formula, "2025-06-10 > 2025-06-09");
    let known = Facts { prior_same_service: true, ..listed(asked("2025-06-02", 2), "300.00") };
    let known = check(&known, "400.00", "600.00", Fault::Consumer, false);
    assert!(known.lines.first().unwrap().article.ends_with("第14条"));
}

#[test]
fn mixed_fault_weighs_both_results_after_their_caps() {
    let shared = |percent, list| Facts {
        merchant_fault_percent: Some(percent),
        ..listed(facts(Reason::Mixed, "1000.00", 10, 4), list)
    };
    check(&shared(100, "200.00"), "600.00", "400.00", Fault::Mixed, true);
    check(&shared(60, "200.00"), "440.00", "560.00", Fault::Mixed, true);
    check(&shared(0, "200.00"), "200.00", "800.00", Fault::Mixed, true);
    check(&shared(50, "9000.00"), "300.00", "700.00", Fault::Mixed, true);
}

#[test]
fn only_a_proven_reasonable_cost_is_deducted_and_each_deduction_needs_a_decision() {
    use DeductionKind::{Commission, Cost, Penalty};
    let week = Facts { requested_on: day("2025-06-03"), ..facts(Reason::SevenDay, "1000.00", 10, 0) };
    let sold = |reason| facts(reason, "1000.00", 10, 4);
    let cases = [
        (sold(Reason::ConsumerChoice), Cost, true, "100.00", "500.00"),
        (sold(Reason::MerchantBreach), Cost, true, "100.00", "500.00"),
        (sold(Reason::ConsumerChoice), Cost, false, "0.00", "600.00"),
        (sold(Reason::ConsumerChoice), Commission, true, "0.00", "600.00"),
        (sold(Reason::ConsumerChoice), Penalty, true, "0.00", "600.00"),
        (sold(Reason::ConditionsChanged), Cost, true, "0.00", "600.00"),
        (week, Cost, true, "0.00", "1000.00"),
    ];
    for (facts, kind, proven, deducted, refund) in cases {
        let result = run(&deducting(facts, kind, "100.00", proven));
        let figures = (result.deductions, result.refund, result.needs_decision);
        assert_eq!(figures, (yuan(deducted), yuan(refund), true), "{kind} {proven}\n{result:#?}");
    }
}

#[test]
fn deductions_are_cut_to_what_is_left_of_the_payment() {
    let twice = deducting(facts(Reason::ConsumerChoice, "100.00", 3, 1), DeductionKind::Cost, "50.00", true);
    let result = run(&deducting(twice, DeductionKind::Cost, "9999999999999.99", true));
    let figures = (result.refund, result.used, result.deductions);
    assert_eq!(figures, (Amount::ZERO, yuan("33.33"), yuan("66.67")));
}

#[test]
fn escrow_pays_what_the_account_earned_and_shows_the_rest_as_a_claim() {
    let rated = |account: Option<&str>, agreed: Option<&str>| {
        let rate = |text: &str| Rate::parse(text).unwrap();
        run(&Facts {
            custody: Custody::SpecialAccount { rate: account.map(rate) },
            agreed_rate: agreed.map(rate),
            ..facts(Reason::MerchantBreach, "2000.00", 60, 12)
        })
    };
    let earned = rated(Some("0.35"), None);
    assert_eq!((earned.interest, earned.total), (yuan("1.41"), yuan("1601.41")));
    assert_eq!(earned.lines.last().unwrap().formula, "1600.00 × 0.35% × 92 / 365");
    let both = rated(Some("0.35"), Some("3.65"));
    assert_eq!((both.total, both.lines.last().unwrap().amount), (yuan("1601.41"), yuan("13.31")));
    assert_eq!(rated(Some("0.35"), Some("0.1")).lines.len(), earned.lines.len());
    assert_eq!(rated(None, Some("3.65")).interest, Amount::ZERO);
}

#[test]
fn a_rate_is_a_percentage_with_at_most_four_places() {
    for (text, shown) in [("0", "0.00"), ("0.35", "0.35"), ("3.1", "3.10"), ("3.1415", "3.1415"), ("100", "100.00")] {
        assert_eq!(Rate::parse(text).unwrap().to_string(), shown);
    }
    for text in ["", ".5", "5.", "-1", "+1", "1e2", "01", "0.12345", "100.0001", "101", "1,5", "１"] {
        assert_eq!(Rate::parse(text), Err(RateError), "{text}");
    }
}

/// The error that changed facts meet, with its pointer.
fn refusal(mut facts: Facts, change: impl FnOnce(&mut Facts)) -> (RefundError, String) {
    change(&mut facts);
    let error = calculate(&facts, built_in(), Benchmarks::built_in()).unwrap_err();
    (error, error.pointer())
}

#[test]
fn facts_that_contradict_each_other_are_refused_with_a_pointer() {
    use RefundError as E;
    type Contradiction = (fn(&mut Facts), E, &'static str);
    fn dear(facts: &mut Facts) {
        (facts.paid, facts.requested_on) = (Amount::MAX, day("9999-12-31"));
        count(facts).used_units = Units::ZERO;
    }
    fn mixed(facts: &mut Facts, percent: Option<u8>) {
        (facts.reason, facts.merchant_fault_percent) = (Reason::Mixed, percent);
    }
    let cases: [Contradiction; 13] = [
        (|facts| facts.reason = Reason::Mutual, E::ReasonNotCalculable, "/reason"),
        (|facts| facts.reason = Reason::Award, E::ReasonNotCalculable, "/reason"),
        (|facts| count(facts).units = Units::ZERO, E::UnitsZero, "/count/units"),
        (|facts| count(facts).used_units = Units::parse("10.01").unwrap(), E::UsedBeyondUnits, "/count/used_units"),
        (|facts| facts.requested_on = day("2025-05-31"), E::RequestedBeforePaid, "/requested_on"),
        (|facts| mixed(facts, None), E::FaultPercentMissing, "/merchant_fault_percent"),
        (|facts| facts.merchant_fault_percent = Some(0), E::FaultPercentUnexpected, "/merchant_fault_percent"),
        (|facts| mixed(facts, Some(101)), E::FaultPercentAboveHundred, "/merchant_fault_percent"),
        (|facts| count(facts).list_price = Some(Amount::MAX), E::ListPriceTooLarge, "/count/list_price"),
        (
            |facts| (count(facts).list_price_proven, count(facts).market_price) = (false, Some(Amount::MAX)),
            E::MarketPriceTooLarge,
            "/count/market_price",
        ),
        (
            |facts| {
                dear(facts);
                facts.custody = Custody::SpecialAccount { rate: Rate::parse("100").ok() };
            },
            E::AccountInterestTooLarge,
            "/account_rate",
        ),
        (
            |facts| {
                dear(facts);
                facts.agreed_rate = Rate::parse("100").ok();
            },
            E::AgreedInterestTooLarge,
            "/agreed_rate",
        ),
        (
            |facts| {
                dear(facts);
                facts.custody = Custody::Elsewhere;
            },
            E::BenchmarkInterestTooLarge,
            "/paid",
        ),
    ];
    for (contradict, error, pointer) in cases {
        let listed = listed(facts(Reason::ConsumerChoice, "1000.00", 10, 4), "200.00");
        assert_eq!(refusal(listed, contradict), (error, pointer.to_owned()));
    }
}
