//! `ticun sign new-key|proof|decision`: what a decider does with their own key, on their own machine.
//!
//! Words go to standard error and what was signed to standard output, so that a script can take it and a person reads it.

pub mod args;
mod key_file;
mod words;

use std::io::Read as _;
use std::path::Path;

use serde_json::json;

use super::{Ended, Failure, say};
use crate::domain::signature::{Signature, SignatureBytes, SignerKey};
use crate::domain::statement::{Statement, possession};
use crate::log::key::SigningKey;
use args::{Decision, NewKey, Proof, SignCommand};

/// How many bytes a statement has at most; there is no need to read more.
const STATEMENT_SIZE_BYTES_MAX: u64 = 64 * 1024;

/// Carries out a command about signing.
///
/// # Errors
/// A sentence when it cannot be done.
pub fn run(command: &SignCommand) -> Result<Ended, Failure> {
    match command {
        SignCommand::NewKey(new_key) => make(new_key),
        SignCommand::Proof(proof) => prove(proof),
        SignCommand::Decision(decision) => decide(decision),
    }
}

fn make(args: &NewKey) -> Result<Ended, Failure> {
    let key = key_file::make(&args.file)?;
    say(&public(&key).to_string());
    Ok(Ended::Done)
}

fn prove(args: &Proof) -> Result<Ended, Failure> {
    let key = key_file::read(&args.key)?;
    let public_key = public(&key);
    let proof = sign(&key, possession(&args.origin, args.user, &public_key).as_bytes());
    match args.json {
        true => say(&json!({"public_key": public_key, "proof": proof}).to_string()),
        false => say(&proof.to_string()),
    }
    Ok(Ended::Done)
}

fn decide(args: &Decision) -> Result<Ended, Failure> {
    let key = key_file::read(&args.key)?;
    let bytes = statement(&args.statement)?;
    let statement = Statement::parse(&bytes).map_err(|error| error.to_string())?;
    tell(&words::of(&statement));
    let signature = Signature { key: public(&key), value: sign(&key, &bytes) };
    match args.json {
        true => say(&json!(signature).to_string()),
        false => say(&signature.value.to_string()),
    }
    Ok(Ended::Done)
}

fn public(key: &SigningKey) -> SignerKey {
    SignerKey::from_bytes(*key.public_key().as_bytes())
}

fn sign(key: &SigningKey, message: &[u8]) -> SignatureBytes {
    SignatureBytes::from_bytes(key.sign(message))
}

/// The bytes of a statement, from a file or from standard input.
fn statement(path: &Path) -> Result<Vec<u8>, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().take(STATEMENT_SIZE_BYTES_MAX).read_to_end(&mut bytes).map_err(told)?;
    } else {
        let file = std::fs::File::open(path).map_err(told)?;
        file.take(STATEMENT_SIZE_BYTES_MAX).read_to_end(&mut bytes).map_err(told)?;
    }
    Ok(bytes)
}

/// Speaks to the person who signs, beside what a script takes.
#[expect(clippy::print_stderr, reason = "this is the command line's own voice")]
fn tell(text: &str) {
    eprintln!("{text}");
}
