//! A log whose key was changed: whoever knows the old key, the new one, an older head or nothing at all verifies it; and
//! whoever signs with a key that must not is caught.

use tempfile::TempDir;
use ticun::domain::actor::Actor;
use ticun::domain::event::{Fact, LogKeyAdded, LogKeyRetired};
use ticun::log::note::Note;

use super::log::{Log, key_of, signed_by, write};
use super::run::{caught, good, undecided, verify};
use super::story::{opened, user};

/// A log of the first key, to which the second one was added; then the first one was retired. Answers the positions of
/// both entries.
fn rotated() -> (Log, usize, usize) {
    let mut log = opened();
    let added = log.push(5, Actor::System, Fact::plain(LogKeyAdded { key: key_of(2).to_string() }));
    register(&mut log, 5, 100, 20);
    let retired = log.push(6, Actor::System, Fact::plain(LogKeyRetired { key: key_of(1).to_string() }));
    register(&mut log, 7, 200, 300);
    (log, added as usize, retired as usize)
}

fn register(log: &mut Log, hour: i64, from: u128, count: u128) {
    use ticun::domain::event::UserRegistered;
    use ticun::domain::objects::Role;
    for number in from..from + count {
        let user = user(number, Role::Operator).user().unwrap();
        let registered = UserRegistered { party: None, profile: None, role: Role::Operator, user };
        log.push(hour, Actor::System, Fact::plain(registered));
    }
}

fn first(log: &Log, count: usize) -> Log {
    Log { entries: log.entries[..count].to_vec() }
}

fn head(log: &Log, seeds: &[u8]) -> Note {
    signed_by(log.entries.len() as u64, log.root(), seeds)
}

/// A folder with the log, its head signed by the keys of these seeds.
fn published(log: &Log, seeds: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    write(folder.path(), "checkpoint", &head(log, seeds).to_string());
    folder
}

/// Adds the head with which the first key was retired.
fn hand_over(folder: &TempDir, log: &Log, retired: usize) {
    std::fs::create_dir_all(folder.path().join("handover")).unwrap();
    write(folder.path(), "handover/0", &head(&first(log, retired), &[1, 2]).to_string());
}

fn key_argument(seed: u8) -> [String; 2] {
    ["--key".to_owned(), key_of(seed).to_string()]
}

#[track_caller]
fn good_with(folder: &TempDir, seed: u8) -> serde_json::Value {
    let [flag, key] = key_argument(seed);
    good(folder.path(), &[&flag, &key, "--replay"])
}

#[test]
fn both_keys_sign_while_both_are_in_force() {
    let (log, added, retired) = rotated();
    let before = first(&log, added);
    assert_eq!(good_with(&published(&before, &[1]), 1)["keys"].as_array().unwrap().len(), 1);
    let overlap = published(&first(&log, retired), &[1, 2]);
    for seed in [1, 2] {
        let verdict = good_with(&overlap, seed);
        let signed: Vec<_> = verdict["keys"].as_array().unwrap().iter().map(|key| key["has_signed"].clone()).collect();
        assert_eq!(signed, [true, true]);
    }
    good(overlap.path(), &["--replay"]);
}

#[test]
fn whoever_knows_either_key_or_none_verifies_the_log_after_the_change() {
    let (log, added, retired) = rotated();
    let folder = published(&log, &[2]);
    hand_over(&folder, &log, retired);
    assert_eq!(good_with(&folder, 2)["key_from"], "policy");
    let verdict = good_with(&folder, 1);
    assert_eq!((&verdict["key_from"], &verdict["key"]), (&"handover".into(), &key_of(2).to_string().into()));
    assert_eq!(verdict["keys"][0]["retired_at_position"], retired);
    assert_eq!(verdict["keys"][1]["added_at_position"], added);
    assert_eq!(good(folder.path(), &["--replay"])["key_from"], "handover");
}

#[test]
fn without_a_handover_an_old_key_decides_nothing() {
    let (log, added, retired) = rotated();
    let folder = published(&log, &[2]);
    let [flag, old] = key_argument(1);
    undecided(folder.path(), &[&flag, &old], "no handover leads from a believed key");
    undecided(folder.path(), &[], "no handover leads from a believed key");
    good_with(&folder, 2);
    // A head that the old key signed before it knew of the new one hands nothing over, nor does one that it has not
    // signed, nor one of another log.
    std::fs::create_dir(folder.path().join("handover")).unwrap();
    let other = {
        let mut other = first(&log, retired);
        other.entries.swap(20, 21);
        other
    };
    for note in [head(&first(&log, added), &[1]), head(&first(&log, retired), &[2]), head(&other, &[1])] {
        write(folder.path(), "handover/0", &note.to_string());
        undecided(folder.path(), &[&flag, &old], "no handover leads from a believed key");
    }
    hand_over(&folder, &log, retired);
    good_with(&folder, 1);
}

