//! Deliveries until they are confirmed.

use ticun::domain::id::{ContractId, DeliveryId, DisputeId, FreezeId};
use ticun::domain::objects::{ConfirmedHow, ContractState, DeliveryState, Live, Used};
use ticun::domain::rejection::Rejection;
use ticun::ledger::commands::deliveries::{
    CheckIn, ConfirmDelivery, ContestDelivery, LapseDelivery, RecordDelivery, VoidDelivery,
};
use ticun::ledger::commands::disputes::WithdrawDispute;

use super::seed::{MERCHANT, SWIMS, Terms, code_issued, digest, signed};
use super::world::{Who, World};

const NO_SILENCE: Terms = Terms { silence_confirms: false, ..SWIMS };

pub fn contest(world: &World, delivery: DeliveryId) -> ContestDelivery {
    let (dispute, freeze) = (DisputeId::from_bits(world.bits()), FreezeId::from_bits(world.bits()));
    ContestDelivery { delivery, dispute, freeze, reason: digest("I was not there") }
}

pub const fn void(delivery: DeliveryId) -> VoidDelivery {
    VoidDelivery { delivery, reason: None }
}

#[track_caller]
fn conflicts(rejection: &Rejection, state: &str) {
    assert!(
        matches!(rejection, Rejection::StateConflict { current_state, .. } if current_state == state),
        "{rejection:?}"
    );
}

#[test]
fn a_recorded_delivery_is_pending_until_the_consumer_confirms_it() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let delivery = world.pending(contract, 1);
    assert_eq!(world.balances(contract), ["1966.67", "33.33", "0.00"]);

    let confirmed = world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    assert_eq!((confirmed.state, confirmed.confirmed_how), (DeliveryState::Confirmed, Some(ConfirmedHow::Consumer)));
    // The cooling-off lasts until the end of the ninth of March, longer than the 48 hours.
    assert_eq!(confirmed.matures_at.unwrap().to_string(), "2026-03-09T16:00:00.000000Z");
    assert_eq!(world.balances(contract), ["1966.67", "0.00", "0.00"]);
    assert_eq!(world.merchant().payable.to_string(), "33.33");

    assert_eq!(world.refused(Who::Consumer, ConfirmDelivery { delivery }), Rejection::AlreadyConfirmed);
    assert_eq!(world.refused(Who::Consumer, contest(&world, delivery)), Rejection::AlreadyConfirmed);
    assert_eq!(world.refused(Who::Merchant, void(delivery)), Rejection::AlreadyConfirmed);
    assert_eq!(world.refused(Who::System, LapseDelivery { delivery }), Rejection::AlreadyConfirmed);
}

#[test]
fn a_delivery_is_nobody_elses_business() {
    let world = World::new();
    let delivery = world.pending(world.active(SWIMS), 1);
    assert_eq!(world.refused(Who::Stranger, ConfirmDelivery { delivery }), Rejection::NotFound);
    assert_eq!(world.refused(Who::Stranger, contest(&world, delivery)), Rejection::NotFound);
    assert_eq!(world.refused(Who::Merchant, ConfirmDelivery { delivery }), Rejection::NotFound);
    assert_eq!(world.refused(Who::Consumer, void(delivery)), Rejection::NotFound);
    assert_eq!(world.refused(Who::Notary, LapseDelivery { delivery }), Rejection::Forbidden);
    let delivery = DeliveryId::from_bits(1);
    assert_eq!(world.refused(Who::Consumer, ConfirmDelivery { delivery }), Rejection::NotFound);
    assert_eq!(world.refused(Who::System, LapseDelivery { delivery }), Rejection::NotFound);
}

#[test]
fn an_answer_names_the_revision_it_was_made_on_or_none() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let delivery = world.pending(contract, 1);
    let stale = Err(Rejection::RevisionMismatch { current_revision: 1 });
    assert_eq!(world.run_reviewed(Who::Consumer, Some(7), ConfirmDelivery { delivery }), stale);
    assert_eq!(world.run_reviewed(Who::Consumer, Some(7), contest(&world, delivery)), stale);
    assert_eq!(world.run_reviewed(Who::Merchant, Some(7), void(delivery)), stale);
    let current_revision = world.contract(contract).revision;
    let recorded = world.run_reviewed(Who::Merchant, Some(99), world.recording(contract, 1));
    assert_eq!(recorded, Err(Rejection::RevisionMismatch { current_revision }));
    world.run_reviewed(Who::Consumer, Some(1), ConfirmDelivery { delivery }).unwrap();
}

#[test]
fn silence_confirms_at_the_deadline_and_not_before() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let delivery = world.pending(contract, 1);
    world.wait_hours(71);
    assert_eq!(world.refused(Who::System, LapseDelivery { delivery }), Rejection::ConfirmWindowOpen);
    world.wait_hours(1);
    // The job has not run, and the deadline decides all the same.
    assert_eq!(world.refused(Who::Consumer, ConfirmDelivery { delivery }), Rejection::ConfirmWindowOver);
    assert_eq!(world.refused(Who::Consumer, contest(&world, delivery)), Rejection::ConfirmWindowOver);
    assert_eq!(world.refused(Who::Merchant, void(delivery)), Rejection::ConfirmWindowOver);
    let lapsed = world.delivery(Who::System, LapseDelivery { delivery });
    assert_eq!((lapsed.state, lapsed.confirmed_how), (DeliveryState::Confirmed, Some(ConfirmedHow::Time)));
    assert_eq!(world.refused(Who::System, LapseDelivery { delivery }), Rejection::AlreadyConfirmed);
}

