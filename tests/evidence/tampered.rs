//! Whatever is changed in the file is found, and the place is named.

use ticun::log::canonical::canonicalize;
use ticun::log::key::VerifierKey;

use super::files::{Files, Said};
use super::story::{ended, evidence};
use super::support::World;

#[track_caller]
fn refuted(files: &Files, place: &str, words: &str) -> Said {
    let said = files.audited(&["--json"]);
    let verdict = said.json();
    assert_eq!((said.code, verdict["place"].as_str()), (2, Some(place)), "{said:?}");
    assert!(verdict["reason"].as_str().is_some_and(|reason| reason.contains(words)), "{said:?}");
    said
}

#[track_caller]
fn undecided(files: &Files, place: &str, words: &str) {
    let said = files.audited(&["--json"]);
    let verdict = said.json();
    assert_eq!((said.code, verdict["place"].as_str()), (1, Some(place)), "{said:?}");
    assert!(verdict["reason"].as_str().is_some_and(|reason| reason.contains(words)), "{said:?}");
}

/// A file with its first occurrence of some words replaced.
fn edited(files: &Files, name: &str, from: &str, to: &str) -> Files {
    assert!(files.text(name).contains(from), "{from} stands in {name}");
    files.with(name, files.text(name).replacen(from, to, 1))
}

#[actix_web::test]
async fn a_change_of_any_file_is_found() {
    let world = World::start().await;
    let contract = ended(&world).await;
    let files = evidence(&world, "notary1", &contract).await;
    assert_eq!(files.clone().listed().audited(&[]).code, 0, "packing it anew changes nothing");
    // Whoever does not know about the lists.
    for name in files.names().into_iter().filter(|name| !["SHA256SUMS", "manifest.json"].contains(name)) {
        let mut content = files.get(name).to_vec();
        content.push(b'\n');
        let said = files.with(name, content).audited(&["--json"]);
        assert_eq!((said.code, said.json()["place"].as_str()), (2, Some(name)), "{said:?}");
        let said = files.without(name).audited(&["--json"]);
        assert_eq!((said.code, said.json()["place"].as_str()), (1, Some(name)), "{said:?}");
    }
    refuted(&edited(&files, "SHA256SUMS", "  terms.json", "  terms2.json"), "SHA256SUMS", "what the manifest says");
    let mut more = files.clone();
    more.0.push(("note.txt".to_owned(), b"trust me".to_vec()));
    refuted(&more, "note.txt", "does not list it");
    refuted(&more.listed(), "note.txt", "nothing vouches for it");
    let said = Files(vec![("letter".to_owned(), Vec::new())]).audited(&["--json"]);
    assert_eq!((said.code, said.json()["place"].as_str()), (1, Some("manifest.json")), "{said:?}");
}

#[actix_web::test]
async fn lists_made_anew_do_not_help_whoever_changed_something() {
    let world = World::start().await;
    let contract = ended(&world).await;
    let files = evidence(&world, "notary1", &contract).await;
    let find = |kind: &str| {
        let found = files.below("entries/").into_iter().find(|name| files.json(name)["kind"] == kind);
        let name = found.expect("such an entry").to_owned();
        let receipt = name.replace("entries/", "receipts/").replace(".json", ".tlog-proof");
        (name, receipt)
    };
    let (recorded, receipt) = find("delivery.recorded");
    let mut value = files.json(&recorded);
    value["data"]["amount"] = "33.34".into();
    let forged = files.with(&recorded, canonicalize(&value).unwrap()).listed();
    refuted(&forged, &recorded, "not entry");
    let (confirmed, other) = find("delivery.confirmed");
    refuted(&files.with(&receipt, files.get(&other)).listed(), &receipt, "another entry");
    undecided(&files.without(&receipt).listed(), &receipt, "missing");
    // An entry left out changes the result, and with all that belongs to it can leave money unexplained.
    refuted(&files.without(&confirmed).without(&other).listed(), "result.json", "does not say");
    let mut left_out = files.without(&recorded).without(&receipt);
    let of_it = recorded.replace("entries/", "texts/").replace(".json", "-");
    left_out.0.retain(|(name, _)| !name.starts_with(&of_it));
    undecided(&left_out.listed(), "entries/", "does not add up");
    let size = files.json("result.json")["log"]["size"].as_u64().expect("a size");
    let grown = edited(&files, "checkpoint", &format!("\n{size}\n"), &format!("\n{}\n", size + 1));
    refuted(&grown.listed(), "checkpoint", "does not fit");
    undecided(&edited(&files, "checkpoint", "\n\n", "1\n\n").listed(), "checkpoint", "root");
    refuted(&edited(&files, "terms.json", "2000.00", "1000.00").listed(), "terms.json", "not the terms");
    let note = *files.below("texts/").iter().find(|name| name.ends_with("-note.txt")).expect("a note");
    refuted(&files.with(note, "我们从未见过他").listed(), note, "commits to");
    let salt = note.replace(".txt", ".salt");
    refuted(&files.with(&salt, vec![0; 32]).listed(), note, "commits to");
    refuted(&edited(&files, "result.json", "2000.00", "9000.00").listed(), "result.json", "does not say");
    refuted(&edited(&files, "result.html", "2000.00", "9000.00").listed(), "result.html", "does not say");
    refuted(&edited(&files, "HOW-TO-CHECK.txt", "openssl", "trust-me").listed(), "HOW-TO-CHECK.txt", "does not say");
    let newer = edited(&files, "manifest.json", "ticun 0", "ticun 9");
    undecided(&edited(&newer, "result.html", "2000.00", "9000.00").listed(), "result.html", "ticun 9");
}

#[actix_web::test]
async fn a_key_from_elsewhere_decides_whose_evidence_it_is() {
    let (world, other) = (World::start().await, World::start().await);
    let contract = ended(&world).await;
    let files = evidence(&world, "consumer1", &contract).await;
    let strange = evidence(&other, "notary1", &ended(&other).await).await;
    let key = VerifierKey::parse(strange.text("log.key").trim_end()).unwrap().to_string();
    let said = files.audited(&["--key", &key]);
    assert_eq!((said.code, said.complaint.contains("checkpoint")), (1, true), "{said:?}");
    // The log's own key beside somebody else's head.
    let mixed = files.with("log.key", strange.get("log.key")).listed();
    let said = mixed.audited(&["--json"]);
    assert_eq!((said.code, said.json()["place"].as_str()), (1, Some("checkpoint")), "{said:?}");
    let said = super::files::ticun(&["audit", "evidence", "/nowhere/evidence.zip"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!(super::files::ticun(&["audit", "evidence"]).code, 64);
}
