//! Confirmed deliveries that are taken back.

use ticun::domain::id::{DeliveryId, PayoutId, SettlementId};
use ticun::domain::objects::{ContractState, DeliveryState};
use ticun::domain::rejection::Rejection;
use ticun::ledger::commands::deliveries::ReverseDelivery;
use ticun::ledger::commands::settlements::{ApproveSettlement, ProposeSettlement};

use super::seed::{MERCHANT, SWIMS, Terms, digest, yuan};
use super::world::{Who, World};

pub fn reverse(delivery: DeliveryId) -> ReverseDelivery {
    ReverseDelivery { delivery, reason: digest("the wrong card") }
}

#[test]
fn both_parties_take_a_delivery_back_together() {
    for (first, second) in [(Who::Merchant, Who::Consumer), (Who::Consumer, Who::Merchant)] {
        let world = World::new();
        let contract = world.active(Terms { price: "100.00", units: 1, ..SWIMS });
        let delivery = world.confirmed(contract, 1);
        assert_eq!(world.contract(contract).state, ContractState::Completed);
        let proposed = world.delivery(first, reverse(delivery));
        assert_eq!(proposed.state, DeliveryState::Confirmed);
        assert_eq!(world.refused(first, reverse(delivery)), Rejection::ReversalAlreadyProposed);
        assert_eq!(world.merchant().payable.to_string(), "100.00");
        let reversed = world.delivery(second, reverse(delivery));
        assert_eq!(reversed.state, DeliveryState::Reversed);
        assert_eq!(world.balances(contract), ["100.00", "0.00", "0.00"]);
        assert_eq!(world.contract(contract).state, ContractState::Active);
        assert_eq!(world.merchant().payable.to_string(), "0.00");
    }
}

#[test]
fn a_notary_takes_a_delivery_back_alone() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let delivery = world.confirmed(contract, 1);
    assert_eq!(world.refused(Who::Operator, reverse(delivery)), Rejection::Forbidden);
    assert_eq!(world.refused(Who::Stranger, reverse(delivery)), Rejection::NotFound);
    let stale = Err(Rejection::RevisionMismatch { current_revision: 2 });
    assert_eq!(world.run_reviewed(Who::Notary, Some(1), reverse(delivery)), stale);
    assert_eq!(world.delivery(Who::Notary, reverse(delivery)).state, DeliveryState::Reversed);
    let again = world.refused(Who::Notary, reverse(delivery));
    assert!(matches!(again, Rejection::StateConflict { current_state, .. } if current_state == "reversed"));
    let pending = world.pending(contract, 1);
    let too_early = world.refused(Who::Notary, reverse(pending));
    assert!(matches!(too_early, Rejection::StateConflict { current_state, .. } if current_state == "pending"));
}

#[test]
fn a_reversal_lowers_the_open_proposal_and_bumps_its_revision() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let (first, second) = (world.confirmed(contract, 1), world.confirmed(contract, 2));
    world.wait_hours(24 * 8);
    let later = world.confirmed(contract, 1);
    let settlement = SettlementId::from_bits(world.bits());
    let propose = ProposeSettlement { settlement, merchant: MERCHANT, cutoff: None };
    let proposed = world.settlement(Who::Notary, propose);
    assert_eq!((proposed.amount, proposed.count, proposed.revision), (yuan("100.00"), 2, 1));

    // What matures after the cutoff is no part of it.
    world.delivery(Who::Notary, reverse(later));
    assert_eq!(world.settlement_row(settlement).revision, 1);
    world.delivery(Who::Notary, reverse(first));
    let lowered = world.settlement_row(settlement);
    assert_eq!((lowered.amount, lowered.count, lowered.revision), (yuan("66.67"), 1, 2));

    let payout = PayoutId::from_bits(world.bits());
    let stale = Err(Rejection::RevisionMismatch { current_revision: 2 });
    assert_eq!(world.run_reviewed(Who::OtherNotary, Some(1), ApproveSettlement { settlement, payout }), stale);
    world.run_reviewed(Who::OtherNotary, Some(2), ApproveSettlement { settlement, payout }).unwrap();
    assert_eq!(world.refused(Who::Notary, reverse(second)), Rejection::AlreadySettled);
    assert_eq!(world.merchant().payable.to_string(), "0.00");
}

#[test]
fn a_proposal_whose_every_delivery_was_reversed_releases_nothing() {
    let world = World::new();
    let delivery = world.confirmed(world.active(SWIMS), 1);
    world.wait_hours(24 * 8);
    let settlement = SettlementId::from_bits(world.bits());
    world.settlement(Who::Notary, ProposeSettlement { settlement, merchant: MERCHANT, cutoff: None });
    world.delivery(Who::Notary, reverse(delivery));
    let payout = PayoutId::from_bits(world.bits());
    let approve = ApproveSettlement { settlement, payout };
    assert_eq!(world.refused(Who::OtherNotary, approve), Rejection::NothingToRelease);
}
