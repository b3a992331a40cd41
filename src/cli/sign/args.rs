//! The arguments of `ticun sign`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::domain::id::UserId;

/// Signing.
#[derive(Debug, Subcommand)]
pub enum SignCommand {
    /// Make an Ed25519 key (PKCS#8 in PEM, readable by its owner only), and print the public key
    NewKey(NewKey),
    /// Sign that a key is yours: what `PUT /v1/me/signing-key` asks for
    Proof(Proof),
    /// Show a decision in words, and sign it
    Decision(Decision),
}

/// Where a new key goes.
#[derive(Debug, Args)]
pub struct NewKey {
    /// A file that is not there yet
    pub file: PathBuf,
}

/// Whose key it is, and in which log.
#[derive(Debug, Args)]
pub struct Proof {
    /// The key: Ed25519 in PKCS#8, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The log's name: the first line of /log/OFFICE/checkpoint
    #[arg(long, value_name = "ORIGIN")]
    pub origin: String,
    /// You: the id that `GET /v1/me` answers
    #[arg(long, value_name = "USER", value_parser = user)]
    pub user: UserId,
    /// Print the body of `PUT /v1/me/signing-key`
    #[arg(long)]
    pub json: bool,
}

/// What is signed, and by which key.
#[derive(Debug, Args)]
pub struct Decision {
    /// The key: Ed25519 in PKCS#8, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The statement as …/decision-statement answered it; - reads standard input
    #[arg(value_name = "STATEMENT", default_value = "-")]
    pub statement: PathBuf,
    /// Print the member `signature` of the decision
    #[arg(long)]
    pub json: bool,
}

fn user(text: &str) -> Result<UserId, String> {
    UserId::parse(text).map_err(|error| error.to_string())
}
