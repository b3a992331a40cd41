//! Refunds: who asks, who answers, on what a notary decides, and where the money goes.

use ticun::domain::event::Fact;
use ticun::domain::id::{ContractId, DisputeId, FreezeId, Party, PayoutId, RefundId};
use ticun::domain::objects::{Basis, ConfirmedHow, ContractState, DeliveryState, RefundState};
use ticun::domain::refund::Reason;
use ticun::domain::rejection::Rejection;
use ticun::ledger::commands::disputes::WithdrawDispute;
use ticun::ledger::commands::payouts::{CreatePayout, SubmitPayout};
use ticun::ledger::commands::refunds::{
    AnswerRefund, ApproveRefund, DecideRefund, DeclineRefund, Disputed, RequestRefund, WithdrawRefund,
};

use super::deliveries::contest;
use super::payouts::{conflicts, give_back, new_account, reject, settle};
use super::reversals::reverse;
use super::seed::{CONSUMER, SWIMS, Terms, account_set, admitted, digest, signed, yuan};
use super::settlements::propose;
use super::world::{Who, World};

pub fn request(world: &World, contract: ContractId) -> RequestRefund {
    RequestRefund {
        refund: RefundId::from_bits(world.bits()),
        contract,
        reason: Reason::MerchantBreach,
        agreed: None,
        award: None,
        claims: None,
        prior_same_service: false,
        note: None,
    }
}

pub const fn accept(refund: RefundId) -> AnswerRefund {
    AnswerRefund { refund, accept: true, amount: None, claims: None, reason: None }
}

/// A decision by consent.
pub fn decide(world: &World, refund: RefundId, amount: &str) -> DecideRefund {
    DecideRefund {
        refund,
        amount: yuan(amount),
        basis: Basis::Consent,
        document_sha256: None,
        document_sm3: None,
        reason: Some(digest("because")),
        payout: PayoutId::from_bits(world.bits()),
    }
}

fn on(basis: Basis, decision: DecideRefund) -> DecideRefund {
    DecideRefund { basis, ..decision }
}

/// A decision on the consumer's own document.
fn by_document(basis: Basis, decision: DecideRefund) -> DecideRefund {
    let (document_sha256, document_sm3) = (Some(digest("own")), Some(digest("own by SM3")));
    DecideRefund { document_sha256, document_sm3, ..on(basis, decision) }
}

fn approve(world: &World, refund: RefundId) -> ApproveRefund {
    let disputed = Disputed { dispute: DisputeId::from_bits(world.bits()), freeze: FreezeId::from_bits(world.bits()) };
    ApproveRefund { refund, payout: PayoutId::from_bits(world.bits()), disputed }
}

/// An open refund on a fresh contract, accepted by the merchant.
#[track_caller]
fn accepted(world: &World, contract: ContractId) -> RefundId {
    let refund = world.refund(Who::Consumer, request(world, contract)).id;
    world.refund(Who::Merchant, accept(refund)).id
}

#[test]
fn a_refund_by_consent_is_ordered_and_paid_and_ends_the_contract() {
    let world = World::new();
    let contract = world.active(SWIMS);
    world.confirmed(contract, 11);
    world.pending(contract, 1);
    let refund = accepted(&world, contract);
    let ordered = world.refund(Who::Notary, decide(&world, refund, "1600.00"));
    assert_eq!((ordered.state, ordered.merchant_share), (RefundState::Ordered, Some(yuan("0.00"))));
    assert_eq!(ordered.approved_by, None);
    assert_eq!(world.balances(contract), ["0.00", "0.00", "0.00"]);
    assert_eq!(world.contract(contract).state, ContractState::Closing);
    assert_eq!(world.merchant().payable.to_string(), "400.00");
    assert_eq!(world.consumer_row(CONSUMER).refund.to_string(), "1600.00");

    let payout = ordered.payout.unwrap();
    world.payout(Who::System, SubmitPayout { payout });
    world.payout(Who::Bank, settle(payout, "t1"));
    assert_eq!(world.refund_row(refund).state, RefundState::Paid);
    assert_eq!(world.contract(contract).state, ContractState::Terminated);
    assert_eq!(world.bank_balance().to_string(), "400.00");
}

