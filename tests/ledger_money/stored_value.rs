//! Stored value: what is charged to a card releases its share of what was paid, and gift services release nothing.

use ticun::domain::id::PayoutId;
use ticun::domain::objects::{
    ContractState, DeliveryState, GiftUsed, LessonsUsed, Live, PlanFigures, RefundState, Used, ValueUsed,
};
use ticun::domain::refund::Reason;
use ticun::domain::rejection::Rejection;
use ticun::ledger::commands::deliveries::ConfirmDelivery;
use ticun::ledger::commands::payouts::SubmitPayout;
use ticun::ledger::commands::refunds::RequestRefund;

use super::deliveries::void;
use super::payouts::settle;
use super::refunds::{accept, decide, request};
use super::reversals::reverse;
use super::seed::{stored_value, value, yuan};
use super::settlements::propose;
use super::world::{Who, World};

const fn gift(gift: u32, units: u64) -> Used {
    Used::Gift(GiftUsed { gift, units })
}

#[test]
fn what_is_charged_releases_its_share_of_the_price_and_the_last_fen_comes_with_the_last_value() {
    let world = World::new();
    let contract = world.active(stored_value("1000.00", "500.00", &[]));
    // 100.00 × 1000 ÷ 1500, rounded down, and what was cut off comes later.
    assert_eq!(world.released(contract, value("100.00")), "66.66");
    assert_eq!(world.released(contract, value("100.00")), "66.67");
    assert_eq!(world.released(contract, value("0.01")), "0.01");
    let more = world.recording_use(contract, value("1300.00"));
    assert_eq!(world.refused(Who::Merchant, more), Rejection::ValueExhausted { remaining: yuan("1299.99") });
    assert_eq!(world.released(contract, value("1299.99")), "866.66");
    assert_eq!(world.balances(contract), ["0.00", "1000.00", "0.00"]);
}

#[test]
fn a_card_lives_from_purchase_to_its_last_value_and_the_merchant_is_paid() {
    let world = World::new();
    let contract = world.active(stored_value("1000.00", "500.00", &[("400.00", 2)]));
    for used in [value("1500.00"), gift(0, 1)] {
        let delivery = world.delivery(Who::Merchant, world.recording_use(contract, used)).id;
        world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    }
    // A washing is still owed, so the contract goes on although its money is gone.
    assert_eq!(world.contract(contract).state, ContractState::Active);
    let delivery = world.delivery(Who::Merchant, world.recording_use(contract, gift(0, 1))).id;
    world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    assert_eq!(world.contract(contract).state, ContractState::Completed);
    let more = world.recording_use(contract, gift(0, 1));
    assert_eq!(world.refused(Who::Merchant, more), Rejection::UnitsExhausted { remaining: 0 });
    world.wait_hours(24 * 10);
    assert_eq!(world.settlement(Who::Notary, propose(&world, None)).amount, yuan("1000.00"));
}

#[test]
fn a_gift_service_releases_nothing_and_is_counted_by_itself() {
    let world = World::new();
    let contract = world.active(stored_value("1000.00", "0.00", &[("400.00", 10), ("90.00", 1)]));
    assert_eq!(world.released(contract, gift(0, 3)), "0.00");
    assert_eq!(world.released(contract, gift(1, 1)), "0.00");
    let refused = |used| world.refused(Who::Merchant, world.recording_use(contract, used));
    assert_eq!(refused(gift(1, 1)), Rejection::UnitsExhausted { remaining: 0 });
    assert_eq!(refused(gift(0, 8)), Rejection::UnitsExhausted { remaining: 7 });
    let Live::Value(live) = world.contract(contract).live else { panic!("a card counts value") };
    assert_eq!((live.consumed, live.gift_services.to_vec()), (yuan("0.00"), vec![3, 1]));
    assert_eq!(world.balances(contract), ["1000.00", "0.00", "0.00"]);
}

#[test]
fn a_card_is_not_used_by_units_or_lessons_or_a_gift_it_does_not_have() {
    let world = World::new();
    let contract = world.active(stored_value("1000.00", "0.00", &[("400.00", 10)]));
    let lessons = Used::Lessons(LessonsUsed { lessons: 1, milestone: 0 });
    for used in [Used::Units(1), lessons, gift(1, 1)] {
        let refused = world.refused(Who::Merchant, world.recording_use(contract, used));
        assert_eq!(refused, Rejection::UseNotSold, "{used:?}");
    }
}

