//! What witnesses prove about time.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;
use ticun::cli::config::Settings;
use ticun::domain::time::Timestamp;
use ticun::ledger::clock::wall;

use super::files::Files;
use super::story::{asked, ended, evidence};
use super::support::{World, text};
use super::witness;

/// A service whose log asks these witnesses, all of them.
async fn witnessed(lines: &str, names: &str) -> (World, String) {
    let folder = TempDir::new().expect("a folder");
    let policy = format!("{lines}group all all {names}\nquorum all\n");
    let path = folder.path().join("policy");
    fs::write(&path, &policy).expect("a file");
    let settings = Settings { log_policy: Some(path), ..Settings::default() };
    (World::start_with(folder, settings).await, policy)
}

fn time(value: &Value) -> Timestamp {
    Timestamp::parse(value["at"].as_str().expect("a time")).expect("a time")
}

/// The entries of the result, but the log's first one.
fn entries(files: &Files) -> Vec<Value> {
    let result = files.json("result.json");
    result["entries"].as_array().expect("entries").iter().skip(1).cloned().collect()
}

#[actix_web::test]
async fn each_entry_came_into_the_log_between_two_cosigned_times() {
    let before = wall().micros() / 1_000_000;
    let (world, policy) = witnessed(&(witness::start(41) + &witness::start(42)), "w41 w42").await;
    let early = text(&world.active_contract("consumer2").await, "id");
    evidence(&world, "consumer2", &early).await;
    let contract = ended(&world).await;
    let files = evidence(&world, "notary1", &contract).await;
    let after = wall().micros() / 1_000_000;
    for line in entries(&files) {
        let (known_before, not_later) = (&line["entered"]["after"], &line["entered"]["not_later"]);
        let position = line["position"].as_u64().expect("a position");
        // The head of the early contract was cosigned before any of these entries was written.
        assert!(known_before["size"].as_u64().is_some_and(|size| size <= position), "{line}");
        assert!(not_later["size"].as_u64().is_some_and(|size| size > position), "{line}");
        assert!(time(known_before) <= time(not_later), "{line}");
        assert!(time(known_before).micros() / 1_000_000 >= before, "{line}");
        assert!(time(not_later).micros() / 1_000_000 <= after, "{line}");
    }
    let page = files.text("result.html");
    assert!(page.contains("独立见证人最迟于") && page.contains("witness.example/w41"), "{page}");
    let given = world.folder.path().join("policy");
    let key = files.text("log.key").trim_end();
    let given = ["--policy", given.to_str().expect("a path"), "--key", key];
    let said = files.audited(&given);
    assert_eq!((said.code, said.out.contains("came into the log between")), (0, true), "{said:?} {policy}");
    // Somebody who asks for a third witness learns nothing from two.
    let strict = world.folder.path().join("strict");
    let names = "group all all w41 w42 w43\nquorum all\n";
    let lines: String = policy.lines().take(2).map(|line| format!("{line}\n")).collect();
    fs::write(&strict, lines + &witness::absent(43) + names).expect("a file");
    let said = files.audited(&["--policy", strict.to_str().expect("a path"), "--key", key]);
    assert_eq!((said.code, said.complaint.contains("not as many witnesses")), (1, true), "{said:?}");
    times_cannot_be_moved(&files);
}

/// Heads taken for others, and heads without their proof.
fn times_cannot_be_moved(files: &Files) {
    let (later, sooner) = (files.below("times/not-later/"), files.below("times/not-before/"));
    let (first, last) = (later[0], later[later.len() - 1]);
    assert_ne!(first, last, "there is more than one");
    let moved = files.with(first, files.get(last)).listed().audited(&["--json"]);
    assert_eq!((moved.code, moved.json()["place"].as_str()), (2, Some(first)), "{moved:?}");
    let forged = files.text(first).replacen("w41 ", "w41 A", 1);
    let forged = files.with(first, forged).listed().audited(&["--json"]);
    assert_eq!((forged.code, forged.json()["place"].as_str()), (2, Some(first)), "{forged:?}");
    let proof = first.replace("not-later", "consistency").replace(".note", ".txt");
    let lost = files.without(&proof).listed().audited(&["--json"]);
    assert_eq!((lost.code, lost.json()["place"].as_str()), (1, Some(proof.as_str())), "{lost:?}");
    let other = last.replace("not-later", "consistency").replace(".note", ".txt");
    let swapped = files.with(&proof, files.get(&other)).listed().audited(&["--json"]);
    assert_eq!((swapped.code, swapped.json()["place"].as_str()), (2, Some(proof.as_str())), "{swapped:?}");
    // Without a bound the result would have to say less.
    let wider = files.without(sooner[0]).listed().audited(&["--json"]);
    assert_ne!(wider.code, 0, "{wider:?}");
}

#[actix_web::test]
async fn what_enough_witnesses_have_not_seen_yet_is_not_handed_out() {
    let (world, _) = witnessed(&witness::absent(44), "w44").await;
    let contract = text(&world.active_contract("consumer1").await, "id");
    world.published().await;
    let reply = asked(&world, "consumer1", &contract).await;
    assert_eq!(reply.problem(), (409, "not_yet_published".to_owned()));
    assert_eq!(reply.header("retry-after").as_deref(), Some("1"));
    // To strangers it does not even say so.
    assert_eq!(asked(&world, "consumer2", &contract).await.problem(), (404, "not_found".to_owned()));
}
