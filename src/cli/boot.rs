//! Puts the service together: database, writers, timers, listener. Used by `serve`, by the demo and by the tests.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::config::Config;
use super::joining::join;
use super::logs::{self, Others};
use super::serving::{Opened, Served, Shared, ended};
use super::{Failure, keys, logging, rules};
use crate::domain::name::Name;
use crate::http::app::{App, Parts};
use crate::http::auth::TokenKeys;
use crate::http::channels::{Channels, PaymentChannel, Sandbox};
use crate::http::demo::{CLOCK_SETTING, Demo, RunDue};
use crate::http::offices::{Offices, Writers};
use crate::http::server::Server;
use crate::jobs::{Timers, run_due};
use crate::ledger::clock::Clock;
use crate::ledger::{Sequencer, office};
use crate::store::dialect::{self, Engine};
use crate::store::pool::ReadPool;
use crate::store::{self, head, settings};

const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);
/// A write-ahead log with more pages is long: 64 MiB.
const WAL_PAGES_MAX: i32 = 8_192;
/// Checkpoints in a row over a long log before a writer does the rest.
const CHECKPOINTS_MAX: u32 = 4;
const METRICS_UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// How the service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For real.
    Live,
    /// With a simulated clock and bank, on loopback only.
    Demo,
}

/// A service that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The clock of its books.
    pub clock: Arc<Clock>,
    /// The writers of the offices that were there at its start.
    pub offices: Writers,
    server: Server,
    stop: watch::Sender<bool>,
    timers: Vec<tokio::task::JoinHandle<()>>,
    served: Vec<Served>,
    joining: tokio::task::JoinHandle<Vec<Served>>,
}

impl Running {
    /// Waits until the server has stopped by itself, as it does on SIGTERM and SIGINT, then winds everything down.
    ///
    /// # Errors
    /// A sentence about what failed.
    pub async fn until_stopped(self) -> Result<(), String> {
        let Self { server, stop, timers, mut served, joining, offices, .. } = self;
        let stopped = server.until_stopped().await;
        stop.send_replace(true);
        for timer in timers {
            timer.await.map_err(|error| error.to_string())?;
        }
        served.extend(joining.await.map_err(|error| error.to_string())?);
        // The writers end when the last handle is gone, after they have finished what is queued.
        drop(offices);
        ended(served).await?;
        stopped
    }

    /// Stops it gracefully: what was accepted is finished.
    ///
    /// # Errors
    /// A sentence about what failed.
    pub async fn stop(self) -> Result<(), String> {
        self.server.stop().await;
        self.until_stopped().await
    }
}