#[test]
fn value_that_was_voided_or_reversed_can_be_spent_again() {
    let world = World::new();
    let contract = world.active(stored_value("1000.00", "500.00", &[("400.00", 2)]));
    let [first, second, third] = [value("300.00"), value("600.00"), gift(0, 2)]
        .map(|used| world.delivery(Who::Merchant, world.recording_use(contract, used)).id);
    world.delivery(Who::Merchant, void(first));
    world.delivery(Who::Merchant, void(third));
    world.delivery(Who::Consumer, ConfirmDelivery { delivery: second });
    let reversed = world.delivery(Who::Notary, reverse(second));
    assert_eq!(reversed.state, DeliveryState::Reversed);
    let contract_row = world.contract(contract);
    assert_eq!(contract_row.live, Live::none(&contract_row.figures.sold));
    assert_eq!(world.balances(contract), ["1000.00", "0.00", "0.00"]);
    assert_eq!(world.released(contract, value("1500.00")), "1000.00");
}

/// The figures of a refund on a card of which `spent` was charged, and where the money went.
#[track_caller]
fn refunded(figures: PlanFigures, spent: Used, refund: &str) -> (String, Option<String>) {
    let world = World::new();
    let contract = world.active(figures);
    let delivery = world.delivery(Who::Merchant, world.recording_use(contract, spent)).id;
    world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    let id = world.refund(Who::Consumer, request(&world, contract)).id;
    world.refund(Who::Merchant, accept(id));
    let ordered = world.refund(Who::Notary, decide(&world, id, refund));
    assert_eq!((ordered.state, ordered.figures.refund), (RefundState::Ordered, yuan(refund)));
    assert_eq!(world.balances(contract), ["0.00", "0.00", "0.00"]);
    let payout = ordered.payout.unwrap_or(PayoutId::from_bits(0));
    world.payout(Who::System, SubmitPayout { payout });
    world.payout(Who::Bank, settle(payout, "paid back"));
    assert_eq!(world.contract(contract).state, ContractState::Terminated);
    (ordered.figures.used.to_string(), ordered.merchant_share.map(|share| share.to_string()))
}

#[test]
fn published_refunds_come_out_of_real_contracts() {
    // R02: a court wrote 1711.00, in whole yuan.
    let found = refunded(stored_value("2000.00", "1000.00", &[]), value("434.00"), "1710.67");
    assert_eq!(found, ("289.33".to_owned(), Some("0.00".to_owned())));
    // R04: 3000 gave 1000.
    let found = refunded(stored_value("8000.00", "2666.67", &[]), value("3594.00"), "5304.50");
    // Deliveries round down and a refund rounds half up: the fen between them is the merchant's.
    assert_eq!(found, ("2695.50".to_owned(), Some("0.01".to_owned())));
    // W3
    let found = refunded(stored_value("3000.00", "1000.00", &[]), value("3594.00"), "304.50");
    assert_eq!(found, ("2695.50".to_owned(), Some("0.00".to_owned())));
}

#[test]
fn a_used_gift_counts_when_money_goes_back_and_its_share_goes_to_the_merchant() {
    let world = World::new();
    let contract = world.active(stored_value("1000.00", "0.00", &[("1000.00", 10)]));
    let delivery = world.delivery(Who::Merchant, world.recording_use(contract, gift(0, 5))).id;
    world.delivery(Who::Consumer, ConfirmDelivery { delivery });
    let refund = world.refund(Who::Consumer, request(&world, contract));
    // 1000 × 5 ÷ 10 × 1000 ÷ (1000 + 1000)
    assert_eq!((refund.figures.used, refund.figures.refund), (yuan("250.00"), yuan("750.00")));
    world.refund(Who::Merchant, accept(refund.id));
    let ordered = world.refund(Who::Notary, decide(&world, refund.id, "750.00"));
    assert_eq!(ordered.merchant_share, Some(yuan("250.00")));
    assert_eq!(world.merchant().unreleased, yuan("250.00").credit());
}

#[test]
fn a_consumer_who_changes_their_mind_pays_the_prices_before_discount() {
    let world = World::new();
    let contract = world.active(stored_value("1000.00", "0.00", &[]));
    let used = Used::Value(ValueUsed { list_value: Some(yuan("250.00")), value: yuan("200.00") });
    assert_eq!(world.released(contract, used), "200.00");
    assert_eq!(world.released(contract, value("50.00")), "50.00");
    let chosen = RequestRefund { reason: Reason::ConsumerChoice, ..request(&world, contract) };
    let refund = world.refund(Who::Consumer, chosen);
    assert_eq!((refund.figures.used, refund.figures.refund), (yuan("300.00"), yuan("700.00")));
}
