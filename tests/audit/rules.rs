//! The verifier's rules against the table of all commands, and against what the service itself writes.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use ticun::domain::event::Event;
use ticun::ledger::audit::rules::roles;

#[path = "../entries/samples.rs"]
mod samples;

/// Who may cause each kind, by the table of commands.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/api-spec/commands.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut table: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        for kind in row[5].split('|') {
            // The service's own timers, and registrations that it writes down for whoever asks, act as the system.
            let roles = row[2].split('|').map(|role| if ["job", "anyone"].contains(&role) { "system" } else { role });
            table.entry(kind.to_owned()).or_default().extend(roles.map(str::to_owned));
        }
    }
    table
}

#[test]
fn who_may_cause_an_event_is_what_the_table_of_commands_says() {
    let table = table();
    let samples = samples::samples();
    for kind in Event::KINDS {
        let sample = samples.iter().find(|event| event.kind() == *kind).unwrap();
        let found: BTreeSet<String> = roles(sample).iter().map(ToString::to_string).collect();
        let mut wanted = table[*kind].clone();
        // A deposit that replaces another lets that one expire, and a refund that is recalculated follows from others'
        // commands: the table lists these under each of them.
        wanted.retain(|role| !role.is_empty());
        assert_eq!(found, wanted, "{kind}");
    }
}
