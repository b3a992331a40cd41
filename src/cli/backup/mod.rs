//! `ticun backup create|check|restore`: copies of the embedded database, and databases brought up to their published
//! log.
//!
//! A server is copied by its own tools; what has come back is checked and brought up to its log all the same.

pub mod args;
mod check;
mod create;
mod examine;
mod from_log;
mod manifest;
mod restore;

use std::path::Path;

use super::{Ended, Failure, audit, boot};
use args::BackupCommand;

/// What is said where a copy of a server's database is asked for.
const NOT_A_FILE: &str = "this database is on a PostgreSQL server, which is copied by its own tools: pg_basebackup with \
    an archive of its write-ahead log, or pg_dump (docs/operations.md). What they bring back, `ticun backup check` \
    checks, and `ticun backup restore --from-log` brings up to its published log";

/// Carries out a backup's command.
///
/// # Errors
/// What is wrong with how it was called, or what failed; something that is proven wrong is an ending of its own.
pub fn run(command: &BackupCommand) -> Result<Ended, Failure> {
    match command {
        BackupCommand::Create(create) => create::create(create),
        BackupCommand::Check(check) => check::check(check),
        BackupCommand::Restore(restore) => restore::restore(restore),
    }
}

/// The URL of a database in a file.
fn file_url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}
