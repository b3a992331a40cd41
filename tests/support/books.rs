//! What every story ends with, whatever it was about.

use ticun::ledger::check::check;
use ticun::store::dialect;

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
