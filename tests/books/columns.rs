//! Every column of every compared table counts, and the command line says so with its exit code.

use std::process::Command;

use diesel::connection::SimpleConnection as _;
use ticun::ledger::check::{CheckError, check};
use ticun::store::dialect;

use crate::database::{self, Column};
use crate::world::{OFFICE, REFUND, World};

/// What is derived from entries, and checked in a way of its own.
const DERIVED: [&str; 3] = ["postings", "entry_subjects", "records"];

/// The tables of objects of which the story has at least one.
fn tables(world: &mut World) -> Vec<&'static str> {
    let url = world.copy("good.db");
    let mut connection = dialect::open_reader(&url).expect("a database");
    let report = check(&mut connection, OFFICE, &mut |_, _| {}).expect("good books");
    let filled = report.rows.iter().filter(|(table, count)| *count > 0 && !DERIVED.contains(table));
    filled.map(|(table, _)| *table).collect()
}

/// Gives a column another value in every row, whatever the table itself would allow.
fn change(url: &str, table: &str, column: &Column) {
    let name = &column.name;
    let value = match column.kind.as_str() {
        "TEXT" => format!("COALESCE({name}, '') || 'x'"),
        "BOOLEAN" => format!("NOT COALESCE({name}, FALSE)"),
        "BIGINT" | "INTEGER" => format!("COALESCE({name}, 0) + 1"),
        other => panic!("{table}.{name} is {other}"),
    };
    let sql = format!("UPDATE {table} SET {name} = {value}");
    database::tampering(url).batch_execute(&sql).expect("it can be changed");
}

#[test]
fn no_column_of_an_object_can_be_changed_unseen() {
    let mut world = World::with_story();
    let mut changed = Vec::new();
    for table in tables(&mut world) {
        let url = world.copy("changed.db");
        for column in database::columns(&url, table) {
            let url = world.copy("changed.db");
            change(&url, table, &column);
            let mut connection = dialect::open_reader(&url).expect("a database");
            let found = match check(&mut connection, OFFICE, &mut |_, _| {}) {
                Err(CheckError::Finding(finding)) => finding.to_string(),
                other => panic!("{table}.{} can be changed: {other:?}", column.name),
            };
            let named = found.contains(&format!("{} should be ", column.name));
            let lost = found.contains("the log has it") || found.contains("the table has it");
            assert!(found.starts_with(&format!("{table} ")) && (named || lost), "{table}.{}: {found}", column.name);
            changed.push(format!("{table}.{}", column.name));
        }
    }
    assert!(changed.len() > 150 && changed.contains(&"refunds.requested_on".to_owned()), "{changed:?}");
}

#[test]
fn the_command_line_ends_with_two_and_names_the_column() {
    let mut world = World::with_story();
    let url = world.copy("books-checked.db");
    let ticun = |url: &str, json: &[&str]| {
        let arguments = [&["books", "check", "--database", url], json].concat();
        Command::new(env!("CARGO_BIN_EXE_ticun")).args(arguments).output().expect("it runs")
    };
    assert_eq!(ticun(&url, &[]).status.code(), Some(0));
    let column = Column { name: "requested_on".to_owned(), kind: "TEXT".to_owned() };
    change(&url, "refunds", &column);
    let expected = format!("refunds {REFUND}: requested_on should be 2026-");
    let told = ticun(&url, &[]);
    let complained = String::from_utf8_lossy(&told.stderr);
    assert_eq!((told.status.code(), told.stdout.len()), (Some(2), 0), "{told:?}");
    assert!(complained.contains(&format!("ticun: books of {OFFICE}: {expected}")), "{complained}");
    let told = ticun(&url, &["--json"]);
    let said: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!((told.status.code(), &said["good"], &said["office"]), (Some(2), &false.into(), &OFFICE.into()));
    assert!(said["finding"].as_str().is_some_and(|finding| finding.starts_with(&expected)), "{said}");
}