#[test]
fn where_silence_says_nothing_the_answer_never_comes_too_late() {
    let world = World::new();
    let contract = world.active(NO_SILENCE);
    let deliveries = [1, 2, 3].map(|units| world.pending(contract, units));
    world.wait_hours(10_000);
    for delivery in deliveries {
        assert_eq!(world.refused(Who::System, LapseDelivery { delivery }), Rejection::ConfirmWindowOpen);
    }
    let [first, second, third] = deliveries;
    world.delivery(Who::Consumer, ConfirmDelivery { delivery: first });
    world.delivery(Who::Consumer, contest(&world, second));
    world.delivery(Who::Merchant, void(third));
    assert_eq!(world.balances(contract), ["1900.00", "0.00", "66.67"]);
}

#[test]
fn a_contest_freezes_the_amount_until_the_consumer_withdraws_it() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let delivery = world.pending(contract, 1);
    let contested = world.delivery(Who::Consumer, contest(&world, delivery));
    assert_eq!(contested.state, DeliveryState::Contested);
    assert_eq!(world.balances(contract), ["1966.67", "0.00", "33.33"]);
    assert_eq!(world.refused(Who::Consumer, contest(&world, delivery)), Rejection::AlreadyContested);
    // Its clock stands still.
    world.wait_hours(100);
    let dispute = contested.dispute.unwrap();
    let told = Rejection::DeliveryContested { dispute };
    assert_eq!(world.refused(Who::System, LapseDelivery { delivery }), told);
    assert_eq!(world.refused(Who::Consumer, ConfirmDelivery { delivery }), told);
    world.run(Who::Consumer, WithdrawDispute { dispute }).unwrap();
    assert_eq!(world.delivery_row(delivery).state, DeliveryState::Confirmed);
    assert_eq!(world.balances(contract), ["1966.67", "0.00", "0.00"]);
    assert_eq!(world.merchant().payable.to_string(), "33.33");
}

#[test]
fn a_voided_delivery_gives_units_and_money_back_for_good() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let (first, second) = (world.pending(contract, 2), world.pending(contract, 1));
    world.delivery(Who::Consumer, contest(&world, first));
    world.delivery(Who::Merchant, void(first));
    world.delivery(Who::Merchant, void(second));
    assert_eq!(world.balances(contract), ["2000.00", "0.00", "0.00"]);
    assert_eq!(world.contract(contract).live, Live::Units(0));
    let delivery = second;
    conflicts(&world.refused(Who::Consumer, ConfirmDelivery { delivery }), "voided");
    conflicts(&world.refused(Who::Consumer, contest(&world, delivery)), "voided");
    conflicts(&world.refused(Who::Merchant, void(delivery)), "voided");
    conflicts(&world.refused(Who::System, LapseDelivery { delivery }), "voided");
}

#[test]
fn a_contract_is_completed_while_everything_is_delivered() {
    let world = World::new();
    let contract = world.active(Terms { price: "100.00", units: 3, ..SWIMS });
    let delivery = world.pending(contract, 3);
    assert_eq!(world.contract(contract).state, ContractState::Active);
    world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    assert_eq!(world.contract(contract).state, ContractState::Completed);
    let exhausted = Rejection::UnitsExhausted { remaining: 0 };
    assert_eq!(world.refused(Who::Merchant, world.recording(contract, 1)), exhausted);
}

#[test]
fn what_cannot_have_happened_is_not_recorded() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let at = |occurred_at| RecordDelivery { occurred_at: Some(occurred_at), ..world.recording(contract, 1) };
    assert_eq!(world.refused(Who::Merchant, at(world.now().plus_hours(1))), Rejection::OccurredInFuture);
    assert_eq!(world.refused(Who::Merchant, at(world.now().minus_hours(1))), Rejection::OccurredBeforeActive);
    let exhausted = Rejection::UnitsExhausted { remaining: 60 };
    assert_eq!(world.refused(Who::Merchant, world.recording(contract, 61)), exhausted);
    assert_eq!(world.refused(Who::Consumer, world.recording(contract, 1)), Rejection::NotFound);
    let unpaid = ContractId::from_bits(world.bits());
    world.seed(signed(unpaid, &SWIMS.into()));
    let inactive = Rejection::ContractNotActive { current_state: "signed".to_owned() };
    assert_eq!(world.refused(Who::Merchant, world.recording(unpaid, 1)), inactive);
}

#[test]
fn a_check_in_code_confirms_one_delivery_at_once() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let check_in = |code: &str| {
        let delivery = DeliveryId::from_bits(world.bits());
        CheckIn { delivery, code: digest(code), used: Used::Units(1), occurred_at: None, note: None }
    };
    world.seed(vec![code_issued(contract, digest("one"), world.now())]);
    world.seed(vec![code_issued(contract, digest("two"), world.now())]);
    let confirmed = world.delivery(Who::Merchant, check_in("one"));
    assert_eq!((confirmed.state, confirmed.confirmed_how), (DeliveryState::Confirmed, Some(ConfirmedHow::CheckinCode)));
    assert_eq!(confirmed.merchant, MERCHANT);
    assert_eq!(world.refused(Who::Merchant, check_in("one")), Rejection::CheckinCodeUsed);
    assert_eq!(world.refused(Who::Merchant, check_in("none")), Rejection::CheckinCodeUnknown);
    world.wait_hours(1);
    assert_eq!(world.refused(Who::Merchant, check_in("two")), Rejection::CheckinCodeExpired);
}
