//! A log's files in a folder.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::source::{FILE_SIZE_BYTES_MAX, Source};
use crate::log::timestamp::{FileName, file_name};

/// A folder that has, or gets, the files of one log.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at a path. Nothing is read yet.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// True if it has nothing in it, or is not there.
    ///
    /// # Errors
    /// A sentence when it cannot be listed.
    pub fn is_empty(&self) -> Result<bool, String> {
        match fs::read_dir(&self.0) {
            Ok(mut found) => Ok(found.next().is_none()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(told(&self.0, &error)),
        }
    }

    /// Writes a file. Whoever reads meanwhile sees the old one or the new one, and so does whoever reads after a
    /// crash.
    ///
    /// # Errors
    /// A sentence that names it.
    pub fn write(&self, file: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.0.join(file);
        let fresh = self.0.join(format!("{file}.new"));
        let written = || -> std::io::Result<()> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut out = File::create(&fresh)?;
            out.write_all(bytes)?;
            out.sync_data()?;
            fs::rename(&fresh, &path)
        };
        written().map_err(|error| told(&path, &error))
    }

    /// Writes a file that counts for nothing before another one, written later, names it: it is not forced to disk.
    ///
    /// # Errors
    /// A sentence that names it.
    pub fn write_loosely(&self, file: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.0.join(file);
        let written = match fs::write(&path, bytes) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, bytes))
            }
            written => written,
        };
        written.map_err(|error| told(&path, &error))
    }

    /// Removes a file, and its folder if that is empty then.
    ///
    /// # Errors
    /// A sentence that names it.
    pub fn remove(&self, file: &str) -> Result<(), String> {
        let path = self.0.join(file);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(told(&path, &error)),
            _ => {}
        }
        let emptied = path.parent().map(fs::remove_dir);
        match emptied {
            Some(Err(error)) if !matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::NotFound) => {
                Err(told(&path, &error))
            }
            _ => Ok(()),
        }
    }
}

impl Source for Folder {
    fn read(&mut self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let path = self.0.join(path);
        let read = || -> std::io::Result<Vec<u8>> {
            let file = File::open(&path)?;
            let expected = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
            let mut bytes = Vec::with_capacity(expected.min(FILE_SIZE_BYTES_MAX));
            let bound = u64::try_from(FILE_SIZE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
            file.take(bound).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match read() {
            Ok(bytes) if bytes.len() > FILE_SIZE_BYTES_MAX => {
                Err(format!("{}: more than {FILE_SIZE_BYTES_MAX} bytes", path.display()))
            }
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(told(&path, &error)),
        }
    }

    fn timestamps(&mut self, size_max: u64) -> Result<Vec<FileName>, String> {
        let path = self.0.join(file_name::FOLDER);
        let listed = match fs::read_dir(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed.map_err(|error| told(&path, &error))?,
        };
        let mut names = Vec::new();
        for entry in listed {
            let name = entry.map_err(|error| told(&path, &error))?.file_name();
            // Other files are nobody's statement.
            names.extend(name.to_str().and_then(FileName::parse).filter(|name| name.size() <= size_max));
        }
        Ok(names)
    }
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