/// Makes the folder a database is to stand in.
///
/// # Errors
/// A sentence that names the folder.
pub fn make_folder(database: &Path) -> Result<(), String> {
    let Some(folder) = database.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// Checks that the embedded engine's file is there; a server says so itself when it is asked.
///
/// # Errors
/// A sentence that names the file.
pub fn must_exist(database: &str) -> Result<(), String> {
    match Engine::of(database).map_err(|error| error.to_string())?.file() {
        Some(file) if !file.exists() => Err(format!("there is no database {}", file.display())),
        _ => Ok(()),
    }
}

/// Brings the tables up to date and reads which offices there are.
///
/// # Errors
/// A sentence about what failed.
pub fn prepare(database: &str) -> Result<Vec<String>, String> {
    let told = |error: crate::store::Error| error.to_string();
    if let Some(file) = Engine::of(database).map_err(told)?.file() {
        make_folder(file)?;
    }
    let mut connection = dialect::open_writer(database).map_err(told)?;
    dialect::migrate(&mut connection).map_err(told)?;
    head::offices(&mut connection).map_err(told)
}

/// Checks that no office is a demo's, whose users have a password that everybody knows.
///
/// # Errors
/// A sentence that names the office.
pub fn must_be_live(database: &str, offices: &[String]) -> Result<(), String> {
    let mut connection = dialect::open_reader(database).map_err(|error| error.to_string())?;
    for name in offices {
        let office = office::open(&mut connection, name).map_err(|error| error.to_string())?;
        if office.mode != "live" {
            return Err(format!("{name} is a demo's office: `ticun demo` runs it, `ticun serve` does not"));
        }
    }
    Ok(())
}

/// Starts the service on a prepared database.
///
/// # Errors
/// That a setting is missing, or what failed.
pub async fn start(config: &Config, mode: Mode) -> Result<Running, Failure> {
    let names = prepare(&config.database)?;
    let clock = Arc::new(Clock::shifted(clock_offset(config, mode, &names)?));
    let logs = logs::published(config)?;
    let opened = names.iter().map(|name| Opened::open(config, &logs, name)).collect::<Result<Vec<_>, _>>()?;
    rules::warn_of_ends(clock.now());
    let reads = ReadPool::open(&config.database, config.read_connections).map_err(|error| error.to_string())?;
    let (stop, stopped) = watch::channel(false);
    let shared = Shared {
        config: config.clone(),
        mode,
        others: Others::named(config, &logs)?,
        logs,
        reads,
        clock: Arc::clone(&clock),
        stopped: stopped.clone(),
    };
    let listener = TcpListener::bind(config.listen).map_err(|error| format!("{}: {error}", config.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let mut served = Vec::new();
    for office in opened {
        served.push(office.serve(&shared).await?);
    }
    let offices = Offices::default();
    served.iter().for_each(|office| offices.add(office.sequencer.clone()));
    let timers = vec![
        tokio::spawn(checkpoints(config.database.clone(), offices.clone(), stopped.clone())),
        tokio::spawn(logging::upkeep(logging::metrics()?, METRICS_UPKEEP_EVERY, stopped)),
    ];
    let due = served.iter().map(|office| office.due.clone()).collect();
    let app = App::new(parts(&shared, offices.clone(), due, address)?);
    let server = Server::listen(app, listener, config.workers).map_err(|error| error.to_string())?;
    let there = offices.all().as_ref().clone();
    let joining = tokio::task::spawn_local(join(shared, offices));
    Ok(Running { address, clock, offices: there, server, stop, timers, served, joining })
}

fn clock_offset(config: &Config, mode: Mode, names: &[String]) -> Result<i64, String> {
    let (Mode::Demo, Some(office)) = (mode, names.first()) else { return Ok(0) };
    let mut connection = dialect::open_reader(&config.database).map_err(|error| error.to_string())?;
    let kept = settings::read(&mut connection, office, CLOCK_SETTING).map_err(|error| error.to_string())?;
    kept.map_or(Ok(0), |text| text.parse().map_err(|_| format!("the clock's offset is no number: {text}")))
}

fn run_all(due: Vec<Timers>) -> RunDue {
    Arc::new(move || {
        let due = due.clone();
        Box::pin(async move {
            for timers in &due {
                run_due(timers).await.map_err(|error| error.to_string())?;
            }
            Ok(())
        })
    })
}

/// The sandbox as the bank of one office: the one that is named, or the only one.
fn sandbox(config: &Config, offices: &Writers, secret: &[u8]) -> Result<Sandbox, Failure> {
    let mut names = offices.keys();
    let office = match (&config.sandbox_office, names.next(), names.next()) {
        (Some(named), ..) => {
            let found = offices.keys().find(|name| name.as_str() == named);
            found.ok_or_else(|| Failure::CouldNot(format!("sandbox_office: there is no office {named}")))?
        }
        (None, Some(only), None) => only,
        _ => {
            let sentence = "there are several offices: sandbox_office names the one whose bank the sandbox is";
            return Err(Failure::WrongUsage(sentence.to_owned()));
        }
    };
    let name = Name::parse("sandbox").ok_or_else(|| "the sandbox has a name".to_owned())?;
    Ok(Sandbox::new(name, *office, secret))
}

fn parts(shared: &Shared, offices: Offices, due: Vec<Timers>, address: SocketAddr) -> Result<Parts, Failure> {
    let Shared { config, mode, .. } = shared;
    let secret = match (&config.sandbox_secret, mode) {
        (Some(secret), _) => Some(secret.clone().into_bytes()),
        (None, Mode::Demo) => Some(keys::secret(&config.data, "sandbox")?.to_vec()),
        (None, Mode::Live) => None,
    };
    let bank = match secret {
        Some(secret) => Some(Arc::new(sandbox(config, &offices.all(), &secret)?)),
        None => None,
    };
    let demo = match (mode, &bank) {
        (Mode::Demo, Some(bank)) => {
            let base_url = format!("http://{address}");
            Some(Demo { bank: Arc::clone(bank), base_url, run_due: run_all(due) })
        }
        _ => None,
    };
    let mut channels: Vec<Arc<dyn PaymentChannel>> = Vec::new();
    if let Some(bank) = bank {
        channels.push(bank);
    }
    Ok(Parts {
        offices,
        logs: shared.logs.clone(),
        reads: shared.reads.clone(),
        clock: Arc::clone(&shared.clock),
        token_keys: TokenKeys::from_pkcs8(&keys::signing_key(&config.data, "tokens")?)?,
        channels: Channels::new(channels),
        code_secret: keys::secret(&config.data, "codes")?,
        demo,
        metrics: logging::metrics()?,
        limits: config.limits,
    })
}

/// Moves committed pages into the database file while the writers go on, and has a writer finish that before the
/// write-ahead log becomes long.
async fn checkpoints(database: String, offices: Offices, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(CHECKPOINT_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut connection = dialect::open_writer(&database).ok();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        let Some(mut open) = connection.take().or_else(|| dialect::open_writer(&database).ok()) else { continue };
        match tokio::task::spawn_blocking(move || (checkpoint(&mut open), open)).await {
            Ok((Ok(done), open)) => {
                connection = Some(open);
                if done.pages > WAL_PAGES_MAX {
                    offices.all().values().for_each(Sequencer::finish_checkpoint);
                }
            }
            Ok((Err(error), _)) => tracing::warn!(%error, "a checkpoint failed; it is tried again"),
            Err(_) => return,
        }
    }
}

/// One checkpoint; in a long log several, each over what came during the one before, so that little is left over.
fn checkpoint(connection: &mut store::Connection) -> store::Result<dialect::Checkpoint> {
    let mut done = dialect::checkpoint(connection)?;
    for _ in 1..CHECKPOINTS_MAX {
        if done.pages <= WAL_PAGES_MAX {
            break;
        }
        done = dialect::checkpoint(connection)?;
    }
    Ok(done)
}
