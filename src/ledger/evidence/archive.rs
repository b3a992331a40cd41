//! The zip file: written with every file's digests, the same bytes for the same contents, and read with bounds.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, Write};

use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::Finding;
use super::names::{MANIFEST, SUMS};
use crate::domain::digest::Digest;
use crate::domain::id::ContractId;

/// The program that writes the words of a result; another version may choose others.
pub const MADE_BY: &str = concat!("ticun ", env!("CARGO_PKG_VERSION"));
/// No file of ours comes near this; one that does is somebody else's.
const FILE_SIZE_BYTES_MAX: u64 = 256 << 20;

/// What `manifest.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The contract.
    pub contract: ContractId,
    /// Every file but the manifest and the sums, in the order of writing.
    pub files: Vec<Listed>,
    /// The program.
    pub made_by: String,
    /// The version of this form.
    pub v: u32,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Its name in the zip.
    pub name: String,
    /// Its SHA-256.
    pub sha256: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Its SM3.
    pub sm3: Digest,
}

impl Listed {
    fn of(name: &str, bytes: &[u8]) -> Self {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { name: name.to_owned(), sha256: Digest::of(&[bytes]), size, sm3: Digest::sm3(bytes) }
    }
}

/// A zip file on its way out. No clock is read: all its files are from the beginning of the format's time.
pub struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    files: Vec<Listed>,
}

impl<W: Write + Seek> Archive<W> {
    /// An empty one.
    pub fn new(out: W) -> Self {
        Self { zip: ZipWriter::new(out), files: Vec::new() }
    }

    /// Adds a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.write(name, bytes)?;
        self.files.push(Listed::of(name, bytes));
        Ok(())
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(name, options)?;
        self.zip.write_all(bytes)
    }

    /// Ends it with the lists of its files.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, contract: ContractId) -> io::Result<W> {
        let files = std::mem::take(&mut self.files);
        let manifest = Manifest { contract, files, made_by: MADE_BY.to_owned(), v: 1 };
        let mut bytes = serde_json::to_vec_pretty(&manifest)?;
        bytes.push(b'\n');
        let sums = sums(&manifest, &bytes);
        self.write(MANIFEST, &bytes)?;
        self.write(SUMS, sums.as_bytes())?;
        Ok(self.zip.finish()?)
    }
}

/// The sums as `sha256sum -c` reads them.
fn sums(manifest: &Manifest, bytes: &[u8]) -> String {
    let own = Listed::of(MANIFEST, bytes);
    let all = manifest.files.iter().chain([&own]);
    all.map(|file| format!("{}  {}\n", file.sha256, file.name)).collect()
}

/// A zip file that somebody handed in, whose files are the ones that its manifest lists.
pub struct Opened<R: Read + Seek> {
    zip: ZipArchive<R>,
    /// What it says of itself.
    pub manifest: Manifest,
}

impl<R: Read + Seek> Opened<R> {
    /// Reads the lists, and compares them with each other and with the names in the zip.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(file: R) -> Result<Self, Finding> {
        let mut zip = ZipArchive::new(file).map_err(|error| Finding::undecided("the file", error.to_string()))?;
        let bytes = read(&mut zip, MANIFEST)?;
        let manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|error| Finding::undecided(MANIFEST, error.to_string()))?;
        if manifest.v != 1 {
            return Err(Finding::undecided(MANIFEST, format!("its form {} is not known", manifest.v)));
        }
        if read(&mut zip, SUMS)? != sums(&manifest, &bytes).as_bytes() {
            return Err(Finding::refuted(SUMS, "it does not say what the manifest says"));
        }
        let listed: BTreeSet<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
        if listed.len() != manifest.files.len() {
            return Err(Finding::refuted(MANIFEST, "it lists a file twice"));
        }
        for name in zip.file_names() {
            let name = name.map_err(|error| Finding::undecided("the file", error.to_string()))?;
            if !listed.contains(name.as_ref()) && ![MANIFEST, SUMS].contains(&name.as_ref()) {
                return Err(Finding::refuted(name, "the manifest does not list it"));
            }
        }
        Ok(Self { zip, manifest })
    }

    /// Whether there is such a file.
    pub fn has(&self, name: &str) -> bool {
        self.manifest.files.iter().any(|file| file.name == name)
    }

    /// A file, whose digests are those of the manifest.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&mut self, name: &str) -> Result<Vec<u8>, Finding> {
        let listed = self.manifest.files.iter().find(|file| file.name == name);
        let listed = listed.ok_or_else(|| Finding::undecided(name, "it is missing"))?;
        let bytes = read(&mut self.zip, name)?;
        if Listed::of(name, &bytes) == *listed {
            Ok(bytes)
        } else {
            Err(Finding::refuted(name, "its size, SHA-256 or SM3 is not that of the manifest"))
        }
    }
}

fn read<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Result<Vec<u8>, Finding> {
    let unreadable = |error: String| Finding::undecided(name, error);
    let file = zip.by_name(name).map_err(|error| unreadable(error.to_string()))?;
    let mut bytes = Vec::new();
    let mut bounded = file.take(FILE_SIZE_BYTES_MAX);
    bounded.read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    Ok(bytes)
}
