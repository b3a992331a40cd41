//! The rules of the tree that no lint can state: which room may use which, how long a file and a function may be,
//! and that the tables and documents beside the code hold together. A rule that turns out wrong is changed here,
//! in the table at the top, where it is seen.
#![cfg(test)]
#![allow(
    clippy::string_slice,
    reason = "offsets come from searches in the same text, and code with its strings blanked is ASCII"
)]

#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/source.rs"]
mod source;

use source::{Source, functions, imports, is_word, modules, rust_files, test_files, test_regions, word_at, words};
use std::collections::BTreeSet;
use std::fs;

/// Each room, and the rooms it may use besides itself. `lib.rs` and `main.rs` stand outside the rooms.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("log", &[]),
    ("store", &["domain", "log"]),
    ("ledger", &["domain", "store", "log"]),
    ("jobs", &["domain", "ledger", "store"]),
    ("http", &["domain", "ledger", "log", "store"]),
    ("cli", &["domain", "ledger", "log", "store", "jobs", "http"]),
];

/// Crates that belong to one room: nobody else may name them.
const OWNED_CRATES: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("libsqlite3_sys", &["store"]),
    ("actix", &["http"]),
    ("actix_web", &["http"]),
    ("actix_rt", &["http", "cli"]),
    ("tracing_actix_web", &["http"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("rustls", &["jobs"]),
    ("rustls_native_certs", &["jobs"]),
];

/// The rooms that must stay pure, and the only dependencies they may name.
const PURE_ROOMS: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "serde",
            "serde_json",
            "jiff",
            "regex",
            "rust_decimal",
            "uuid",
            "thiserror",
            "hex",
            "base64",
            "sha2",
            "sm3",
            "foldhash",
            "toml",
        ],
    ),
    (
        "log",
        &[
            "serde",
            "serde_json",
            "sha2",
            "ring",
            "hex",
            "base64",
            "thiserror", // and for tokens of authorities:
            "cms",
            "der",
            "x509_cert",
            "rustls_pki_types",
            "webpki",
        ],
    ),
];

/// What reaches outside the process or reads its surroundings. `domain` gets time, ids and bytes handed in.
const OUTSIDE_WORLD: &[&str] =
    &["std::env", "std::fs", "std::net", "std::process", "std::thread", "std::time::Instant", "std::time::SystemTime"];

/// Imports that may end in `*`: preludes made for it and the column names of one table.
const GLOBS_ALLOWED: &[&str] = &["diesel::prelude::*", "proptest::prelude::*"];
const GLOBS_ALLOWED_ENDS: &[&str] = &["::dsl::*"];

const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];
const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// Fails with all findings at once, one a line.
fn none(rule: &str, mut findings: Vec<String>) {
    findings.sort();
    findings.dedup();
    assert!(findings.is_empty(), "{rule}:\n  {}\n", findings.join("\n  "));
}

/// The room a file of `src` stands in, and its depth in modules below the crate's root.
fn room(file: &Source) -> Option<(&str, usize)> {
    let inside = file.path.strip_prefix("src/")?;
    let (room, rest) = inside.split_once('/')?;
    let folders = rest.matches('/').count();
    Some((room, if rest.ends_with("mod.rs") { folders + 1 } else { folders + 2 }))
}

/// The files of `src` that belong to a room.
fn rooms() -> Vec<Source> {
    let mut files = rust_files(&["src"]);
    files.retain(|file| room(file).is_some());
    files
}

/// The names that follow `head::` at `offset`: one, or those of a group in braces.
fn heads_after(code: &str, offset: usize) -> Vec<String> {
    if !code[offset..].starts_with('{') {
        return vec![word_at(code, offset).to_owned()];
    }
    let group = format!("use x::{};", &code[offset..=source::closing_brace(code, offset)]);
    let first = |path: String| path.trim_start_matches("x::").split("::").next().map(str::to_owned);
    imports(&group).into_iter().filter_map(|(_, path)| first(path)).collect()
}

