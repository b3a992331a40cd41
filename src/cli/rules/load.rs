//! Rule packs out of a folder, in place of those built in; and whether an office can go by them.

use std::path::Path;

use jiff::tz::TimeZone;

use super::check;
use crate::cli::Failure;
use crate::domain::objects::AdoptedRules;
use crate::domain::time::Timestamp;
use crate::domain::{packs, rule_files};
use crate::ledger::clock::wall;
use crate::store::{Connection, queries};

/// Has this process go by the packs of a folder, checked as `ticun rules check` does.
///
/// # Errors
/// That the folder cannot be read, and every finding in it: a process that would go by wrong rules does not start.
pub fn go_by(folder: &Path) -> Result<(), Failure> {
    let told = |what: String| Failure::CouldNot(format!("the rules in {} cannot be used: {what}", folder.display()));
    let files = check::folder(folder)?;
    if files.is_empty() {
        return Err(told("it holds no file *.toml".to_owned()));
    }
    let checked = check::check(&files, wall().date(&TimeZone::UTC));
    let wrong: Vec<String> = checked.iter().flat_map(check::Checked::wrong).collect();
    if !wrong.is_empty() {
        return Err(told(wrong.join("; ")));
    }
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        let stem = Path::new(&file.name).file_stem().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
        if check::kind(&file.text) != "pack" {
            return Err(told(format!("{stem} is no pack; calendar, rates and void terms are built in")));
        }
        if !is_name(stem) {
            return Err(told(format!("{stem:?} becomes a name in the log: 1 to 40 of a-z, 0-9 and -")));
        }
        texts.push((stem.to_owned(), file.text));
    }
    packs::go_by(texts).map_err(told)
}

/// Says in the program's own log which packs have ended or soon end, with no edition after them.
pub fn warn_of_ends(now: Timestamp) {
    let today = now.date(&TimeZone::UTC);
    for pack in packs::in_force().all() {
        if let Some(warning) = check::ending(packs::in_force(), pack, today) {
            tracing::warn!(pack = %pack.id, version = %pack.version, "{warning}");
        }
    }
}

fn is_name(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    (1..=40).contains(&text.len()) && text.chars().all(plain)
}

/// Checks that an office can go by the rules of this process: a file that its log has adopted is still there, and so is
/// every edition that one of its contracts names, since that goes on to decide the contract's time limits. A pack that is
/// over ends by its own `valid_until`.
///
/// # Errors
/// A sentence that names what is missing.
pub fn can_go_by_these(connection: &mut Connection, office: &str) -> Result<(), String> {
    let mine = rule_files::in_force();
    let adopted = queries::adopted_rules(connection, office).map_err(|error| error.to_string())?;
    let is_new = |adopted: &&AdoptedRules| !mine.iter().any(|file| file.digests == adopted.digests);
    if !adopted.iter().any(|adopted| is_new(&adopted)) {
        return Ok(());
    }
    if let Some(missing) = adopted.iter().find(|adopted| mine.iter().all(|file| file.name != adopted.name)) {
        let name = &missing.name;
        return Err(format!(
            "{office}: its log has adopted {name}, and there is no file of that name; a pack ends by its valid_until"
        ));
    }
    let named = queries::editions_named(connection, office).map_err(|error| error.to_string())?;
    match named.into_iter().find(|(pack, version)| packs::in_force().find(*pack, *version).is_none()) {
        Some((pack, version)) => {
            Err(format!("{office}: it has contracts under {pack} {version}, and no file holds that edition"))
        }
        None => Ok(()),
    }
}
