//! The check of the books: a good log passes, and whatever is changed behind its back is named.

use diesel::connection::SimpleConnection as _;
use ticun::domain::account::{Account, Posting};
use ticun::domain::digest::Digest;
use ticun::domain::event::Event;
use ticun::domain::money::Delta;
use ticun::ledger::check::{CheckError, Report, check};
use ticun::ledger::entry::Entry;
use ticun::log::chain;
use ticun::store::{Connection, dialect, entries};

use crate::database;
use crate::world::{CONTRACT, MERCHANT, OFFICE, World, yuan};

fn run(url: &str) -> Result<Report, CheckError> {
    let mut connection = dialect::open_reader(url).expect("a database");
    check(&mut connection, OFFICE, &mut |_, _| {})
}

fn finding(url: &str) -> String {
    match run(url) {
        Err(CheckError::Finding(finding)) => finding.to_string(),
        other => panic!("no finding: {other:?}"),
    }
}

#[test]
fn books_that_agree_with_their_log_pass() {
    let mut world = World::with_story();
    let url = world.copy("good.db");
    let mut connection = dialect::open_reader(&url).expect("a database");
    let mut heard = Vec::new();
    let report = check(&mut connection, OFFICE, &mut |done, total| heard.push((done, total))).expect("good books");
    assert_eq!((report.entries, heard), (35, vec![(0, 35), (35, 35)]));
    assert_eq!(report.trial_balance.total_assets, yuan("38.33"));
    assert_eq!(report.trial_balance.position, 34);
    let rows = |table: &str| report.rows.iter().find(|(name, _)| *name == table).map(|(_, count)| *count);
    for (table, count) in [("deliveries", 4), ("records", 3), ("accounts", 2), ("open_marks", 2), ("postings", 10)] {
        assert_eq!(rows(table), Some(count), "{table}");
    }
    assert_eq!(report.rows.len(), 30);
    let missing = check(&mut connection, "elsewhere", &mut |_, _| {});
    assert!(matches!(missing, Err(CheckError::UnknownOffice(_))), "{missing:?}");
}

#[test]
fn a_database_without_tables_is_a_fault_and_not_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = database::empty_in(folder.path());
    let mut connection = dialect::open_writer(&url).expect("a database");
    let answer = check(&mut connection, OFFICE, &mut |_, _| {});
    assert!(matches!(answer, Err(CheckError::Store(_))), "{answer:?}");
}

/// What is changed in a table of objects, and what is said about it.
fn changed_objects() -> Vec<(&'static str, String)> {
    let (c, m) = (CONTRACT, MERCHANT);
    vec![
        ("UPDATE contracts SET held_fen = 1", format!("contracts {c}: held_fen should be 0 and is 1")),
        ("UPDATE contracts SET active_since_us = NULL", format!("contracts {c}: active_since_us should be 177")),
        ("UPDATE merchants SET payable_fen = 5", format!("merchants {m}: payable_fen should be 0 and is 5")),
        ("UPDATE consumers SET refund_fen = 5", "refund_fen should be 0 and is 5".to_owned()),
        ("UPDATE users SET state = 'disabled'", "state should be active and is disabled".to_owned()),
        (
            "UPDATE accounts SET balance_fen = -1 WHERE account = 'bank/main'",
            "accounts bank/main: balance_fen".to_owned(),
        ),
        ("UPDATE accounts SET class = 'channel'", "accounts bank/main: class should be bank and is channel".to_owned()),
        ("DELETE FROM deliveries WHERE state = 'voided'", "the log has it, and the table does not".to_owned()),
        (
            "INSERT INTO venues SELECT office, 'ven_00000000000000000000000009', merchant_id, profile, lease_ends_on, open_days, 1 FROM venues",
            "venues ven_00000000000000000000000009: the table has it, and the log does not".to_owned(),
        ),
        (
            "INSERT INTO open_marks SELECT office, venue_id, '2026-03-01x', 1 FROM open_marks LIMIT 1",
            "/2026-03-01x: the table has it".to_owned(),
        ),
        ("DELETE FROM open_marks WHERE date = '2026-03-02'", "/2026-03-02: the log has it".to_owned()),
        ("UPDATE plan_versions SET price_fen = 1", "/1: price_fen should be 200000 and is 1".to_owned()),
        (
            "UPDATE refunds SET requested_on = '2020-01-01'",
            "requested_on should be 2026-03-14 and is 2020-01-01".to_owned(),
        ),
        ("UPDATE refunds SET decided_basis = NULL", "decided_basis should be consent and is NULL".to_owned()),
        ("UPDATE settlements SET approved_by = 'usr_x'", "approved_by should be NULL and is usr_x".to_owned()),
        (
            "UPDATE payouts SET amount_fen = 0 WHERE payee LIKE 'csm%'",
            "amount_fen should be 190001 and is 0".to_owned(),
        ),
        ("DELETE FROM channel_transactions", "channel_transactions ".to_owned()),
    ]
}

