//! `ticun backup restore`: a copy takes the place of the database, and what it lacks comes out of the published log.
//!
//! Everything is made ready beside the database: the copy is checked, brought to this program's tables, brought up to
//! its log, and held against what was published. Only then the names change, so that whoever dies before has changed
//! nothing; in between there is no database, and the next restore finds the one that was set aside.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::Restore;
use super::check::same;
use super::examine::{Examined, Trouble, as_described, form, known_tables, pages, surveyed};
use super::manifest::{fresh, sync_folder_of, with_suffix};
use super::{NOT_A_FILE, boot, file_url, from_log};
use crate::cli::config::Config;
use crate::cli::{Ended, Failure, complain, say};
use crate::domain::time::Timestamp;
use crate::ledger::clock::wall;
use crate::ledger::survey::Published;
use crate::store::dialect::file::{Closed, close};
use crate::store::dialect::{self, Engine};

/// The parts of a database that is in use.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// Puts a copy in place, appends what a log has, or both.
///
/// # Errors
/// That it could not be done; something that is proven wrong is no error, but an ending of its own.
pub(super) fn restore(args: &Restore) -> Result<Ended, Failure> {
    let config = args.settings.clone().in_force(None)?;
    let Some(copy) = &args.file else {
        boot::prepare(&config.database)?;
        return from_log::append(args, &config, &config.database);
    };
    let Some(database) = Engine::of(&config.database).map_err(|error| error.to_string())?.file() else {
        return Err(Failure::WrongUsage(NOT_A_FILE.to_owned()));
    };
    boot::make_folder(database)?;
    if same(copy, database) {
        return Err(Failure::WrongUsage(format!("{} is the database itself", copy.display())));
    }
    let is_there = PARTS.iter().any(|part| with_part(database, part).exists());
    if is_there && !args.replace {
        let sentence = "there is a database, and nobody has said that another one may take its place: --replace sets \
                        it aside and keeps it";
        return Err(Failure::CouldNot(format!("{}: {sentence}", database.display())));
    }
    let ready = with_suffix(database, "restoring");
    let done = in_place(args, &config, copy, database, &ready);
    // What was not put in place is of no use to anybody; what was is no longer there.
    for part in PARTS {
        let _gone = fs::remove_file(with_part(&ready, part));
    }
    done
}

fn in_place(args: &Restore, config: &Config, copy: &Path, database: &Path, ready: &Path) -> Result<Ended, Failure> {
    let offices = match made_ready(args, config, copy, ready) {
        Ok(Ok(offices)) => offices,
        // It has said itself what is wrong with the log.
        Ok(Err(ended)) => return Ok(ended),
        Err(Trouble::CouldNot(sentence)) => return Err(Failure::CouldNot(sentence)),
        Err(Trouble::Finding(finding)) => {
            if args.json {
                say(&json!({"good": false, "finding": finding}).to_string());
            } else {
                complain(&finding);
            }
            return Ok(Ended::FoundWrong);
        }
    };
    let aside = set_aside(database, wall())?;
    let named = fs::rename(ready, database).and_then(|()| sync_folder_of(database));
    named.map_err(|error| format!("{}: {error}", database.display()))?;
    tell(args, database, aside.as_deref(), &offices);
    Ok(Ended::Done)
}