/// Every name that a file takes from the crate's root, by `crate::`, by `ticun::` or by climbing with `super::`.
fn names_from_the_root(file: &Source, depth: usize) -> Vec<(usize, String)> {
    let code = &file.code;
    let mut found = Vec::new();
    for root in ["crate::", "ticun::"] {
        for (at, _) in code.match_indices(root) {
            let starts = at == 0 || !is_word(code.as_bytes()[at - 1]);
            for name in heads_after(code, at + root.len()).into_iter().filter(|_| starts) {
                found.push((at, name));
            }
        }
    }
    let mut end = 0;
    for (at, _) in code.match_indices("super::") {
        if at < end {
            continue;
        }
        end = at;
        while code[end..].starts_with("super::") {
            end += "super::".len();
        }
        if (end - at) / "super::".len() >= depth {
            found.extend(heads_after(code, end).into_iter().map(|name| (at, name)));
        }
    }
    found
}

/// The first names of all paths in a file: `ring` in `ring::digest::digest(…)` and in `use ring::hmac;`.
fn path_heads(file: &Source) -> Vec<(usize, &str)> {
    let code = file.code.as_bytes();
    let begins = |at: &usize| {
        let inside = *at > 0 && (is_word(code[at - 1]) || code[at - 1] == b':');
        is_word(code[*at]) && !inside
    };
    let named = |at: usize| {
        let word = word_at(&file.code, at);
        file.code[at + word.len()..].starts_with("::").then_some((at, word))
    };
    let mut heads: Vec<_> = (0..code.len()).filter(begins).filter_map(named).collect();
    // `use ring as r;` and `#[diesel(…)]` name a crate without a path.
    for (at, path) in imports(&file.code) {
        let word = path.split([' ', ':']).next().unwrap_or_default();
        let start = at + file.code[at..].find(word).unwrap_or(0);
        heads.push((start, word_at(&file.code, start)));
    }
    let attributes = file.code.match_indices("#[").map(|(at, _)| (at, word_at(&file.code, at + 2)));
    heads.extend(attributes);
    heads
}

/// The crates that Cargo.toml names, as they are written in code.
fn dependencies() -> BTreeSet<String> {
    let text = fs::read_to_string(source::root().join("Cargo.toml")).expect("Cargo.toml is there");
    let manifest: toml::Table = toml::from_str(&text).expect("Cargo.toml is TOML");
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    let names = table.expect("Cargo.toml lists dependencies").keys();
    names.map(|name| name.replace('-', "_")).collect()
}

#[test]
fn every_room_is_known_and_has_its_arrows() {
    let known = |file: &Source| ARROWS.iter().any(|(name, _)| room(file).is_some_and(|(room, _)| room == *name));
    let outside = ["src/lib.rs", "src/main.rs"];
    let strangers = rust_files(&["src"]).into_iter().filter(|file| !known(file));
    let findings = strangers.filter(|file| !outside.contains(&file.path.as_str())).map(|file| file.path);
    none("these files stand in no room of ARROWS", findings.collect());
}

#[test]
fn each_room_uses_only_the_rooms_its_arrows_point_to() {
    let mut findings = Vec::new();
    for file in rooms() {
        let Some((here, depth)) = room(&file) else {
            continue;
        };
        let allowed = ARROWS.iter().find(|(name, _)| *name == here).map_or(&[][..], |(_, rooms)| rooms);
        for (at, there) in names_from_the_root(&file, depth) {
            let is_room = ARROWS.iter().any(|(name, _)| *name == there);
            if is_room && there != here && !allowed.contains(&there.as_str()) {
                findings.push(format!("{} {here} must not use {there}", file.place(at)));
            }
        }
    }
    none("a room uses what is above or beside it", findings);
}

#[test]
fn diesel_stays_in_the_store_and_actix_in_http() {
    let mut findings = Vec::new();
    for file in rooms() {
        let Some((here, _)) = room(&file) else {
            continue;
        };
        for (at, name) in path_heads(&file) {
            let owners = OWNED_CRATES.iter().find(|(owned, _)| *owned == name).map(|(_, rooms)| rooms);
            if owners.is_some_and(|rooms| !rooms.contains(&here)) {
                findings.push(format!("{} {here} must not name {name}", file.place(at)));
            }
        }
    }
    none("a crate is named outside its room", findings);
}

