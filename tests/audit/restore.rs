//! A database is brought up to its published log: an empty one, an older copy, after any interruption; and nothing is
//! written where the log is not the continuation of what is there.

use std::path::Path;
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection as _;
use tempfile::TempDir;
use ticun::store::{dialect, entries, head};

use super::log::{Log, bundle, signed};
use super::run::{Said, good, ticun};
use super::story::long;

fn published(log: &Log) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    folder
}

fn first(log: &Log, count: usize) -> Log {
    Log { entries: log.entries[..count].to_vec() }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn restore(data: &Path, log: &Path) -> Said {
    ticun(&["backup", "restore", "--from-log", text(log), "--data", text(data), "--json"])
}

#[track_caller]
fn restored(data: &Path, log: &Log, new: usize) {
    let said = restore(data, published(log).path());
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.json()["restored"], new, "{said:?}");
    agrees(data, log);
}

/// The books are good, and every entry is there as it was.
#[track_caller]
fn agrees(data: &Path, log: &Log) {
    let checked = ticun(&["books", "check", "--data", text(data)]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(all_entries(data) == log.entries, "the same bytes");
    let out = tempfile::tempdir().unwrap();
    let exported = ticun(&["audit", "export", text(&out.path().join("out")), "--data", text(data)]);
    assert_eq!(exported.code, 0, "{exported:?}");
    assert_eq!(good(&out.path().join("out"), &["--replay"])["size"], log.entries.len());
}

fn url(data: &Path) -> String {
    format!("sqlite://{}", data.join("ticun.db").display())
}

fn all_entries(data: &Path) -> Vec<Vec<u8>> {
    let mut connection = dialect::open_reader(&url(data)).unwrap();
    let all = entries::from(&mut connection, "changning", 0, i64::MAX).unwrap();
    all.into_iter().map(|entry| entry.bytes).collect()
}

fn count(data: &Path) -> u64 {
    let mut connection = dialect::open_reader(&url(data)).unwrap();
    head::read(&mut connection, "changning").ok().flatten().map_or(0, |head| head.next_position)
}

#[test]
fn an_empty_database_and_an_older_copy_get_what_they_lack() {
    let (data, log) = (tempfile::tempdir().unwrap(), long(1300));
    let size = log.entries.len();
    restored(data.path(), &first(&log, 1), 1);
    restored(data.path(), &first(&log, 300), 299);
    restored(data.path(), &first(&log, 512), 212);
    restored(data.path(), &log, size - 512);
    restored(data.path(), &log, 0);
}

#[test]
fn what_the_log_cannot_give_back_is_said() {
    let (data, log) = (tempfile::tempdir().unwrap(), published(&long(40)));
    let said = ticun(&["backup", "restore", "--from-log", text(log.path()), "--data", text(data.path())]);
    assert_eq!(said.code, 0, "{said:?}");
    for word in ["idempotency keys", "passwords", "bank accounts", "compare it with the key"] {
        assert!(said.out.contains(word), "{word}: {said:?}");
    }
}

#[test]
fn a_log_that_does_not_continue_the_books_changes_nothing() {
    let (data, log) = (tempfile::tempdir().unwrap(), long(600));
    restored(data.path(), &first(&log, 300), 300);
    let refused = |folder: &Path, code: i32, words: &str| {
        let said = restore(data.path(), folder);
        let told = format!("{}{}", said.out, said.complaint);
        assert_eq!((said.code, told.contains(words)), (code, true), "{said:?}");
        assert_eq!(count(data.path()), 300);
    };
    // Rewritten and signed anew.
    let mut other = log.clone();
    other.edit(137, |value| value["request"] = "req_00000000000000000000000zzz".into());
    other.chain_from(138);
    refused(published(&other).path(), 2, "entry 137 of the database is not the one that the log has");
    // Changed without being signed anew.
    let tampered = published(&log);
    let mut changed = log.clone();
    changed.entries[400][60] ^= 1;
    std::fs::write(tampered.path().join("tile/entries/001"), bundle(&changed.entries[256..512])).unwrap();
    refused(tampered.path(), 2, "entry 400");
    refused(published(&first(&log, 200)).path(), 1, "there is nothing to restore");
    refused(&data.path().join("nowhere"), 1, "missing");
    // Signed by somebody else.
    let stranger = published(&log);
    let mut note = ticun::log::note::Note::unsigned(signed(600, log.root()).text().to_owned()).unwrap();
    note.sign(&super::log::origin(), &super::log::signing_key(9));
    super::log::write(stranger.path(), "checkpoint", &note.to_string());
    refused(stranger.path(), 2, "has not signed the checkpoint");
    // Tables that do not follow from the entries would stay wrong.
    let mut connection = dialect::open_writer(&url(data.path())).unwrap();
    connection.batch_execute("UPDATE users SET role = 'notary' WHERE role = 'operator'").unwrap();
    refused(published(&log).path(), 2, "users");
}

#[test]
fn a_restore_that_is_killed_again_and_again_goes_on_where_it_was() {
    let (data, log) = (tempfile::tempdir().unwrap(), long(3000));
    let folder = published(&log);
    let mut kills = 0;
    for _ in 0..4 {
        let before = if data.path().join("ticun.db").exists() { count(data.path()) } else { 0 };
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticun"));
        command.args(["backup", "restore", "--from-log", text(folder.path()), "--data", text(data.path())]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let has_grown = || data.path().join("ticun.db").exists() && count(data.path()) > before;
        while child.try_wait().unwrap().is_none() && !has_grown() {
            std::thread::yield_now();
        }
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
        let checked = ticun(&["books", "check", "--data", text(data.path())]);
        assert_eq!(checked.code, 0, "{checked:?}");
    }
    assert!(kills > 0, "it was killed while it wrote");
    let left = log.entries.len() - count(data.path()) as usize;
    restored(data.path(), &log, left);
}
