//! What a period contract has earned follows from its venues' opening marks, and a replay works it out again.

use serde_json::Value;
use ticun::domain::account::{Account, transfer};
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::event::{ContractExtended, Fact, PeriodAccrued, VenueAdded, VenueOpened};
use ticun::domain::id::{ContractId, VenueId};
use ticun::domain::money::Amount;
use ticun::domain::objects::{PeriodSold, PlanFigures, Sold};
use ticun::domain::refund::Granularity;
use ticun::domain::time::Date;

use super::log::Log;
use super::run::{caught, good};
use super::story::{CONSUMER, MERCHANT, SELLER, contract_of, opened};

const VENUE: VenueId = VenueId::from_bits(1);

fn march(day: i8) -> Date {
    Date::new(2026, 3, day).unwrap()
}

fn figures() -> PlanFigures {
    PlanFigures {
        price: Amount::parse("100.00").unwrap(),
        sold: Sold::Period(PeriodSold { granularity: Granularity::Day, venues: [VENUE].into_iter().collect() }),
        validity_days: 10,
        ..super::story::figures()
    }
}

/// Of the first six days five are open, and are earned when the cooling-off period is over.
fn story() -> Log {
    let mut log = opened();
    let profile = Digest::of(&[b"venue"]);
    let added = VenueAdded { lease_ends_on: march(31), merchant: MERCHANT, profile, venue: VENUE };
    log.push(5, SELLER, Fact::plain(added));
    let contract = contract_of(&mut log, 100, 1, figures());
    for (hour, day) in [(124, 2), (148, 3), (196, 5), (220, 6), (244, 7), (292, 9)] {
        let opened = VenueOpened { date: march(day), merchant: MERCHANT, venue: VENUE };
        log.push(hour, SELLER, Fact::plain(opened));
    }
    let (amount, consumer, merchant) = (Amount::parse("50.00").unwrap(), CONSUMER, MERCHANT);
    let accrued = PeriodAccrued {
        amount,
        closed_days: 1,
        consumer,
        contract,
        ends_on: march(12),
        merchant,
        open_days: 5,
        through: march(7),
    };
    let moved = transfer(Account::ContractHeld(contract), Account::MerchantPayable(MERCHANT), amount);
    log.push(316, Actor::System, Fact::moving(accrued, moved));
    let extended = ContractExtended { consumer, contract: ContractId::from_bits(1), ends_on: march(20), merchant };
    log.push(317, SELLER, Fact::plain(extended));
    log
}

#[track_caller]
fn told(kind: &str, change: impl FnOnce(&mut Value), words: &str) {
    let mut log = story();
    let position = log.find(kind);
    log.edit(position, change);
    log.chain_from(position + 1);
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    good(folder.path(), &[]);
    caught(folder.path(), &["--replay"], (position, position), words);
}

#[test]
fn days_that_were_earned_as_the_marks_say_are_good() {
    let folder = tempfile::tempdir().unwrap();
    story().publish(folder.path());
    good(folder.path(), &["--replay"]);
}

#[test]
fn more_is_earned_than_the_open_days_are_worth() {
    let more = |value: &mut Value| {
        value["data"]["amount"] = "60.00".into();
        value["postings"][0]["amount"] = "-60.00".into();
        value["postings"][1]["amount"] = "60.00".into();
    };
    told("period.accrued", more, "50.00 follows from the open days");
}

#[test]
fn shut_days_are_counted_as_open() {
    let open = |value: &mut Value| {
        value["data"]["open_days"] = 6.into();
        value["data"]["closed_days"] = 0.into();
    };
    told("period.accrued", open, "its venues were open on 5 days and shut on 1");
    told("period.accrued", |value| value["data"]["ends_on"] = "2026-03-11".into(), "it ends on 2026-03-12");
}

#[test]
fn a_day_is_earned_that_can_still_be_marked() {
    told("period.accrued", |value| value["data"]["through"] = "2026-03-09".into(), "can still be marked");
}

#[test]
fn days_are_earned_inside_the_cooling_off_period() {
    let longer = |value: &mut Value| value["data"]["cooling_off_until"] = "2026-03-20T00:00:00.000000Z".into();
    let mut log = story();
    let position = log.find("deposit.credited");
    log.edit(position, longer);
    log.chain_from(position + 1);
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    let accrued = log.find("period.accrued");
    caught(folder.path(), &["--replay"], (accrued, accrued), "while it can be stepped back from");
}

#[test]
fn somebody_else_posts_what_was_earned_or_a_term_is_shortened() {
    let seller = serde_json::to_value(SELLER).unwrap();
    told("period.accrued", |value| value["actor"] = seller, "a merchant cannot cause period.accrued");
    told("contract.extended", |value| value["data"]["ends_on"] = "2026-03-12".into(), "it shortens");
}
