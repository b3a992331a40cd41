//! The one place that knows which engine is underneath: opening, transactions, migrations.

mod any;
pub mod file;
mod postgres;
mod sqlite;
mod transport;

pub use any::AnyConnection as Connection;
pub use sqlite::Checkpoint;
pub use transport::unverified_host;

use std::fmt;
use std::path::Path;

use diesel::RunQueryDsl as _;
use diesel::connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _};
use diesel::migration::{Migration, MigrationSource};
use diesel::result::Error as QueryError;
use diesel_migrations::MigrationHarness;

use super::{Error, Result};

/// The engine, as diesel knows it.
pub type Backend = <Connection as diesel::Connection>::Backend;

/// Which engine a URL names, and what it needs to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine<'a> {
    /// `sqlite://PATH`.
    Sqlite(&'a Path),
    /// `postgres://…` or `postgresql://…`, a URL as libpq reads it.
    Postgres(&'a str),
}

impl<'a> Engine<'a> {
    /// The engine of a URL.
    ///
    /// # Errors
    /// [`Error::Url`] for any other scheme.
    pub fn of(url: &'a str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(Path::new(path)));
        }
        let is_server = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if is_server { Ok(Self::Postgres(url)) } else { Err(Error::Url) }
    }

    /// The file of the embedded engine; the server has none here.
    #[must_use]
    pub const fn file(self) -> Option<&'a Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// The database for people to read, without the password that a server's URL can carry.
impl fmt::Display for Engine<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match self {
            Self::Sqlite(path) => return write!(out, "{}", path.display()),
            Self::Postgres(url) => url.split(['?', '#']).next().unwrap_or_default(),
        };
        let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
        match rest.rsplit_once('@') {
            Some((user, place)) => write!(out, "{scheme}://{}@{place}", user.split(':').next().unwrap_or_default()),
            None => write!(out, "{scheme}://{rest}"),
        }
    }
}

/// A database's URL for people to read, without a password.
#[must_use]
pub fn shown(url: &str) -> String {
    Engine::of(url).map_or_else(|error| error.to_string(), |engine| engine.to_string())
}

/// True for a connection to the server.
#[must_use]
pub const fn is_server(connection: &Connection) -> bool {
    matches!(connection, Connection::Postgres(_))
}

/// Opens a connection that writes: durable before a commit returns, and never checkpointing by itself.
///
/// # Errors
/// When the URL is unknown or the database cannot be opened.
pub fn open_writer(url: &str) -> Result<Connection> {
    match Engine::of(url)? {
        Engine::Sqlite(path) => sqlite::open_writer(path).map(Connection::Sqlite),
        Engine::Postgres(url) => postgres::open_writer(url).map(Connection::Postgres),
    }
}

/// Opens a connection that only reads; each transaction on it is one snapshot.
///
/// # Errors
/// When the URL is unknown or the database cannot be opened.
pub fn open_reader(url: &str) -> Result<Connection> {
    match Engine::of(url)? {
        Engine::Sqlite(path) => sqlite::open_reader(path).map(Connection::Sqlite),
        Engine::Postgres(url) => postgres::open_reader(url).map(Connection::Postgres),
    }
}

/// Moves committed pages from the embedded engine's write-ahead log into its file, without making anyone wait. The
/// server does so by itself.
///
/// The log begins anew with the next write if all of it was moved and nobody reads an older state.
///
/// # Errors
/// When the database cannot be reached.
pub fn checkpoint(connection: &mut Connection) -> Result<Checkpoint> {
    match connection {
        Connection::Sqlite(connection) => sqlite::checkpoint(connection),
        Connection::Postgres(_) => Ok(Checkpoint { pages: 0, moved: 0 }),
    }
}

/// Moves everything into the embedded engine's file and empties its write-ahead log; for a graceful stop.
///
/// # Errors
/// When the database cannot be reached.
pub fn checkpoint_fully(connection: &mut Connection) -> Result<()> {
    match connection {
        Connection::Sqlite(connection) => Ok(connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?),
        Connection::Postgres(_) => Ok(()),
    }
}

/// Runs `$body` with the migrations of the engine underneath and the connection to it.
macro_rules! with_migrations {
    ($connection:expr, |$inner:ident, $migrations:ident| $body:expr) => {
        match $connection {
            Connection::Sqlite($inner) => {
                let $migrations = sqlite::MIGRATIONS;
                $body
            }
            Connection::Postgres($inner) => {
                let $migrations = postgres::MIGRATIONS;
                $body
            }
        }
    };
}

/// Brings the tables up to date; returns the names of the migrations that ran.
///
/// # Errors
/// When one of them fails, or a later program has changed the tables: whoever does not know them must not write there.
pub fn migrate(connection: &mut Connection) -> Result<Vec<String>> {
    if let Some(unknown) = migrations(connection)?.unknown.first() {
        let sentence = format!("the tables are those of a later version of this program: {unknown} is not known here");
        return Err(Error::Migration(sentence));
    }
    with_migrations!(connection, |inner, migrations| {
        let ran = inner.run_pending_migrations(migrations).map_err(|error| Error::Migration(error.to_string()))?;
        Ok(ran.iter().map(ToString::to_string).collect())
    })
}

/// Undoes every migration; for tests of the way down.
///
/// # Errors
/// When one of them fails.
pub fn revert_all(connection: &mut Connection) -> Result<()> {
    with_migrations!(connection, |inner, migrations| {
        inner.revert_all_migrations(migrations).map_err(|error| Error::Migration(error.to_string()))?;
        Ok(())
    })
}

