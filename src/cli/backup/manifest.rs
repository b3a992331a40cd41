//! The description beside a copy: what it is a copy of, and the digest by which it is known again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::digest::Digest;
use crate::domain::time::Timestamp;
use crate::ledger::survey::Survey;
use crate::log::files::sync_folder;
use crate::log::text;

const PIECE_SIZE_BYTES: usize = 1 << 20;

/// What a copy is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// When it was made.
    pub made_at: Timestamp,
    /// The program that made it.
    pub made_by: String,
    /// The migrations that its tables have gone through.
    pub migrations: Vec<String>,
    /// Its offices.
    pub offices: Vec<Copied>,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// Its size.
    pub size_bytes: u64,
}

/// An office of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    /// How many entries its log has.
    pub entries: u64,
    /// The leaf of the newest entry.
    pub leaf: Digest,
    /// Its name.
    pub office: String,
    /// The name of its log.
    pub origin: String,
    /// The root of the tree over all entries, in base64 as checkpoints have it.
    pub root: String,
}

impl Copied {
    /// What a survey found of an office.
    #[must_use]
    pub fn of(office: &str, survey: &Survey) -> Self {
        Self {
            entries: survey.entries,
            leaf: survey.leaf,
            office: office.to_owned(),
            origin: survey.origin.clone(),
            root: text::base64(&survey.root),
        }
    }
}

/// Where the description of a copy stands.
#[must_use]
pub fn beside(file: &Path) -> PathBuf {
    with_suffix(file, "json")
}

/// A name with something more at its end.
#[must_use]
pub fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

impl Manifest {
    /// The description beside a file; none where there is none.
    ///
    /// # Errors
    /// A sentence: it cannot be read.
    pub fn read(file: &Path) -> Result<Option<Self>, String> {
        let path = beside(file);
        let told = |error: String| format!("{}: {error}", path.display());
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| told(error.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(told(error.to_string())),
        }
    }

    /// Writes it beside a file, whole or not at all.
    ///
    /// # Errors
    /// When the file system fails.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        let (path, part) = (beside(file), with_suffix(file, "json.part"));
        let mut out = fresh(&part)?;
        out.write_all(&serde_json::to_vec_pretty(self)?)?;
        out.write_all(b"\n")?;
        out.sync_all()?;
        fs::rename(&part, &path)
    }
}

/// A file with nothing in it, which only its owner may read: a database holds what is personal.
pub fn fresh(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Size and SHA-256 of a file; `seen` gets each piece of it and hears how far we are.
///
/// # Errors
/// When it cannot be read, or what `seen` says.
pub fn digest(path: &Path, seen: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<(u64, Digest)> {
    let mut file = File::open(path)?;
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    let mut piece = vec![0; PIECE_SIZE_BYTES];
    loop {
        let count = file.read(&mut piece)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        hash.update(read);
        seen(read)?;
        size = size.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
    Ok((size, Digest::from_bytes(hash.finalize().into())))
}

/// Makes the names in the folder of a file survive a loss of power.
///
/// # Errors
/// When the file system fails.
pub fn sync_folder_of(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync_folder(folder.unwrap_or(Path::new(".")))
}
