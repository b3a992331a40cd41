//! The verifier and timestamps: whom it believes, what a token proves of a log, and what is told apart.

use std::path::Path;

use serde_json::json;
use ticun::log::checkpoint::Checkpoint;

use super::log::{Log, ORIGIN, cosigned, policy, write};
use super::run::{caught, good, ticun, undecided, verify};
use super::story::long;
use super::tsa::{Keys, Tsa};

/// The text that an authority stamps about the first entries of a log.
fn text(log: &Log, size: usize) -> String {
    let first = Log { entries: log.entries[..size].to_vec() };
    Checkpoint::new(ORIGIN, size as u64, first.root()).unwrap().text()
}

fn keep(folder: &Path, name: &str, reply: &[u8]) {
    std::fs::create_dir_all(folder.join("timestamps")).unwrap();
    std::fs::write(folder.join("timestamps").join(name), reply).unwrap();
}

fn believing(tsa: &Tsa) -> String {
    format!("tsa={}", tsa.ca())
}

#[test]
fn tokens_over_the_log_and_over_its_beginnings_are_counted_and_dated() {
    let Some(tsa) = Tsa::new(Keys::Rsa) else { return };
    let (log, folder) = (long(600), tempfile::tempdir().unwrap());
    let size = log.entries.len();
    log.publish(folder.path());
    keep(folder.path(), "1.tsa.tsr", &tsa.stamp_in(2022, &text(&log, 1)));
    keep(folder.path(), "300.tsa.tsr", &tsa.stamp_in(2023, &text(&log, 300)));
    keep(folder.path(), &format!("{size}.tsa.tsr"), &tsa.stamp_in(2024, &text(&log, size)));
    keep(folder.path(), &format!("{size}.tsa.2.tsr"), &tsa.stamp_in(2025, &text(&log, size)));
    keep(folder.path(), "5.other.tsr", b"nobody looks at it");
    // Tokens about later heads are not this log's yet; another file is nobody's.
    keep(folder.path(), "99999.tsa.tsr", b"nobody looks at it");
    keep(folder.path(), "notes.txt", b"nobody looks at it");
    let verdict = good(folder.path(), &["--authority", &believing(&tsa)]);
    let stamped = &verdict["timestamps"];
    assert_eq!(stamped[0]["authority"], "tsa");
    assert_eq!((&stamped[0]["tokens"], &stamped[0]["checked"]), (&4.into(), &true.into()), "{stamped}");
    assert_eq!((&stamped[0]["first"]["size"], &stamped[0]["newest"]["size"]), (&1.into(), &size.into()), "{stamped}");
    assert!(stamped[0]["first"]["at"].as_str().unwrap().starts_with("2022-"), "{stamped}");
    assert!(stamped[0]["newest"]["at"].as_str().unwrap().starts_with("2025-"), "{stamped}");
    let other = json!({"authority": "other", "tokens": 1, "checked": false, "first": null, "newest": null});
    assert_eq!(stamped[1], other);
    let said = ticun(&["audit", "verify", folder.path().to_str().unwrap(), "--authority", &believing(&tsa)]);
    assert!(said.out.contains("stamped by tsa (4 tokens): the first 1 entries by 2022-"), "{said:?}");
    assert!(said.out.contains("tokens of other: 1, not checked"), "{said:?}");
    // The file that was checked is one that `openssl ts` believes, too.
    assert!(tsa.verifies(&folder.path().join("timestamps/300.tsa.tsr"), &text(&log, 300)));
}

#[test]
fn without_an_authority_tokens_are_said_not_to_be_checked() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let (log, folder) = (long(40), tempfile::tempdir().unwrap());
    log.publish(folder.path());
    keep(folder.path(), "1.tsa.tsr", b"it could be anything");
    assert_eq!(good(folder.path(), &[])["timestamps"][0]["checked"], false);
    let said = ticun(&["audit", "verify", folder.path().to_str().unwrap()]);
    assert!(said.out.contains("tokens of tsa: 1, not checked; --authority tsa=FILE checks them"), "{said:?}");
    std::fs::remove_dir_all(folder.path().join("timestamps")).unwrap();
    let said = ticun(&["audit", "verify", folder.path().to_str().unwrap(), "--authority", &believing(&tsa)]);
    assert!(said.code == 0 && said.out.contains("not stamped by tsa: there is no token of it"), "{said:?}");
}

