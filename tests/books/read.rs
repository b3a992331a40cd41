//! Totals, balances, statements and the feed, each against the log itself.

use std::collections::BTreeMap;

use ticun::domain::account::{Account, AccountClass, Side};
use ticun::domain::event::{Fact, UserDisabled, UserEnabled};
use ticun::domain::id::{DeliveryId, ObjectId, Party, UserId};
use ticun::ledger::books::{self, FeedFilter, Viewer};
use ticun::ledger::entry::Entry;
use ticun::store::queries::Page;
use ticun::store::{Connection, entries};

use crate::world::{CONSUMER, CONTRACT, MERCHANT, OFFICE, OTHER_MERCHANT, SETTLEMENT, World, at, bank, yuan};

fn log(connection: &mut Connection) -> Vec<Entry> {
    let stored = entries::from(connection, OFFICE, 0, 100_000).expect("entries");
    stored.iter().map(|entry| Entry::parse(&entry.bytes).expect("an entry")).collect()
}

/// Every balance after the entry at `position`, credit-positive, in fen.
fn balances(log: &[Entry], position: u64) -> BTreeMap<Account, i64> {
    let mut balances = BTreeMap::new();
    for entry in log.iter().filter(|entry| entry.position <= position) {
        for posting in &entry.fact.postings {
            *balances.entry(posting.account).or_insert(0) += posting.amount.fen();
        }
    }
    balances
}

fn own_side(class: AccountClass, fen: i64) -> i64 {
    if class.side() == Side::Asset { -fen } else { fen }
}

#[test]
fn a_trial_balance_at_any_position_is_the_sum_of_the_log_up_to_there() {
    let world = World::with_story();
    let mut connection = world.connection();
    let log = log(&mut connection);
    for entry in &log {
        let balance = books::trial_balance(&mut connection, OFFICE, Some(entry.position)).expect("a read");
        let balance = balance.expect("the position is there");
        let expected = balances(&log, entry.position);
        assert_eq!((balance.position, balance.at), (entry.position, entry.at));
        assert_eq!(balance.total_assets, balance.total_liabilities, "{}", entry.position);
        for class in &balance.classes {
            let of_class = || expected.iter().filter(|(account, _)| account.class() == class.class);
            let sum: i64 = of_class().map(|(_, fen)| own_side(class.class, *fen)).sum();
            let count = of_class().filter(|(_, fen)| **fen != 0).count();
            let found = (class.balance.fen(), usize::try_from(class.count).expect("a count"));
            assert_eq!(found, (sum, count), "{} at {}", class.class, entry.position);
        }
    }
    let newest = books::trial_balance(&mut connection, OFFICE, None).expect("a read").expect("a log");
    assert_eq!(Some(newest.position), log.last().map(|entry| entry.position));
    assert_eq!(newest.total_assets, yuan("38.33"));
    let beyond = books::trial_balance(&mut connection, OFFICE, Some(newest.position + 1)).expect("a read");
    assert_eq!(beyond, None);
    assert_eq!(books::trial_balance(&mut connection, "elsewhere", None).expect("a read"), None);
}

#[test]
fn a_moment_is_the_position_of_the_newest_entry_not_after_it() {
    let world = World::with_story();
    let mut connection = world.connection();
    let log = log(&mut connection);
    for hour in [-1, 0, 1, 7, 8, 9, 300, 412, 9999] {
        let expected = log.iter().filter(|entry| entry.at <= at(hour)).map(|entry| entry.position).max();
        assert_eq!(books::position_at(&mut connection, OFFICE, at(hour)).expect("a read"), expected, "{hour}");
    }
}

