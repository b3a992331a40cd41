//! Laws that hold for every calculation of every kind, whatever the facts.

use proptest::prelude::*;

use super::*;
use crate::domain::calendar::built_in;
use crate::domain::packs::{Count, Days, InterestFrom};
use crate::domain::time::Date;

fn first_day() -> Date {
    Date::parse("2025-06-01").unwrap()
}

fn hundredths(hundredths: u64) -> Units {
    Units::parse(&format!("{}.{:02}", hundredths / 100, hundredths % 100)).unwrap()
}

prop_compose! {
    fn any_amount()(fen in prop_oneof![0..=20_i64, 0..=5_000_000_i64]) -> Amount {
        Amount::from_fen(fen).unwrap()
    }
}

prop_compose! {
    /// Units and those used of them, some in hours.
    fn any_use()(units in prop_oneof![(1..=200_u64).prop_map(|units| units * 100), 1..=20_000_u64])(
        used in 0..=units,
        units in Just(units),
    ) -> (u64, u64) {
        (units, used)
    }
}

prop_compose! {
    fn any_count()(
        (all, used) in any_use(),
        bonus in any::<prop::sample::Index>(),
        list_price in proptest::option::of(any_amount()),
        list_price_proven in any::<bool>(),
        market_price in proptest::option::of(any_amount()),
    ) -> PlanFacts {
        let bonus = u64::try_from(bonus.index(usize::try_from(all).unwrap())).unwrap();
        PlanFacts::Count(CountFacts {
            units: hundredths(all - bonus),
            bonus_units: hundredths(bonus),
            used_units: hundredths(used),
            list_price,
            list_price_proven,
            market_price,
        })
    }
}

prop_compose! {
    fn any_gift()((units, used) in any_use(), package_price in any_amount(), goods in any::<bool>()) -> Gift {
        let (units, used_units) = (hundredths(units), hundredths(used));
        Gift { name: "x".to_owned(), package_price, units, used_units, goods }
    }
}

prop_compose! {
    fn any_stored_value(paid: Amount)(
        bonus in any_amount(),
        consumed in 0..=10_000_u32,
        consumed_list in proptest::option::of(any_amount()),
        gifts in proptest::collection::vec(any_gift(), 0..3),
    ) -> PlanFacts {
        let consumed = (paid.fen() + bonus.fen()) * i64::from(consumed) / 10_000;
        let consumed = Amount::from_fen(consumed).unwrap();
        PlanFacts::StoredValue(StoredValueFacts { bonus, consumed, consumed_list, gifts })
    }
}

prop_compose! {
    fn any_period(requested_on: Date)(
        start in -500..=500_i64,
        length in 0..=800_i64,
        ended in proptest::option::of(-1..=900_i64),
        shut in any::<prop::sample::Index>(),
        granularity in proptest::sample::select(Granularity::ALL),
    ) -> PlanFacts {
        let starts_on = first_day().plus_days(start);
        let ends_on = starts_on.plus_days(length);
        let ended_on = ended.map(|days| starts_on.plus_days(days));
        let elapsed = ended_on.unwrap_or(requested_on).min(ends_on).days_since(starts_on).saturating_add(1).max(0);
        let closed_days = shut.index(usize::try_from(elapsed).unwrap() + 1).try_into().unwrap();
        PlanFacts::Period(PeriodFacts { starts_on, ends_on, ended_on, closed_days, granularity })
    }
}

prop_compose! {
    /// Milestones whose prices make up `paid`.
    fn any_course(paid: Amount)(parts in proptest::collection::vec((any_use(), 0..=100_i64), 1..5)) -> PlanFacts {
        let mut left = paid.fen();
        let last = parts.len() - 1;
        let milestone = |(index, ((lessons, given), percent)): (usize, &((u64, u64), i64))| {
            let fen = if index == last { left } else { left * percent / 100 };
            left -= fen;
            let (lessons, lessons_given) = (hundredths(*lessons), hundredths(*given));
            Milestone { name: "x".to_owned(), price: Amount::from_fen(fen).unwrap(), lessons, lessons_given }
        };
        PlanFacts::Course(parts.iter().enumerate().map(milestone).collect())
    }
}