#[test]
fn a_history_rewritten_after_it_was_stamped_contradicts_the_token() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let (log, folder) = (long(300), tempfile::tempdir().unwrap());
    let stamp = tsa.stamp(&text(&log, 280));
    let mut rewritten = log.clone();
    rewritten.edit(200, |value| value["request"] = "req_00000000000000000000000zzz".into());
    rewritten.chain_from(201);
    rewritten.publish(folder.path());
    keep(folder.path(), "280.tsa.tsr", &stamp);
    good(folder.path(), &[]);
    caught(folder.path(), &["--authority", &believing(&tsa)], (0, 279), "tsa has stamped another log of 280 entries");
    // What was stamped before the place stands as it did.
    std::fs::remove_file(folder.path().join("timestamps/280.tsa.tsr")).unwrap();
    keep(folder.path(), "200.tsa.tsr", &tsa.stamp(&text(&log, 200)));
    good(folder.path(), &["--authority", &believing(&tsa)]);
    // A token of one size under the name of another is over another log.
    keep(folder.path(), "150.tsa.tsr", &tsa.stamp(&text(&log, 200)));
    caught(folder.path(), &["--authority", &believing(&tsa)], (0, 149), "another log of 150 entries");
}

#[test]
fn a_token_that_is_not_proven_to_be_the_authoritys_leaves_the_log_undecided() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let (log, folder) = (long(40), tempfile::tempdir().unwrap());
    log.publish(folder.path());
    let (given, other) = (believing(&tsa), Tsa::new(Keys::P256).expect("openssl is here"));
    let mut broken = tsa.stamp(&text(&log, 30));
    *broken.last_mut().unwrap() ^= 1;
    for (reply, words) in [
        (other.stamp(&text(&log, 30)), "it is not proven to be from tsa: the signer's certificate does not lead"),
        (broken, "it is not proven to be from tsa: the signature does not fit"),
        (b"garbage".to_vec(), "timestamps/30.tsa.tsr: it is no reply of a timestamping authority"),
        // Over another text and by somebody else: nothing that the log could be blamed for.
        (other.stamp("another text\n"), "it is not proven to be from tsa"),
    ] {
        keep(folder.path(), "30.tsa.tsr", &reply);
        undecided(folder.path(), &["--authority", &given], words);
    }
    // Misbehaviour is told first, whatever else is doubtful.
    keep(folder.path(), "35.tsa.tsr", &tsa.stamp("another text\n"));
    caught(folder.path(), &["--authority", &given], (0, 34), "another log of 35 entries");
}

#[test]
fn the_age_is_judged_by_the_later_of_cosignatures_and_believed_timestamps() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let (log, folder) = (long(60), tempfile::tempdir().unwrap());
    log.publish(folder.path());
    let given = believing(&tsa);
    let (believed, hour) = (["--authority", given.as_str()], ["--max-age", "1h"]);
    let with = |further: &[&'static str]| -> Vec<String> {
        believed
            .iter()
            .chain(&hour)
            .map(|arg| (*arg).to_owned())
            .chain(further.iter().map(|arg| (*arg).to_owned()))
            .collect()
    };
    let all = with(&[]);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    undecided(folder.path(), &all, "no believed witness or timestamping authority states a time");
    keep(folder.path(), "20.tsa.tsr", &tsa.stamp_in(2025, &text(&log, 20)));
    undecided(folder.path(), &all, "seconds old, and 3600 are allowed");
    keep(folder.path(), "50.tsa.tsr", &tsa.stamp(&text(&log, 50)));
    let verdict = good(folder.path(), &all);
    assert!(verdict["age_seconds"].as_u64().unwrap() < 600, "{verdict}");
    undecided(folder.path(), &hour, "states a time");
    // A cosignature from long ago does not make it older, and a new one makes it younger.
    let now_s = u64::try_from(ticun::ledger::clock::wall().micros() / 1_000_000).unwrap();
    write(folder.path(), "policy", &policy(&[2]));
    let file = folder.path().join("policy");
    let file = file.to_str().unwrap();
    write(folder.path(), "checkpoint", &cosigned(&log.signed(), 2, now_s - 90_000).to_string());
    let mut with_policy = all.clone();
    with_policy.extend(["--policy", file]);
    good(folder.path(), &with_policy);
    std::fs::remove_file(folder.path().join("timestamps/50.tsa.tsr")).unwrap();
    undecided(folder.path(), &with_policy, "seconds old, and 3600 are allowed");
    write(folder.path(), "checkpoint", &cosigned(&log.signed(), 2, now_s).to_string());
    good(folder.path(), &with_policy);
}

#[test]
fn certificates_that_cannot_be_read_are_told() {
    let (log, folder) = (long(40), tempfile::tempdir().unwrap());
    log.publish(folder.path());
    let said = verify(folder.path(), &["--authority", "tsa=/nowhere/ca.pem"]);
    assert_eq!((said.code, said.complaint.contains("/nowhere/ca.pem")), (1, true), "{said:?}");
    let file = folder.path().join("key").to_str().unwrap().to_owned();
    let said = verify(folder.path(), &["--authority", &format!("tsa={file}")]);
    assert_eq!((said.code, said.complaint.contains("holds no certificate")), (1, true), "{said:?}");
    assert_eq!(verify(folder.path(), &["--authority", "tsa"]).code, 64);
}
