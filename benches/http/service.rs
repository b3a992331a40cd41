//! The service under test: books, the server on them, and the load that drives it.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ticun::domain::objects::Role;

use super::books::{Books, MERCHANTS};
use super::facts::{self, Ids, Seed};
use super::load::{self, Measured, Plan};
use super::postgres::Postgres;
use super::progress;
use super::requests::{Targets, Work};
use super::servers::{Server, pause};

const ASK_EVERY: Duration = Duration::from_millis(50);
const PUBLISH_MAX: Duration = Duration::from_secs(300);

/// How everything is measured.
pub struct How {
    /// Where the books stand.
    pub folder: PathBuf,
    /// How long one run is, after its warm-up.
    pub run: Duration,
    /// How often each run is taken; medians are told.
    pub rounds: usize,
    /// What the service logs.
    pub log: String,
}

/// Where books stand.
#[derive(Clone, Copy)]
pub enum Engine<'a> {
    Sqlite,
    Postgres(&'a Postgres),
}

/// What kind of load, and how hard.
#[derive(Clone)]
pub struct Drive {
    pub work: Work,
    pub connections: u32,
    /// Requests a second over all connections; as many as can be without it.
    pub per_s: Option<u64>,
}

impl Drive {
    /// One delivery a request, as fast as it goes.
    pub const fn deliveries(connections: u32) -> Self {
        Self { work: Work::Deliveries, connections, per_s: None }
    }
}

/// Fills new books of a name with so many contracts of so many merchants, and then what is stated last.
pub fn prepare(
    how: &How,
    engine: Engine<'_>,
    name: &str,
    (contracts, merchants): (u64, u128),
    last: impl FnOnce(Ids) -> Vec<Seed>,
) -> Result<Books, String> {
    progress(&format!("preparing {name}: {contracts} contracts"));
    let database = match engine {
        Engine::Sqlite => None,
        Engine::Postgres(postgres) => Some(postgres.make_database("ledger")?),
    };
    let books = Books::open(&how.folder.join(name), database, merchants)?;
    let notary = facts::staff(books.ids, 0, Role::Notary);
    books.fill(contracts, std::iter::once(notary).chain(last(books.ids)))?;
    if let Engine::Postgres(postgres) = engine {
        postgres.settle(books.database())?;
    }
    Ok(books)
}

/// Books and the server on them.
pub struct Service {
    pub books: Books,
    pub server: Server,
    pub contracts: u64,
    /// How many deliveries were recorded through it.
    pub recorded: Cell<u64>,
}

impl Service {
    /// Starts a server on books with so many contracts; it publishes its log every so many seconds.
    pub fn start(how: &How, books: Books, contracts: u64, publish_every_s: u8) -> Result<Self, String> {
        let server = Server::ledger(&books, &how.log, publish_every_s)?;
        let service = Self { books, server, contracts, recorded: Cell::new(0) };
        if publish_every_s > 0 {
            service.wait_until_published()?;
        }
        Ok(service)
    }

    /// How many entries the log has.
    pub fn entries(&self) -> Result<u64, String> {
        let token = self.books.token(self.books.ids.staff(0), Role::Notary, None)?;
        let balance = self.server.ask("GET", "/v1/books/trial-balance", &token, &[], "")?;
        let position = balance.get("position").and_then(serde_json::Value::as_u64);
        position.map(|position| position + 1).ok_or_else(|| format!("no trial balance: {balance}"))
    }

    /// Waits until a signed head covers what the books were filled with: nobody measures a service that catches up.
    fn wait_until_published(&self) -> Result<(), String> {
        let entries = self.entries()?;
        let begun = Instant::now();
        while begun.elapsed() < PUBLISH_MAX {
            let head = self.server.get("/log/bench/checkpoint.latest")?;
            let size = head.split_once("\r\n\r\n").and_then(|(_, note)| note.lines().nth(1)?.parse().ok());
            if size.is_some_and(|size: u64| size >= entries) {
                return Ok(());
            }
            pause(ASK_EVERY);
        }
        Err(format!("{entries} entries are not published after {} seconds", PUBLISH_MAX.as_secs()))
    }

    /// The usual service on new books of the embedded engine.
    pub fn usual(how: &How, name: &str, contracts: u64) -> Result<Self, String> {
        Self::start(how, prepare(how, Engine::Sqlite, name, (contracts, MERCHANTS), |_| Vec::new())?, contracts, 1)
    }

    /// Drives the server for the time of one run.
    pub fn drive(&self, how: &How, drive: Drive) -> Result<Measured, String> {
        let measured = drive_at(&self.server, how, drive, self.targets()?)?;
        self.recorded.set(self.recorded.get() + measured.sent);
        Ok(measured)
    }

    /// Contracts and fresh tokens: one is good for minutes only.
    pub fn targets(&self) -> Result<Targets, String> {
        let books = &self.books;
        Ok(Targets {
            contracts: self.contracts,
            first: books.ids.first.to_string(),
            merchant_tokens: books.merchant_tokens()?,
            notary_token: books.token(books.ids.staff(0), Role::Notary, None)?,
        })
    }

    /// Ends the server gracefully; answers its books.
    pub fn stop(self) -> Result<Books, String> {
        self.server.stop()?;
        Ok(self.books)
    }
}

/// Drives any server for the time of one run.
pub fn drive_at(server: &Server, how: &How, drive: Drive, targets: Targets) -> Result<Measured, String> {
    load::in_process(&Plan {
        address: server.address,
        connections: drive.connections,
        run_ms: u64::try_from(how.run.as_millis()).unwrap_or(u64::MAX),
        per_s: drive.per_s,
        work: drive.work,
        targets,
    })
}

/// The size of an embedded database; its write-ahead log is empty once the last writer has stopped.
pub fn size_bytes(folder: &Path) -> Result<u64, String> {
    let path = folder.join("ticun.db");
    std::fs::metadata(&path).map(|file| file.len()).map_err(|error| format!("{}: {error}", path.display()))
}

/// The run with the middle throughput.
pub fn median_run(runs: &[Measured]) -> Measured {
    let mut runs = runs.to_vec();
    runs.sort_by_key(Measured::per_s);
    runs.get(runs.len() / 2).cloned().unwrap_or_default()
}

/// The middle one of some figures.
pub fn median(figures: impl IntoIterator<Item = u64>) -> u64 {
    let mut figures: Vec<u64> = figures.into_iter().collect();
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied().unwrap_or(0)
}