fn any_plan(paid: Amount, requested_on: Date) -> impl Strategy<Value = PlanFacts> {
    prop_oneof![any_count(), any_stored_value(paid), any_period(requested_on), any_course(paid)]
}

prop_compose! {
    fn any_deduction()(
        amount in any_amount(),
        kind in proptest::sample::select(DeductionKind::ALL),
        proven in any::<bool>(),
    ) -> Deduction {
        Deduction { name: "x".to_owned(), amount, kind, proven }
    }
}

fn any_custody() -> impl Strategy<Value = Custody> {
    let rate = |rate: u8| Custody::SpecialAccount { rate: Rate::parse(&rate.to_string()).ok() };
    prop_oneof![Just(Custody::Elsewhere), Just(Custody::SpecialAccount { rate: None }), (0..=20_u8).prop_map(rate)]
}

prop_compose! {
    fn any_facts()(paid in any_amount(), days in prop_oneof![0..=10_i64, 0..=400_i64])(
        paid in Just(paid),
        days in Just(days),
        plan in any_plan(paid, first_day().plus_days(days)),
        reason in proptest::sample::select(Reason::ALL)
            .prop_filter("calculable", |reason| !matches!(reason, Reason::Mutual | Reason::Award)),
        percent in 0..=100_u8,
        prior_same_service in any::<bool>(),
        deductions in proptest::collection::vec(any_deduction(), 0..3),
        custody in any_custody(),
    ) -> Facts {
        Facts {
            paid,
            paid_on: first_day(),
            requested_on: first_day().plus_days(days),
            reason,
            prior_same_service,
            merchant_fault_percent: (reason == Reason::Mixed).then_some(percent),
            plan,
            deductions,
            custody,
            agreed_rate: None,
            cooling_off: Days { count: Count::Natural, days: 7 },
            interest_from: InterestFrom::PaymentDay,
        }
    }
}

fn run(facts: &Facts) -> Calculation {
    calculate(facts, built_in(), Benchmarks::built_in()).unwrap()
}

fn one_more(used: &mut Units, units: Units) {
    *used = used.plus(hundredths(1)).unwrap().min(units);
}

/// The same plan with everything used a little more, where there is more to use.
fn further(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    match &mut facts.plan {
        PlanFacts::Count(count) => one_more(&mut count.used_units, count.units.plus(count.bonus_units).unwrap()),
        PlanFacts::StoredValue(stored) => {
            let credited = facts.paid.checked_add(stored.bonus).unwrap();
            stored.consumed = stored.consumed.checked_add(Amount::from_fen(7).unwrap()).unwrap().min(credited);
            for gift in &mut stored.gifts {
                one_more(&mut gift.used_units, gift.units);
            }
        }
        PlanFacts::Period(period) => {
            period.ended_on = Some(period.ended_on.unwrap_or(facts.requested_on).max(period.starts_on).plus_days(1));
        }
        PlanFacts::Course(milestones) => {
            for milestone in milestones {
                one_more(&mut milestone.lessons_given, milestone.lessons);
            }
        }
    }
    facts
}

