//! Payouts: what the bank says of them, and money that comes back.

use ticun::domain::id::{Party, PayoutId, ReturnId};
use ticun::domain::objects::{PayoutState, SettlementState};
use ticun::domain::rejection::Rejection;
use ticun::domain::time::Timestamp;
use ticun::ledger::commands::payouts::{NewAccount, RejectPayout, ReturnPayout, SettlePayout, SubmitPayout};

use super::seed::{CONSUMER, MERCHANT, SWIMS, bank, digest, yuan};
use super::settlements::{approve, propose, submitted};
use super::world::{Who, World};

pub fn settle(payout: PayoutId, transaction: &str) -> SettlePayout {
    SettlePayout { payout, bank: bank(), transaction: digest(transaction) }
}

pub fn reject(payout: PayoutId, transaction: &str) -> RejectPayout {
    RejectPayout { payout, transaction: digest(transaction) }
}

pub fn give_back(world: &World, payout: PayoutId, transaction: &str) -> ReturnPayout {
    let payout_return = ReturnId::from_bits(world.bits());
    ReturnPayout { payout, payout_return, bank: bank(), transaction: digest(transaction) }
}

pub fn new_account(world: &World, payout: PayoutId) -> NewAccount {
    NewAccount { payout, account: digest("another account"), new_payout: PayoutId::from_bits(world.bits()) }
}

#[track_caller]
pub fn conflicts(rejection: &Rejection, state: &str) {
    assert!(
        matches!(rejection, Rejection::StateConflict { current_state, .. } if current_state == state),
        "{rejection:?}"
    );
}

/// A world with one settled delivery of 33.33.
fn earned() -> World {
    let world = World::new();
    world.confirmed(world.active(SWIMS), 1);
    world.wait_hours(24 * 8);
    world
}

#[test]
fn a_payout_goes_through_its_states_in_order() {
    let world = earned();
    let settlement = world.settlement(Who::Notary, propose(&world, None)).id;
    let payout = world.settlement(Who::OtherNotary, approve(&world, settlement)).payout.unwrap();
    conflicts(&world.refused(Who::Bank, settle(payout, "t1")), "created");
    conflicts(&world.refused(Who::Bank, reject(payout, "t1")), "created");
    conflicts(&world.refused(Who::Bank, give_back(&world, payout, "t1")), "created");
    conflicts(&world.refused(Who::Merchant, new_account(&world, payout)), "created");
    assert_eq!(world.refused(Who::Notary, SubmitPayout { payout }), Rejection::Forbidden);
    world.payout(Who::Bank, SubmitPayout { payout });
    conflicts(&world.refused(Who::System, SubmitPayout { payout }), "submitted");
    conflicts(&world.refused(Who::Bank, give_back(&world, payout, "t1")), "submitted");
    assert_eq!(world.refused(Who::System, settle(payout, "t1")), Rejection::Forbidden);
    world.payout(Who::Bank, settle(payout, "t1"));
    conflicts(&world.refused(Who::Bank, settle(payout, "t2")), "settled");
    conflicts(&world.refused(Who::Bank, reject(payout, "t2")), "settled");
    let unknown = PayoutId::from_bits(1);
    assert_eq!(world.refused(Who::System, SubmitPayout { payout: unknown }), Rejection::NotFound);
    assert_eq!(world.refused(Who::Bank, settle(unknown, "t2")), Rejection::NotFound);
}

#[test]
fn a_message_of_the_bank_is_taken_in_once() {
    let world = earned();
    let (_, payout) = submitted(&world);
    world.payout(Who::Bank, settle(payout, "t1"));
    let before = world.bank_balance();
    assert_eq!(world.payout(Who::Bank, settle(payout, "t1")).revision, world.payout_row(payout).revision);
    world.payout(Who::Bank, give_back(&world, payout, "t2"));
    let returned = world.payout_row(payout);
    assert_eq!(world.payout(Who::Bank, give_back(&world, payout, "t2")), returned);
    conflicts(&world.refused(Who::Bank, give_back(&world, payout, "t3")), "returned");
    assert_eq!(world.bank_balance().checked_add(before.negated()).unwrap().to_string(), "33.33");
}

#[test]
fn money_that_the_bank_refused_comes_with_the_next_settlement() {
    let world = earned();
    let (first, payout) = submitted(&world);
    world.payout(Who::Bank, reject(payout, "t1"));
    let merchant = world.merchant();
    assert_eq!((merchant.payable.to_string(), merchant.unreleased), ("33.33".to_owned(), yuan("33.33").credit()));
    assert_eq!(world.settlement_row(first).state, SettlementState::Released);
    let again = world.settlement(Who::Notary, propose(&world, None));
    assert_eq!((again.amount, again.returned, again.count), (yuan("33.33"), yuan("33.33").credit(), 0));
    world.settlement(Who::OtherNotary, approve(&world, again.id));
    let merchant = world.merchant();
    assert_eq!((merchant.payable.to_string(), merchant.unreleased), ("0.00".to_owned(), yuan("0.00").credit()));
    assert_eq!(world.refused(Who::Notary, propose(&world, None)), Rejection::NothingToRelease);
}

#[test]
fn money_that_the_bank_gave_back_comes_with_newly_matured_deliveries() {
    let world = earned();
    let (first, payout) = submitted(&world);
    let settled_until = world.merchant().settled_until;
    world.payout(Who::Bank, settle(payout, "t1"));
    world.payout(Who::Bank, give_back(&world, payout, "t2"));
    assert_eq!(world.settlement_row(first).state, SettlementState::Paid);
    assert_eq!(world.bank_balance().to_string(), "2000.00");
    // An early cutoff takes what came back, and never moves the watermark back over what was settled.
    let early = world.settlement(Who::Notary, propose(&world, Some(Timestamp::from_micros(0))));
    assert_eq!((early.amount, early.cutoff), (yuan("33.33"), settled_until));
    world.settlement(Who::OtherNotary, approve(&world, early.id));
    assert_eq!(world.merchant().settled_until, settled_until);

    let payout = world.settlement_row(early.id).payout.unwrap();
    world.payout(Who::System, SubmitPayout { payout });
    world.payout(Who::Bank, reject(payout, "t3"));
    world.confirmed(world.active(SWIMS), 1);
    world.wait_hours(24 * 9);
    let both = world.settlement(Who::Notary, propose(&world, None));
    assert_eq!((both.amount, both.returned, both.count), (yuan("66.66"), yuan("33.33").credit(), 1));
}

#[test]
fn a_merchant_names_another_account_for_money_that_came_back() {
    let world = earned();
    let (_, payout) = submitted(&world);
    world.payout(Who::Bank, reject(payout, "t1"));
    assert_eq!(world.refused(Who::Consumer, new_account(&world, payout)), Rejection::NotFound);
    assert_eq!(world.refused(Who::Notary, new_account(&world, payout)), Rejection::NotFound);
    let current_revision = world.payout_row(payout).revision;
    let stale = Err(Rejection::RevisionMismatch { current_revision });
    assert_eq!(world.run_reviewed(Who::Merchant, Some(99), new_account(&world, payout)), stale);
    let shown = world.payout(Who::Merchant, new_account(&world, payout));
    assert_eq!((shown.id, shown.state, shown.payee), (payout, PayoutState::Rejected, Party::Merchant(MERCHANT)));
    assert_eq!(world.merchant().payout_account, Some(digest("another account")));
    let (_, second) = submitted(&world);
    assert_eq!(world.payout_row(second).account, digest("another account"));
    assert_eq!(world.consumer_row(CONSUMER).refund.to_string(), "0.00");
}