#[test]
fn an_account_at_any_position_has_the_sum_of_its_postings() {
    let world = World::with_story();
    let mut connection = world.connection();
    let log = log(&mut connection);
    let all = balances(&log, u64::MAX);
    for entry in &log {
        let expected = balances(&log, entry.position);
        for account in all.keys() {
            let found = books::account(&mut connection, OFFICE, *account, Some(entry.position)).expect("a read");
            let fen = own_side(account.class(), expected.get(account).copied().unwrap_or(0));
            let found = found.map(|found| (found.balance.fen(), found.position, found.at));
            assert_eq!(found, Some((fen, entry.position, entry.at)), "{account} at {}", entry.position);
        }
    }
    let strangers = ["bank/other", "contract/ctr_0000000000000000000000000z/held"];
    for name in strangers.map(|name| Account::parse(name).expect("an account")) {
        assert_eq!(books::account(&mut connection, OFFICE, name, None).expect("a read"), None, "{name}");
    }
    assert_eq!(books::account(&mut connection, OFFICE, bank(), Some(9999)).expect("a read"), None);
}

#[test]
fn accounts_are_listed_by_name_in_pages_of_any_size() {
    let world = World::with_story();
    let mut connection = world.connection();
    let log = log(&mut connection);
    let expected = balances(&log, u64::MAX);
    let mut whole = Vec::new();
    for limit in [100, 1, 2, 3, 5] {
        let mut page = Page { after: None, limit };
        let mut seen = Vec::new();
        loop {
            let listed = books::accounts(&mut connection, OFFICE, None, &page).expect("a read");
            seen.extend(listed.items);
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        let names: Vec<String> = seen.iter().map(|one| one.account.to_string()).collect();
        assert!(names.is_sorted() && names.len() == 14, "{limit}: {names:?}");
        whole = seen;
    }
    for one in &whole {
        let fen = own_side(one.account.class(), expected.get(&one.account).copied().unwrap_or(0));
        assert_eq!(one.balance.fen(), fen, "{}", one.account);
    }
    for class in AccountClass::ALL {
        let page = Page { after: None, limit: 100 };
        let listed = books::accounts(&mut connection, OFFICE, Some(*class), &page).expect("a read").items;
        let of_class: Vec<_> = whole.iter().copied().filter(|one| one.account.class() == *class).collect();
        assert_eq!(listed, of_class, "{class}");
    }
}

#[test]
fn a_statement_runs_through_the_contracts_own_accounts() {
    let world = World::with_story();
    let mut connection = world.connection();
    let whole = books::statement(&mut connection, OFFICE, CONTRACT, Viewer::All, 0, 100).expect("a read");
    assert_eq!(whole.next, None);
    let (held, pending) = (Account::ContractHeld(CONTRACT), Account::ContractPending(CONTRACT));
    let shown: Vec<_> =
        whole.lines.iter().take(4).map(|line| (line.kind.as_str(), line.account, line.balance.to_string())).collect();
    assert_eq!(
        shown,
        [
            ("deposit.credited", held, "2000.00".to_owned()),
            ("delivery.recorded", held, "1966.67".to_owned()),
            ("delivery.recorded", pending, "33.33".to_owned()),
            ("delivery.confirmed", pending, "0.00".to_owned()),
        ]
    );
    let mut lines = Vec::new();
    let mut skip = 0;
    loop {
        let part = books::statement(&mut connection, OFFICE, CONTRACT, Viewer::All, skip, 3).expect("a read");
        lines.extend(part.lines);
        let Some(next) = part.next else { break };
        skip = next;
    }
    assert_eq!(lines, whole.lines);
}

#[test]
fn a_timeline_is_every_entry_about_the_contract() {
    let world = World::with_story();
    let mut connection = world.connection();
    let about = |entry: &Entry| entry.fact.event.subjects().contains(&CONTRACT.into());
    let expected: Vec<u64> = log(&mut connection).iter().filter(|entry| about(entry)).map(|one| one.position).collect();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let part = books::timeline(&mut connection, OFFICE, CONTRACT, Viewer::All, after, 4).expect("a read");
        seen.extend(part.items.iter().map(|entry| entry.position));
        let Some(next) = part.next else { break };
        after = Some(next);
    }
    assert_eq!(seen, expected);
}

