//! Settlements: what a proposal takes, and who may release it.

use ticun::domain::event::{Fact, MerchantRejected, MerchantSuspended};
use ticun::domain::id::{MerchantId, Party, PayoutId, SettlementId};
use ticun::domain::objects::{PayoutState, SettlementState};
use ticun::domain::rejection::Rejection;
use ticun::domain::time::Timestamp;
use ticun::ledger::commands::payouts::{SettlePayout, SubmitPayout};
use ticun::ledger::commands::settlements::{ApproveSettlement, ProposeSettlement, RejectSettlement};

use super::seed::{MERCHANT, SWIMS, account_set, admitted, bank, digest, yuan};
use super::world::{Who, World};

pub fn propose(world: &World, cutoff: Option<Timestamp>) -> ProposeSettlement {
    ProposeSettlement { settlement: SettlementId::from_bits(world.bits()), merchant: MERCHANT, cutoff }
}

pub fn approve(world: &World, settlement: SettlementId) -> ApproveSettlement {
    ApproveSettlement { settlement, payout: PayoutId::from_bits(world.bits()) }
}

/// A settlement of everything now matured, released and with its payout submitted.
#[track_caller]
pub fn submitted(world: &World) -> (SettlementId, PayoutId) {
    let settlement = world.settlement(Who::Notary, propose(world, None)).id;
    let payout = world.settlement(Who::OtherNotary, approve(world, settlement)).payout.unwrap();
    world.payout(Who::System, SubmitPayout { payout });
    (settlement, payout)
}

#[test]
fn matured_deliveries_are_proposed_released_and_paid() {
    let world = World::new();
    let contract = world.active(SWIMS);
    world.confirmed(contract, 2);
    world.wait_hours(24 * 8);
    world.confirmed(contract, 1);
    let proposed = world.settlement(Who::Notary, propose(&world, None));
    assert_eq!((proposed.amount, proposed.count, proposed.cutoff), (yuan("66.66"), 1, world.now()));
    assert_eq!(world.refused(Who::Notary, approve(&world, proposed.id)), Rejection::SamePerson);
    assert_eq!(world.refused(Who::OtherNotary, propose(&world, None)), Rejection::SettlementOpen);

    let released = world.settlement(Who::OtherNotary, approve(&world, proposed.id));
    assert_eq!(released.state, SettlementState::Released);
    let payout = released.payout.unwrap();
    let merchant = world.merchant();
    assert_eq!([merchant.payable, merchant.payout].map(|balance| balance.to_string()), ["33.34", "66.66"]);
    assert_eq!(merchant.settled_until, proposed.cutoff);

    world.payout(Who::System, SubmitPayout { payout });
    let settled = world.payout(Who::Bank, SettlePayout { payout, bank: bank(), transaction: digest("transfer") });
    assert_eq!(settled.state, PayoutState::Settled);
    assert_eq!(world.settlement_row(proposed.id).state, SettlementState::Paid);
    assert_eq!(world.bank_balance().to_string(), "1933.34");
    // The delivery that had not matured comes with the next one, and nothing twice.
    assert_eq!(world.refused(Who::Notary, propose(&world, None)), Rejection::NothingToRelease);
    world.wait_hours(48);
    assert_eq!(world.settlement(Who::Notary, propose(&world, None)).amount, yuan("33.34"));
}

#[test]
fn a_cutoff_bounds_the_proposal() {
    let world = World::new();
    let contract = world.active(SWIMS);
    world.confirmed(contract, 1);
    world.wait_hours(24 * 8);
    let cutoff = world.now();
    world.confirmed(contract, 1);
    world.wait_hours(24 * 8);
    let future = propose(&world, Some(world.now().plus_hours(1)));
    assert_eq!(world.refused(Who::Notary, future), Rejection::CutoffInFuture);
    let early = propose(&world, Some(Timestamp::from_micros(0)));
    assert_eq!(world.refused(Who::Notary, early), Rejection::NothingToRelease);
    let proposed = world.settlement(Who::Notary, propose(&world, Some(cutoff)));
    assert_eq!((proposed.amount, proposed.cutoff), (yuan("33.33"), cutoff));
}

#[test]
fn a_rejected_proposal_leaves_its_deliveries_to_the_next_one() {
    let world = World::new();
    world.confirmed(world.active(SWIMS), 1);
    world.wait_hours(24 * 8);
    let settlement = world.settlement(Who::Notary, propose(&world, None)).id;
    let reject = || RejectSettlement { settlement, reason: digest("the lease has ended") };
    let stale = Err(Rejection::RevisionMismatch { current_revision: 1 });
    assert_eq!(world.run_reviewed(Who::Notary, Some(2), reject()), stale);
    assert_eq!(world.settlement(Who::Notary, reject()).state, SettlementState::Rejected);
    let again = world.refused(Who::Notary, reject());
    assert!(matches!(again, Rejection::StateConflict { current_state, .. } if current_state == "rejected"));
    let approved = world.refused(Who::OtherNotary, approve(&world, settlement));
    assert!(matches!(approved, Rejection::StateConflict { current_state, .. } if current_state == "rejected"));
    assert_eq!(world.settlement(Who::Notary, propose(&world, None)).amount, yuan("33.33"));
}

#[test]
fn only_notaries_settle_and_only_what_there_is() {
    let world = World::new();
    for who in [Who::Merchant, Who::Consumer, Who::Operator, Who::System] {
        assert_eq!(world.refused(who, propose(&world, None)), Rejection::Forbidden);
    }
    let merchant = MerchantId::from_bits(99);
    let unknown = ProposeSettlement { merchant, ..propose(&world, None) };
    assert_eq!(world.refused(Who::Notary, unknown), Rejection::NotFound);
    let settlement = SettlementId::from_bits(99);
    assert_eq!(world.refused(Who::Merchant, approve(&world, settlement)), Rejection::Forbidden);
    assert_eq!(world.refused(Who::Notary, approve(&world, settlement)), Rejection::NotFound);
    let reason = digest("nothing");
    assert_eq!(world.refused(Who::Merchant, RejectSettlement { settlement, reason }), Rejection::Forbidden);
    assert_eq!(world.refused(Who::Notary, RejectSettlement { settlement, reason }), Rejection::NotFound);
}

#[test]
fn a_merchant_that_was_never_admitted_has_nothing_to_settle() {
    let world = World::bare();
    let refused = |world: &World| world.refused(Who::Notary, propose(world, None));
    assert_eq!(refused(&world), Rejection::MerchantNotActive { current_state: "applied".to_owned() });
    world.seed(vec![Fact::plain(MerchantRejected { merchant: MERCHANT, reason: digest("no licence") })]);
    assert_eq!(refused(&world), Rejection::MerchantNotActive { current_state: "rejected".to_owned() });
}

#[test]
fn what_a_suspended_merchant_has_earned_is_released_once_there_is_an_account() {
    let world = World::bare();
    world.seed(admitted());
    world.confirmed(world.active(SWIMS), 1);
    world.seed(vec![Fact::plain(MerchantSuspended { merchant: MERCHANT, reason: digest("complaints") })]);
    world.wait_hours(24 * 8);
    let settlement = world.settlement(Who::Notary, propose(&world, None)).id;
    assert_eq!(world.refused(Who::OtherNotary, approve(&world, settlement)), Rejection::PayoutAccountMissing);
    world.seed(vec![account_set(Party::Merchant(MERCHANT))]);
    world.settlement(Who::OtherNotary, approve(&world, settlement));
}
