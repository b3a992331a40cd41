//! The steps of HOW-TO-CHECK.txt, run as they are written, with tools that are not ours.

use std::process::Command;

use super::story::{ended, evidence};
use super::support::World;

/// The commands of a numbered step: the lines that are indented furthest.
fn step(text: &str, number: u32) -> String {
    let begins = format!("\n{number}. ");
    let ends = format!("\n{}. ", number + 1);
    let after = text.split(&begins).nth(1).expect("the step");
    let within = after.split(&ends).next().expect("its lines");
    let commands = within.lines().filter_map(|line| line.strip_prefix("      "));
    commands.map(|line| format!("{line}\n")).collect()
}

/// The program from PyPI; it needs Python 3.12.
fn aics_tlog() -> String {
    std::env::var("TICUN_AICS_TLOG").unwrap_or_else(|_| "aics-tlog".to_owned())
}

fn run(folder: &std::path::Path, script: &str) -> String {
    let (said, good) = tried(folder, script);
    assert!(good, "{script}\n{said}");
    said
}

/// What a script says, and whether it ends well.
fn tried(folder: &std::path::Path, script: &str) -> (String, bool) {
    let scratch = folder.join("scratch");
    std::fs::create_dir_all(&scratch).expect("a folder");
    let script = script.replace("/tmp/", &format!("{}/", scratch.display()));
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script]).current_dir(folder).env("AICS_TLOG", aics_tlog());
    let ran = bash.output().expect("bash runs");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    (said, ran.status.success())
}

#[actix_web::test]
async fn the_steps_work_as_they_are_written() {
    let world = World::start().await;
    let contract = ended(&world).await;
    let files = evidence(&world, "notary1", &contract).await;
    let folder = tempfile::tempdir().expect("a folder");
    files.unpack(folder.path());
    let (how_to, result) = (files.text("HOW-TO-CHECK.txt"), files.json("result.json"));
    let has_openssl = Command::new("openssl").arg("version").output().is_ok_and(|ran| ran.status.success());
    let only_coreutils = |script: String| -> String {
        let lines = script.lines().filter(|line| has_openssl || !line.starts_with("openssl"));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let said = run(folder.path(), &only_coreutils(step(how_to, 1)));
    assert!(said.contains("terms.json: OK") && !said.contains("FAILED"), "{said}");
    let sm3 = result["contract"]["terms_sm3"].as_str().expect("a digest");
    assert!(!has_openssl || said.contains(sm3), "{said}");
    if has_openssl {
        let said = run(folder.path(), &step(how_to, 2));
        assert!(said.contains("Signature Verified Successfully"), "{said}");
        let forged = files.text("checkpoint").replacen("\n\n", "x\n\n", 1);
        std::fs::write(folder.path().join("checkpoint"), forged).expect("a file");
        let without_showing_it = step(how_to, 2).replace("cat /tmp/signed.txt\n", "");
        let (said, good) = tried(folder.path(), &without_showing_it);
        assert!(!good && said.contains("Signature Verification Failure"), "a forged head is refused: {said}");
        files.unpack(folder.path());
    }
    let said = run(folder.path(), &step(how_to, 3));
    let leaf = result["entries"][1]["leaf"].as_str().expect("a leaf");
    assert!(said.contains(leaf), "{said}");
    let said = run(folder.path(), &only_coreutils(step(how_to, 4)));
    let sha256 = result["contract"]["terms_sha256"].as_str().expect("a digest");
    let commitment = result["texts"][0]["commitment"].as_str().expect("a commitment");
    assert!(said.contains(sha256) && said.contains(commitment), "{said}");
    let file = result["documents"].as_array().expect("documents").iter().find(|one| one["kind"] == "dispute_evidence");
    assert!(said.contains(file.and_then(|file| file["sha256"].as_str()).expect("a digest")), "{said}");
}

#[actix_web::test]
async fn a_program_that_knows_nothing_of_us_finds_head_and_entry_good() {
    let program = aics_tlog();
    if !Command::new(&program).arg("--version").output().is_ok_and(|ran| ran.status.success()) {
        println!("skipped: there is no aics-tlog, and TICUN_AICS_TLOG names none");
        return;
    }
    let world = World::start().await;
    let contract = ended(&world).await;
    let files = evidence(&world, "consumer1", &contract).await;
    let folder = tempfile::tempdir().expect("a folder");
    files.unpack(folder.path());
    let script = step(files.text("HOW-TO-CHECK.txt"), 5).replace("aics-tlog", "\"$AICS_TLOG\"");
    let said = run(folder.path(), &script);
    assert_eq!(said.matches("\"ok\": true").count(), 2, "{said}");
    let last = files.below("entries/")[2];
    std::fs::write(folder.path().join(files.below("entries/")[1]), files.get(last)).expect("a file");
    let (said, good) = tried(folder.path(), &script);
    assert!(!good && said.contains("\"ok\": false"), "another entry is refused: {said}");
}
