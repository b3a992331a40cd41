//! The README's steps do what they say: its shell blocks are run as they stand, in both languages.

#![cfg(test)]

mod support;

use std::process::Command;

use support::World;
use ticun::cli::seed;

/// The shell blocks of "Try it"; those of later sections need what a test does not have.
fn steps(readme: &str) -> Vec<&str> {
    let section = readme.split("\n## ").find(|section| section.contains("```sh\nbase=")).unwrap_or_default();
    let blocks = section.split("```sh\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect()
}

#[actix_web::test]
async fn the_eight_steps_work_exactly_as_they_are_written() {
    let world = World::start().await;
    seed::add_examples(world.running(), &world.base).await.expect("a demo's examples");
    let database = world.folder.path().display().to_string();
    let script = steps(include_str!("../README.md"))
        .join("\n")
        .replace("http://127.0.0.1:8080", &world.base)
        .replace("target/release/ticun", env!("CARGO_BIN_EXE_ticun"))
        .replace("demo-data/", &format!("{database}/"))
        .replace("--data demo-data", &format!("--data {database}"));
    let run = Command::new("bash").args(["-euo", "pipefail", "-c", &script]).output();
    let run = run.expect("bash runs: it is on every Debian and Ubuntu");
    let said = String::from_utf8_lossy(&run.stdout);
    let complained = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}\n{complained}");
    for expected in [
        "\"access_token\":",
        "\"state\":\"on_sale\"",
        "\"state\":\"signed\"",
        "\"held\":\"2000.00\"",
        "\"confirmed_how\":\"time\"",
        "\"code\":\"same_person\"",
        "\"state\":\"paid\"",
        "\"refund\":\"1933.33\"",
        "\"state\":\"terminated\"",
        "\"total_assets\":",
        "books of changning: good",
        "/log/changning: good",
        "\"public_key\":",
        "\"amount\":\"2000.00\",\"basis\":\"condition_met\"",
        "files, their digests, receipts, terms and texts: checked",
        "\"state\":\"negotiating\"",
        "\"state\":\"executed\"",
        "\"state\":\"running\"",
        "\"state\":\"done\"",
        "\"outcome\":\"needs_account\"",
    ] {
        assert!(said.contains(expected), "{expected} is missing in\n{said}\n{complained}");
    }
}

#[test]
fn both_languages_show_the_same_steps() {
    let uncommented = |readme| -> Vec<String> {
        let lines = steps(readme).into_iter().flat_map(str::lines);
        lines.map(|line| line.split("   # ").next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(uncommented(include_str!("../README.md")), uncommented(include_str!("../README.zh.md")));
}

#[test]
fn no_output_is_left_out() {
    for readme in [include_str!("../README.md"), include_str!("../README.zh.md")] {
        assert!(!readme.contains("(output)"));
    }
}
