//! `ticun audit export|verify|receipt|evidence`: the log as files, and what they prove to somebody who trusts nobody.

pub mod args;
mod evidence;
mod export;
mod receipt;
mod told;
mod url;
mod verify;

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Ended, Failure};
use crate::ledger::audit::folder::Folder;
use crate::ledger::audit::source::Source;
use crate::log::key::VerifierKey;
use crate::log::policy::Policy;
use args::AuditCommand;

/// Carries out an audit's command.
///
/// # Errors
/// A sentence when it cannot be done; a verdict is no error, but an ending of its own.
pub fn run(command: AuditCommand) -> Result<Ended, Failure> {
    match command {
        AuditCommand::Export(export) => export::run(&export),
        AuditCommand::Verify(verify) => verify::run(&verify),
        AuditCommand::Receipt(receipt) => receipt::run(&receipt),
        AuditCommand::Evidence(evidence) => evidence::run(&evidence),
    }
}

/// A bar that shows how many entries are done; nothing where nobody looks at a terminal.
pub(super) fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} entries, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    bar
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A log in a folder, or at an address.
pub(super) fn source(log: &str, token: Option<&str>, ca_file: Option<&Path>) -> Result<Box<dyn Source>, String> {
    if log.contains("://") {
        return Ok(Box::new(url::Server::new(log, token.map(str::to_owned), ca_file)?));
    }
    Ok(Box::new(Folder::new(Path::new(log))))
}

/// A witness policy from a file, with the log's key beside it if one is given.
pub(super) fn policy(file: Option<&Path>, key: Option<&VerifierKey>) -> Result<Option<Policy>, String> {
    let policy = match file {
        None => None,
        Some(file) => {
            let parsed = Policy::parse(&read(file)?);
            Some(parsed.map_err(|error| format!("{}: {error}", file.display()))?)
        }
    };
    Ok(match (policy, key) {
        (Some(policy), Some(key)) => Some(policy.with_log(key.clone())),
        (None, Some(key)) => Some(Policy::without_witnesses(vec![key.clone()])),
        (policy, None) => policy,
    })
}
