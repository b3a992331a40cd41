//! The amounts of a contract's deliveries, under any sequence of recording, voiding and reversing.

use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::{collection, prop_assert, prop_assert_eq, proptest};
use ticun::domain::money::Amount;
use ticun::domain::objects::{Delivery, Live, PlanFigures, Used, ValueUsed};
use ticun::domain::rejection::Rejection;

use super::pure::{Books, Step};
use super::seed::{SWIMS, Terms, course, lessons, stored_value, yuan};

fn steps(used: impl Strategy<Value = Used>) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => used.prop_map(Step::Record),
        1 => any::<usize>().prop_map(Step::Void),
        1 => any::<usize>().prop_map(Step::Reverse),
    ];
    collection::vec(step, 0..120)
}

fn fen(fen: i64) -> Amount {
    Amount::from_fen(fen).unwrap()
}

fn sum<'a>(deliveries: impl Iterator<Item = &'a Delivery>) -> Amount {
    deliveries.fold(Amount::ZERO, |sum, delivery| sum.checked_add(delivery.amount).unwrap())
}

fn units_of(delivery: &Delivery) -> u64 {
    match delivery.used {
        Used::Units(units) => units,
        Used::Lessons(given) => given.lessons,
        _ => 0,
    }
}

fn value_of(delivery: &Delivery) -> i64 {
    match delivery.used {
        Used::Value(spent) => spent.value.fen(),
        _ => 0,
    }
}

proptest! {
    #[test]
    fn deliveries_never_sum_above_the_price_and_reach_it_exactly_with_the_last_unit(
        (price, units) in (1_i64..=300_000, 1_u64..=80),
        steps in steps((1_u64..=7).prop_map(Used::Units))
    ) {
        let figures = PlanFigures { price: fen(price), ..Terms { units, ..SWIMS }.into() };
        let (price, all) = (fen(price), units);
        let mut books = Books::new(&figures);
        let live = |books: &Books| (sum(books.live()), books.live().map(units_of).sum::<u64>());
        for step in steps {
            // Some steps cannot be done; what counts is that nothing they leave behind is wrong.
            let refused = books.step(step).err();
            let (sum, units) = live(&books);
            prop_assert!(sum <= price, "{sum} after {step:?} ({refused:?})");
            prop_assert!(units < all || sum == price);
            let contract = books.contract();
            prop_assert_eq!((contract.amount_live, contract.live.clone()), (sum, Live::Units(units)));
        }
        while live(&books).1 < all {
            books.record(Used::Units(1)).unwrap();
        }
        prop_assert_eq!(live(&books).0, price);
        prop_assert_eq!(books.record(Used::Units(1)), Err(Rejection::UnitsExhausted { remaining: 0 }));
    }

    #[test]
    fn stored_value_is_released_to_the_fen_whatever_was_taken_back(
        (price, bonus) in (1_i64..=300_000, 0_i64..=200_000),
        spent in steps((1_i64..=90_000).prop_map(|value| Used::Value(ValueUsed { list_value: None, value: fen(value) })))
    ) {
        let figures = stored_value(&fen(price).to_string(), &fen(bonus).to_string(), &[]);
        let mut books = Books::new(&figures);
        let live = |books: &Books| (sum(books.live()), books.live().map(value_of).sum::<i64>());
        for step in spent {
            let refused = books.step(step).err();
            let (sum, consumed) = live(&books);
            prop_assert!(sum <= fen(price), "{sum} after {step:?} ({refused:?})");
            prop_assert!(consumed < price + bonus || sum == fen(price));
            prop_assert_eq!(books.contract().amount_live, sum);
        }
        let rest = price + bonus - live(&books).1;
        if rest > 0 {
            books.record(Used::Value(ValueUsed { list_value: None, value: fen(rest) })).unwrap();
        }
        prop_assert_eq!(live(&books).0, fen(price));
        let more = Used::Value(ValueUsed { list_value: None, value: fen(1) });
        prop_assert_eq!(books.record(more), Err(Rejection::ValueExhausted { remaining: Amount::ZERO }));
    }

    #[test]
    fn each_milestone_is_released_to_the_fen_whatever_was_taken_back(
        per_lesson in any::<bool>(),
        given in steps((0_u32..3, 1_u64..=5).prop_map(|(milestone, count)| lessons(milestone, count)))
    ) {
        let milestones = [("100.00", 3), ("0.07", 7), ("999.99", 12)];
        let mut books = Books::new(&course("1100.06", per_lesson, &milestones));
        let of = |books: &Books, milestone: u32| {
            let ours = |delivery: &&Delivery| matches!(delivery.used, Used::Lessons(given) if given.milestone == milestone);
            (sum(books.live().filter(ours)), books.live().filter(ours).map(units_of).sum::<u64>())
        };
        for step in given {
            let refused = books.step(step).err();
            for (milestone, (price, lessons)) in (0_u32..).zip(milestones) {
                let (sum, given) = of(&books, milestone);
                prop_assert!(sum <= yuan(price), "{sum} of {price} after {step:?} ({refused:?})");
                prop_assert!(given < lessons || sum == yuan(price), "{sum} of {price} after {step:?}");
                // A whole milestone that was taken back in part keeps what its other deliveries have released.
                let Live::Lessons(live) = &books.contract().live else { panic!("a course counts lessons") };
                prop_assert_eq!(live.at(milestone).map(|live| (live.amount, live.lessons)), Some((sum, given)));
            }
        }
        for (milestone, (_, count)) in (0_u32..).zip(milestones) {
            while of(&books, milestone).1 < count {
                books.record(lessons(milestone, 1)).unwrap();
            }
            prop_assert_eq!(books.record(lessons(milestone, 1)), Err(Rejection::UnitsExhausted { remaining: 0 }));
        }
        prop_assert_eq!(sum(books.live()), yuan("1100.06"));
    }
}
