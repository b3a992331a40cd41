//! A decider's private key as a file: Ed25519 in PKCS#8, as `openssl genpkey -algorithm ed25519` writes it, too.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use pem::{EncodeConfig, LineEnding, Pem};
use ring::rand::SystemRandom;

use crate::log::key::SigningKey;

/// What stands in the first and last line of a file in PEM (RFC 7468 section 10).
const LABEL: &str = "PRIVATE KEY";

/// Makes a key in a file that is not there yet, readable by its owner only.
///
/// # Errors
/// A sentence that names the file.
pub(super) fn make(path: &Path) -> Result<SigningKey, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let document = SigningKey::generate_plain(&SystemRandom::new()).map_err(|error| error.to_string())?;
    let key = SigningKey::from_any_pkcs8(&document).map_err(|error| error.to_string())?;
    let lines = EncodeConfig::new().set_line_ending(LineEnding::LF);
    let text = pem::encode_config(&Pem::new(LABEL, document), lines);
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(told)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(told)?;
    Ok(key)
}

/// Reads a key, in PEM or DER.
///
/// # Errors
/// A sentence that names the file.
pub(super) fn read(path: &Path) -> Result<SigningKey, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let document = match pem::parse(&bytes) {
        Ok(pem) if pem.tag() == LABEL => pem.into_contents(),
        Ok(pem) => return Err(format!("{}: this is a {}, not a private key", path.display(), pem.tag())),
        Err(_) => bytes,
    };
    SigningKey::from_any_pkcs8(&document).map_err(|error| format!("{}: {error}", path.display()))
}