#[test]
fn a_head_saved_before_the_change_is_still_good_to_compare_with() {
    let (log, added, retired) = rotated();
    let saved = tempfile::tempdir().unwrap();
    let state = saved.path().join("state").to_str().unwrap().to_owned();
    for (log, seeds) in [(first(&log, added), &[1][..]), (first(&log, retired), &[1, 2])] {
        good(published(&log, seeds).path(), &["--state", &state]);
    }
    let folder = published(&log, &[2]);
    hand_over(&folder, &log, retired);
    let verdict = good(folder.path(), &["--state", &state]);
    assert_eq!(verdict["known_size"], retired);
    // From now on the new key is the one that is known.
    assert_eq!(good(folder.path(), &["--state", &state])["key_from"], "first_entry");
    assert!(std::fs::read_to_string(&state).unwrap().contains(&key_of(2).to_string()));
    // A plain note of the old key is the log's own word, too, for somebody who knows only the new one.
    write(saved.path(), "state", &head(&first(&log, added), &[1]).to_string());
    let [flag, new] = key_argument(2);
    assert_eq!(good(folder.path(), &["--state", &state, &flag, &new])["known_size"], added);
    let mut other = log.clone();
    other.edit(5, |value| value["request"] = "req_00000000000000000000000zzz".into());
    other.chain_from(6);
    write(saved.path(), "state", &head(&first(&log, added), &[1]).to_string());
    let rewritten = published(&other, &[2]);
    caught(rewritten.path(), &["--state", &state, &flag, &new], (0, added - 1), "when the saved head was signed");
}

#[test]
fn a_stranger_cannot_take_over_a_log_by_naming_a_key_of_their_own() {
    let (log, added, _) = rotated();
    let saved = tempfile::tempdir().unwrap();
    let state = saved.path().join("state").to_str().unwrap().to_owned();
    good(published(&first(&log, added), &[1]).path(), &["--state", &state]);
    let mut forged = first(&log, added);
    forged.push(5, Actor::System, Fact::plain(LogKeyAdded { key: key_of(9).to_string() }));
    let retired = forged.push(6, Actor::System, Fact::plain(LogKeyRetired { key: key_of(1).to_string() }));
    let folder = published(&forged, &[9]);
    std::fs::create_dir(folder.path().join("handover")).unwrap();
    write(folder.path(), "handover/0", &head(&first(&forged, retired as usize), &[9]).to_string());
    undecided(folder.path(), &["--state", &state], "no handover leads from a believed key");
}

#[test]
fn a_signature_that_is_missing_decides_nothing() {
    let (log, _, retired) = rotated();
    let overlap = first(&log, retired);
    let [flag, old] = key_argument(1);
    undecided(published(&overlap, &[1]).path(), &[&flag, &old], "lacks the signature of");
    undecided(published(&overlap, &[1]).path(), &[], "lacks the signature of");
    let [_, new] = key_argument(2);
    undecided(published(&overlap, &[2]).path(), &[&flag, &new], "lacks the signature of");
}

#[test]
fn a_key_that_signs_and_was_never_added_is_caught() {
    let log = first(&rotated().0, 40);
    let [flag, never] = key_argument(7);
    let said = verify(published(&log, &[7]).path(), &[&flag, &never]);
    assert_eq!((said.code, said.out.contains("no entry of the log names")), (2, true), "{said:?}");
    // Without that key nobody can tell whose signature it is, only that it is not the log's.
    let said = verify(published(&first(&log, 5), &[7]).path(), &[]);
    assert_eq!((said.code, said.out.contains("has not signed the checkpoint")), (2, true), "{said:?}");
}

#[test]
fn a_retired_key_that_goes_on_signing_is_caught_or_ignored() {
    let (log, _, retired) = rotated();
    let [flag, old] = key_argument(1);
    let folder = published(&log, &[1]);
    caught(folder.path(), &[&flag, &old], (retired, retired), "retires the key that has signed");
    caught(folder.path(), &[], (retired, retired), "retires the key that has signed");
    // Beside the signature of a key in force it counts for nothing, and is told.
    let folder = published(&log, &[1, 2]);
    let verdict = good_with(&folder, 2);
    assert_eq!((&verdict["keys"][0]["has_signed"], &verdict["keys"][1]["has_signed"]), (&true.into(), &true.into()));
    let said = super::run::ticun(&["audit", "verify", folder.path().to_str().unwrap()]);
    assert!(said.out.contains("has signed all the same, which counts for nothing"), "{said:?}");
}

#[test]
fn entries_about_keys_that_no_honest_log_has_are_caught() {
    let other_name = key_of(2).to_string().replace("notary.example", "other.example");
    let added = |key: String| Fact::plain(LogKeyAdded { key });
    let retired = |seed: u8| Fact::plain(LogKeyRetired { key: key_of(seed).to_string() });
    let cases = [
        (added("no key".to_owned()), "its verifier key is none"),
        (added(other_name), "its verifier key is none"),
        (added(key_of(1).to_string()), "has named before"),
        (retired(1), "retires the last key"),
        (retired(2), "is not in force"),
    ];
    for (fact, words) in cases {
        let mut log = opened();
        let position = log.push(5, Actor::System, fact) as usize;
        caught(published(&log, &[1]).path(), &[], (position, position), words);
    }
}

#[test]
fn two_histories_of_one_key_are_caught_by_the_handover() {
    let (log, _, retired) = rotated();
    let mut other = log.clone();
    other.edit(15, |value| value["request"] = "req_00000000000000000000000zzz".into());
    other.chain_from(16);
    let folder = published(&log, &[2]);
    hand_over(&folder, &other, retired);
    let [flag, new] = key_argument(2);
    caught(folder.path(), &[&flag, &new], (0, retired - 1), "when a key was retired");
}
