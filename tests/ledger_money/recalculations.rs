//! While a refund is open, every move of the contract's money gives it new figures and a new revision.

use ticun::domain::id::{ContractId, DeliveryId, RefundId};
use ticun::domain::objects::{ContractState, Live, RefundState, Used};
use ticun::domain::rejection::Rejection;
use ticun::ledger::commands::deliveries::{CheckIn, ConfirmDelivery, LapseDelivery};
use ticun::ledger::commands::refunds::{DecideRefund, WithdrawRefund};

use super::deliveries::{contest, void};
use super::refunds::{accept, decide, request};
use super::reversals::reverse;
use super::seed::{SWIMS, Terms, code_issued, digest, yuan};
use super::world::{Who, World};

/// Revision, figure and units used of a refund.
fn figures(world: &World, refund: RefundId) -> (u64, String, u64) {
    let refund = world.refund_row(refund);
    let Live::Units(units) = refund.figures.live else { panic!("{refund:?}") };
    (refund.revision, refund.figures.refund.to_string(), units)
}

fn check_in(world: &World, contract: ContractId) -> CheckIn {
    let code = digest(&world.bits().to_string());
    world.seed(vec![code_issued(contract, code, world.now())]);
    let delivery = DeliveryId::from_bits(world.bits());
    CheckIn { delivery, code, used: Used::Units(3), occurred_at: None, note: None }
}

#[test]
fn every_answer_to_a_delivery_recalculates_the_open_refund() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let [first, second, third] = [1, 2, 3].map(|units| world.pending(contract, units));
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    assert_eq!(figures(&world, refund), (1, "1800.00".to_owned(), 6));
    assert_eq!(world.refused(Who::Merchant, world.recording(contract, 1)), Rejection::RefundOpen);
    world.delivery(Who::Consumer, ConfirmDelivery { delivery: first });
    assert_eq!(figures(&world, refund), (2, "1800.00".to_owned(), 6));
    world.delivery(Who::Consumer, contest(&world, second));
    assert_eq!(figures(&world, refund), (3, "1800.00".to_owned(), 6));
    world.delivery(Who::Merchant, void(second));
    assert_eq!(figures(&world, refund), (4, "1866.67".to_owned(), 4));
    world.delivery(Who::Notary, reverse(first));
    assert_eq!(figures(&world, refund), (5, "1900.00".to_owned(), 3));
    world.delivery(Who::Merchant, check_in(&world, contract));
    assert_eq!(figures(&world, refund), (6, "1800.00".to_owned(), 6));
    world.wait_hours(72);
    world.delivery(Who::System, LapseDelivery { delivery: third });
    assert_eq!(figures(&world, refund), (7, "1800.00".to_owned(), 6));
}

#[test]
fn a_consent_does_not_cover_figures_that_rose_since() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let delivery = world.pending(contract, 6);
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    world.refund(Who::Merchant, accept(refund));
    world.delivery(Who::Merchant, void(delivery));
    assert_eq!(world.refund_row(refund).figures.refund, yuan("2000.00"));
    assert_eq!(world.refused(Who::Notary, decide(&world, refund, "2000.00")), Rejection::BasisNotMet);
    world.refund(Who::Notary, decide(&world, refund, "1800.00"));
}

#[test]
fn a_proposed_decision_falls_when_the_money_changes() {
    let world = World::new();
    let contract = world.active(Terms { price: "60000.00", ..SWIMS });
    let delivery = world.pending(contract, 1);
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    world.refund(Who::Merchant, accept(refund));
    assert_eq!(world.refund(Who::Notary, decide(&world, refund, "59000.00")).state, RefundState::Proposed);
    world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    let reset = world.refund_row(refund);
    assert_eq!((reset.state, reset.decision), (RefundState::Answered, None));
}

#[test]
fn a_contract_delivered_while_its_refund_was_open_is_completed_when_that_ends() {
    let world = World::new();
    let contract = world.active(Terms { price: "90.00", units: 3, ..SWIMS });
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    world.delivery(Who::Merchant, check_in(&world, contract));
    assert_eq!(world.contract(contract).state, ContractState::Active);
    let nothing = DecideRefund { amount: yuan("0.00"), ..decide(&world, refund, "0.00") };
    assert_eq!(world.refused(Who::Notary, nothing), Rejection::NothingToRefund);
    world.refund(Who::Consumer, WithdrawRefund { refund });
    assert_eq!(world.contract(contract).state, ContractState::Completed);
    // A refund of what the parties may still reverse can be asked for all the same.
    world.refund(Who::Consumer, request(&world, contract));
}