#[test]
fn a_request_needs_a_contract_with_money_and_a_reason_that_can_be_worked_out() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let with = |reason, agreed| RequestRefund { reason, agreed, ..request(&world, contract) };
    for (reason, agreed) in [
        (Reason::Award, None),
        (Reason::Award, Some(yuan("1.00"))),
        (Reason::Mixed, None),
        (Reason::Mutual, None),
        (Reason::MerchantBreach, Some(yuan("1.00"))),
    ] {
        assert_eq!(world.refused(Who::Consumer, with(reason, agreed)), Rejection::ReasonNotSupported);
    }
    let above = with(Reason::Mutual, Some(yuan("2000.01")));
    assert_eq!(world.refused(Who::Consumer, above), Rejection::AmountExceedsEscrow { available: yuan("2000.00") });
    assert_eq!(world.refused(Who::Stranger, request(&world, contract)), Rejection::NotFound);
    assert_eq!(world.refused(Who::Merchant, request(&world, contract)), Rejection::NotFound);
    let unpaid = ContractId::from_bits(world.bits());
    world.seed(signed(unpaid, &SWIMS.into()));
    let inactive = Rejection::ContractNotActive { current_state: "signed".to_owned() };
    assert_eq!(world.refused(Who::Consumer, request(&world, unpaid)), inactive);
    let current_revision = world.contract(contract).revision;
    let stale = Err(Rejection::RevisionMismatch { current_revision });
    assert_eq!(world.run_reviewed(Who::Consumer, Some(99), request(&world, contract)), stale);
    world.refund(Who::Consumer, request(&world, contract));
    assert_eq!(world.refused(Who::Consumer, request(&world, contract)), Rejection::RefundOpen);
}

#[test]
fn the_merchant_answers_once_and_inside_three_working_days() {
    let world = World::new();
    let refund = world.refund(Who::Consumer, request(&world, world.active(SWIMS)));
    // Monday and three working days: the end of Thursday in Shanghai.
    assert_eq!(refund.answer_by.unwrap().to_string(), "2026-03-05T16:00:00.000000Z");
    let refund = refund.id;
    assert_eq!(world.refused(Who::Consumer, accept(refund)), Rejection::NotFound);
    let stale = Err(Rejection::RevisionMismatch { current_revision: 1 });
    assert_eq!(world.run_reviewed(Who::Merchant, Some(2), accept(refund)), stale);
    world.refund(Who::Merchant, accept(refund));
    conflicts(&world.refused(Who::Merchant, accept(refund)), "answered");

    let late = world.refund(Who::Consumer, request(&world, world.active(SWIMS))).id;
    world.wait_hours(24 * 4);
    assert_eq!(world.refused(Who::Merchant, accept(late)), Rejection::AnswerWindowOver);
}

#[test]
fn the_seven_day_refund_needs_no_answer() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let seven_day = |contract| RequestRefund { reason: Reason::SevenDay, ..request(&world, contract) };
    let late_contract = world.active(SWIMS);
    let prior = RequestRefund { prior_same_service: true, ..seven_day(late_contract) };
    assert!(world.refund(Who::Consumer, prior).answer_by.is_some());
    let refund = world.refund(Who::Consumer, seven_day(contract));
    assert_eq!(refund.answer_by, None);
    let wrong = on(Basis::ConditionMet, decide(&world, refund.id, "1999.99"));
    assert_eq!(world.refused(Who::Notary, wrong), Rejection::BasisNotMet);
    let ordered = world.refund(Who::Notary, on(Basis::ConditionMet, decide(&world, refund.id, "2000.00")));
    assert_eq!(ordered.state, RefundState::Ordered);

    // After the window it is the consumer's choice, whatever it was called.
    let contract = world.active(SWIMS);
    world.wait_hours(24 * 9);
    let late = world.refund(Who::Consumer, seven_day(contract)).id;
    let refused = world.refused(Who::Notary, on(Basis::ConditionMet, decide(&world, late, "2000.00")));
    assert_eq!(refused, Rejection::BasisNotMet);
}

#[test]
fn units_used_inside_the_seven_days_are_not_the_engines_to_decide() {
    let world = World::new();
    let contract = world.active(SWIMS);
    world.confirmed(contract, 3);
    let command = RequestRefund { reason: Reason::SevenDay, ..request(&world, contract) };
    let refund = world.refund(Who::Consumer, command).id;
    let decision = || decide(&world, refund, "1900.00");
    assert_eq!(world.refused(Who::Notary, on(Basis::ConditionMet, decision())), Rejection::BasisNotMet);
    world.refund(Who::Merchant, accept(refund));
    world.refund(Who::Notary, decision());
}

