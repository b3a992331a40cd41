//! A log that takes the place of one that was lost: its first entry says of which, and is held against what is known of
//! that one.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use ticun::log::chain;
use ticun::log::checkpoint::Checkpoint;
use ticun::log::key::{KeyName, SigningKey};
use ticun::log::tree::Frontier;
use ticun::store::checkpoints::StoredCheckpoint;
use ticun::store::{checkpoints, dialect, entries};

use super::log::{Log, ORIGIN, at, key, key_of};
use super::run::{Said, caught, good, ticun};
use super::story::story;

const NEW: &str = "second";

fn published(log: &Log) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    folder
}

fn first(log: &Log, count: usize) -> Log {
    Log { entries: log.entries[..count].to_vec() }
}

/// The saved head of a log, as the verifier writes it.
fn state(folder: &Path, name: &str, log: &Log) -> String {
    let state = folder.join(name).to_str().unwrap().to_owned();
    good(published(log).path(), &["--state", &state]);
    state
}

fn create(data: &Path, further: &[&str]) -> Said {
    let data = data.to_str().unwrap();
    let mut args = vec!["office", "create", NEW, "--domain", "notary.example", "--data", data];
    args.extend(further);
    ticun(&args)
}

/// Opens an office that succeeds what is named, signs its head and exports its log.
fn opened(data: &Path, succeeds: &[&str]) -> PathBuf {
    let mut further = vec!["--succeeds"];
    further.extend(succeeds);
    let said = create(data, &further);
    assert_eq!((said.code, said.out.contains("its books begin empty")), (0, true), "{said:?}");
    let url = format!("sqlite://{}", data.join("ticun.db").display());
    let mut connection = dialect::open_writer(&url).unwrap();
    let mut tree = Frontier::new();
    tree.append(chain::leaf(&entries::at(&mut connection, NEW, 0).unwrap().unwrap().bytes));
    let name = KeyName::parse(&format!("notary.example/log/{NEW}")).unwrap();
    let mut note = Checkpoint::new(name.as_str(), 1, tree.root()).unwrap().unsigned().unwrap();
    let private = std::fs::read(data.join(format!("keys/log-{NEW}.pk8"))).unwrap();
    note.sign(&name, &SigningKey::from_pkcs8(&private).unwrap());
    let row = StoredCheckpoint { size: 1, root: tree.root(), note: note.to_string(), signed_at: at(0), fence: 1 };
    checkpoints::record(&mut connection, NEW, &row).unwrap();
    let out = data.join("out");
    let said = ticun(&["audit", "export", out.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    out
}

#[test]
fn a_successor_names_the_last_head_and_the_saved_one_agrees() {
    let (data, saved, log) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), story());
    let last = state(saved.path(), "last", &log);
    let out = opened(data.path(), &[&last]);
    let before = &good(&out, &["--replay"])["predecessor"];
    assert_eq!((&before["origin"], &before["size"]), (&ORIGIN.into(), &log.entries.len().into()));
    assert_eq!(before["key"], key().to_string());
    assert_eq!(before["root"], hex::encode(log.root()));
    let older = state(saved.path(), "older", &first(&log, 20));
    assert_eq!(good(&out, &["--state", &older])["predecessor_known_size"], 20);
    let text = std::fs::read_to_string(&last).unwrap();
    assert_eq!(good(&out, &["--state", &last])["predecessor_known_size"], log.entries.len());
    // Both are known from now on.
    assert_eq!(std::fs::read_to_string(format!("{last}.predecessor")).unwrap(), text);
    assert_eq!(good(&out, &["--state", &last])["known_size"], 1);
    let told = ticun(&["audit", "verify", out.to_str().unwrap()]).out;
    assert!(told.contains(&format!("takes the place of {ORIGIN}")), "{told}");
}

#[test]
fn a_successor_that_leaves_out_what_was_signed_is_caught() {
    let (saved, log) = (tempfile::tempdir().unwrap(), story());
    let size = log.entries.len();
    let (short, last) = (state(saved.path(), "short", &first(&log, size - 3)), state(saved.path(), "last", &log));
    let data = tempfile::tempdir().unwrap();
    let out = opened(data.path(), &[&short]);
    let verdict = caught(&out, &["--state", &last], (0, 0), "was signed with");
    assert_eq!(verdict["notes"].as_array().unwrap().len(), 2);
    let mut other = log.clone();
    other.edit(size - 1, |value| value["request"] = "req_00000000000000000000000zzz".into());
    let other = state(saved.path(), "other", &other);
    let data = tempfile::tempdir().unwrap();
    let out = opened(data.path(), &[&other]);
    caught(&out, &["--state", &last], (0, 0), "another root for the log before it");
}

#[test]
fn what_is_succeeded_may_be_an_export_or_a_checkpoint_whose_key_is_given() {
    let log = story();
    let folder = published(&log);
    let data = tempfile::tempdir().unwrap();
    let out = opened(data.path(), &[folder.path().to_str().unwrap()]);
    assert_eq!(good(&out, &[])["predecessor"]["size"], log.entries.len());
    let note = folder.path().join("checkpoint").to_str().unwrap().to_owned();
    let data = tempfile::tempdir().unwrap();
    let out = opened(data.path(), &[&note, "--succeeds-key", &key().to_string()]);
    assert_eq!(good(&out, &[])["predecessor"]["size"], log.entries.len());

    let data = tempfile::tempdir().unwrap();
    let refused = |further: &[&str], code: i32, words: &str| {
        let said = create(data.path(), further);
        assert_eq!((said.code, said.complaint.contains(words)), (code, true), "{said:?}");
        assert!(!data.path().join("ticun.db").exists(), "nothing is made");
    };
    refused(&["--succeeds", &note], 64, "--succeeds-key");
    refused(&["--succeeds", &note, "--succeeds-key", &key_of(9).to_string()], 1, "no known");
    refused(&["--succeeds", "/nowhere"], 1, "missing");
    refused(&["--succeeds-key", &key().to_string()], 64, "--succeeds");
    let same = ticun(&[
        "office",
        "create",
        "changning",
        "--domain",
        "notary.example",
        "--data",
        data.path().to_str().unwrap(),
        "--succeeds",
        folder.path().to_str().unwrap(),
    ]);
    assert_eq!((same.code, same.complaint.contains("a name of its own")), (64, true), "{same:?}");
}
