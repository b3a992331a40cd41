//! Rule packs out of a folder: checked at the start, told in the log, and never taken away from contracts that name them.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use ticun::domain::packs::BUILT_IN_TEXTS;
use ticun::store::{dialect, queries};

use super::support::World;
use super::support::side::Side;

fn ticun(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticun"));
    command.args(arguments).env_remove("RUST_BACKTRACE").stdin(Stdio::null());
    command.output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A folder with the packs built in, changed: the text of each file is `change`d by its name.
fn folder(change: impl Fn(&str, &str) -> String) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in BUILT_IN_TEXTS {
        std::fs::write(folder.path().join(format!("{name}.toml")), change(name, text)).expect("a file");
    }
    folder
}

/// National rules of the year after, with a shorter life of a check-in code.
fn next_year(name: &str, text: &str) -> String {
    match name {
        "national" => text.replacen("version = \"2025.1\"", "version = \"2026.7\"", 1).replacen(
            "checkin_code_minutes = 10",
            "checkin_code_minutes = 3",
            1,
        ),
        _ => text.to_owned(),
    }
}

fn path(folder: &TempDir) -> &str {
    folder.path().to_str().expect("a path")
}

fn adopted(data: &Path) -> Vec<(String, String, u64)> {
    let database = format!("sqlite://{}", data.join("ticun.db").display());
    let mut connection = dialect::open_reader(&database).expect("the database");
    let rules = queries::adopted_rules(&mut connection, "changning").expect("rules");
    rules.into_iter().map(|file| (file.name, file.digests.version, file.adopted_at_position)).collect()
}

#[test]
fn an_office_opened_with_a_folder_of_rules_says_so_and_its_verifier_takes_the_same() {
    let (rules, data, out) = (folder(next_year), tempfile::tempdir().expect("a folder"), tempfile::tempdir().unwrap());
    let (rules, data, out) = (path(&rules), data.path(), path(&out));
    let at = data.display().to_string();
    let mut office = started(data, rules).expect("it starts");
    assert!(adopted(data).contains(&("national".to_owned(), "2026.7".to_owned(), 0)), "{:?}", adopted(data));
    let shown = ticun(&["rules", "show", "--region", "上海", "--rules-dir", rules, "--json"]);
    let value: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(value["packs"][0]["time_limits"]["checkin_code_minutes"], 3, "{value}");
    // The first head is signed within a second or two.
    let export = || ticun(&["audit", "export", "--data", &at, "--office", "changning", out]);
    let exported = std::iter::repeat_with(export).take(100).find(|output| output.status.code() == Some(0));
    office.kill().and_then(|()| office.wait()).expect("it ended");
    assert!(exported.is_some(), "{}", said(&export()));
    let told = |more: &[&str]| said(&ticun(&[&["audit", "verify", out, "--replay"], more].concat()));
    let line = |text: &str| text.lines().find(|line| line.contains("rules national 2026.7")).map(str::to_owned);
    let (without, with) = (told(&[]), told(&["--rules", rules]));
    assert!(line(&without).is_some_and(|line| line.ends_with("another edition than in this program")), "{without}");
    assert!(line(&with).is_some_and(|line| line.ends_with("the same as in this program")), "{with}");
}

#[test]
fn rules_that_are_wrong_or_no_packs_keep_a_process_from_starting() {
    let missing = |name: &str, text: &str| if name == "national" { String::new() } else { text.to_owned() };
    let gap = |name: &str, text: &str| match name {
        "shanghai-fitness" => text.replacen("max = 24", "max = \"24.00\"", 1),
        _ => text.to_owned(),
    };
    let calendar = |name: &str, text: &str| match name {
        "tutoring" => ticun::domain::calendar::BUILT_IN_TEXT.to_owned(),
        _ => text.to_owned(),
    };
    let empty = tempfile::tempdir().expect("a folder");
    let cases = [
        (folder(missing), "neither a pack"),
        (folder(gap), "needs a number"),
        (folder(calendar), "tutoring is no pack"),
        (empty, "it holds no file *.toml"),
    ];
    for (rules, told) in cases {
        let output = ticun(&["config", "check", "--rules-dir", path(&rules)]);
        assert_eq!(output.status.code(), Some(1), "{told}: {}", said(&output));
        assert!(said(&output).contains("the rules in") && said(&output).contains(told), "{told}: {}", said(&output));
    }
    let output = ticun(&["config", "check", "--rules-dir", "/nowhere"]);
    assert_eq!((output.status.code(), said(&output).contains("/nowhere")), (Some(1), true), "{}", said(&output));
}

/// Runs the demo on `data` until it says where it listens; or what it said when it did not start.
fn started(data: &Path, rules: &str) -> Result<Child, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticun"));
    command.args(["demo", "--listen", "127.0.0.1:0", "--rules-dir", rules, "--data"]).arg(data);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    let mut child = command.spawn().expect("it runs");
    let mut output = BufReader::new(child.stdout.take().expect("its words")).lines();
    let greeted = output.by_ref().map_while(Result::ok).any(|line| line.contains("Ticun demo at"));
    // Whatever else it says is read, or it would end for want of a listener.
    std::thread::spawn(move || output.for_each(drop));
    if greeted {
        return Ok(child);
    }
    let ended = child.wait_with_output().expect("it ended");
    Err(String::from_utf8_lossy(&ended.stderr).into_owned())
}

#[actix_web::test]
async fn an_edition_that_contracts_name_and_a_file_that_was_adopted_cannot_be_taken_away() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "draft").await;
    let (pack, version) = (contract["rules_pack"].clone(), contract["rules_version"].clone());
    let data = world.stop().await;
    let before = adopted(data.path());
    let named = pack.as_str().expect("a pack").to_owned();
    let (file, edition) = (named.clone(), format!("version = {version}"));
    let rewritten =
        folder(
            move |name, text| {
                if name == file { text.replacen(&edition, "version = \"2030.1\"", 1) } else { text.to_owned() }
            },
        );
    let refused = started(data.path(), path(&rewritten)).expect_err("contracts name what is gone");
    assert!(refused.contains(&format!("it has contracts under {named} {}", version.as_str().unwrap())), "{refused}");
    let without = folder(next_year);
    std::fs::remove_file(without.path().join("tutoring.toml")).expect("a file");
    let refused = started(data.path(), path(&without)).expect_err("a file is gone");
    assert!(refused.contains("has adopted tutoring, and there is no file of that name"), "{refused}");
    assert_eq!(adopted(data.path()), before, "nothing was adopted");
    // What adds to the rules is adopted: the log tells the file that is another one now, and no other.
    let more = folder(|name, text| match name {
        "tutoring" => text.replacen("2023.1", "2023.2", 1),
        _ => text.to_owned(),
    });
    let mut office = started(data.path(), path(&more)).expect("it starts");
    office.kill().and_then(|()| office.wait()).expect("it ended");
    let after = adopted(data.path());
    let changed: Vec<_> = after.iter().filter(|file| !before.contains(file)).collect();
    assert_eq!(changed.len(), 1, "{after:?}");
    assert_eq!((json!(changed[0].0), json!(changed[0].1)), (json!("tutoring"), json!("2023.2")));
}