/// What is changed in the log and what is derived from it, and what is said about it.
fn changed_log() -> Vec<(&'static str, String)> {
    let (c, m) = (CONTRACT, MERCHANT);
    vec![
        (
            "UPDATE postings SET balance_fen = 1 WHERE position = 19",
            "/19/0: balance_fen should be 3333 and is 1".to_owned(),
        ),
        ("DELETE FROM postings WHERE account = 'bank/main'", "postings bank/main/16/0: the log has it".to_owned()),
        ("DELETE FROM entry_subjects WHERE position = 3", format!("entry_subjects {m}/3: the log has it")),
        (
            "UPDATE entries SET contract_prev = 3 WHERE position = 20",
            "entry 20: its contract_prev is 19, and the column says 3".to_owned(),
        ),
        (
            "UPDATE entries SET contract_prev = NULL WHERE position = 20",
            "entry 20: its contract_prev is 19, and the column says nothing".to_owned(),
        ),
        (
            "UPDATE entries SET merchant_id = NULL WHERE position = 20",
            format!("entry 20: its merchant_id is {m}, and the column says nothing"),
        ),
        ("UPDATE contracts SET newest_entry = 20", format!("contracts {c}: newest_entry should be ")),
        ("UPDATE contracts SET newest_delivery_id = NULL", format!("contracts {c}: newest_delivery_id should be dlv_")),
        ("UPDATE deliveries SET before_id = NULL", "before_id should be dlv_".to_owned()),
        (
            "INSERT INTO entry_subjects VALUES ('changning', 'zzz', 4)",
            "entry_subjects zzz/4: the table has it".to_owned(),
        ),
        (
            "UPDATE batches SET totals = replace(totals, '1900.01', '1900.02')",
            "batches 25: totals should be 1900.01".to_owned(),
        ),
        ("UPDATE batches SET totals = 'x' WHERE last_position = 16", "a column holds no totals: x".to_owned()),
        ("UPDATE batches SET steps = '[]' WHERE last_position = 16", "batches 16: steps should be".to_owned()),
        ("UPDATE batches SET at_us = 1 WHERE last_position = 16", "batches 16: at_us should be".to_owned()),
        (
            "DELETE FROM batches WHERE last_position = 16",
            "batches 17: first_position should be 13 and is 17".to_owned(),
        ),
        ("DELETE FROM batches WHERE last_position = 34", "batches from 34: the log has it".to_owned()),
        (
            "INSERT INTO batches SELECT office, 99, 35, at_us, totals, steps FROM batches WHERE last_position = 34",
            "batches 99: the table has it".to_owned(),
        ),
        ("UPDATE heads SET next_position = 34", "heads changning: next_position should be 35 and is 34".to_owned()),
        ("UPDATE heads SET at_us = 1", "heads changning: at_us should be".to_owned()),
        ("UPDATE heads SET leaf = upper(leaf)", "a column holds no Digest".to_owned()),
        ("UPDATE records SET body = 'x' WHERE kind = 'text'", "records ".to_owned()),
        ("UPDATE entries SET kind = 'x' WHERE position = 3", "entry 3: its kind is merchant.applied".to_owned()),
        ("UPDATE entries SET at_us = 4 WHERE position = 3", "entry 3: its time is 2026".to_owned()),
        ("UPDATE entries SET leaf = 'x' WHERE position = 3", "a column holds no leaf: 78".to_owned()),
        (
            "UPDATE entries SET leaf = (SELECT leaf FROM entries WHERE position = 4) WHERE position = 3",
            "entry 3: its bytes have the leaf".to_owned(),
        ),
        ("DELETE FROM entries WHERE position = 3", "entry 3: it is missing".to_owned()),
        ("DELETE FROM entries WHERE position = 34", "batches 34: the table has it, and the log does not".to_owned()),
    ]
}

#[test]
fn a_row_changed_in_any_table_is_named_with_what_it_should_be() {
    let mut world = World::with_story();
    let cases = changed_objects().into_iter().chain(changed_log());
    for (index, (sql, expected)) in cases.enumerate() {
        let url = world.copy(&format!("{index}.db"));
        tamper(&url, |connection| connection.batch_execute(sql).expect("it can be changed"));
        let found = finding(&url);
        assert!(found.contains(&expected), "{sql}: {found}");
    }
}

/// Changes a database as somebody could who has the file.
fn tamper(url: &str, change: impl FnOnce(&mut Connection)) {
    change(&mut database::tampering(url));
}