/// Follows the feed to its end; answers the positions seen and how many calls it took.
fn follow(
    connection: &mut Connection,
    viewer: Viewer,
    kind: Option<&str>,
    subject: Option<ObjectId>,
    limit: usize,
) -> (Vec<u64>, usize) {
    let mut filter = FeedFilter { after: None, kind: kind.map(str::to_owned), subject };
    let mut seen = Vec::new();
    for calls in 1.. {
        let part = books::feed(connection, OFFICE, viewer, &filter, limit).expect("a read");
        assert!(part.items.len() <= limit && part.next_after >= filter.after);
        seen.extend(part.items.iter().map(|entry| entry.position));
        if !part.has_more {
            let newest = books::newest(connection, OFFICE).expect("a read");
            assert_eq!(part.next_after, newest, "a reader that goes on from the end sees only what is new");
            return (seen, calls);
        }
        assert!(part.next_after > filter.after, "each call goes on");
        filter.after = part.next_after;
    }
    unreachable!()
}

#[test]
fn the_feed_has_no_gap_for_those_who_see_everything() {
    let world = World::with_story();
    let mut connection = world.connection();
    let all: Vec<u64> = log(&mut connection).iter().map(|entry| entry.position).collect();
    for limit in [1, 7, 100] {
        assert_eq!(follow(&mut connection, Viewer::All, None, None, limit).0, all);
    }
    let beyond = FeedFilter { after: Some(9999), ..Default::default() };
    let part = books::feed(&mut connection, OFFICE, Viewer::All, &beyond, 10).expect("a read");
    assert_eq!((part.items.len(), part.has_more, part.next_after), (0, false, Some(9999)));
}

#[test]
fn the_feed_shows_a_party_what_concerns_it() {
    let world = World::with_story();
    let mut connection = world.connection();
    let log = log(&mut connection);
    let third = DeliveryId::from_bits(3);
    let viewers = [
        Viewer::All,
        Viewer::Party(Party::Merchant(MERCHANT)),
        Viewer::Party(Party::Merchant(OTHER_MERCHANT)),
        Viewer::Party(Party::Consumer(CONSUMER)),
    ];
    let subjects: [Option<ObjectId>; 6] = [
        None,
        Some(third.into()),
        Some(CONTRACT.into()),
        Some(SETTLEMENT.into()),
        Some(CONSUMER.into()),
        Some(UserId::from_bits(1).into()),
    ];
    for viewer in viewers {
        for subject in subjects {
            for kind in [None, Some("delivery.recorded"), Some("payout.settled"), Some("no.such")] {
                let passes = |entry: &&Entry| {
                    let about = entry.fact.event.subjects();
                    let theirs = match viewer {
                        Viewer::All => true,
                        Viewer::Party(party) => about.contains(&party.into()),
                    };
                    theirs
                        && subject.is_none_or(|subject| about.contains(&subject))
                        && kind.is_none_or(|kind| entry.fact.event.kind() == kind)
                };
                let expected: Vec<u64> = log.iter().filter(passes).map(|entry| entry.position).collect();
                let (seen, _) = follow(&mut connection, viewer, kind, subject, 2);
                assert_eq!(seen, expected, "{viewer:?} {subject:?} {kind:?}");
            }
        }
    }
}

#[test]
fn a_rare_kind_takes_several_calls_and_each_one_moves_on() {
    let mut world = World::with_story();
    let user = UserId::from_bits(1);
    let facts = (0..12_000).map(|n| match n % 2 {
        0 => Fact::plain(UserDisabled { user }),
        _ => Fact::plain(UserEnabled { user }),
    });
    world.tell(500, user, facts.collect());
    let mut connection = world.connection();
    let (seen, calls) = follow(&mut connection, Viewer::All, Some("merchant.admitted"), None, 20);
    assert_eq!((seen.len(), calls), (1, 3));
}
