//! One run of the benchmark: which parts, on which books, and where the figures go.

use std::time::Duration;

use super::Arguments;
use super::books::{Books, MERCHANTS};
use super::figures::Figures;
use super::parts::single::{self, Field};
use super::parts::{batch, growth, hot, verifier};
use super::peer::Peer;
use super::postgres::Postgres;
use super::servers::Server;
use super::service::{Engine, How, Service, prepare, size_bytes};
use super::{machine, report};

/// What can be measured alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The bare handler
    Floor,
    /// One delivery a request, SQLite
    Sqlite,
    /// The same with nothing published
    Silent,
    /// One delivery a request, PostgreSQL
    Postgres,
    /// The textbook ledger
    Peer,
    /// Many deliveries a request, SQLite
    BatchSqlite,
    /// Many deliveries a request, PostgreSQL
    BatchPostgres,
    /// One hot merchant
    Hot,
    /// Growth, and reading big books
    Growth,
    /// Verifying an exported log
    Verifier,
}

const ROUNDS: usize = 3;
/// The small books of growth and of the hot merchant.
const SMALL: u64 = 10_000;
/// The big books of growth; with --quick, those of the other parts are big enough.
const BIG: u64 = 1_000_000;

/// Measures what was asked for, and tells it.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let run_ms = arguments.run_ms.unwrap_or(if arguments.quick { 2_000 } else { 5_000 });
    let (run, log) = (Duration::from_millis(run_ms), arguments.log.clone());
    let how = How { folder: folder.path().to_owned(), run, rounds: ROUNDS, log };
    let mut figures = Figures::default();
    machine::note(&mut figures, folder.path())?;
    figures.set("contracts", arguments.contracts);
    let server = if Part::of_server().iter().any(|part| wants(arguments, *part)) {
        Some(Postgres::of_environment()?)
    } else {
        None
    };
    Run { arguments, how: &how, server: server.as_ref(), sqlite: None, postgres: None }.measure(&mut figures)?;
    report::tell(arguments, &figures)?;
    let missing = figures.missing();
    if arguments.only.is_empty() && !missing.is_empty() {
        return Err(format!("not measured: {}", missing.join(", ")));
    }
    Ok(())
}

impl Part {
    /// Those that need a server.
    const fn of_server() -> [Self; 3] {
        [Self::Postgres, Self::Peer, Self::BatchPostgres]
    }
}

/// Whether a part was asked for; all are, where none is named.
fn wants(arguments: &Arguments, part: Part) -> bool {
    arguments.only.is_empty() || arguments.only.contains(&part)
}

struct Run<'a> {
    arguments: &'a Arguments,
    how: &'a How,
    server: Option<&'a Postgres>,
    /// The usual books of each engine, once they are filled, for the parts that come later.
    sqlite: Option<Books>,
    postgres: Option<Books>,
}

