//! Two heads against each other: the one known before and the one shown now. And how old a head may be.

use std::fs;

use tempfile::TempDir;
use ticun::ledger::clock::wall;

use super::log::{Log, cosigned, policy, write};
use super::run::{caught, good, ticun, undecided};
use super::story::{long, story};

fn published(log: &Log) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    folder
}

/// A folder with a state that knows this log.
fn knowing(log: &Log) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state").to_str().unwrap().to_owned();
    good(published(log).path(), &["--state", &state]);
    (folder, state)
}

fn first(log: &Log, count: usize) -> Log {
    Log { entries: log.entries[..count].to_vec() }
}

fn now_s() -> u64 {
    u64::try_from(wall().micros() / 1_000_000).unwrap()
}

#[test]
fn a_log_that_has_grown_is_consistent_with_the_saved_head() {
    let log = long(700);
    let (_folder, state) = knowing(&first(&log, 300));
    let size = log.entries.len();
    assert_eq!(good(published(&log).path(), &["--state", &state])["known_size"], 300);
    assert_eq!(good(published(&log).path(), &["--state", &state])["known_size"], size);
}

#[test]
fn everything_is_rewritten_and_signed_anew_with_the_real_key() {
    let log = long(700);
    let (folder, state) = knowing(&first(&log, 600));
    let before = fs::read_to_string(&state).unwrap();
    // 600 entries are complete trees of 512, 64, 16 and 8: the saved head tells in which of them it is.
    for (position, entries) in [(20, (0, 511)), (520, (512, 575)), (599, (592, 599))] {
        let mut changed = log.clone();
        changed.edit(position, |value| value["request"] = "req_00000000000000000000000zzz".into());
        changed.chain_from(position + 1);
        let published = published(&changed);
        good(published.path(), &["--replay"]);
        let verdict = caught(published.path(), &["--state", &state], entries, "when the saved head was signed");
        // Both heads are there to be shown to anybody, each signed by the log's own key.
        assert_eq!(verdict["notes"].as_array().unwrap().len(), 2);
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("state.known"), first(&log, 600).signed().to_string());
        assert_eq!(read("state.shown"), changed.signed().to_string());
        assert_eq!(fs::read_to_string(&state).unwrap(), before, "a conflict does not change what is known");
    }
}

#[test]
fn two_people_are_shown_two_views() {
    let log = story();
    let mut other = log.clone();
    let last = log.entries.len() - 1;
    other.edit(last, |value| value["request"] = "req_00000000000000000000000zzz".into());
    let (ours, theirs) = (published(&log), published(&other));
    good(ours.path(), &["--replay"]);
    good(theirs.path(), &["--replay"]);
    // A signed checkpoint as any tool saves it is enough to compare, and names no part.
    let saved = tempfile::tempdir().unwrap();
    let state = saved.path().join("checkpoint").to_str().unwrap().to_owned();
    fs::copy(theirs.path().join("checkpoint"), &state).unwrap();
    caught(ours.path(), &["--state", &state], (0, last), "when the saved head was signed");
    let shown = fs::read_to_string(saved.path().join("checkpoint.shown")).unwrap();
    assert_eq!(shown, log.signed().to_string());
}

#[test]
fn the_tail_is_cut_and_the_shorter_log_is_signed() {
    let log = story();
    let size = log.entries.len();
    let (_folder, state) = knowing(&log);
    let shorter = published(&first(&log, size - 3));
    good(shorter.path(), &["--replay"]);
    caught(shorter.path(), &["--state", &state], (size - 3, size - 1), "now the log ends here");
}

