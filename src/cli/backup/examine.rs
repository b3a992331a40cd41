//! What a copy, and a database that came back, are looked at for.

use std::path::Path;

use super::manifest::{self, Copied, Manifest};
use crate::cli::logs;
use crate::ledger::survey::{Survey, SurveyError, survey};
use crate::log::heads;
use crate::store::dialect::{self, file};
use crate::store::{self, Connection, head};

/// An office, looked through.
pub(super) struct Examined {
    /// Its name.
    pub(super) office: String,
    /// What was found.
    pub(super) survey: Survey,
}

/// Why something is not as it must be, or could not be looked at.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// It is proven to be wrong.
    #[error("{0}")]
    Finding(String),
    /// It could not be looked at.
    #[error("{0}")]
    CouldNot(String),
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Corrupt { .. } => Self::Finding(error.to_string()),
            other => Self::CouldNot(other.to_string()),
        }
    }
}

/// Reads the log of every office, and holds what this node has published against it where its data folder is known.
pub(super) fn surveyed(connection: &mut Connection, data: Option<&Path>) -> Result<Vec<Examined>, Trouble> {
    let mut all = Vec::new();
    for office in head::offices(connection)? {
        let published = match data {
            Some(data) => heads::read_all(&logs::folder(data).join(&office)),
            None => Ok(Vec::new()),
        };
        let published = published.map_err(|error| Trouble::CouldNot(error.to_string()))?;
        let found = survey(connection, &office, &published).map_err(|error| match error {
            SurveyError::Store(error) => Trouble::from(error),
            error if error.is_finding() => Trouble::Finding(format!("{office}: {error}")),
            error => Trouble::CouldNot(format!("{office}: {error}")),
        })?;
        all.push(Examined { office, survey: found });
    }
    Ok(all)
}

/// Checks a copy's form: its digest, where there is a description of it, and its pages. `seen` gets its bytes.
pub(super) fn form(
    path: &Path,
    seen: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
) -> Result<Option<Manifest>, Trouble> {
    let could_not = |error: std::io::Error| Trouble::CouldNot(format!("{}: {error}", path.display()));
    let manifest = Manifest::read(path).map_err(Trouble::CouldNot)?;
    let (size_bytes, sha256) = manifest::digest(path, seen).map_err(could_not)?;
    if let Some(manifest) = &manifest
        && (manifest.size_bytes, manifest.sha256) != (size_bytes, sha256)
    {
        let sentence =
            format!("{} is not the file that is described beside it: its SHA-256 is {sha256}", path.display());
        return Err(Trouble::Finding(sentence));
    }
    Ok(manifest)
}

/// Checks the pages of a file, before anything else is read in it.
pub(super) fn pages(path: &Path) -> Result<(), Trouble> {
    // Of a file that cannot be read as a database nothing else can be said.
    let findings = file::findings(path).unwrap_or_else(|error| vec![error.to_string()]);
    match findings.into_iter().next() {
        Some(first) => Err(Trouble::Finding(format!("{}: {first}", path.display()))),
        None => Ok(()),
    }
}

/// Checks that a later program has not changed the tables; answers which migrations they lack.
pub(super) fn known_tables(connection: &mut Connection) -> Result<Vec<String>, Trouble> {
    let migrations = dialect::migrations(connection)?;
    if let Some(unknown) = migrations.unknown.first() {
        let sentence = format!("the tables are those of a later version of this program: {unknown} is not known here");
        return Err(Trouble::CouldNot(sentence));
    }
    Ok(migrations.missing)
}

/// Checks that a copy's offices are those that its description names.
pub(super) fn as_described(manifest: &Manifest, found: &[Examined]) -> Result<(), Trouble> {
    let found: Vec<Copied> = found.iter().map(|one| Copied::of(&one.office, &one.survey)).collect();
    if found == manifest.offices {
        return Ok(());
    }
    Err(Trouble::Finding("its offices or their logs are not those that are described beside it".to_owned()))
}