impl Run<'_> {
    fn wants(&self, part: Part) -> bool {
        wants(self.arguments, part)
    }

    fn measure(&mut self, figures: &mut Figures) -> Result<(), String> {
        let singles = [Part::Floor, Part::Sqlite, Part::Silent, Part::Postgres, Part::Peer];
        if singles.into_iter().any(|part| self.wants(part)) {
            self.single(figures)?;
        }
        if self.wants(Part::BatchSqlite) || self.wants(Part::BatchPostgres) {
            self.batches(figures)?;
        }
        if self.wants(Part::Hot) {
            hot::measure(self.how, SMALL.min(self.arguments.contracts), figures)?;
        }
        if self.wants(Part::Growth) {
            self.growth(figures)?;
        }
        if self.wants(Part::Verifier) {
            verifier::measure(self.how, figures)?;
        }
        Ok(())
    }

    /// The usual books on SQLite.
    fn sqlite_books(&mut self) -> Result<Books, String> {
        let contracts = self.arguments.contracts;
        let new = || prepare(self.how, Engine::Sqlite, "sqlite", (contracts, MERCHANTS), |_| Vec::new());
        self.sqlite.take().map_or_else(new, Ok)
    }

    /// The service on them.
    fn sqlite(&mut self) -> Result<Service, String> {
        let books = self.sqlite_books()?;
        Service::start(self.how, books, self.arguments.contracts, 1)
    }

    /// The usual service on PostgreSQL.
    fn postgres(&mut self) -> Result<Service, String> {
        let contracts = self.arguments.contracts;
        let engine = Engine::Postgres(self.server.ok_or("no server was started")?);
        let books = match self.postgres.take() {
            Some(books) => books,
            None => prepare(self.how, engine, "postgres", (contracts, MERCHANTS), |_| Vec::new())?,
        };
        Service::start(self.how, books, contracts, 1)
    }

    /// One delivery a request, and what it takes to keep it.
    fn single(&mut self, figures: &mut Figures) -> Result<(), String> {
        let (how, contracts) = (self.how, self.arguments.contracts);
        let (mut sqlite, mut silent) = (None, None);
        // The bare handler is sent what some service is sent.
        let is_floor_alone = self.wants(Part::Floor) && !self.wants(Part::Postgres);
        if self.wants(Part::Sqlite) || self.wants(Part::Silent) || is_floor_alone {
            let books = self.sqlite_books()?;
            if self.wants(Part::Silent) {
                let copy = books.copy_to(&how.folder.join("silent"))?;
                silent = Some(Service::start(how, copy, contracts, 0)?);
            }
            sqlite = Some(Service::start(how, books, contracts, 1)?);
        }
        let postgres = if self.wants(Part::Postgres) { Some(self.postgres()?) } else { None };
        let peer = match self.server.filter(|_| self.wants(Part::Peer)) {
            Some(server) => Some(Peer::prepare(server, contracts)?),
            None => None,
        };
        let sqlite_before = sqlite.as_ref().map_or(Ok(0), |service| size_bytes(service.books.folder()))?;
        let size = |service: &Service| self.server.map_or(Ok(0), |server| server.size_bytes(service.books.database()));
        let postgres_before = postgres.as_ref().map_or(Ok(0), size)?;
        let floor = if self.wants(Part::Floor) { Some(Server::floor()?) } else { None };
        let (one, other) = (sqlite.as_ref(), postgres.as_ref());
        let connections = self.arguments.connections.clone();
        let field = Field { floor, sqlite: one, silent: silent.as_ref(), postgres: other, peer, connections };
        single::measure(how, &field, figures)?;
        drop(field);
        if let Some(service) = &postgres {
            let grown = size(service)?.saturating_sub(postgres_before);
            figures.set("postgres_bytes_per_delivery", grown.checked_div(service.recorded.get()).unwrap_or(0));
        }
        if let Some(service) = sqlite {
            figures.set("rss_mb", service.server.rss_max_kb() / 1024);
            let recorded = service.recorded.get();
            let books = service.stop()?;
            let grown = size_bytes(books.folder())?.saturating_sub(sqlite_before);
            figures.set("bytes_per_delivery", grown.checked_div(recorded).unwrap_or(0));
            self.sqlite = Some(books);
        }
        self.postgres = postgres.map(Service::stop).transpose()?;
        silent.map(Service::stop).transpose().map(drop)
    }

    /// Many deliveries a request.
    fn batches(&mut self, figures: &mut Figures) -> Result<(), String> {
        let sqlite = if self.wants(Part::BatchSqlite) { Some(self.sqlite()?) } else { None };
        let postgres = if self.wants(Part::BatchPostgres) { Some(self.postgres()?) } else { None };
        batch::measure(self.how, (sqlite.as_ref(), postgres.as_ref()), figures)?;
        if let Some(service) = sqlite {
            self.sqlite = Some(service.stop()?);
        }
        postgres.map(Service::stop).transpose().map(drop)
    }

    /// Growth, and reading big books.
    fn growth(&mut self, figures: &mut Figures) -> Result<(), String> {
        let (how, contracts) = (self.how, SMALL.min(self.arguments.contracts));
        let small = Service::usual(how, "small", contracts)?;
        let big = if self.arguments.quick { self.sqlite()? } else { Service::usual(how, "big", BIG)? };
        growth::measure(how, (&small, &big), figures)?;
        big.stop()?;
        small.stop().map(drop)
    }
}