#[test]
fn the_pure_rooms_name_only_the_crates_they_need() {
    let dependencies = dependencies();
    let files = rooms();
    let test_files = test_files(&files);
    let mut findings = Vec::new();
    for file in files {
        let pure = PURE_ROOMS.iter().find(|(name, _)| room(&file).is_some_and(|(here, _)| here == *name));
        let Some((here, allowed)) = pure else {
            continue;
        };
        if test_files.contains(&file.path) {
            continue;
        }
        let tests = test_regions(&file.code);
        for (at, name) in path_heads(&file) {
            let in_test = tests.iter().any(|(from, to)| (*from..*to).contains(&at));
            if !in_test && dependencies.contains(name) && !allowed.contains(&name) {
                findings.push(format!("{} {here} must not name {name}", file.place(at)));
            }
        }
    }
    none("a pure room names a crate it must not know", findings);
}

#[test]
fn the_domain_knows_no_clock_and_no_outside_world() {
    let mut findings = Vec::new();
    for file in rooms().into_iter().filter(|file| file.path.starts_with("src/domain/")) {
        for word in OUTSIDE_WORLD {
            let imported = imports(&file.code).into_iter().filter(|(_, path)| path.starts_with(word));
            let named = words(&file.code, word).into_iter().chain(imported.map(|(at, _)| at));
            let places: BTreeSet<String> = named.map(|at| file.place(at)).collect();
            findings.extend(places.into_iter().map(|place| format!("{place} {word}")));
        }
        let clocks = file.code.match_indices("::now(").map(|(at, _)| format!("{} ::now()", file.place(at)));
        findings.extend(clocks);
    }
    none("time, ids and bytes come in with the command", findings);
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let count = |file: &Source| file.text.lines().count();
    let long = rust_files(&["src", "tests", "benches"]).into_iter().filter(|file| count(file) > FILE_LINES_MAX);
    none("split these files", long.map(|file| format!("{} {} lines", file.path, count(&file))).collect());
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut findings = Vec::new();
    for file in rust_files(&["src", "tests", "benches"]) {
        for (name, from, to) in functions(&file.code) {
            let lines = file.line(to) - file.line(from) + 1;
            if lines > FUNCTION_LINES_MAX {
                findings.push(format!("{} fn {name} has {lines} lines", file.place(from)));
            }
        }
    }
    none("split these functions", findings);
}

#[test]
fn nothing_unfinished_is_left_behind() {
    let mut findings = Vec::new();
    for file in rust_files(&["src", "tests", "benches"]) {
        for word in UNFINISHED {
            let called = |at: &usize| file.code[at + word.len()..].starts_with('!');
            let places = words(&file.code, word).into_iter().filter(called);
            findings.extend(places.map(|at| format!("{} {word}!", file.place(at))));
        }
    }
    none("finish these or take them out", findings);
}

#[test]
fn names_are_imported_one_by_one() {
    let files = rust_files(&["src", "tests", "benches"]);
    let test_files = test_files(&files);
    let mut findings = Vec::new();
    for file in &files {
        let tests = test_regions(&file.code);
        let all_test = file.path.starts_with("tests/") || test_files.contains(&file.path);
        let globs = imports(&file.code).into_iter().filter(|(_, path)| path.ends_with('*'));
        for (at, path) in globs {
            let in_test = all_test || tests.iter().any(|(from, to)| (*from..*to).contains(&at));
            let own_parent = in_test && path == "super::*";
            let listed =
                GLOBS_ALLOWED.contains(&path.as_str()) || GLOBS_ALLOWED_ENDS.iter().any(|end| path.ends_with(end));
            if !own_parent && !listed && !hands_on_its_own_part(file, at, &path) {
                findings.push(format!("{} use {path}", file.place(at)));
            }
        }
    }
    none("a glob hides where names come from", findings);
}

/// True for `pub use part::*;` beside `mod part;`: one module split over several files, its names still its own.
fn hands_on_its_own_part(file: &Source, at: usize, path: &str) -> bool {
    let part = path.trim_end_matches("::*");
    let public = file.code[..at].trim_end().ends_with("pub");
    public && modules(&file.code).into_iter().any(|(_, name)| name == part)
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let silent = rust_files(&["src", "tests", "benches"]).into_iter().filter(|file| !file.text.starts_with("//!"));
    none("begin these files with a //! comment", silent.map(|file| format!("{}:1", file.path)).collect());
}