/// Makes the copy ready under a name of its own; answers its offices, or how it ended where a log was found wrong.
fn made_ready(
    args: &Restore,
    config: &Config,
    copy: &Path,
    ready: &Path,
) -> Result<Result<Vec<Examined>, Ended>, Trouble> {
    let told = |error: std::io::Error| Trouble::CouldNot(format!("{}: {error}", ready.display()));
    boot::must_exist(&file_url(copy)).map_err(Trouble::CouldNot)?;
    // A copy that was in use has newer pages in a file of its own, which would be left behind.
    if with_part(copy, "-wal").exists() {
        let sentence = "has a write-ahead log beside it: it is no copy, but in use, or was not stopped";
        return Err(Trouble::CouldNot(format!("{} {sentence}", copy.display())));
    }
    let mut out = fresh(ready).map_err(told)?;
    let manifest = form(copy, &mut |piece| out.write_all(piece))?;
    let url = file_url(ready);
    pages(ready)?;
    known_tables(&mut dialect::open_reader(&url)?)?;
    boot::prepare(&url).map_err(Trouble::CouldNot)?;
    let mut connection = dialect::open_reader(&url)?;
    if let Some(manifest) = &manifest {
        as_described(manifest, &surveyed(&mut connection, None)?)?;
    }
    drop(connection);
    match from_log::append(args, config, &url) {
        Ok(Ended::Done) => {}
        Ok(ended) => return Ok(Err(ended)),
        Err(Failure::CouldNot(sentence) | Failure::WrongUsage(sentence)) => return Err(Trouble::CouldNot(sentence)),
    }
    let mut connection = dialect::open_reader(&url)?;
    let offices = surveyed(&mut connection, Some(&config.data))?;
    drop(connection);
    for office in &offices {
        may_take_the_place(args, office)?;
    }
    if close(ready) != Closed::Whole {
        return Err(Trouble::CouldNot(format!("{} cannot be closed", ready.display())));
    }
    out.sync_all().map_err(told)?;
    Ok(Ok(offices))
}

/// A copy must not be gone on with where that would be a second log of the same name. What this node has published
/// keeps the service from writing until the copy has it all; where nothing is known, somebody must know.
fn may_take_the_place(args: &Restore, one: &Examined) -> Result<(), Trouble> {
    let Examined { office, survey } = one;
    match survey.published {
        Published::Covered { .. } | Published::Ahead { .. } => Ok(()),
        Published::Contradicts { size } => Err(Trouble::Finding(format!(
            "{office}: the copy's entries are not those of the head of {size} that this node has published"
        ))),
        // The log was verified under a signed head; whether it is the newest, who gave it knows.
        Published::Unknown if args.nothing_since || !args.from_log.is_empty() => Ok(()),
        Published::Unknown => Err(Trouble::CouldNot(format!(
            "{office}: nothing here says what was published since the copy was made, and going on with it could make a \
             second log of the same name. Give what was published (--from-log), or say that nothing was \
             (--nothing-since)"
        ))),
    }
}

/// Takes the database that is there out of the way under a name with the time; answers that name.
fn set_aside(database: &Path, now: Timestamp) -> Result<Option<PathBuf>, Failure> {
    if !PARTS.iter().any(|part| with_part(database, part).exists()) {
        return Ok(None);
    }
    if database.exists() && close(database) == Closed::InUse {
        let sentence = "somebody has this database open: stop the service first";
        return Err(Failure::CouldNot(format!("{}: {sentence}", database.display())));
    }
    let time: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    let aside = with_suffix(database, &format!("until-{time}Z"));
    if aside.exists() {
        return Err(Failure::CouldNot(format!("{} is there already: try again", aside.display())));
    }
    for part in PARTS {
        let (from, to) = (with_part(database, part), with_part(&aside, part));
        if from.exists() {
            fs::rename(&from, &to).map_err(|error| format!("{}: {error}", to.display()))?;
        }
    }
    Ok(Some(aside))
}

fn with_part(database: &Path, part: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(part);
    PathBuf::from(name)
}

fn tell(args: &Restore, database: &Path, aside: Option<&Path>, offices: &[Examined]) {
    let behind = |one: &Examined| match one.survey.published {
        Published::Ahead { size } => size.saturating_sub(one.survey.entries),
        _ => 0,
    };
    if args.json {
        let offices = offices
            .iter()
            .map(|one| json!({"office": one.office, "entries": one.survey.entries, "lacks": behind(one)}));
        let aside = aside.map(|path| path.display().to_string());
        let value = json!({
            "good": true, "database": database.display().to_string(), "aside": aside,
            "offices": offices.collect::<Vec<_>>(),
        });
        say(&value.to_string());
        return;
    }
    say(&format!("{} is in place", database.display()));
    if let Some(aside) = aside {
        let aside = aside.display();
        say(&format!("  what was there is {aside}; `ticun backup restore {aside} --replace` brings it back"));
    }
    for one in offices {
        let Examined { office, survey } = one;
        say(&format!("  {office}: {} entries", survey.entries));
        let lacks = behind(one);
        if lacks > 0 {
            say(&format!(
                "    it lacks {lacks} entries that this node has published: the office is read-only until \
                 `ticun backup restore --from-log` has appended them"
            ));
        }
    }
}
