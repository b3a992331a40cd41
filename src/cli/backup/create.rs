//! `ticun backup create`: one file that is the database as it was at one moment, made while others write.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::args::Create;
use super::examine::{Examined, surveyed};
use super::manifest::{self, Manifest, beside, fresh, sync_folder_of, with_suffix};
use super::{NOT_A_FILE, boot, file_url};
use crate::cli::{Ended, Failure, say};
use crate::domain::time::Timestamp;
use crate::ledger::clock::wall;
use crate::store::dialect::{self, Engine, file};

/// How often the bar looks how long the copy is.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Makes a copy, and tells what it is.
///
/// # Errors
/// That there is something in its place, or what failed.
pub(super) fn create(args: &Create) -> Result<Ended, Failure> {
    let config = args.settings.clone().in_force(None)?;
    boot::must_exist(&config.database)?;
    let Some(database) = Engine::of(&config.database).map_err(|error| error.to_string())?.file() else {
        return Err(Failure::WrongUsage(NOT_A_FILE.to_owned()));
    };
    let to = destination(&args.to, wall());
    let told = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    for taken in [to.clone(), beside(&to)] {
        if taken.exists() {
            return Err(Failure::CouldNot(format!("{} is there already", taken.display())));
        }
    }
    // Whatever happens before the last rename leaves no file that could be taken for a copy.
    let part = with_suffix(&to, "part");
    let out = fresh(&part).map_err(|error| told(&part, error))?;
    copy(database, &part)?;
    out.sync_all().map_err(|error| told(&part, error))?;
    let manifest = describe(&part)?;
    manifest.write(&to).map_err(|error| told(&to, error))?;
    fs::rename(&part, &to).and_then(|()| sync_folder_of(&to)).map_err(|error| told(&to, error))?;
    if args.json {
        let mut value = serde_json::to_value(&manifest).map_err(|error| error.to_string())?;
        if let Some(object) = value.as_object_mut() {
            object.insert("file".to_owned(), to.display().to_string().into());
        }
        say(&value.to_string());
        return Ok(Ended::Done);
    }
    say(&format!("{}: {} bytes, SHA-256 {}", to.display(), manifest.size_bytes, manifest.sha256));
    for office in &manifest.offices {
        say(&format!("  {}: {} entries, root {}", office.office, office.entries, office.root));
    }
    say(&format!(
        "  {} describes it. The keys of logs, tokens and codes ({}) are not in it: keep them apart from it",
        beside(&to).display(),
        config.data.join("keys").display()
    ));
    Ok(Ended::Done)
}

/// The file that a copy is written to: in a folder it is named by its time.
fn destination(to: &Path, now: Timestamp) -> PathBuf {
    if !to.is_dir() {
        return to.to_owned();
    }
    let time: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    to.join(format!("ticun-{time}Z.db"))
}

/// Copies on a thread of its own, while this one shows how far it is: the copy is about as long as what is copied.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let length = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    let bar = ProgressBar::new(length(from));
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left") {
        bar.set_style(style);
    }
    let copied = std::thread::scope(|scope| {
        let (done, waiting) = channel();
        scope.spawn(move || done.send(file::copy(from, to)));
        loop {
            match waiting.recv_timeout(LOOK_EVERY) {
                Ok(copied) => return copied.map_err(|error| error.to_string()),
                Err(RecvTimeoutError::Timeout) => bar.set_position(length(to)),
                Err(RecvTimeoutError::Disconnected) => return Err("the copy ended by a panic".to_owned()),
            }
        }
    });
    bar.finish_and_clear();
    copied
}

/// Describes a copy by what stands in it.
fn describe(copy: &Path) -> Result<Manifest, String> {
    let told = |error: crate::store::Error| error.to_string();
    let mut connection = dialect::open_reader(&file_url(copy)).map_err(told)?;
    let migrations = dialect::migrations(&mut connection).map_err(told)?.applied;
    let mut offices = Vec::new();
    for Examined { office, survey } in surveyed(&mut connection, None).map_err(|error| error.to_string())? {
        offices.push(manifest::Copied::of(&office, &survey));
    }
    drop(connection);
    let read = manifest::digest(copy, &mut |_| Ok(()));
    let (size_bytes, sha256) = read.map_err(|error| format!("{}: {error}", copy.display()))?;
    let made_by = concat!("ticun ", env!("CARGO_PKG_VERSION")).to_owned();
    Ok(Manifest { made_at: wall(), made_by, migrations, offices, sha256, size_bytes })
}
