//! The arguments of `ticun backup`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::verifier_key;
use crate::cli::config::Settings;
use crate::log::key::VerifierKey;

/// Backups.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Copy the embedded database into one file, with a description beside it, while the service runs
    Create(Create),
    /// Check a copy, or the database itself: its form, every entry, every row, and what was published from it
    Check(Check),
    /// Put a copy in the place of the database, append what it lacks out of the published log, or both; stop the
    /// service first
    Restore(Restore),
}

/// Where a copy goes.
#[derive(Debug, Args)]
pub struct Create {
    /// The file, which is not there yet; or a folder, in which the copy is named by its time
    #[arg(long, value_name = "FILE|FOLDER")]
    pub to: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// What is checked.
#[derive(Debug, Args)]
pub struct Check {
    /// A copy; without it, the database itself, wherever it came from
    pub file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// What to restore from.
#[derive(Debug, Args)]
pub struct Restore {
    /// A copy that is put in the place of the database
    #[arg(required_unless_present = "from_log")]
    pub file: Option<PathBuf>,
    /// A folder that `audit export` wrote, or the address of a log; it must continue what the database has. Give it
    /// again for each further office
    #[arg(long, value_name = "FOLDER|URL")]
    pub from_log: Vec<String>,
    /// Set the database that is there aside, and keep it
    #[arg(long, requires = "file")]
    pub replace: bool,
    /// Nothing was published after the copy was made, although nothing here can tell so
    #[arg(long, requires = "file")]
    pub nothing_since: bool,
    /// Whom to believe (C2SP tlog-policy); without it, the key in the log's first entry
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The log's verifier key, known from elsewhere
    #[arg(long, value_name = "KEY", value_parser = verifier_key)]
    pub key: Option<VerifierKey>,
    /// Token for tiles that are not open to everybody
    #[arg(long, value_name = "TOKEN", env = "TICUN_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
}
