//! `api-spec/commands.csv` is the one table of what can be done; description, permissions, events and books agree.

#![cfg(test)]

#[path = "commands/everything.rs"]
mod everything;
#[path = "commands/states.rs"]
mod states;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use states::{TRIED, try_command};
use support::World;
use support::side::Side;
use ticun::domain::account::Account;
use ticun::domain::event::Event;
use ticun::http::permissions::ALL;

const COMMANDS: &str = include_str!("../api-spec/commands.csv");
const OPENAPI: &str = include_str!("../api-spec/openapi.yaml");

/// Operations that write no entry of their own, or whose commands a channel or the demo gives.
const NO_COMMAND: [&str; 6] = [
    "/v1/batches",
    "/v1/auth/token",
    "/v1/auth/refresh",
    "/v1/auth/logout",
    "/v1/refund-calculations",
    "/v1/channels/{name}/notifications",
];

/// One command.
#[derive(Debug)]
pub struct Row {
    /// Its name.
    pub command: String,
    /// Method and path, or what else gives it.
    pub endpoint: String,
    /// Who may.
    pub roles: Vec<String>,
    /// The states it starts from.
    pub from: Vec<String>,
    /// The states it leads to.
    pub to: Vec<String>,
    kinds: Vec<String>,
    moves: Vec<String>,
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(COMMANDS.as_bytes());
    let names = reader.headers().expect("a header").clone();
    assert_eq!(names.iter().collect::<Vec<_>>().join(","), "command,endpoint,roles,from,to,event_kinds,moves");
    let many = |cell: &str| cell.split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect();
    let row = |record: csv::StringRecord| Row {
        command: record[0].to_owned(),
        endpoint: record[1].to_owned(),
        roles: many(&record[2]),
        from: many(&record[3]),
        to: many(&record[4]),
        kinds: many(&record[5]),
        moves: many(&record[6]),
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

#[test]
fn the_commands_with_an_endpoint_are_the_operations_that_write() {
    let spec: Value = serde_norway::from_str(OPENAPI).expect("the description is YAML");
    let mut described = BTreeMap::new();
    for (path, item) in spec["paths"].as_object().expect("paths") {
        let ours = path.starts_with("/v1/") && !NO_COMMAND.contains(&path.as_str());
        for method in ["post", "put", "patch", "delete"].into_iter().filter(|_| ours) {
            if let Some(operation) = item.get(method) {
                let id = operation["operationId"].as_str().expect("an operation id");
                described.insert(format!("{} {path}", method.to_uppercase()), id.to_owned());
            }
        }
    }
    let with_endpoint = rows().into_iter().filter(|row| row.endpoint.contains(' '));
    let commands: BTreeMap<_, _> = with_endpoint.map(|row| (row.endpoint, row.command.replace('.', "_"))).collect();
    assert_eq!(described, commands);
}

#[test]
fn the_commands_lead_to_every_event_that_the_replay_knows_and_to_no_other() {
    let led_to: BTreeSet<String> = rows().into_iter().flat_map(|row| row.kinds).collect();
    assert_eq!(led_to, Event::KINDS.iter().map(|kind| (*kind).to_owned()).collect());
}

#[test]
fn the_roles_of_the_commands_are_those_of_the_permissions() {
    for row in rows().iter().filter(|row| row.endpoint.contains(' ') && row.roles != ["anyone"]) {
        let declared = ALL.iter().find(|(name, _)| *name == row.command);
        let (_, roles) = declared.unwrap_or_else(|| panic!("no permission for {row:?}"));
        let declared: BTreeSet<&str> = roles.iter().map(|role| role.as_str()).collect();
        assert_eq!(declared, row.roles.iter().map(String::as_str).collect(), "{row:?}");
    }
}

/// The word that `commands.csv` has for an account's class.
fn word(posting: &Value) -> String {
    let name = posting["account"].as_str().expect("an account");
    let class = Account::parse(name).unwrap_or_else(|| panic!("{name} is no account")).class();
    class.as_str().rsplit('/').next().expect("a word").to_owned()
}

fn fen(posting: &Value) -> i64 {
    let text = posting["amount"].as_str().expect("an amount");
    text.replace('.', "").parse().unwrap_or_else(|_| panic!("{text} is no amount"))
}

/// The moves of one entry, from the class that goes down to the class that goes up.
fn moves_of(entry: &Value) -> Vec<String> {
    let postings = entry["postings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let moved = postings.chunks(2).map(|pair| {
        let [from, to] = pair else { panic!("an odd number of postings: {entry}") };
        assert!(fen(from) < 0 && fen(from) + fen(to) == 0, "no transfer: {entry}");
        format!("{}->{}", word(from), word(to))
    });
    moved.collect()
}

#[actix_web::test]
async fn the_money_moves_as_the_commands_say_and_every_move_happens() {
    let world = World::start().await;
    everything::happens(&world).await;
    let entries = everything::entries(&world).await;
    let kind = |entry: &Value| entry["kind"].as_str().expect("a kind").to_owned();
    let happened: BTreeSet<String> = entries.iter().map(kind).collect();
    assert_eq!(happened, Event::KINDS.iter().map(|kind| (*kind).to_owned()).collect());

    let seen: BTreeSet<(String, String)> =
        entries.iter().flat_map(|entry| moves_of(entry).into_iter().map(move |moved| (kind(entry), moved))).collect();
    let rows = rows();
    for (kind, moved) in &seen {
        let listed = rows.iter().any(|row| row.kinds.contains(kind) && row.moves.contains(moved));
        assert!(listed, "{kind} moves {moved}, which no command with it lists");
    }
    for row in &rows {
        for moved in &row.moves {
            let happened = row.kinds.iter().any(|kind| seen.contains(&(kind.clone(), moved.clone())));
            assert!(happened, "{} lists {moved}, which never happened", row.command);
        }
    }
}

#[actix_web::test]
async fn each_command_starts_from_its_states_and_from_no_other() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for (kind, states) in TRIED {
        let prefix = format!("/v1/{kind}/{{id}}");
        let of_kind = |row: &&Row| row.endpoint.contains(&prefix) && !row.from.is_empty();
        let rows = rows();
        let commands: Vec<&Row> = rows.iter().filter(of_kind).collect();
        assert!(!commands.is_empty(), "no command of {kind}");
        for row in commands {
            let known = row.from.iter().all(|from| states.contains(&from.as_str()));
            assert!(known, "{} starts from a state that is never tried", row.command);
            for state in states {
                try_command(&world, &side, row, kind, state).await;
            }
        }
    }
}
