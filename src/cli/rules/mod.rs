//! `ticun rules`: the rules as data, checked and shown.

pub mod args;
mod check;
mod load;
mod show;

pub use check::ending;
pub use load::{can_go_by_these, go_by, warn_of_ends};

use super::{Ended, Failure};
use args::RulesCommand;

/// Carries out a command about rules.
///
/// # Errors
/// That it was not called as it must be, or what failed.
pub fn run(command: RulesCommand) -> Result<Ended, Failure> {
    match command {
        RulesCommand::Check(check) => check::run(&check),
        RulesCommand::Show(show) => show::run(&show),
    }
}