/// Writes bytes in place of an entry, with the leaf that belongs to them.
fn put(connection: &mut Connection, position: u64, bytes: &[u8]) -> Digest {
    let leaf = Digest::from_bytes(chain::leaf(bytes));
    let (stored, hash) = (database::blob(connection, bytes), database::blob(connection, leaf.as_bytes()));
    let sql = format!("UPDATE entries SET bytes = {stored}, leaf = {hash} WHERE position = {position}");
    connection.batch_execute(&sql).expect("it can be changed");
    leaf
}

/// Changes one entry and makes every later link of the chain again, up to the head.
fn rewrite(connection: &mut Connection, position: u64, change: impl FnOnce(&mut Entry)) {
    let mut change = Some(change);
    let mut prev = None;
    for stored in entries::from(connection, OFFICE, position, 1000).expect("entries") {
        let mut entry = Entry::parse(&stored.bytes).expect("an entry");
        entry.prev = prev.unwrap_or(entry.prev);
        if let Some(change) = change.take() {
            change(&mut entry);
        }
        let bytes = entry.to_bytes(&entry.fact.event.subjects());
        prev = Some(put(connection, stored.position, &bytes));
    }
    let leaf = prev.expect("an entry");
    connection.batch_execute(&format!("UPDATE heads SET leaf = '{leaf}'")).expect("it can be changed");
}

#[test]
fn an_entry_that_was_edited_breaks_the_chain_behind_it() {
    let mut world = World::with_story();
    let url = world.copy("edited.db");
    tamper(&url, |connection| {
        let stored = entries::at(connection, OFFICE, 13).expect("a read").expect("an entry");
        let text = String::from_utf8(stored.bytes).expect("text").replace("true", "false");
        put(connection, 13, text.as_bytes());
    });
    assert!(finding(&url).starts_with("entry 14: it names "), "{}", finding(&url));
}

#[test]
fn bytes_that_are_not_canonical_are_found() {
    let mut world = World::with_story();
    let url = world.copy("spaced.db");
    tamper(&url, |connection| {
        let stored = entries::at(connection, OFFICE, 34).expect("a read").expect("an entry");
        put(connection, 34, &[&stored.bytes[..], b" "].concat());
    });
    assert_eq!(finding(&url), "entry 34: it is not canonical JSON: bytes after the value at byte 836");
}

#[test]
fn a_whole_chain_made_again_is_found_by_what_it_says() {
    type Change = fn(&mut Entry);
    let cases: &[(u64, Change, &str)] = &[
        (19, |entry| entry.position = 7, "entry 19: it says that it is entry 7"),
        (19, |entry| entry.at = crate::world::at(-5), "entry 19: its time 2026-02-2"),
        (19, |entry| entry.office = crate::world::name("jingan"), "entry 19: it belongs to the log of jingan"),
        (16, |entry| entry.fact.postings.truncate(1), "entry 16: I1: the postings at 16 do not sum to zero"),
        (16, |entry| entry.fact.postings.reverse(), "batches 16: steps should be"),
        (16, |entry| entry.fact.postings.clear(), "entry 16: I3:"),
        (
            22,
            |entry| {
                let more = |account, fen| Posting { account, amount: Delta::from_fen(fen) };
                let moved = [more(Account::ContractHeld(CONTRACT), -500_000), more(Account::OfficeFees, 500_000)];
                entry.fact.postings.extend(moved);
            },
            "entry 22: I2: contract/ctr_",
        ),
        (
            27,
            |entry| {
                if let Event::SettlementProposed(proposed) = &mut entry.fact.event {
                    proposed.amount = yuan("70.00");
                }
            },
            "entry 27: it takes 70.00 with 2 deliveries, and 66.66 with 2 is due",
        ),
        (
            27,
            |entry| {
                if let Event::SettlementProposed(proposed) = &mut entry.fact.event {
                    proposed.since = crate::world::at(1);
                }
            },
            "entry 27: it begins at 2026",
        ),
        (
            27,
            |entry| {
                if let Event::SettlementProposed(proposed) = &mut entry.fact.event {
                    proposed.cutoff = crate::world::at(401);
                }
            },
            "entry 27: it takes what matures up to 2026",
        ),
        (
            27,
            |entry| {
                if let Event::SettlementProposed(proposed) = &mut entry.fact.event {
                    proposed.returned = yuan("0.01").credit();
                }
            },
            "entry 27: it takes 0.01 that no delivery stands for, of 0.00",
        ),
    ];
    let mut world = World::with_story();
    for (index, (position, change, expected)) in cases.iter().enumerate() {
        let url = world.copy(&format!("{index}.db"));
        tamper(&url, |connection| rewrite(connection, *position, change));
        let found = finding(&url);
        assert!(found.starts_with(expected), "{expected}: {found}");
    }
}
