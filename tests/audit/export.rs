//! The export: from a database into a folder that verifies, continued later, and careful with what is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use ticun::domain::digest::Digest;
use ticun::domain::id::RequestId;
use ticun::domain::name::Name;
use ticun::ledger::entry::Entry;
use ticun::ledger::office::{self, Opening};
use ticun::log::chain;
use ticun::store::checkpoints::{StoredCheckpoint, StoredCosignature};
use ticun::store::entries::StoredEntry;
use ticun::store::{Connection, checkpoints, dialect, entries, pile};

use super::log::{Log, ORIGIN, at, cosigned, key, policy, signed};
use super::run::{Said, good, ticun};
use super::story::long;

/// A database that holds a log, and a folder to export to.
struct Office {
    folder: TempDir,
    connection: Connection,
    log: Log,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = super::database::url_in(folder.path());
        let mut connection = dialect::open_writer(&url).unwrap();
        dialect::migrate(&mut connection).unwrap();
        let opening = Opening {
            name: Name::parse("changning").unwrap(),
            origin: ORIGIN.to_owned(),
            key: Some(key().to_string()),
            mode: "live".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            rule_packs: BTreeMap::new(),
            predecessor: None,
            at: at(0),
            request: RequestId::from_bits(1),
        };
        office::create(&mut connection, &opening).unwrap();
        let opened = entries::at(&mut connection, "changning", 0).unwrap().unwrap();
        Self { folder, connection, log: Log { entries: vec![opened.bytes] } }
    }

    /// Writes entries as the service would, until there are so many.
    fn grow(&mut self, count: usize) {
        let mut whole = long(count);
        whole.entries.truncate(count);
        whole.entries[0] = self.log.entries[0].clone();
        whole.chain_from(1);
        for (position, bytes) in whole.entries.iter().enumerate().skip(self.log.entries.len()) {
            let entry = Entry::parse(bytes).unwrap();
            let stored = StoredEntry {
                position: position as u64,
                at: entry.at,
                kind: entry.fact.event.kind().to_owned(),
                leaf: Digest::from_bytes(chain::leaf(bytes)),
                contract_prev: None,
                merchant: None,
                bytes: bytes.clone(),
            };
            pile::write(&mut self.connection, "changning", |pile| entries::append(pile, &[stored])).unwrap();
        }
        self.log = whole;
    }

    fn sign(&mut self) {
        self.record(self.log.signed().to_string(), self.log.root());
    }

    fn record(&mut self, note: String, root: [u8; 32]) {
        let size = self.log.entries.len() as u64;
        let stored = StoredCheckpoint { size, root, note, signed_at: at(0), fence: 1 };
        checkpoints::record(&mut self.connection, "changning", &stored).unwrap();
    }

    fn out(&self) -> std::path::PathBuf {
        self.folder.path().join("out")
    }

    fn export(&self, further: &[&str]) -> Said {
        let (out, data) = (self.out(), self.folder.path());
        let url = super::database::url_in(data);
        let mut args = vec!["audit", "export", out.to_str().unwrap(), "--data", data.to_str().unwrap(), "--json"];
        args.extend(["--database", &url]);
        args.extend(further);
        ticun(&args)
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// What the files of a log must be.
fn expected(log: &Log) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    files(folder.path())
}

#[test]
fn a_log_whose_head_is_not_signed_is_not_exported() {
    let office = Office::new();
    let said = office.export(&[]);
    assert_eq!((said.code, said.complaint.contains("no head of this log is signed yet")), (1, true), "{said:?}");
    assert!(!office.out().exists());
}

#[test]
fn an_export_is_exactly_the_files_of_the_log_and_is_continued() {
    let mut office = Office::new();
    for (before, size) in [(0, 1), (1, 200), (200, 256), (256, 300), (300, 512), (512, 777), (777, 1300)] {
        office.grow(size);
        office.sign();
        let said = office.export(&["--office", "changning"]);
        assert_eq!((said.code, &said.json()["new"]), (0, &(size - before).into()), "{said:?}");
        let (found, wanted) = (files(&office.out()), expected(&office.log));
        let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&wanted), "{size}");
        assert!(found == wanted, "{size}: the same files hold the same bytes");
        assert_eq!(good(&office.out(), &[])["size"], size);
        let again = office.export(&[]);
        assert_eq!((again.code, &again.json()["new"]), (0, &0.into()), "{again:?}");
    }
    good(&office.out(), &["--replay"]);
}

#[test]
fn witnesses_and_policy_come_along() {
    let mut office = Office::new();
    office.grow(40);
    office.sign();
    let note = cosigned(&office.log.signed(), 2, 1_800_000_000).to_string();
    let line = note.lines().last().unwrap().to_owned();
    let stored = StoredCosignature { size: 40, witness: "witness.example/2".to_owned(), line, cosigned_at: at(0) };
    checkpoints::record_cosignature(&mut office.connection, "changning", &stored).unwrap();
    let file = office.folder.path().join("policy").to_str().unwrap().to_owned();
    fs::write(&file, policy(&[2])).unwrap();
    assert_eq!(office.export(&["--policy", &file]).code, 0);
    assert_eq!(fs::read_to_string(office.out().join("checkpoint")).unwrap(), note);
    let inside = office.out().join("policy").to_str().unwrap().to_owned();
    let verdict = good(&office.out(), &["--policy", &inside]);
    assert_eq!(verdict["cosigned"][0], serde_json::json!({"witness": "w2", "at": "2027-01-15T08:00:00.000000Z"}));
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let mut office = Office::new();
    office.grow(30);
    office.sign();
    fs::create_dir(office.out()).unwrap();
    fs::write(office.out().join("letter"), "to my wife").unwrap();
    let said = office.export(&[]);
    assert_eq!((said.code, said.complaint.contains("is not empty")), (1, true), "{said:?}");
    assert_eq!(files(&office.out()).len(), 1);
    // Neither is a newer export, or one whose tiles were changed, written over.
    fs::remove_file(office.out().join("letter")).unwrap();
    long(600).publish(&office.out());
    let said = office.export(&[]);
    assert_eq!((said.code, said.complaint.contains("newer, or of another log")), (1, true), "{said:?}");
}

#[test]
fn an_export_broken_off_before_its_checkpoint_begins_again() {
    let mut office = Office::new();
    office.grow(600);
    office.sign();
    assert_eq!(office.export(&[]).code, 0);
    fs::remove_file(office.out().join("checkpoint")).unwrap();
    fs::write(office.out().join("tile/0/001"), "half").unwrap();
    assert_eq!(office.export(&[]).code, 0);
    assert!(files(&office.out()) == expected(&office.log));
}

#[test]
fn a_database_that_does_not_hold_what_was_signed_is_told_and_not_exported() {
    let mut office = Office::new();
    office.grow(30);
    let mut other = office.log.clone();
    other.edit(20, |value| value["request"] = "req_00000000000000000000000zzz".into());
    office.record(signed(30, other.root()).to_string(), other.root());
    let said = office.export(&[]);
    assert_eq!((said.code, &said.json()["position"]), (2, &0.into()), "{said:?}");
    assert!(!office.out().join("checkpoint").exists());
    let longer = signed(31, other.root()).to_string();
    let stored = StoredCheckpoint { size: 31, root: other.root(), note: longer, signed_at: at(0), fence: 1 };
    checkpoints::record(&mut office.connection, "changning", &stored).unwrap();
    let said = office.export(&[]);
    assert_eq!((said.code, &said.json()["position"]), (2, &30.into()), "{said:?}");
}
