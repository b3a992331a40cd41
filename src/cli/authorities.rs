//! The file that names timestamping authorities.
//!
//! ```toml
//! [[authority]]
//! name = "tsa"                           # 1 to 24 of a-z, 0-9 and -, first a letter; it names the tokens' files
//! url = "https://tsa.example/rfc3161"
//! certificate = "tsa-ca.pem"             # the authority's certificate, or one above it; beside this file
//! policy = "1.2.3.4.1"                   # optional: the policy under which its tokens must be
//! ```

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::name::Name;
use crate::ledger::publication::timestamps::Authority;
use crate::log::timestamp::Trusted;

/// More than anybody asks; each has its file about every head that is stamped.
const AUTHORITIES_MAX: usize = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    authority: Vec<Given>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    name: String,
    url: String,
    certificate: PathBuf,
    policy: Option<String>,
}

/// The authorities that a file names.
///
/// # Errors
/// A sentence that names the file, and what is wrong there.
pub fn read(file: &Path) -> Result<Vec<Authority>, String> {
    let told = |error: String| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| told(error.to_string()))?;
    let document: Document = toml::from_str(&text).map_err(|error| told(error.to_string()))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut authorities: Vec<Authority> = Vec::new();
    for given in document.authority {
        let authority = authority(given, folder).map_err(told)?;
        if authorities.iter().any(|there| there.name == authority.name) {
            return Err(told(format!("two authorities are called {}", authority.name)));
        }
        authorities.push(authority);
    }
    if authorities.len() > AUTHORITIES_MAX {
        return Err(told(format!("names more than {AUTHORITIES_MAX} authorities")));
    }
    Ok(authorities)
}

fn authority(given: Given, folder: &Path) -> Result<Authority, String> {
    let Given { name, url, certificate, policy } = given;
    let told = |error: &str| format!("authority {name}: {error}");
    let policy = policy.map(|policy| policy.parse()).transpose().map_err(told)?;
    let trusted = trusted(&folder.join(certificate)).map_err(|error| told(&error))?;
    let name = Name::parse(&name).ok_or_else(|| told("a name is 1 to 24 of a-z, 0-9 and -, first a letter"))?;
    Ok(Authority { name, url, trusted, policy })
}

/// The certificates in a file.
///
/// # Errors
/// A sentence that names the file.
pub fn trusted(file: &Path) -> Result<Trusted, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Trusted::parse(&bytes).map_err(|error| format!("{} {error}", file.display()))
}
