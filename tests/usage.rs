//! The command line's exit codes: whatever is wrong about how a command is used ends it with 64 and changes nothing,
//! whether the parser of arguments sees it or only the command itself.

#![cfg(test)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const WRONG_USAGE: i32 = 64;
const COULD_NOT: i32 = 1;

/// Runs the program in a folder of its own, without the caller's settings.
fn run(folder: &Path, arguments: &[&str], password: Option<&str>, typed: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticun"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TICUN_")) {
        command.env_remove(name);
    }
    if let Some(password) = password {
        command.env("TICUN_PASSWORD", password);
    }
    command.args(arguments).current_dir(folder);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut input = child.stdin.take().expect("an input");
    // A command that reads nothing may have ended by now.
    let _written = input.write_all(typed.as_bytes());
    drop(input);
    child.wait_with_output().expect("it ends")
}

/// Checks how a command ends, and that it says why on standard error and nothing on standard output.
#[track_caller]
fn ends(output: &Output, code: i32, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(why), "{why:?} is missing in {said:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

/// Checks that these arguments are wrong usage, named by `why`, and that no file was made on the way.
#[track_caller]
fn wrong(arguments: &[&str], why: &str) {
    let folder = TempDir::new().expect("a folder");
    ends(&run(folder.path(), arguments, None, ""), WRONG_USAGE, why);
    let left = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 0, "{arguments:?} left something behind");
}

/// A folder with offices under these names.
fn offices(names: &[&str]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for name in names {
        let made = run(folder.path(), &["office", "create", name, "--domain", "notary.example"], None, "");
        assert_eq!(made.status.code(), Some(0), "{made:?}");
    }
    folder
}

#[test]
fn arguments_that_the_parser_refuses_are_wrong_usage() {
    wrong(&[], "Usage");
    wrong(&["fly"], "fly");
    wrong(&["serve", "--listen", "here"], "--listen");
    wrong(&["user", "add", "anna"], "--role");
}

#[test]
fn a_number_that_must_be_positive_and_is_zero_is_wrong_usage() {
    for name in ["queue-max", "batch-max", "hot-objects-max", "read-connections", "workers"] {
        let setting = name.replace('-', "_");
        wrong(&["config", "check", &format!("--{name}"), "0"], &format!("{setting} is at least 1"));
    }
}

#[test]
fn a_secret_that_could_be_guessed_is_wrong_usage() {
    wrong(&["serve", "--sandbox-secret", "1234"], "sandbox_secret has at least 32 bytes");
}

#[test]
fn a_log_format_that_does_not_exist_is_wrong_usage() {
    wrong(&["serve", "--log-format", "xml"], "log_format is json or text");
}

#[test]
fn a_log_filter_that_cannot_be_read_is_wrong_usage() {
    wrong(&["serve", "--log", "ticun=loud"], "log: ");
    wrong(&["config", "check", "--log", "ticun=loud"], "log: ");
}

#[test]
fn a_database_of_an_unknown_kind_is_wrong_usage_for_every_command() {
    for command in [
        &["serve"][..],
        &["demo"],
        &["migrate"],
        &["migrate", "--check"],
        &["office", "create", "a", "--domain", "a.example"],
        &["user", "add", "anna", "--role", "notary"],
        &["user", "list"],
        &["user", "disable", "anna"],
        &["user", "reset", "anna"],
        &["books", "check"],
        &["config", "check"],
    ] {
        wrong(&[command, &["--database", "mysql://here"]].concat(), "database: ");
    }
}

#[test]
fn a_file_of_settings_that_says_something_wrong_is_wrong_usage() {
    for (text, why) in [
        ("queue_max = 0", "queue_max is at least 1"),
        ("log_format = \"xml\"", "log_format is json or text"),
        ("colour = \"red\"", "unknown field `colour`"),
        ("listen = 8080", "ticun.toml"),
        ("listen = ", "ticun.toml"),
    ] {
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("ticun.toml"), text).expect("a file");
        for command in ["serve", "config check"] {
            let arguments: Vec<&str> = command.split(' ').chain(["--config", "ticun.toml"]).collect();
            ends(&run(folder.path(), &arguments, None, ""), WRONG_USAGE, why);
        }
    }
}