#[test]
fn a_saved_head_of_another_log_or_signer_decides_nothing() {
    let log = story();
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state").to_str().unwrap().to_owned();
    let note = log.signed().to_string();
    write(folder.path(), "state", &note.replace("notary.example", "other.example"));
    undecided(published(&log).path(), &["--state", &state], "the saved head is one of other.example/log/changning");
    let (text, _) = note.split_once("\n\n").unwrap();
    let stranger = super::log::cosigned(&log.signed(), 5, 1).to_string();
    let line = stranger.lines().last().unwrap();
    write(folder.path(), "state", &format!("{text}\n\n{line}\n"));
    undecided(published(&log).path(), &["--state", &state], "is not signed by this log's key");
    write(folder.path(), "state", "anything\n");
    let said = ticun(&["audit", "verify", published(&log).path().to_str().unwrap(), "--state", &state]);
    assert_eq!((said.code, said.complaint.contains("state")), (1, true), "{said:?}");
}

#[test]
fn the_key_is_changed_in_the_first_entry() {
    let log = story();
    let (_folder, state) = knowing(&log);
    let mut changed = log.clone();
    let other = super::log::signing_key(7);
    let key = other.verifier_key(super::log::origin(), ticun::log::key::Algorithm::Ed25519);
    changed.edit(0, |value| value["data"]["key"] = key.to_string().into());
    changed.chain_from(1);
    let folder = published(&changed);
    let signed = changed.signed();
    let mut note = ticun::log::note::Note::unsigned(signed.text().to_owned()).unwrap();
    note.sign(&super::log::origin(), &other);
    write(folder.path(), "checkpoint", &note.to_string());
    good(folder.path(), &[]);
    caught(folder.path(), &["--state", &state], (0, 0), "another key");
}

#[test]
fn a_log_frozen_at_an_old_view_is_too_old() {
    let log = story();
    let folder = published(&log);
    let now = now_s();
    let old = cosigned(&cosigned(&log.signed(), 2, now - 7200), 3, now - 100);
    write(folder.path(), "checkpoint", &old.to_string());
    write(folder.path(), "both", &policy(&[2, 3]));
    write(folder.path(), "newer", &policy(&[3]));
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (both, newer) = (file("both"), file("newer"));
    assert_eq!(good(folder.path(), &["--policy", &both, "--max-age", "3h"])["cosigned"].as_array().unwrap().len(), 2);
    undecided(folder.path(), &["--policy", &both, "--max-age", "1h"], "seconds old");
    good(folder.path(), &["--policy", &newer, "--max-age", "1h"]);
    undecided(folder.path(), &["--policy", &newer, "--max-age", "60s"], "seconds old");
    // Without a witness nobody has stated a time, and none is made up.
    undecided(folder.path(), &["--max-age", "3650d"], "age is unknown");
}

#[test]
fn witnesses_are_missing_or_their_lines_are_forged() {
    let log = story();
    let folder = published(&log);
    let now = now_s();
    write(folder.path(), "policy", &policy(&[2, 3]));
    let file = folder.path().join("policy").to_str().unwrap().to_owned();
    undecided(folder.path(), &["--policy", &file], "none has");
    write(folder.path(), "checkpoint", &cosigned(&log.signed(), 2, now).to_string());
    undecided(folder.path(), &["--policy", &file], "only w2");
    let other = first(&log, 5).signed();
    let forged = cosigned(&other, 3, now).to_string();
    let line = forged.lines().last().unwrap();
    write(folder.path(), "checkpoint", &format!("{}{line}\n", cosigned(&log.signed(), 2, now)));
    let said = super::run::verify(folder.path(), &["--policy", &file]);
    assert_eq!(said.code, 2, "{said:?}");
    // What is wrong weighs more than what is missing.
    let mut changed = log.clone();
    changed.entries[7].push(b' ');
    changed.chain_from(8);
    changed.publish(folder.path());
    caught(folder.path(), &["--policy", &file], (7, 7), "not canonical");
}

#[test]
fn arguments_without_a_meaning_are_wrong_usage() {
    for args in [
        &["audit", "verify"][..],
        &["audit", "verify", "x", "--max-age", "soon"],
        &["audit", "verify", "x", "--max-age", "-1h"],
        &["audit", "verify", "x", "--key", "abc"],
        &["audit", "prove"],
    ] {
        assert_eq!(ticun(args).code, 64, "{args:?}");
    }
}