#[test]
fn a_decision_rests_on_a_basis_that_the_record_shows() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    let refused = |decision| world.refused(Who::Notary, decision);
    assert_eq!(refused(decide(&world, refund, "2000.00")), Rejection::BasisNotMet);
    assert_eq!(refused(on(Basis::ConditionMet, decide(&world, refund, "2000.00"))), Rejection::BasisNotMet);
    for basis in [Basis::Award, Basis::Judgment, Basis::Waiver, Basis::TakenBack] {
        assert_eq!(refused(on(basis, decide(&world, refund, "1.00"))), Rejection::DocumentRequired);
    }
    let available = yuan("2000.00");
    let above = on(Basis::Waiver, decide(&world, refund, "2000.01"));
    assert_eq!(refused(above), Rejection::AmountExceedsEscrow { available });
    for who in [Who::Merchant, Who::Consumer, Who::Operator] {
        assert_eq!(world.refused(who, decide(&world, refund, "1.00")), Rejection::Forbidden);
    }
    assert_eq!(refused(decide(&world, RefundId::from_bits(1), "1.00")), Rejection::NotFound);
    let objection = AnswerRefund { refund, accept: false, amount: Some(yuan("1500.00")), claims: None, reason: None };
    world.refund(Who::Merchant, objection);
    assert_eq!(refused(decide(&world, refund, "2000.00")), Rejection::BasisNotMet);
    let stale = Err(Rejection::RevisionMismatch { current_revision: 2 });
    assert_eq!(world.run_reviewed(Who::Notary, Some(1), decide(&world, refund, "1500.00")), stale);
    let waived = || by_document(Basis::Waiver, decide(&world, refund, "1500.00"));
    world.run_reviewed(Who::Notary, Some(2), waived()).unwrap();
    conflicts(&refused(waived()), "ordered");
}

#[test]
fn an_objection_below_the_figure_is_no_consent_of_the_consumers() {
    let world = World::new();
    let refund = world.refund(Who::Consumer, request(&world, world.active(SWIMS))).id;
    let objection = AnswerRefund { refund, accept: false, amount: Some(yuan("0.01")), claims: None, reason: None };
    world.refund(Who::Merchant, objection);
    for amount in ["0.01", "2000.00"] {
        assert_eq!(world.refused(Who::Notary, decide(&world, refund, amount)), Rejection::BasisNotMet);
    }
}

#[test]
fn documents_waivers_and_agreements_carry_any_amount_they_name() {
    let world = World::new();
    let (document_sha256, document_sm3) = (Some(digest("award")), Some(digest("award by SM3")));
    for basis in [Basis::Award, Basis::Judgment, Basis::Waiver, Basis::TakenBack] {
        let refund = world.refund(Who::Consumer, request(&world, world.active(SWIMS))).id;
        let decision = DecideRefund { document_sha256, document_sm3, basis, ..decide(&world, refund, "12.34") };
        assert_eq!(world.refund(Who::Notary, decision).merchant_share, Some(yuan("1987.66")));
    }
    let contract = world.active(SWIMS);
    let command = RequestRefund { reason: Reason::Mutual, agreed: Some(yuan("500.00")), ..request(&world, contract) };
    let refund = world.refund(Who::Consumer, command).id;
    assert_eq!(world.refused(Who::Notary, decide(&world, refund, "500.00")), Rejection::BasisNotMet);
    world.refund(Who::Merchant, accept(refund));
    world.refund(Who::Notary, decide(&world, refund, "500.00"));
}

#[test]
fn the_merchants_share_comes_with_the_next_settlement() {
    let world = World::new();
    let refund = world.refund(Who::Consumer, request(&world, world.active(SWIMS))).id;
    world.refund(Who::Notary, by_document(Basis::Waiver, decide(&world, refund, "1500.00")));
    assert_eq!(world.merchant().unreleased, yuan("500.00").credit());
    let settlement = world.settlement(Who::Notary, propose(&world, None));
    assert_eq!(
        (settlement.amount, settlement.returned, settlement.count),
        (yuan("500.00"), yuan("500.00").credit(), 0)
    );
}

