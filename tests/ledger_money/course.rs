//! Courses: each milestone releases its own price, lesson by lesson or with its last one.

use ticun::domain::objects::{ContractState, Live, MilestoneLive, Used};
use ticun::domain::rejection::Rejection;
use ticun::ledger::commands::deliveries::ConfirmDelivery;

use super::deliveries::void;
use super::refunds::{accept, decide, request};
use super::seed::{course, lessons, yuan};
use super::settlements::propose;
use super::world::{Who, World};

const PARTS: &[(&str, u64)] = &[("100.00", 3), ("50.00", 2)];

#[test]
fn lessons_release_their_part_of_their_own_milestone() {
    let world = World::new();
    let contract = world.active(course("150.00", true, PARTS));
    assert_eq!(world.released(contract, lessons(0, 1)), "33.33");
    assert_eq!(world.released(contract, lessons(1, 1)), "25.00");
    assert_eq!(world.released(contract, lessons(0, 1)), "33.33");
    assert_eq!(world.released(contract, lessons(0, 1)), "33.34");
    let more = world.recording_use(contract, lessons(0, 1));
    assert_eq!(world.refused(Who::Merchant, more), Rejection::UnitsExhausted { remaining: 0 });
    let Live::Lessons(live) = world.contract(contract).live else { panic!("a course counts lessons") };
    let given = |amount, lessons| MilestoneLive { amount: yuan(amount), lessons };
    assert_eq!(live.to_vec(), [given("100.00", 3), given("25.00", 1)]);
}

#[test]
fn a_milestone_that_is_released_as_a_whole_waits_for_its_last_lesson() {
    let world = World::new();
    let contract = world.active(course("150.00", false, PARTS));
    assert_eq!(world.released(contract, lessons(0, 2)), "0.00");
    assert_eq!(world.released(contract, lessons(1, 2)), "50.00");
    assert_eq!(world.released(contract, lessons(0, 1)), "100.00");
}

#[test]
fn a_course_lives_from_purchase_to_its_last_lesson_and_the_merchant_is_paid() {
    let world = World::new();
    let contract = world.active(course("150.00", true, PARTS));
    for used in [lessons(0, 3), lessons(1, 1), lessons(1, 1)] {
        assert_eq!(world.contract(contract).state, ContractState::Active);
        let delivery = world.delivery(Who::Merchant, world.recording_use(contract, used)).id;
        world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    }
    assert_eq!(world.contract(contract).state, ContractState::Completed);
    world.wait_hours(24 * 10);
    assert_eq!(world.settlement(Who::Notary, propose(&world, None)).amount, yuan("150.00"));
}

#[test]
fn a_course_is_not_used_by_units_or_in_a_milestone_it_does_not_have() {
    let world = World::new();
    let contract = world.active(course("150.00", true, PARTS));
    for used in [Used::Units(1), lessons(2, 1), super::seed::value("1.00")] {
        let refused = world.refused(Who::Merchant, world.recording_use(contract, used));
        assert_eq!(refused, Rejection::UseNotSold, "{used:?}");
    }
}

#[test]
fn a_refund_gives_milestones_back_whole_or_in_proportion_to_their_lessons() {
    let world = World::new();
    // Released as a whole, so that two lessons of the first milestone are given and not released.
    let contract = world.active(course("150.00", false, PARTS));
    let voided = world.delivery(Who::Merchant, world.recording_use(contract, lessons(1, 2))).id;
    world.delivery(Who::Merchant, void(voided));
    let delivery = world.delivery(Who::Merchant, world.recording_use(contract, lessons(0, 2))).id;
    world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    let refund = world.refund(Who::Consumer, request(&world, contract));
    assert_eq!((refund.figures.used, refund.figures.refund), (yuan("66.67"), yuan("83.33")));
    world.refund(Who::Merchant, accept(refund.id));
    let ordered = world.refund(Who::Notary, decide(&world, refund.id, "83.33"));
    assert_eq!(ordered.merchant_share, Some(yuan("66.67")));
    assert_eq!(world.balances(contract), ["0.00", "0.00", "0.00"]);
}
