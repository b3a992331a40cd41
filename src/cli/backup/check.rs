//! `ticun backup check`: whether a copy, or a database that has come back, can be relied on.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::Check;
use super::examine::{Examined, Trouble, as_described, form, known_tables, pages, surveyed};
use super::manifest::Copied;
use super::{audit, boot, file_url};
use crate::cli::config::Config;
use crate::cli::{Ended, Failure, complain, say};
use crate::ledger::check::{CheckError, check as replay_and_compare};
use crate::ledger::survey::Published;
use crate::store::Connection;
use crate::store::dialect::{self, Engine};

/// A database whose every part was found good.
struct Good {
    described: bool,
    offices: Vec<(Examined, u64)>,
}

/// Checks a copy, or the database.
///
/// # Errors
/// That it could not be checked; something wrong is no error, but an ending of its own.
pub(super) fn check(args: &Check) -> Result<Ended, Failure> {
    let config = args.settings.clone().in_force(None)?;
    let name = match &args.file {
        Some(file) => file.display().to_string(),
        None => dialect::shown(&config.database),
    };
    match examine(args.file.as_ref(), &config) {
        Ok(good) => {
            if args.json {
                say(&as_json(&name, &good).to_string());
            } else {
                tell(&name, args.file.is_some(), &good);
            }
            Ok(Ended::Done)
        }
        Err(Trouble::Finding(finding)) => {
            if args.json {
                say(&json!({"database": name, "good": false, "finding": finding}).to_string());
            } else {
                complain(&finding);
            }
            Ok(Ended::FoundWrong)
        }
        Err(Trouble::CouldNot(sentence)) => Err(Failure::CouldNot(sentence)),
    }
}

fn examine(file: Option<&PathBuf>, config: &Config) -> Result<Good, Trouble> {
    let url = file.map_or_else(|| config.database.clone(), |file| file_url(file));
    boot::must_exist(&url).map_err(Trouble::CouldNot)?;
    // A copy is hashed before anything opens it.
    let manifest = file.map(|file| form(file, &mut |_| Ok(()))).transpose()?.flatten();
    Engine::of(&url)?.file().map_or(Ok(()), pages)?;
    let mut connection = dialect::open_reader(&url)?;
    let missing = known_tables(&mut connection)?;
    if !missing.is_empty() {
        let sentence = "its tables are those of an earlier version of this program: check it with that version, or \
                        restore it, which brings them up to date, and check the database";
        return Err(Trouble::CouldNot(format!("{sentence} (missing: {})", missing.join(", "))));
    }
    let found = surveyed(&mut connection, Some(&config.data))?;
    if let Some(manifest) = &manifest {
        as_described(manifest, &found)?;
    }
    let mut offices = Vec::new();
    for one in found {
        if let Published::Contradicts { size } = one.survey.published {
            let Examined { office, .. } = one;
            let sentence =
                format!("{office}: its entries are not those of the head of {size} that this node has published");
            return Err(Trouble::Finding(sentence));
        }
        let rows = books(&mut connection, &one.office)?;
        offices.push((one, rows));
    }
    Ok(Good { described: manifest.is_some(), offices })
}

/// Replays an office's log and compares every row; answers how many.
fn books(connection: &mut Connection, office: &str) -> Result<u64, Trouble> {
    let bar = audit::bar();
    let checked = replay_and_compare(connection, office, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    match checked {
        Ok(report) => Ok(report.rows.iter().map(|(_, count)| count).sum()),
        Err(CheckError::Finding(finding)) => Err(Trouble::Finding(format!("books of {office}: {finding}"))),
        Err(other) => Err(Trouble::CouldNot(other.to_string())),
    }
}

fn as_json(name: &str, good: &Good) -> Value {
    let offices = good.offices.iter().map(|(one, rows)| {
        let mut value = json!(Copied::of(&one.office, &one.survey));
        if let Some(office) = value.as_object_mut() {
            let published = match one.survey.published {
                Published::Unknown => Value::Null,
                Published::Covered { size } | Published::Ahead { size } | Published::Contradicts { size } => {
                    json!(size)
                }
            };
            office.insert("published".to_owned(), published);
            office.insert("rows".to_owned(), json!(rows));
        }
        value
    });
    json!({"database": name, "good": true, "described": good.described, "offices": offices.collect::<Vec<_>>()})
}

fn tell(name: &str, is_copy: bool, good: &Good) {
    say(&format!("{name}: good"));
    if is_copy && !good.described {
        say("  there is no description beside it, so nothing says that it is whole as it was made");
    }
    for (Examined { office, survey }, rows) in &good.offices {
        say(&format!("  {office}: {} entries replayed, {rows} rows compared", survey.entries));
        let known = match survey.published {
            Published::Ahead { size } => {
                let lacks = size.saturating_sub(survey.entries);
                format!("it lacks {lacks} of the {size} entries that this node has published")
            }
            Published::Covered { size } => format!("it has all {size} entries that this node has published"),
            Published::Unknown | Published::Contradicts { .. } => "nothing here says what was published".to_owned(),
        };
        say(&format!("    {known}"));
    }
}

/// Whether a path is one and the same file as another.
#[must_use]
pub(super) fn same(one: &Path, other: &Path) -> bool {
    std::fs::canonicalize(one).is_ok_and(|one| std::fs::canonicalize(other).is_ok_and(|other| one == other))
}