proptest! {
    #[test]
    fn refund_used_and_deductions_make_up_what_was_paid(facts in any_facts()) {
        let result = run(&facts);
        let sum = result.refund.checked_add(result.used).and_then(|sum| sum.checked_add(result.deductions));
        prop_assert_eq!(sum, Some(facts.paid));
        prop_assert_eq!(result.refund.checked_add(result.interest), Some(result.total));
    }

    #[test]
    fn the_consumer_never_owes_and_is_never_charged_beyond_the_payment(facts in any_facts()) {
        let result = run(&facts);
        prop_assert!(result.refund <= facts.paid && result.used <= facts.paid && result.deductions <= facts.paid);
    }

    #[test]
    fn the_refund_never_grows_with_use(facts in any_facts()) {
        prop_assert!(run(&further(&facts)).refund <= run(&facts).refund);
    }

    #[test]
    fn the_merchants_cause_never_gives_less_than_the_consumers(facts in any_facts()) {
        let under = |reason| run(&Facts { reason, merchant_fault_percent: None, ..facts.clone() }).refund;
        let shared = |percent| {
            run(&Facts { reason: Reason::Mixed, merchant_fault_percent: Some(percent), ..facts.clone() }).refund
        };
        let consumer = under(Reason::ConsumerChoice);
        let merchant = under(Reason::MerchantBreach);
        prop_assert!(merchant >= consumer);
        prop_assert!(under(Reason::ConditionsChanged) >= merchant);
        prop_assert!(under(Reason::SevenDay) >= consumer);
        prop_assert!((consumer..=merchant).contains(&shared(37)));
        prop_assert_eq!((shared(100), shared(0)), (merchant, consumer));
    }

    #[test]
    fn the_parts_that_price_the_use_add_up(facts in any_facts()) {
        let facts = Facts {
            reason: Reason::MerchantClosed,
            merchant_fault_percent: None,
            deductions: Vec::new(),
            custody: Custody::SpecialAccount { rate: None },
            ..facts
        };
        let result = run(&facts);
        let (cap, parts) = result.lines.split_last().unwrap();
        let parts = parts.iter().try_fold(Amount::ZERO, |sum, line| sum.checked_add(line.amount)).unwrap();
        prop_assert_eq!(parts.min(facts.paid), result.used);
        prop_assert_eq!(cap.amount, result.refund);
    }

    #[test]
    fn the_refund_of_a_count_plan_is_the_exact_fraction_rounded_once(
        plan in any_count(),
        paid in any_amount(),
        facts in any_facts(),
    ) {
        let PlanFacts::Count(count) = &plan else { unreachable!() };
        let all = count.units.plus(count.bonus_units).unwrap().hundredths();
        let left = all - count.used_units.hundredths();
        let fen = (2 * i128::from(paid.fen()) * left + all) / (2 * all);
        let (reason, merchant_fault_percent, deductions) = (Reason::MerchantClosed, None, Vec::new());
        let result = run(&Facts { paid, plan, reason, merchant_fault_percent, deductions, ..facts });
        prop_assert_eq!(i128::from(result.refund.fen()), fen);
        prop_assert_eq!(result.lines.first().map(|line| line.amount), Some(result.used));
    }

    #[test]
    fn no_facts_however_large_make_it_panic(
        fen in prop_oneof![Just(Amount::MAX.fen()), 0..=Amount::MAX.fen()],
        units in prop_oneof![Just([u64::MAX; 3]), any::<[u64; 3]>()],
        list_fen in prop_oneof![Just(Amount::MAX.fen()), 0..=Amount::MAX.fen()],
        days in prop_oneof![Just([i64::MAX / 2; 3]), any::<[i32; 3]>().prop_map(|days| days.map(i64::from))],
        goods in any::<bool>(),
        percent in any::<u8>(),
    ) {
        let day = |days: i64| first_day().plus_days(days.clamp(-700_000, 2_900_000));
        let (paid, list) = (Amount::from_fen(fen).unwrap(), Amount::from_fen(list_fen).unwrap());
        let [units, bonus_units, used_units] = units.map(Units::from);
        let gift = Gift { name: String::new(), package_price: list, units, used_units: used_units.min(units), goods };
        let milestone =
            Milestone { name: String::new(), price: paid, lessons: units, lessons_given: used_units.min(units) };
        let plans = [
            PlanFacts::Count(CountFacts {
                units, bonus_units, used_units, list_price: Some(list), list_price_proven: true, market_price: None,
            }),
            PlanFacts::StoredValue(StoredValueFacts {
                bonus: list, consumed: paid, consumed_list: Some(list), gifts: vec![gift.clone(), gift],
            }),
            PlanFacts::Period(PeriodFacts {
                starts_on: day(days[0]), ends_on: day(days[1]), ended_on: Some(day(days[2])),
                closed_days: percent.into(), granularity: if goods { Granularity::Month } else { Granularity::Day },
            }),
            PlanFacts::Course(vec![milestone]),
        ];
        for plan in plans {
            drop(calculate(&Facts {
                paid,
                paid_on: first_day(),
                requested_on: first_day().plus_days(90),
                reason: Reason::Mixed,
                prior_same_service: false,
                merchant_fault_percent: Some(percent % 101),
                plan,
                deductions: Vec::new(),
                custody: Custody::SpecialAccount { rate: Rate::parse("100").ok() },
                agreed_rate: None,
                cooling_off: Days { count: Count::Natural, days: 7 },
                interest_from: InterestFrom::PaymentDay,
            }, built_in(), Benchmarks::built_in()));
        }
    }
}
