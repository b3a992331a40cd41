//! What every story ends with, whatever it was about.

use ticun::ledger::audit::replay::Auditor;
use ticun::ledger::check::check;
use ticun::ledger::entry::Entry;
use ticun::store::{dialect, entries};

use super::World;

/// Asserts that the tables are what a replay of the log gives, and that the verifier's rules allow the log.
#[track_caller]
pub fn holds(world: &World) {
    let mut connection = dialect::open_reader(&world.config.database).expect("the database");
    if let Err(error) = check(&mut connection, "changning", &mut |_, _| {}) {
        panic!("{error}");
    }
    world.is_allowed_by_the_rules();
}

/// The whole log of a world.
pub fn log_of(world: &World) -> Vec<Entry> {
    let mut connection = dialect::open_reader(&world.config.database).expect("the database");
    let stored = entries::from(&mut connection, "changning", 0, 10_000).expect("entries");
    stored.iter().map(|stored| Entry::parse(&stored.bytes).expect("an entry")).collect()
}

/// What the verifier says of an entry in the place of the last one of its kind.
#[track_caller]
pub fn told(log: &[Entry], kind: &str, spoil: impl FnOnce(&mut Entry)) -> String {
    let place = log.iter().rposition(|entry| entry.fact.event.kind() == kind).expect("the kind is there");
    let mut auditor = Auditor::default();
    for entry in &log[..place] {
        assert_eq!(auditor.entry(entry), Ok(()));
    }
    let mut spoiled = log[place].clone();
    spoil(&mut spoiled);
    auditor.entry(&spoiled).expect_err("the rules do not allow it")
}
