//! What a verifier says of a log that parts a refund otherwise than both sides say.

use ticun::domain::digest::Digest;
use ticun::domain::event::Event;
use ticun::domain::money::Amount;
use ticun::ledger::entry::Entry;

use super::books_hold;
use super::support::World;
use super::support::books::{log_of, told};
use super::support::side::Side;
use super::undisputed::{objected, part};

fn fen(fen: i64) -> Amount {
    Amount::from_fen(fen).expect("an amount")
}

/// The dispute that an entry opens, changed.
fn disputed(change: impl FnOnce(&mut ticun::domain::event::DisputeOpened)) -> impl FnOnce(&mut Entry) {
    |entry| match &mut entry.fact.event {
        Event::DisputeOpened(data) => change(data),
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_verifier_names_what_the_order_of_the_undisputed_part_must_not_do() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    part(&world, &objected(&world, &side, &contract, "1500.00").await).await;
    books_hold(&world).await;
    let log = log_of(&world);
    let says = |found: String, part: &str| assert!(found.contains(part), "{found}");
    let ordered = |change: fn(&mut ticun::domain::event::RefundOrdered)| {
        told(&log, "refund.ordered", |entry| match &mut entry.fact.event {
            Event::RefundOrdered(data) => change(data),
            other => panic!("{other:?}"),
        })
    };
    says(ordered(|data| data.contested = Some(fen(40_000))), "does not share out what is held");
    let less = ordered(|data| (data.contested, data.merchant_share) = (Some(fen(40_000)), fen(10_000)));
    says(less, "is parted otherwise than into 1500.00");
    let falls_short = ordered(|data| {
        (data.contested, data.merchant_share, data.shortfall) = (Some(fen(40_000)), fen(10_000), fen(10_000));
    });
    says(falls_short, "the merchant gets 100.00");
    says(ordered(|data| data.contested = None), "refund.order_undisputed was reviewed");

    let opened = |change: fn(&mut ticun::domain::event::DisputeOpened)| told(&log, "dispute.opened", disputed(change));
    says(opened(|data| (data.amount, data.held) = (fen(100), fen(100))), "another amount");
    says(opened(|data| data.reason = Digest::ZERO), "another reason");
    says(opened(|data| data.refund = None), "no refund leaves it open");
    let notary = log.iter().find(|entry| entry.fact.event.kind() == "dispute.opened").expect("a dispute").actor;
    let merchant = log.iter().find(|entry| entry.fact.event.kind() == "refund.answered").expect("an answer").actor;
    assert_ne!(notary, merchant);
    says(told(&log, "dispute.opened", |entry| entry.actor = merchant), "leaves nothing open");
    // Nobody takes back what was decided when it is paid.
    let at = log.iter().find(|entry| entry.fact.event.kind() == "refund.ordered").expect("an order").at;
    says(
        told(&log, "refund.ordered", move |entry| {
            if let Event::RefundOrdered(data) = &mut entry.fact.event {
                data.pay_by = at;
            }
        }),
        "is to be paid before it is ordered",
    );
}