/// The names of the migrations that have not run yet.
///
/// # Errors
/// When the database cannot be reached.
pub fn pending(connection: &mut Connection) -> Result<Vec<String>> {
    Ok(migrations(connection)?.missing)
}

/// How a database's tables stand to what this program knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrations {
    /// The versions of those that have run, the oldest first.
    pub applied: Vec<String>,
    /// The names of those that have not run yet.
    pub missing: Vec<String>,
    /// The versions of those that have run and are not known here: a later program did it.
    pub unknown: Vec<String>,
}

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

/// Which migrations have run, and which this program misses or does not know. It only reads, where diesel's own
/// functions would make their table first.
///
/// # Errors
/// When the database cannot be reached.
pub fn migrations(connection: &mut Connection) -> Result<Migrations> {
    let asked = diesel::sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version");
    let applied: Vec<Version> = match asked.load(connection) {
        // There are no tables at all.
        Err(QueryError::DatabaseError(_, told)) if told.message().contains("__diesel_schema_migrations") => Vec::new(),
        found => found?,
    };
    let applied = applied.into_iter().map(|row| row.version).collect();
    with_migrations!(connection, |inner, migrations| compared(inner, &migrations, applied))
}

/// What is known of migrations for the engine of a connection, which tells it by its type alone.
fn compared<C: diesel::Connection>(
    _: &C,
    migrations: &impl MigrationSource<C::Backend>,
    applied: Vec<String>,
) -> Result<Migrations> {
    let known = migrations.migrations().map_err(|error| Error::Migration(error.to_string()))?;
    let version = |one: &dyn Migration<C::Backend>| one.name().version().to_string();
    let missing = known.iter().filter(|one| !applied.contains(&version(one.as_ref())));
    let missing = missing.map(|one| one.name().to_string()).collect();
    let is_unknown = |applied: &&String| !known.iter().any(|one| version(one.as_ref()) == **applied);
    let unknown = applied.iter().filter(is_unknown).cloned().collect();
    Ok(Migrations { applied, missing, unknown })
}

/// Starts a write transaction. The embedded engine has one writer at a time from here on; on the server those of one
/// office wait for each other at its head ([`super::head::lock`]).
///
/// # Errors
/// When the lock cannot be had in time.
pub fn begin_write(connection: &mut Connection) -> Result<()> {
    match connection {
        Connection::Sqlite(connection) => sqlite::begin(connection, "BEGIN IMMEDIATE"),
        Connection::Postgres(connection) => postgres::begin(connection, "BEGIN ISOLATION LEVEL READ COMMITTED"),
    }
}

/// Makes other writers of an office wait until the transaction ends. With the embedded engine they do already.
///
/// # Errors
/// When the lock cannot be had in time.
pub fn lock_head(connection: &mut Connection, office: &str) -> Result<()> {
    match connection {
        Connection::Sqlite(_) => Ok(()),
        Connection::Postgres(connection) => postgres::lock_head(connection, office),
    }
}

/// Commits; when this returns, the transaction survives a loss of power.
///
/// # Errors
/// When the engine says that it did not commit, which may be untrue: the head must be read again.
pub fn commit(connection: &mut Connection) -> Result<()> {
    match connection {
        Connection::Sqlite(connection) => sqlite::commit(connection),
        Connection::Postgres(connection) => postgres::commit(connection),
    }
}

/// Undoes the transaction, if one is open.
pub fn rollback(connection: &mut Connection) {
    let undone = match connection {
        Connection::Sqlite(connection) => sqlite::rollback(connection),
        Connection::Postgres(connection) => postgres::rollback(connection),
    };
    if let Err(error) = undone {
        tracing::debug!(%error, "there was nothing to roll back");
    }
}

/// True if a transaction could begin here: none is open, and none was left in an unknown state.
#[must_use]
pub fn is_clean(connection: &mut Connection) -> bool {
    match connection {
        Connection::Sqlite(connection) => !AnsiTransactionManager::is_broken_transaction_manager(connection),
        Connection::Postgres(connection) => !AnsiTransactionManager::is_broken_transaction_manager(connection),
    }
}

/// Starts to read one snapshot of the database; [`rollback`] ends it.
///
/// # Errors
/// When the database cannot be reached.
pub fn begin_read(connection: &mut Connection) -> Result<()> {
    match connection {
        Connection::Sqlite(connection) => sqlite::begin(connection, "BEGIN"),
        Connection::Postgres(connection) => {
            postgres::begin(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
    }
}

/// Runs `read` on one snapshot of the database.
///
/// # Errors
/// What `read` answers.
pub fn snapshot<T>(connection: &mut Connection, read: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
    begin_read(connection)?;
    let answer = read(connection);
    // Nothing was written, so that both ends leave the same; a rollback also ends a transaction that failed.
    rollback(connection);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_shown_without_its_password() {
        let cases = [
            ("sqlite:///var/lib/ticun.db", "/var/lib/ticun.db"),
            ("postgres://ticun:secret@db.example:5432/ticun?sslmode=require", "postgres://ticun@db.example:5432/ticun"),
            ("postgresql://ticun:s@cret@db/ticun", "postgresql://ticun@db/ticun"),
            ("postgres://db/ticun?password=secret", "postgres://db/ticun"),
        ];
        for (url, expected) in cases {
            assert_eq!(shown(url), expected, "{url}");
        }
        assert!(Engine::of("mysql://db/ticun").is_err() && Engine::of("sqlite://").is_err());
    }
}
