//! The verifier: how fast it reads an exported log, beside how fast one core hashes blocks of 512 bytes.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::books::Books;
use crate::figures::Figures;
use crate::postgres::ended;
use crate::progress;
use crate::servers::TICUN;
use crate::service::{Drive, How, Service, median};

use super::single::USUAL;

/// Contracts in the books whose log is verified, of so many merchants. Most of its entries are deliveries.
const CONTRACTS: u64 = 1_000;
const MERCHANTS: u128 = 10;

/// Makes a log, exports it, and verifies it.
pub fn measure(how: &How, figures: &mut Figures) -> Result<(), String> {
    progress(&format!("preparing a log of {CONTRACTS} contracts, by commands"));
    let books = Books::open(&how.folder.join("verified"), None, MERCHANTS)?;
    books.fill_honestly(CONTRACTS)?;
    let service = Service::start(how, books, CONTRACTS, 1)?;
    for _ in 0..how.rounds {
        service.drive(how, Drive::deliveries(USUAL))?;
    }
    let books = service.stop()?;
    let folder = how.folder.join("export");
    progress("exporting the log");
    let mut export = Command::new(TICUN);
    export.args(["audit", "export", "--log", "warn", "--json", "--database", books.database(), "--data"]);
    let told = ended(export.arg(books.folder()).arg(&folder))?;
    let told: serde_json::Value = serde_json::from_str(&told).map_err(|error| format!("{error}: {told}"))?;
    let entries = told.get("size").and_then(serde_json::Value::as_u64).ok_or("an export has a size")?;
    let bytes = size_bytes(&folder.join("tile").join("entries")).map_err(|error| error.to_string())?;
    let (mut verified, mut replayed, mut hashed) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=how.rounds {
        progress(&format!("verifying {entries} entries of {bytes} bytes, round {round} of {}", how.rounds));
        hashed.push(sha256_per_s()?);
        verified.push(rate(bytes, &folder, &[])?);
        replayed.push(rate(entries, &folder, &["--replay"])?);
    }
    figures.set("sha256_bytes_per_s", median(hashed));
    figures.set("verify_bytes_per_s", median(verified));
    figures.set("replay_entries_per_s", median(replayed));
    figures.set("verified_entries", entries);
    Ok(())
}

/// How much of a log is verified a second, all in all.
fn rate(much: u64, folder: &Path, how: &[&str]) -> Result<u64, String> {
    let begin = Instant::now();
    ended(Command::new(TICUN).args(["audit", "verify", "--json"]).args(how).arg(folder))?;
    let micros = begin.elapsed().as_micros().max(1);
    Ok(u64::try_from(u128::from(much) * 1_000_000 / micros).unwrap_or(u64::MAX))
}

/// What `openssl speed` says of SHA-256, in bytes a second.
fn sha256_per_s() -> Result<u64, String> {
    let mut command = Command::new("openssl");
    let told = ended(command.args(["speed", "-mr", "-seconds", "1", "-evp", "sha256", "-bytes", "512"]))?;
    let rate = told.lines().find_map(|line| line.strip_prefix("+F:")?.rsplit(':').next());
    let whole = rate.and_then(|rate| rate.split('.').next()?.parse().ok());
    whole.ok_or_else(|| format!("openssl told no rate: {told}"))
}

/// The size of all files in a folder and below.
fn size_bytes(folder: &Path) -> std::io::Result<u64> {
    let mut size = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        size += if entry.file_type()?.is_dir() { size_bytes(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(size)
}
