//! What an operator could do to a log that is already signed or is signed anew, and where it shows.

use std::path::Path;

use tempfile::TempDir;
use ticun::log::tile::{Kind, Tile};

use super::log::{Log, bundle, signed, write};
use super::run::{caught, good, undecided};
use super::story::{long, story};

fn published(log: &Log) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    folder
}

fn write_bundle(folder: &Path, log: &Log, index: usize) {
    let tile = Tile::widest(Kind::Entries, index as u64, log.entries.len() as u64).unwrap();
    let end = index * 256 + usize::from(tile.width());
    std::fs::write(folder.join(tile.to_string()), bundle(&log.entries[index * 256..end])).unwrap();
}

#[test]
fn a_good_log_passes_and_its_books_are_told() {
    let log = story();
    let folder = published(&log);
    let verdict = good(folder.path(), &["--replay"]);
    assert_eq!(verdict["size"], log.entries.len());
    assert_eq!(verdict["trial_balance"]["total_assets"], "0.00");
    assert_eq!((&verdict["key_from"], &verdict["witnesses_required"]), (&"first_entry".into(), &false.into()));
    let unread = good(folder.path(), &[]);
    assert_eq!((&unread["replayed"], unread.get("trial_balance")), (&false.into(), None));
    good(published(&long(700)).path(), &["--replay"]);
}

#[test]
fn one_byte_of_one_entry_is_changed() {
    let log = long(600);
    for position in [0, 100, 255, 256, 599] {
        let mut changed = log.clone();
        let middle = changed.entries[position].len() / 2;
        changed.entries[position][middle] ^= 1;
        let folder = published(&log);
        write_bundle(folder.path(), &changed, position / 256);
        let said = super::run::verify(folder.path(), &[]);
        assert_eq!((said.code, &said.json()["position"]), (2, &position.into()), "{said:?}");
    }
}

#[test]
fn one_byte_of_one_tile_is_changed() {
    let log = long(600);
    for (path, position) in [("tile/0/001", 256 + 9), ("tile/0/002.p/97", 512 + 9), ("tile/0/000", 9)] {
        let folder = published(&log);
        let there = std::fs::read_dir(folder.path().join("tile/0")).unwrap().count();
        assert_eq!(there, 3);
        let width = log.entries.len() - 512;
        let path = folder.path().join(path.replace("97", &width.to_string()));
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[9 * 32] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        caught(folder.path(), &[], (position, position), "not those that its tile names");
    }
    let folder = published(&log);
    let path = folder.path().join("tile/1/000.p/2");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[32] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    caught(folder.path(), &[], (256, 511), "names another hash");
}

#[test]
fn an_entry_and_its_tile_are_changed_but_not_what_follows() {
    let log = long(600);
    let mut changed = log.clone();
    changed.edit(300, |value| value["request"] = "req_00000000000000000000000zzz".into());
    let folder = published(&log);
    changed.write_tiles(folder.path());
    caught(folder.path(), &[], (300, 300), "the next entry names another one");
}

#[test]
fn every_hash_after_a_changed_entry_is_made_anew_and_only_the_signed_root_remembers() {
    let log = story();
    let mut changed = log.clone();
    let position = changed.find("delivery.recorded");
    changed.edit(position, |value| value["data"]["note"] = serde_json::Value::Null);
    changed.chain_from(position + 1);
    let folder = published(&log);
    changed.write_tiles(folder.path());
    caught(folder.path(), &[], (0, log.entries.len() - 1), "do not lead to the root");
}

#[test]
fn the_checkpoint_is_rewritten_without_the_key() {
    let log = story();
    let mut changed = log.clone();
    changed.edit(20, |value| value["request"] = "req_00000000000000000000000zzz".into());
    changed.chain_from(21);
    let folder = published(&changed);
    let (old, new) = (log.signed().to_string(), changed.signed().to_string());
    let (text, _) = new.split_once("\n\n").unwrap();
    let (_, lines) = old.split_once("\n\n").unwrap();
    write(folder.path(), "checkpoint", &format!("{text}\n\n{lines}"));
    let said = super::run::verify(folder.path(), &[]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.json()["reason"].as_str().unwrap().contains("does not fit"), "{said:?}");
}

#[test]
fn the_tail_is_cut_from_the_files() {
    let log = long(600);
    let folder = published(&log);
    let tail = Tile::widest(Kind::Entries, 2, log.entries.len() as u64).unwrap();
    let path = folder.path().join(tail.to_string());
    std::fs::write(&path, bundle(&log.entries[512..520])).unwrap();
    caught(folder.path(), &[], (520, 520), "ends before its entry 8");
    std::fs::remove_file(&path).unwrap();
    undecided(folder.path(), &[], &format!("{tail} is missing"));
}