#[test]
fn what_is_contested_stays_while_the_rest_is_paid_back() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let delivery = world.pending(contract, 1);
    let refund = accepted(&world, contract);
    world.delivery(Who::Consumer, contest(&world, delivery));
    let available = yuan("1966.67");
    let over = on(Basis::Waiver, decide(&world, refund, "1966.68"));
    assert_eq!(world.refused(Who::Notary, over), Rejection::AmountExceedsEscrow { available });
    world.refund(Who::Notary, decide(&world, refund, "1966.67"));
    assert_eq!(world.balances(contract), ["0.00", "0.00", "33.33"]);
    assert_eq!(world.contract(contract).state, ContractState::Closing);
    let dispute = world.delivery_row(delivery).dispute.unwrap();
    world.run(Who::Consumer, WithdrawDispute { dispute }).unwrap();
    assert_eq!(world.balances(contract), ["0.00", "0.00", "0.00"]);
}

#[test]
fn pending_deliveries_are_confirmed_where_the_undelivered_money_suffices() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let (first, second) = (world.pending(contract, 3), world.pending(contract, 3));
    let refund = accepted(&world, contract);
    world.refund(Who::Notary, decide(&world, refund, "1800.00"));
    for delivery in [first, second] {
        assert_eq!(world.delivery_row(delivery).confirmed_how, Some(ConfirmedHow::Refund));
    }
    assert_eq!(world.merchant().payable.to_string(), "200.00");
    let delivery = first;
    conflicts(&world.refused(Who::Notary, reverse(delivery)), "closing");
}

#[test]
fn the_newest_pending_deliveries_are_voided_until_the_money_suffices() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let deliveries = [3, 3, 3].map(|units| world.pending(contract, units));
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    world.refund(Who::Notary, by_document(Basis::TakenBack, decide(&world, refund, "1750.00")));
    let states = deliveries.map(|delivery| world.delivery_row(delivery).state);
    assert_eq!(states, [DeliveryState::Confirmed, DeliveryState::Confirmed, DeliveryState::Voided]);
    let merchant = world.merchant();
    assert_eq!((merchant.payable.to_string(), merchant.unreleased), ("250.00".to_owned(), yuan("50.00").credit()));
}

#[test]
fn a_delivery_that_silence_has_confirmed_is_out_of_a_refunds_reach() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let lapsed = world.pending(contract, 3);
    world.wait_hours(72);
    let waiting = world.pending(contract, 3);
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    let available = yuan("1900.00");
    let all = on(Basis::TakenBack, decide(&world, refund, "2000.00"));
    assert_eq!(world.refused(Who::Notary, all), Rejection::AmountExceedsEscrow { available });
    world.refund(Who::Notary, by_document(Basis::TakenBack, decide(&world, refund, "1900.00")));
    assert_eq!(world.delivery_row(lapsed).confirmed_how, Some(ConfirmedHow::Time));
    assert_eq!(world.delivery_row(waiting).state, DeliveryState::Voided);
}

#[test]
fn a_large_refund_takes_two_notaries() {
    let world = World::new();
    let contract = world.active(Terms { price: "60000.00", ..SWIMS });
    let refund = accepted(&world, contract);
    conflicts(&world.refused(Who::OtherNotary, approve(&world, refund)), "answered");
    let proposed = world.refund(Who::Notary, decide(&world, refund, "60000.00"));
    assert_eq!((proposed.state, proposed.payout), (RefundState::Proposed, None));
    assert_eq!(world.balances(contract), ["60000.00", "0.00", "0.00"]);
    assert_eq!(world.refused(Who::Notary, approve(&world, refund)), Rejection::SamePerson);
    assert_eq!(world.refused(Who::Merchant, approve(&world, refund)), Rejection::Forbidden);
    let stale = Err(Rejection::RevisionMismatch { current_revision: proposed.revision });
    assert_eq!(world.run_reviewed(Who::OtherNotary, Some(1), approve(&world, refund)), stale);
    let ordered = world.refund(Who::OtherNotary, approve(&world, refund));
    assert_eq!((ordered.state, ordered.approved_by), (RefundState::Ordered, Who::OtherNotary.actor().user()));
    assert_eq!(ordered.decision.and_then(|decision| decision.decided_by), Who::Notary.actor().user());
}

