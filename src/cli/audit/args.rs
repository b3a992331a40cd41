//! The arguments of `ticun audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::{OfOffice, verifier_key};
use crate::log::key::VerifierKey;

/// Evidence.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Write a log's files into a folder: what the service serves under /log/OFFICE/
    Export(Box<Export>),
    /// Check a log from its files alone; exit code 1 if that cannot be decided, 2 for proven misbehaviour
    Verify(Verify),
    /// Check one receipt, and say in words what it proves
    Receipt(Receipt),
    /// Check a contract's evidence.zip, and say what it proves; exit codes as for verify
    Evidence(Evidence),
}

/// What to export, and where to.
#[derive(Debug, Args)]
pub struct Export {
    /// An empty folder, or one with an older export of the same log, which is continued
    pub out: PathBuf,
    /// Witness policy to hand out with the log
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Which office.
    #[command(flatten)]
    pub of: OfOffice,
}

/// What to verify, and how.
#[derive(Debug, Args)]
pub struct Verify {
    /// A folder that `audit export` wrote, or the address of a log, such as <https://notary.example/log/changning>
    #[arg(value_name = "FOLDER|URL")]
    pub log: String,
    /// Whom to believe (C2SP tlog-policy); without it, the key in the log's first entry, and no witness
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The log's verifier key, known from elsewhere
    #[arg(long, value_name = "KEY", value_parser = verifier_key)]
    pub key: Option<VerifierKey>,
    /// The head that was found good before; written after a good run
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Believe a timestamping authority: the name in its tokens' files, and its certificate or one above it (PEM or
    /// DER); may be given several times. A token of it over another log is misbehaviour (2); one that is not proven to
    /// be from it leaves the log undecided (1). Tokens of other authorities are not checked
    #[arg(long = "authority", value_name = "NAME=FILE", value_parser = authority)]
    pub authorities: Vec<(String, PathBuf)>,
    /// How long ago the newest head may have been cosigned, or it or an earlier one stamped by a believed authority,
    /// whichever is later; for example 10m or 24h
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    pub max_age: Option<u64>,
    /// Apply every entry to the books: invariants, four-eyes rules, trial balance
    #[arg(long)]
    pub replay: bool,
    /// Folder of the rule packs that the office goes by, where they are not those built into this program
    #[arg(long, value_name = "DIR", env = "TICUN_RULES_DIR")]
    pub rules: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Token for tiles that are not open to everybody
    #[arg(long, value_name = "TOKEN", env = "TICUN_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Further root certificates (PEM) for https://, beside the system's
    #[arg(long, value_name = "FILE", env = "TICUN_CA_FILE")]
    pub ca_file: Option<PathBuf>,
}

/// Which receipt.
#[derive(Debug, Args)]
pub struct Receipt {
    /// The receipt (C2SP tlog-proof)
    pub receipt: PathBuf,
    /// The exact bytes of the entry it is for
    #[arg(long, value_name = "FILE")]
    pub entry: Option<PathBuf>,
    /// Whom to believe (C2SP tlog-policy)
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The log's verifier key
    #[arg(long, value_name = "KEY", value_parser = verifier_key)]
    pub key: Option<VerifierKey>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Which evidence.
#[derive(Debug, Args)]
pub struct Evidence {
    /// The file that GET /v1/contracts/ID/evidence.zip answered
    pub file: PathBuf,
    /// Whom to believe (C2SP tlog-policy); without it and without a key, what the file itself says
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The log's verifier key, known from elsewhere
    #[arg(long, value_name = "KEY", value_parser = verifier_key)]
    pub key: Option<VerifierKey>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn authority(text: &str) -> Result<(String, PathBuf), String> {
    let given = text.split_once('=').filter(|(name, file)| !name.is_empty() && !file.is_empty());
    given.map(|(name, file)| (name.to_owned(), file.into())).ok_or_else(|| "expected NAME=FILE".to_owned())
}

/// A duration such as `90s`, `10m`, `24h` or `7d`, in seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let span: jiff::Span = text.parse().map_err(|_| "expected a duration, for example 10m or 24h".to_owned())?;
    let relative = jiff::SpanRelativeTo::days_are_24_hours();
    let seconds = span.to_duration(relative).map(|duration| duration.as_secs()).map_err(|error| error.to_string())?;
    u64::try_from(seconds).map_err(|_| "a duration is not negative".to_owned())
}