/// Signs whatever there is now with the real key.
fn re_signed(log: &Log, (first, last): (usize, usize), words: &str) {
    let folder = published(log);
    caught(folder.path(), &[], (first, last), words);
}

#[test]
fn an_entry_is_dropped() {
    let mut log = story();
    log.entries.remove(15);
    re_signed(&log, (15, 15), "it says that it is entry 16");
    let mut log = story();
    log.entries.remove(15);
    for position in 15..log.entries.len() {
        log.edit(position, |value| value["position"] = position.into());
    }
    re_signed(&log, (15, 15), "as the leaf before it");
}

#[test]
fn entries_change_places() {
    let mut log = story();
    log.entries.swap(10, 11);
    re_signed(&log, (10, 10), "it says that it is entry 11");
    let mut log = story();
    log.entries.swap(10, 20);
    log.chain_from(10);
    re_signed(&log, (11, 11), "lies before");
}

#[test]
fn an_entry_is_inserted() {
    let mut log = story();
    let copy = log.entries[12].clone();
    log.entries.insert(13, copy);
    re_signed(&log, (13, 13), "it says that it is entry 12");
    let mut log = story();
    let copy = log.entries[0].clone();
    log.entries.insert(13, copy);
    log.chain_from(13);
    log.edit(13, |value| value["at"] = "2026-03-30T00:00:00.000000Z".into());
    log.chain_from(14);
    re_signed(&log, (13, 13), "log.opened is the first entry");
}

#[test]
fn an_entry_that_is_not_canonical_json_is_signed() {
    let changes: [(&str, &str, &str); 4] = [
        ("\"v\":1", "\"v\": 1", "not canonical JSON"),
        ("\"v\":1", "\"v\":1.0", "not canonical JSON"),
        ("{\"actor\"", "{\"actor\":{\"id\":\"system\",\"role\":\"system\"},\"actor\"", "not canonical JSON"),
        ("changning", "ch\\u0061ngning", "not canonical JSON"),
    ];
    for (from, to, words) in changes {
        let mut log = story();
        let text = String::from_utf8(log.entries[17].clone()).unwrap();
        log.entries[17] = text.replacen(from, to, 1).into_bytes();
        log.chain_from(18);
        re_signed(&log, (17, 17), words);
    }
}

#[test]
fn an_entry_that_the_schema_does_not_know_is_signed() {
    let changes: [(&str, &str, &str); 5] = [
        ("{\"actor\"", "{\"acquitted\":true,\"actor\"", "unknown field"),
        ("\"v\":1", "\"v\":2", "unknown entry version 2"),
        ("\"note\":", "\"notes\":", "unknown field"),
        ("500.00", "500.0", "an amount is"),
        ("\"subjects\":[\"dlv_", "\"subjects\":[\"pay_", "the subjects are not"),
    ];
    for (from, to, words) in changes {
        let mut log = story();
        let position = log.find("delivery.recorded");
        let text = String::from_utf8(log.entries[position].clone()).unwrap();
        assert!(text.contains(from), "{text}");
        log.entries[position] = text.replacen(from, to, 1).into_bytes();
        log.chain_from(position + 1);
        re_signed(&log, (position, position), words);
    }
}

#[test]
fn a_head_that_nobody_known_has_signed_decides_nothing() {
    let log = story();
    let folder = published(&log);
    let other = super::log::signing_key(9);
    let mut note = super::log::signed(log.entries.len() as u64, log.root());
    note = ticun::log::note::Note::unsigned(note.text().to_owned()).unwrap();
    note.sign(&super::log::origin(), &other);
    write(folder.path(), "checkpoint", &note.to_string());
    caught(folder.path(), &[], (0, 0), "has not signed the checkpoint");
    let key = super::log::key().to_string();
    undecided(folder.path(), &["--key", &key], "no known key has signed");
}

#[test]
fn what_is_missing_or_no_log_at_all_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    undecided(folder.path(), &[], "checkpoint is missing");
    write(folder.path(), "checkpoint", "no note\n");
    undecided(folder.path(), &[], "a note is");
    write(folder.path(), "checkpoint", &signed(0, ticun::log::tree::EMPTY_ROOT).to_string());
    undecided(folder.path(), &[], "the log is empty");
    let key = super::log::key().to_string();
    let verdict = good(folder.path(), &["--key", &key, "--replay"]);
    assert_eq!((&verdict["size"], &verdict["first_at"]), (&0.into(), &serde_json::Value::Null));
}