#[test]
fn a_request_ends_when_it_is_declined_or_withdrawn() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let reason = digest("no breach");
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    assert_eq!(world.refused(Who::Merchant, DeclineRefund { refund, reason }), Rejection::Forbidden);
    assert_eq!(world.refused(Who::Stranger, WithdrawRefund { refund }), Rejection::NotFound);
    let stale = Err(Rejection::RevisionMismatch { current_revision: 1 });
    assert_eq!(world.run_reviewed(Who::Notary, Some(5), DeclineRefund { refund, reason }), stale);
    assert_eq!(world.run_reviewed(Who::Consumer, Some(5), WithdrawRefund { refund }), stale);
    assert_eq!(world.refund(Who::Notary, DeclineRefund { refund, reason }).state, RefundState::Declined);
    conflicts(&world.refused(Who::Consumer, WithdrawRefund { refund }), "declined");
    let refund = accepted(&world, contract);
    assert_eq!(world.refund(Who::Consumer, WithdrawRefund { refund }).state, RefundState::Withdrawn);
    conflicts(&world.refused(Who::Notary, DeclineRefund { refund, reason }), "withdrawn");
    world.pending(contract, 1);
}

#[test]
fn a_refund_ordered_before_there_was_an_account_is_paid_once_there_is_one() {
    let world = World::bare();
    world.seed(admitted());
    let refund = accepted(&world, world.active(SWIMS));
    let ordered = world.refund(Who::Notary, decide(&world, refund, "2000.00"));
    assert_eq!((ordered.state, ordered.payout), (RefundState::NeedsAccount, None));
    let create = || CreatePayout { refund, payout: PayoutId::from_bits(world.bits()) };
    assert_eq!(world.refused(Who::System, create()), Rejection::PayoutAccountMissing);
    assert_eq!(world.refused(Who::Consumer, create()), Rejection::Forbidden);
    assert!(world.payable_refunds().is_empty());
    world.seed(vec![account_set(Party::Consumer(CONSUMER))]);
    assert_eq!(world.payable_refunds(), [refund]);
    world.payout(Who::System, create());
    assert_eq!(world.refund_row(refund).state, RefundState::Ordered);
    conflicts(&world.refused(Who::System, create()), "ordered");
    assert!(world.payable_refunds().is_empty());
}

#[test]
fn a_refund_that_the_bank_could_not_pay_goes_to_another_account() {
    let world = World::new();
    let contract = world.active(SWIMS);
    let refund = accepted(&world, contract);
    let first = world.refund(Who::Notary, decide(&world, refund, "2000.00")).payout.unwrap();
    world.payout(Who::System, SubmitPayout { payout: first });
    world.payout(Who::Bank, reject(first, "t1"));
    assert_eq!(world.refund_row(refund).state, RefundState::NeedsAccount);
    assert_eq!(world.consumer_row(CONSUMER).refund.to_string(), "2000.00");
    // The account that failed is not tried again by itself.
    assert!(world.payable_refunds().is_empty());
    assert_eq!(world.refused(Who::Merchant, new_account(&world, first)), Rejection::NotFound);
    let second = world.payout(Who::Consumer, new_account(&world, first)).id;
    conflicts(&world.refused(Who::Consumer, new_account(&world, first)), "ordered");

    world.payout(Who::System, SubmitPayout { payout: second });
    world.payout(Who::Bank, settle(second, "t2"));
    world.payout(Who::Bank, give_back(&world, second, "t3"));
    assert_eq!(world.contract(contract).state, ContractState::Closing);
    // Only the payout that failed last speaks for the refund.
    conflicts(&world.refused(Who::Consumer, new_account(&world, first)), "needs_account");
    let facts: Vec<Fact> = vec![account_set(Party::Consumer(CONSUMER))];
    world.seed(facts);
    assert_eq!(world.payable_refunds(), [refund]);
    let payout = PayoutId::from_bits(world.bits());
    world.payout(Who::System, CreatePayout { refund, payout });
    world.payout(Who::System, SubmitPayout { payout });
    world.payout(Who::Bank, settle(payout, "t4"));
    assert_eq!(world.contract(contract).state, ContractState::Terminated);
    assert_eq!(world.bank_balance().to_string(), "0.00");
}
