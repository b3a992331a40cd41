//! Laws that hold for every calculation, whatever the facts.

use proptest::prelude::*;

use super::*;
use crate::domain::calendar::built_in;

prop_compose! {
    fn any_amount()(fen in prop_oneof![0..=20_i64, 0..=5_000_000_i64]) -> Amount {
        Amount::from_fen(fen).unwrap()
    }
}

prop_compose! {
    fn any_count()(units in 1..=200_u64, bonus_units in 0..=20_u64)(
        used_units in 0..=units + bonus_units,
        units in Just(units),
        bonus_units in Just(bonus_units),
        list_price in proptest::option::of(any_amount()),
        list_price_proven in any::<bool>(),
        market_price in proptest::option::of(any_amount()),
    ) -> CountFacts {
        CountFacts { units, bonus_units, used_units, list_price, list_price_proven, market_price }
    }
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

prop_compose! {
    fn any_facts()(
        paid in any_amount(),
        days in 0..=800_i64,
        reason in proptest::sample::select(Reason::ALL)
            .prop_filter("calculable", |reason| !matches!(reason, Reason::Mutual | Reason::Award)),
        percent in 0..=100_u8,
        prior_same_service in any::<bool>(),
        count in any_count(),
        deductions in proptest::collection::vec(any_deduction(), 0..3),
        rate in proptest::option::of(0..=20_u8),
    ) -> Facts {
        let paid_on = Date::parse("2025-06-01").unwrap();
        Facts {
            paid,
            paid_on,
            requested_on: paid_on.plus_days(days % 400),
            reason,
            prior_same_service,
            merchant_fault_percent: (reason == Reason::Mixed).then_some(percent),
            count,
            deductions,
            account_rate: rate.map(|rate| Rate::parse(&rate.to_string()).unwrap()),
            agreed_rate: None,
        }
    }
}

fn run(facts: &Facts) -> Calculation {
    calculate(facts, built_in()).unwrap()
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
        let mut further = facts.clone();
        prop_assume!(facts.count.used_units < facts.count.units + facts.count.bonus_units);
        further.count.used_units += 1;
        prop_assert!(run(&further).refund <= run(&facts).refund);
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
    fn the_refund_under_the_merchants_cause_is_the_exact_fraction_rounded_once(facts in any_facts()) {
        let facts = Facts {
            reason: Reason::MerchantClosed,
            merchant_fault_percent: None,
            deductions: Vec::new(),
            ..facts
        };
        let all = i128::from(facts.count.units + facts.count.bonus_units);
        let left = all - i128::from(facts.count.used_units);
        let fen = (2 * i128::from(facts.paid.fen()) * left + all) / (2 * all);
        let result = run(&facts);
        prop_assert_eq!(i128::from(result.refund.fen()), fen);
        prop_assert_eq!(result.lines.first().map(|line| line.amount), Some(result.used));
    }

    #[test]
    fn no_facts_however_large_make_it_panic(
        fen in 0..=Amount::MAX.fen(),
        units in any::<u64>(),
        bonus_units in any::<u64>(),
        used_units in any::<u64>(),
        list_fen in 0..=Amount::MAX.fen(),
        percent in any::<u8>(),
    ) {
        let paid_on = Date::parse("2025-06-01").unwrap();
        let facts = Facts {
            paid: Amount::from_fen(fen).unwrap(),
            paid_on,
            requested_on: paid_on.plus_days(90),
            reason: Reason::Mixed,
            prior_same_service: false,
            merchant_fault_percent: Some(percent % 101),
            count: CountFacts {
                units: units / 2,
                bonus_units: bonus_units / 2,
                used_units: used_units / 2,
                list_price: Amount::from_fen(list_fen),
                list_price_proven: true,
                market_price: None,
            },
            deductions: Vec::new(),
            account_rate: Rate::parse("100").ok(),
            agreed_rate: None,
        };
        drop(calculate(&facts, built_in()));
    }
}
