//! `ticun demo`: a whole office on this machine, with a clock and a bank that obey.

use std::io::ErrorKind;
use std::path::Path;

use super::config::{Config, Settings};
use super::offices::{Made, open};
use super::{Ended, Failure, boot, logging, say, seed};
use crate::domain::name::Name;
use crate::http::server::block_on;
use crate::ledger::clock::wall;
use crate::ledger::publication::keys::ever;
use crate::log::tile::TILE_LEVEL_MAX;
use crate::store::Connection;
use crate::store::dialect::{self, Engine};

const OFFICE: &str = "changning";

/// Runs the demo until it is stopped.
///
/// # Errors
/// A sentence about what failed.
pub fn run(mut settings: Settings, fresh: bool) -> Result<Ended, Failure> {
    settings.data = settings.data.or_else(|| Some("demo-data".into()));
    settings.log = settings.log.or_else(|| Some("warn".to_owned()));
    settings.log_format = settings.log_format.or_else(|| Some("text".to_owned()));
    let config = settings.in_force(None)?;
    if !config.listen.ip().is_loopback() {
        return Err(Failure::WrongUsage(format!("a demo listens on loopback only, not on {}", config.listen)));
    }
    logging::start(&config.log, &config.log_format)?;
    if fresh {
        remove_own_files(&config)?;
    }
    let offices = boot::prepare(&config.database)?;
    match offices.as_slice() {
        [] => {
            let name = Name::parse(OFFICE).ok_or_else(|| "the office has a name".to_owned())?;
            let made = Made {
                name,
                domain: "demo.example",
                time_zone: "Asia/Shanghai",
                mode: "demo",
                at: wall(),
                predecessor: None,
            };
            open(&config, &made)?;
        }
        [name] => must_be_demo(&config, name)?,
        _ => return Err(Failure::CouldNot("this database has several offices: it is no demo's".to_owned())),
    }
    block_on(async {
        let running = boot::start(&config, boot::Mode::Demo).await?;
        let base = format!("http://{}", running.address);
        seed::seed(&running, &base).await?;
        seed::add_examples(&running, &base).await?;
        greet(&base, &config);
        running.until_stopped().await.map_err(Failure::CouldNot)
    })?;
    Ok(Ended::Done)
}

/// A real office's database must never get a simulated clock and bank.
fn must_be_demo(config: &Config, name: &str) -> Result<(), String> {
    let mut connection = dialect::open_reader(&config.database).map_err(|error| error.to_string())?;
    let office = crate::ledger::office::open(&mut connection, name).map_err(|error| error.to_string())?;
    if office.mode == "demo" {
        return Ok(());
    }
    Err(format!("{} holds a real office, not a demo", dialect::shown(&config.database)))
}

/// Removes what an earlier demo left, by name, and nothing else: a file that is not a demo's is left alone.
fn remove_own_files(config: &Config) -> Result<(), String> {
    let engine = Engine::of(&config.database).map_err(|error| error.to_string())?;
    let Some(database) = engine.file() else {
        return Err(format!("{engine} is on a server: `--fresh` removes files, and nothing there"));
    };
    let size = std::fs::metadata(database).map_or(0, |found| found.len());
    let mut later_keys = Vec::new();
    if size > 0 {
        let mut connection = dialect::open_reader(&config.database).map_err(|error| error.to_string())?;
        let names = crate::store::head::offices(&mut connection)
            .map_err(|error| format!("{} is no demo's database, and stays: {error}", database.display()))?;
        for name in &names {
            must_be_demo(config, name)?;
            later_keys.extend(later_key_files(&mut connection, name));
        }
    }
    for suffix in ["", "-wal", "-shm"] {
        remove(Path::new(&format!("{}{suffix}", database.display())))?;
    }
    // Keys and log go only with the database they belong to: the folder may hold a real office's.
    if database.parent() != Some(config.data.as_path()) {
        return Ok(());
    }
    // A new database that found the heads of the old would be read-only.
    remove_log(&super::logs::folder(&config.data).join(OFFICE))?;
    let keys = config.data.join("keys");
    for name in ["tokens.pk8", "codes.secret", "sandbox.secret", &format!("log-{OFFICE}.pk8")] {
        remove(&keys.join(name))?;
    }
    later_keys.iter().try_for_each(|name| remove(&keys.join(name)))
}

/// The files of keys that were added to an office's log; none where the database does not know of any.
fn later_key_files(connection: &mut Connection, office: &str) -> Vec<String> {
    let known = ever(connection, office).unwrap_or_default();
    let name = Name::parse(office);
    known.iter().filter_map(|key| Some(super::keys::later_file(name?, key))).collect()
}

fn remove_log(folder: &Path) -> Result<(), String> {
    for name in ["heads", "lock", "node"] {
        remove(&folder.join(name))?;
    }
    for level in 0..=TILE_LEVEL_MAX {
        remove(&folder.join(format!("tiles-{level}")))?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), String> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(format!("{}: {error}", path.display())),
        _ => Ok(()),
    }
}

fn greet(base: &str, config: &Config) {
    let users = seed::USERS.iter().chain(&seed::EXAMPLE_USERS).map(|user| user.username).collect::<Vec<_>>().join(" ");
    say(&format!(
        "\nTicun demo at {base}  (office {OFFICE}, database {})\n\n  \
         API page      {base}/docs\n  \
         Problems      {base}/problems\n  \
         Health        {base}/readyz\n\n  \
         Users         {users}\n  \
         Password      {}\n\n\
         Try next:\n  \
         curl -s {base}/v1/auth/token -H 'Content-Type: application/json' \\\n    \
         -d '{{\"username\":\"consumer1\",\"password\":\"{}\"}}'\n  \
         The README's \"Try it\" goes on from there: buy, deposit, deliver, settle, refund, a dispute, a default.\n\n\
         Stop with Ctrl-C; it resumes where it was. `--fresh` begins anew.",
        dialect::shown(&config.database),
        seed::PASSWORD,
        seed::PASSWORD,
    ));
}
