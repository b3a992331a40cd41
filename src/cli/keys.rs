//! Keys and secrets in the data folder: made once, readable by their owner only.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;

use crate::domain::name::Name;
use crate::ledger::clock::Entropy;
use crate::log::key::{Algorithm, KeyName, SigningKey, VerifierKey};

/// The Ed25519 key under a name, in PKCS#8; made when it is not there.
///
/// # Errors
/// A sentence that names the file.
pub fn signing_key(data: &Path, name: &str) -> Result<Vec<u8>, String> {
    kept(data, &format!("{name}.pk8"), || {
        Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map(|document| document.as_ref().to_vec())
            .map_err(|_| "no key could be made".to_owned())
    })
}

/// A key of an office's log, in PKCS#8: the one that was made with the office, or a later one. Another one would sign
/// what nobody can check.
///
/// # Errors
/// A sentence that names the file.
pub fn log_key(data: &Path, office: Name, key: &VerifierKey) -> Result<Vec<u8>, String> {
    let folder = data.join("keys");
    let later = later_file(office, key);
    for file in [format!("log-{office}.pk8"), later.clone()] {
        let path = folder.join(file);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(format!("{}: {error}; it is a key of the office's log", path.display())),
        };
        let found = SigningKey::from_pkcs8(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        if found.verifier_key(key.name().clone(), Algorithm::Ed25519) == *key {
            return Ok(bytes);
        }
    }
    Err(format!("{} is not there; it is a key of the office's log", folder.join(later).display()))
}

/// Makes one more key for an office's log, and answers what others check with.
///
/// # Errors
/// A sentence that names the file.
pub fn make_log_key(data: &Path, office: Name, origin: KeyName) -> Result<VerifierKey, String> {
    let bytes = SigningKey::generate(&SystemRandom::new()).map_err(|error| error.to_string())?;
    let private = SigningKey::from_pkcs8(&bytes).map_err(|error| error.to_string())?;
    let key = private.verifier_key(origin, Algorithm::Ed25519);
    kept(data, &later_file(office, &key), || Ok(bytes))?;
    Ok(key)
}

/// The file of a key that was made later than its office.
#[must_use]
pub fn later_file(office: Name, key: &VerifierKey) -> String {
    format!("log-{office}-{}.pk8", hex::encode(key.id()))
}

/// The 32 secret bytes under a name; made when they are not there.
///
/// # Errors
/// A sentence that names the file.
pub fn secret(data: &Path, name: &str) -> Result<[u8; 32], String> {
    let bytes = kept(data, &format!("{name}.secret"), || Ok(Entropy::default().bytes::<32>().to_vec()))?;
    bytes.try_into().map_err(|_| format!("{name}.secret is not 32 bytes long"))
}

fn kept(data: &Path, file: &str, make: impl FnOnce() -> Result<Vec<u8>, String>) -> Result<Vec<u8>, String> {
    let folder = data.join("keys");
    let path = folder.join(file);
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    match std::fs::read(&path) {
        Ok(bytes) => return Ok(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(told(error)),
    }
    std::fs::create_dir_all(&folder).map_err(told)?;
    let bytes = make()?;
    // Written beside and renamed, so that a crash leaves either no key or a whole one.
    let fresh = folder.join(format!("{file}.new"));
    let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh).map_err(told)?;
    out.write_all(&bytes).and_then(|()| out.sync_all()).map_err(told)?;
    std::fs::rename(&fresh, &path).map_err(told)?;
    std::fs::File::open(&folder).and_then(|folder| folder.sync_all()).map_err(told)?;
    Ok(bytes)
}
