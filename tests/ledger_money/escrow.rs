//! What a refund can take: never more than is free in escrow, whatever was used, contested, asked for or decided. What
//! the law gives beyond that is said, and is no money of the escrow's.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{collection, prop_assert, prop_assert_eq, proptest, sample};
use ticun::domain::id::{PayoutId, RefundId};
use ticun::domain::money::{Amount, Delta};
use ticun::domain::objects::{Basis, Document, PlanFigures, RefundState, Used, ValueUsed, VisitUsed};
use ticun::domain::refund::Reason;
use ticun::domain::rejection::Rejection;
use ticun::ledger::commands::refunds::{DecideRefund, RequestRefund};

use super::pure::{Books, CONTRACT, Step, VENUE};
use super::seed::{SWIMS, Terms, course, digest, lessons, period, stored_value};
use super::world::Who;

const REFUND: RefundId = RefundId::from_bits(9);
const KINDS: u8 = 4;
/// What two people agree on can be no more than escrow holds, and how fault is shared needs a person; an award has an
/// amount of its own.
const REASONS: [Reason; 6] = [
    Reason::SevenDay,
    Reason::MerchantBreach,
    Reason::ConditionsChanged,
    Reason::VoidContract,
    Reason::ConsumerChoice,
    Reason::Award,
];

fn figures(kind: u8) -> PlanFigures {
    match kind {
        0 => Terms { units: 7, ..SWIMS }.into(),
        1 => stored_value("1000.01", "333.33", &[]),
        2 => course("1100.06", true, &[("100.00", 3), ("0.07", 7), ("999.99", 12)]),
        _ => period("300.00", 30, &[VENUE]),
    }
}

fn used(kind: u8, number: u32) -> Used {
    let some = |most: u32| u64::from(1 + number % most);
    match kind {
        0 => Used::Units(some(3)),
        1 => {
            let value = Amount::from_fen(i64::try_from(some(60_000)).unwrap()).unwrap();
            Used::Value(ValueUsed { list_value: None, value })
        }
        2 => lessons(number % 3, some(4)),
        _ => Used::Visit(VisitUsed { venue: VENUE }),
    }
}

/// A kind of plan, and what happens to a contract over it.
fn stories() -> impl Strategy<Value = (u8, Vec<Step>)> {
    (0..KINDS).prop_flat_map(|kind| {
        let step = prop_oneof![
            4 => any::<u32>().prop_map(move |number| Step::Record(used(kind, number))),
            1 => any::<usize>().prop_map(Step::Void),
            1 => any::<usize>().prop_map(Step::Reverse),
            1 => any::<usize>().prop_map(Step::Contest),
            2 => (1_u32..60).prop_map(Step::Wait),
        ];
        (Just(kind), collection::vec(step, 0..30))
    })
}

fn request(reason: Reason, awarded: Amount) -> RequestRefund {
    let document = Document { sha256: digest("award"), sm3: digest("award by SM3") };
    RequestRefund {
        refund: REFUND,
        contract: CONTRACT,
        reason,
        agreed: (reason == Reason::Award).then_some(awarded),
        award: (reason == Reason::Award).then_some(document),
        claims: None,
        prior_same_service: false,
        note: None,
    }
}

fn decision(amount: Amount, basis: Basis) -> DecideRefund {
    DecideRefund {
        refund: REFUND,
        amount,
        basis,
        document_sha256: Some(digest("award")),
        document_sm3: Some(digest("award by SM3")),
        reason: Some(digest("because")),
        payout: PayoutId::from_bits(1),
    }
}

proptest! {
    #[test]
    fn a_refund_never_takes_more_than_is_free_and_says_what_is_missing(
        (kind, steps) in stories(),
        reason in sample::select(&REASONS[..]),
        awarded in 1_i64..=300_000,
        percent in 0_i64..=130,
    ) {
        let mut books = Books::new(&figures(kind));
        for step in steps {
            // Some steps cannot be done; what counts is what the others leave behind.
            drop(books.step(step));
        }
        let awarded = Amount::from_fen(awarded).unwrap();
        prop_assert_eq!(books.run(Who::Consumer, &request(reason, awarded)), Ok(()));
        let (escrow, free, frozen) = (books.contract().in_escrow(), books.free(), books.contract().frozen);
        prop_assert!(free <= escrow);
        let figure = books.refund(REFUND).figures.refund;
        let (within, missing) = books.refund(REFUND).within(free);
        prop_assert!(within <= free);
        prop_assert_eq!(within.checked_add(missing), Some(figure));

        let (amount, basis) = match reason {
            Reason::Award => (within, Basis::Award),
            _ => (Amount::from_fen((escrow.fen() * percent / 100).max(1)).unwrap(), Basis::Waiver),
        };
        let decided = books.run(Who::Notary, &decision(amount, basis));
        let expected = match () {
            () if free.is_zero() => Err(Rejection::NothingToRefund),
            () if amount > free => Err(Rejection::AmountExceedsEscrow { available: free }),
            () => Ok(()),
        };
        prop_assert_eq!(&decided, &expected);
        let (contract, refund) = (books.contract(), books.refund(REFUND));
        prop_assert!(contract.adds_up());
        if decided.is_err() {
            prop_assert_eq!((contract.refunded, refund.state), (Amount::ZERO, RefundState::Requested));
            return Ok(());
        }
        prop_assert_eq!((contract.refunded, refund.shortfall), (amount, Some(missing)));
        prop_assert_eq!((contract.held, contract.pending, contract.frozen), (Delta::ZERO, Delta::ZERO, frozen));
        let paid = contract.refunded.checked_add(contract.to_merchant).unwrap();
        prop_assert_eq!(paid.checked_add(frozen.amount().unwrap()), Some(contract.deposited));
    }
}
