//! Receipts in words.

use std::convert::Infallible;
use std::fs;

use tempfile::TempDir;
use ticun::log::chain;
use ticun::log::proof::TlogProof;
use ticun::log::tile::{Tile, TileNodes, Tiles};
use ticun::log::tree::inclusion;

use super::log::{Log, cosigned, key, policy, write};
use super::run::{Said, ticun};
use super::story::story;

struct Files(TempDir);

impl Tiles for &Files {
    type Error = Infallible;

    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, Infallible> {
        Ok(fs::read(self.0.path().join(tile.to_string())).unwrap())
    }
}

/// A folder with a receipt for an entry of a log, cosigned by a witness, and the entry's bytes.
fn receipt(log: &Log, position: usize) -> Files {
    let files = Files(tempfile::tempdir().unwrap());
    log.publish(files.0.path());
    let size = log.entries.len() as u64;
    let hashes = inclusion(position as u64, size, &mut TileNodes::new(&files, size)).unwrap();
    let checkpoint = cosigned(&log.signed(), 2, 1_800_000_000);
    let proof = TlogProof { extra: Vec::new(), index: position as u64, hashes, checkpoint };
    write(files.0.path(), "receipt", &proof.to_string());
    fs::write(files.0.path().join("entry"), &log.entries[position]).unwrap();
    write(files.0.path(), "w2", &policy(&[2]));
    write(files.0.path(), "w3", &policy(&[2, 3]));
    files
}

fn ask(files: &Files, args: &[&str]) -> Said {
    let path = |name: &str| files.0.path().join(name).to_str().unwrap().to_owned();
    let mut all = vec!["audit".to_owned(), "receipt".to_owned(), path("receipt")];
    let file = |arg: &&str| if arg.starts_with("--") || arg.contains('+') { (*arg).to_owned() } else { path(arg) };
    all.extend(args.iter().map(file));
    ticun(&all)
}

#[test]
fn a_receipt_says_what_it_proves() {
    let log = story();
    let position = log.find("settlement.released");
    let files = receipt(&log, position);
    let said = ask(&files, &["--entry", "entry", "--policy", "w2"]);
    assert_eq!(said.code, 0, "{said:?}");
    for words in [
        &format!("Entry {position} of notary.example/log/changning is this: settlement.released"),
        "a log of 35 entries",
        "w2 has seen that log, and none that contradicts it, at 2027-01-15T08:00:00.000000Z",
        "existed by 2027-01-15T08:00:00.000000Z at the latest",
        "/payout 1000.00",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    let said = ask(&files, &["--entry", "entry", "--key", &key().to_string(), "--json"]);
    assert_eq!((said.code, &said.json()["position"]), (0, &position.into()), "{said:?}");
}

#[test]
fn without_key_entry_or_witnesses_nothing_is_decided() {
    let log = story();
    let files = receipt(&log, 5);
    for (args, words) in [
        (&["--entry", "entry"][..], "give the log's with --key"),
        (&["--policy", "w2"], "give those of entry 5"),
        (&["--entry", "entry", "--policy", "w3"], "not as many witnesses"),
    ] {
        let said = ask(&files, args);
        assert_eq!((said.code, said.complaint.contains(words)), (1, true), "{said:?}");
    }
}

#[test]
fn other_bytes_another_place_and_a_forged_head_are_refuted() {
    let log = story();
    let entry = ["--entry", "entry", "--policy", "w2"];
    let files = receipt(&log, 5);
    fs::write(files.0.path().join("entry"), &log.entries[6]).unwrap();
    let said = ask(&files, &entry);
    assert_eq!((said.code, said.complaint.contains("not entry 5 of the signed log")), (2, true), "{said:?}");
    let files = receipt(&log, 5);
    let text = fs::read_to_string(files.0.path().join("receipt")).unwrap();
    write(files.0.path(), "receipt", &text.replace("\n35\n", "\n36\n"));
    let said = ask(&files, &entry);
    assert_eq!((said.code, said.complaint.contains("does not fit")), (2, true), "{said:?}");
    let mut moved = log.clone();
    moved.entries.swap(5, 6);
    assert_ne!(chain::leaf(&moved.entries[5]), chain::leaf(&log.entries[5]));
    let said = ask(&receipt(&moved, 5), &entry);
    assert_eq!((said.code, said.complaint.contains("says that it is entry 6")), (2, true), "{said:?}");
}