#[test]
fn a_demo_that_strangers_could_reach_is_wrong_usage() {
    wrong(&["demo", "--listen", "0.0.0.0:0"], "a demo listens on loopback only");
}

#[test]
fn an_office_that_cannot_be_called_so_is_wrong_usage() {
    for name in ["", "Changning", "1a", "a b", "公证处", "an-office-with-too-long-a-name"] {
        wrong(&["office", "create", name, "--domain", "notary.example"], "an office's name is");
    }
    for domain in ["", "notary example", "https://notary.example", "notary.example/log", "-a", "a..b", "公证处.example"]
    {
        wrong(&["office", "create", "changning", &format!("--domain={domain}")], "domain");
    }
    let zone = ["office", "create", "changning", "--domain", "notary.example", "--time-zone", "Asia/Nowhere"];
    wrong(&zone, "there is no time zone Asia/Nowhere");
}

#[test]
fn a_user_who_cannot_be_called_so_or_be_that_is_wrong_usage() {
    for role in ["king", "system", "channel", "Notary", ""] {
        wrong(&["user", "add", "anna", &format!("--role={role}")], "is no role of a user");
    }
    for username in ["", "Anna", "an", "anna maria", "安娜", ".anna"] {
        wrong(&["user", "add", username, "--role", "notary"], "expected 3 to 64 of a-z");
    }
}

#[test]
fn a_password_that_is_too_short_or_too_long_is_wrong_usage() {
    let folder = offices(&["changning"]);
    let add = ["user", "add", "anna", "--role", "notary"];
    let long = "x".repeat(129);
    for password in ["", "1234567", &long] {
        let given = run(folder.path(), &add, Some(password), "");
        ends(&given, WRONG_USAGE, "a password has 8 to 128 characters");
        let typed = run(folder.path(), &add, None, &format!("{password}\n"));
        ends(&typed, WRONG_USAGE, "a password has 8 to 128 characters");
    }
    let added = run(folder.path(), &add, None, "long enough\n");
    assert_eq!(added.status.code(), Some(0), "{added:?}");
    ends(&run(folder.path(), &["user", "reset", "anna"], Some("short"), ""), WRONG_USAGE, "a password has");
}

#[test]
fn an_office_that_must_be_named_and_is_not_is_wrong_usage() {
    let folder = offices(&["changning", "jingan"]);
    for command in [&["user", "list"][..], &["user", "disable", "anna"], &["books", "check"]] {
        ends(&run(folder.path(), command, None, ""), WRONG_USAGE, "there are several offices: name one of");
        let named = run(folder.path(), &[command, &["--office", "jingan"]].concat(), None, "");
        assert_ne!(named.status.code(), Some(WRONG_USAGE), "{named:?}");
    }
}

#[test]
fn an_address_that_is_none_is_wrong_usage() {
    for url in ["", "somewhere", "127.0.0.1:8080", "http://", "ftp//x y"] {
        wrong(&["health", &format!("--url={url}")], "health: ");
    }
}

#[test]
fn what_is_used_rightly_and_cannot_be_done_is_no_wrong_usage() {
    let empty = TempDir::new().expect("a folder");
    for (arguments, why) in [
        (&["serve", "--config", "absent.toml"][..], "absent.toml"),
        (&["migrate", "--check"], "there is no database"),
        (&["user", "list"], "there is no database"),
        (&["books", "check"], "there is no database"),
        (&["serve"], "there is no office yet"),
        (&["health", "--url", "http://127.0.0.1:9"], "http://127.0.0.1:9"),
    ] {
        ends(&run(empty.path(), arguments, None, ""), COULD_NOT, why);
    }
    let folder = offices(&["changning"]);
    for (arguments, why) in [
        (&["office", "create", "changning", "--domain", "notary.example"][..], "the office changning exists already"),
        (&["user", "list", "--office", "jingan"], "there is no office jingan"),
        (&["user", "disable", "anna"], "there is no user anna"),
    ] {
        ends(&run(folder.path(), arguments, None, ""), COULD_NOT, why);
    }
}
