//! `ticun rules`: what is wrong with files of rules, and what a sale is under.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use ticun::domain::calendar;
use ticun::domain::packs::BUILT_IN_TEXTS;

fn ticun(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ticun")).arg("rules").args(arguments).output().expect("an answer")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Writes files into a folder and checks them; answers the exit code and what is said about each, as JSON.
fn checked(files: &[(&str, String)]) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |(name, text): &(&str, String)| {
        let path: PathBuf = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let paths: Vec<String> = files.iter().map(write).collect();
    let mut arguments = vec!["check", "--json", "--date", "2026-06-01"];
    arguments.extend(paths.iter().map(String::as_str));
    let output = ticun(&arguments);
    (output.status.code(), serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn pack(name: &str) -> String {
    BUILT_IN_TEXTS.iter().find(|(file, _)| *file == name).expect("a pack").1.to_owned()
}

#[test]
fn the_files_built_in_are_good() {
    let output = ticun(&["check", "--date", "2026-06-01"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let text = said(&output);
    for name in ["calendar-cn", "rates-cn", "void-terms", "national", "shanghai-fitness"] {
        assert!(text.lines().any(|line| line.starts_with(name) && line.ends_with("good")), "{name}: {text}");
    }
}

#[test]
fn a_file_that_is_wrong_is_told_with_what_is_wrong() {
    let fitness = pack("shanghai-fitness");
    let cases = [
        (
            pack("national").replacen("answer = { days = 3, count = \"working\" }", "", 1),
            "the time limit answer is missing",
        ),
        (fitness.replacen("max = 24", "max = \"24.00\"", 1), "needs a number"),
        (calendar::BUILT_IN_TEXT.replacen("[years.2026", "[years.2027", 2), "does not belong"),
        (
            calendar::BUILT_IN_TEXT.split("[years.2026]").next().unwrap_or_default().to_owned(),
            "the year 2026 is missing",
        ),
        (ticun::domain::refund::BENCHMARKS_TEXT.replacen("2019-09-20", "2019-08-20", 1), "out of order"),
        (
            ticun::domain::terms::BUILT_IN_TEXT.replacen("severity = \"void\"", "severity = \"perhaps\"", 1),
            "cannot be read",
        ),
        ("nothing = 1".to_owned(), "neither a pack"),
        ("no TOML at all".to_owned(), "neither a pack"),
    ];
    for (text, told) in cases {
        let (code, value) = checked(&[("rules.toml", text)]);
        assert_eq!((code, &value["good"]), (Some(2), &Value::Bool(false)), "{told}: {value}");
        let findings = value["files"][0]["findings"].to_string();
        assert!(findings.contains(told), "{told}: {findings}");
    }
}

#[test]
fn packs_are_checked_together_and_stand_on_the_national_one() {
    let (code, value) = checked(&[("fitness.toml", pack("shanghai-fitness"))]);
    assert_eq!((code, &value["files"][0]["from"]), (Some(0), &Value::from("2025-03-01")), "{value}");
    let twice = [("one.toml", pack("tutoring")), ("two.toml", pack("tutoring").replacen("2023.1", "2024.1", 1))];
    let (code, value) = checked(&twice);
    assert_eq!(code, Some(2));
    assert!(value["files"].to_string().contains("in force for the same sales on 2022-01-01"), "{value}");
}

#[test]
fn a_pack_that_has_ended_or_soon_ends_without_a_successor_is_warned_of() {
    let warnings = |date: &str, files: &[(&str, String)]| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut arguments = vec!["check".to_owned(), "--json".to_owned(), "--date".to_owned(), date.to_owned()];
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            arguments.push(path.display().to_string());
        }
        let output = ticun(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        value["files"][0]["warnings"].to_string()
    };
    let one = [("one.toml", pack("shanghai-fitness"))];
    assert_eq!(warnings("2026-10-31", &one), "[]");
    assert!(warnings("2026-11-01", &one).contains("it ends on 2026-12-31, and there is no edition after it"));
    assert!(warnings("2027-01-01", &one).contains("it ended on 2026-12-31"));
    let next = pack("shanghai-fitness").replacen("2025.1", "2027.1", 1).replacen("2025-03-01", "2027-01-01", 1);
    let next = next.replacen("valid_until = \"2026-12-31\"", "", 1);
    let next = next.replacen("about = [\"valid_until\"]", "about = [\"valid_from\"]", 1);
    assert_eq!(warnings("2026-12-31", &[one[0].clone(), ("two.toml", next)]), "[]");
    let output = ticun(&["check", "--date", "2026-12-01"]);
    assert_eq!(output.status.code(), Some(0), "a warning is no finding: {}", said(&output));
    assert!(said(&output).contains("  warning: it ends on 2026-12-31"), "{}", said(&output));
    let output = ticun(&["show", "--region", "上海", "--sector", "fitness", "--date", "2026-12-01"]);
    assert!(said(&output).contains("warning: it ends on 2026-12-31"), "{}", said(&output));
}

#[test]
fn what_cannot_be_read_or_asked_is_no_finding() {
    assert_eq!(ticun(&["check", "/nowhere/rules.toml"]).status.code(), Some(1));
    assert_eq!(ticun(&["check", "--date", "tomorrow"]).status.code(), Some(64));
    assert_eq!(ticun(&["show", "--region", "nowhere"]).status.code(), Some(64));
    assert_eq!(ticun(&["show", "--region", "上海", "--sector", "Fitness!"]).status.code(), Some(64));
}

#[test]
fn what_a_sale_is_under_is_shown_with_its_limits_and_sources() {
    let output = ticun(&["show", "--region", "上海", "--sector", "fitness", "--date", "2025-03-01"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in ["names shanghai-fitness 2025.1", "5000.00", "沪体规文〔2025〕1号", "cooling_off", "（参考）"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let output = ticun(&["show", "--region", "310000", "--sector", "fitness", "--date", "2025-02-28", "--json"]);
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value["packs"][0]["id"], "shanghai-funds", "{value}");
}
