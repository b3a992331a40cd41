//! The arguments of every command, with their help texts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::audit::args::AuditCommand;
use super::backup::args::BackupCommand;
use super::config::Settings;
use super::rules::args::RulesCommand;
use super::sign::args::SignCommand;
use crate::log::key::VerifierKey;

/// Notarized escrow for prepaid services: a ledger whose log strangers can verify.
#[derive(Debug, Parser)]
#[command(name = "ticun", version, about, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service
    Serve {
        /// TOML file with settings; flags and TICUN_… win over it
        #[arg(long, value_name = "FILE", env = "TICUN_CONFIG")]
        config: Option<PathBuf>,
        /// Settings.
        #[command(flatten)]
        settings: Settings,
    },
    /// Run a demo on this machine: simulated clock and bank, ready-made users
    Demo {
        /// Settings.
        #[command(flatten)]
        settings: Settings,
        /// Begin anew: remove the files of an earlier demo, and nothing else
        #[arg(long)]
        fresh: bool,
    },
    /// Bring a database's tables up to date
    Migrate {
        /// Settings.
        #[command(flatten)]
        settings: Settings,
        /// Only say what is missing; exit code 2 if anything is
        #[arg(long)]
        check: bool,
    },
    /// Notary offices
    #[command(subcommand)]
    Office(OfficeCommand),
    /// Users
    #[command(subcommand)]
    User(UserCommand),
    /// The books
    #[command(subcommand)]
    Books(BooksCommand),
    /// The keys that sign an office's log
    #[command(subcommand)]
    Log(LogCommand),
    /// Copies of the database: make them, check them, put them back, bring them up to what was published
    #[command(subcommand)]
    Backup(BackupCommand),
    /// The log as evidence: export it, verify it, read a receipt
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Sign decisions, with no database and no network: a key, the proof that it is yours, a signature
    #[command(subcommand)]
    Sign(SignCommand),
    /// The rules as data: packs, calendar, rates, void terms
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the API's description (OpenAPI 3.1)
    Openapi,
    /// Ask a running service whether it is healthy; exit code 1 if not
    Health {
        /// Where it listens
        #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
        url: String,
    },
}

/// Notary offices.
#[derive(Debug, Subcommand)]
pub enum OfficeCommand {
    /// Open a new office with an empty log
    Create(CreateOffice),
}

/// A new office.
#[derive(Debug, Args)]
pub struct CreateOffice {
    /// Name in paths and in the log: 1 to 24 of a-z, 0-9 and -
    pub name: String,
    /// Domain under which the log is published; its name becomes DOMAIN/log/OFFICE
    #[arg(long, value_name = "DOMAIN")]
    pub domain: String,
    /// Zone in which the office counts days
    #[arg(long, default_value = "Asia/Shanghai", value_name = "ZONE")]
    pub time_zone: String,
    /// The log that this one takes the place of, where that one cannot be restored: a folder that `audit export` wrote,
    /// its address, a file that `audit verify --state` wrote, or a signed checkpoint
    #[arg(long, value_name = "FOLDER|URL|FILE")]
    pub succeeds: Option<String>,
    /// The verifier key of that log; a signed checkpoint alone does not say whose it is
    #[arg(long, value_name = "KEY", value_parser = verifier_key, requires = "succeeds")]
    pub succeeds_key: Option<VerifierKey>,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// Users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; the password is read from TICUN_PASSWORD or from standard input
    Add(AddUser),
    /// List users with their roles and states
    List(OfOffice),
    /// Take a user's right to act away
    Disable(NamedUser),
    /// Set a new password and give a disabled user the right to act back
    Reset(NamedUser),
}

/// A new user.
#[derive(Debug, Args)]
pub struct AddUser {
    /// Name to sign in with
    pub username: String,
    /// consumer, merchant, operator, notary, mediator, arbitrator or regulator
    #[arg(long)]
    pub role: String,
    /// The person's name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Which office.
    #[command(flatten)]
    pub of: OfOffice,
}

/// A user by name.
#[derive(Debug, Args)]
pub struct NamedUser {
    /// Name to sign in with
    pub username: String,
    /// Which office.
    #[command(flatten)]
    pub of: OfOffice,
}

/// An office and where its database is.
#[derive(Clone, Debug, Args)]
pub struct OfOffice {
    /// Which office; needed only where there are several
    #[arg(long, value_name = "OFFICE")]
    pub office: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Settings.
    #[command(flatten)]
    pub settings: Settings,
}

/// The books.
#[derive(Debug, Subcommand)]
pub enum BooksCommand {
    /// Replay the log and compare every table with it; exit code 2 with the first difference
    Check(OfOffice),
}

/// An office's log.
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Its keys: every signed head carries the signature of each key in force
    #[command(subcommand)]
    Keys(LogKeysCommand),
}

/// The keys of a log.
#[derive(Debug, Subcommand)]
pub enum LogKeysCommand {
    /// List the keys, since when they sign, and whether this node has them
    List(OfOffice),
    /// Make the file of a new key, and nothing else: copy it to the other nodes before you add it
    Make(OfOffice),
    /// Have one more key sign, from the next head on
    Add {
        /// Verifier key that `make` printed; without it a key is made, which is enough where there is one node
        #[arg(long, value_name = "KEY", value_parser = verifier_key)]
        key: Option<VerifierKey>,
        /// Which office.
        #[command(flatten)]
        of: OfOffice,
    },
    /// End a key, once a published head bears its signature beside that of another one
    Retire {
        /// Verifier key, or its id of 8 hex characters
        key: String,
        /// Which office.
        #[command(flatten)]
        of: OfOffice,
    },
}

/// Reads a verifier key.
///
/// # Errors
/// Why it is none.
pub fn verifier_key(text: &str) -> Result<VerifierKey, String> {
    VerifierKey::parse(text).map_err(|error| error.to_string())
}

/// Configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the settings in force, secrets masked
    Check {
        /// TOML file with settings; flags and TICUN_… win over it
        #[arg(long, value_name = "FILE", env = "TICUN_CONFIG")]
        config: Option<PathBuf>,
        /// Settings.
        #[command(flatten)]
        settings: Settings,
    },
}
