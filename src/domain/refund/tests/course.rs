//! Courses by milestones.

use super::{check, day, facts, refusal, run, yuan};
use crate::domain::money::Amount;
use crate::domain::refund::{Facts, Fault, Milestone, PlanFacts, Reason, RefundError, Units};

fn course(reason: Reason, paid: &str, milestones: &[(&str, u64, u64)]) -> Facts {
    let milestones = milestones.iter().enumerate().map(|(index, (price, lessons, given))| Milestone {
        name: format!("第{}阶段", index + 1),
        price: yuan(price),
        lessons: (*lessons).into(),
        lessons_given: (*given).into(),
    });
    Facts { plan: PlanFacts::Course(milestones.collect()), ..facts(reason, paid, 1, 0) }
}

fn of(facts: &mut Facts) -> &mut Vec<Milestone> {
    match &mut facts.plan {
        PlanFacts::Course(milestones) => milestones,
        other => panic!("{other:?}"),
    }
}

const PARTS: [(&str, u64, u64); 3] = [("1000.00", 10, 10), ("2000.00", 12, 5), ("3000.00", 20, 0)];

#[test]
fn a_milestone_not_begun_comes_back_whole_and_a_begun_one_in_proportion() {
    let result =
        check(&course(Reason::MerchantBreach, "6000.00", &PARTS), "4166.67", "1833.33", Fault::Merchant, false);
    let amounts: Vec<String> = result.lines.iter().map(|line| line.amount.to_string()).collect();
    assert_eq!(amounts, ["1000.00", "833.33", "0.00", "4166.67"]);
    assert_eq!(result.lines.get(1).unwrap().formula, "2000.00 × 5 / 12");
    check(&course(Reason::ConsumerChoice, "6000.00", &PARTS), "4166.67", "1833.33", Fault::Consumer, false);
}

#[test]
fn the_seven_days_charge_the_lessons_given_and_ask_a_person() {
    let asked = |parts: &[(&str, u64, u64)]| Facts {
        requested_on: day("2025-06-03"),
        ..course(Reason::SevenDay, "1000.00", parts)
    };
    check(&asked(&[("1000.00", 10, 0)]), "1000.00", "0.00", Fault::SevenDay, false);
    check(&asked(&[("1000.00", 10, 1)]), "900.00", "100.00", Fault::SevenDay, true);
}

#[test]
fn the_parts_shown_add_up_to_what_is_charged() {
    let thirds = [("33.33", 3, 1), ("33.33", 7, 2), ("33.34", 9, 4)];
    let result = run(&course(Reason::MerchantBreach, "100.00", &thirds));
    let parts = result.lines.iter().take(3).try_fold(Amount::ZERO, |sum, line| sum.checked_add(line.amount));
    assert_eq!(parts, Some(result.used));
}

#[test]
fn contradictions_of_a_course_are_refused() {
    use RefundError as E;
    type Contradiction = (fn(&mut Vec<Milestone>), E, &'static str);
    let refused = |change: fn(&mut Vec<Milestone>)| {
        refusal(course(Reason::MerchantBreach, "6000.00", &PARTS), |facts| change(of(facts)))
    };
    let cases: [Contradiction; 6] = [
        (Vec::clear, E::MilestonesNotPaid, "/course/milestones"),
        (|parts| parts[0].price = yuan("1000.01"), E::MilestonesNotPaid, "/course/milestones"),
        (|parts| parts[0].price = Amount::MAX, E::MilestonesNotPaid, "/course/milestones"),
        (|parts| parts[2].lessons = Units::ZERO, E::LessonsZero(2), "/course/milestones/2/lessons"),
        (
            |parts| parts[1].lessons_given = Units::parse("12.01").unwrap(),
            E::GivenBeyondLessons(1),
            "/course/milestones/1/lessons_given",
        ),
        (
            // Primes for lessons: their common denominator soon has no room left.
            |parts| {
                let primes = [999_999_937_u64, 999_999_929, 999_999_893, 999_999_883, 999_999_797];
                *parts = primes
                    .map(|prime| Milestone {
                        name: String::new(),
                        price: yuan("1200.00"),
                        lessons: prime.into(),
                        lessons_given: 1.into(),
                    })
                    .into();
            },
            E::Incalculable("/course/milestones"),
            "/course/milestones",
        ),
    ];
    for (change, error, pointer) in cases {
        assert_eq!(refused(change), (error, pointer.to_owned()));
    }
}
