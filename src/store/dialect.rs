//! The one place that knows which engine is underneath: opening, transactions, migrations.

use std::path::Path;

use diesel::connection::{AnsiTransactionManager, Connection as _, SimpleConnection as _, TransactionManager as _};
use diesel::sql_types::Integer;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{QueryableByName, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{Error, Result};

/// A connection to the embedded engine.
pub type Connection = SqliteConnection;
/// The engine, as diesel knows it.
pub type Backend = Sqlite;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The path of a `sqlite://PATH` URL.
///
/// # Errors
/// [`Error::Url`] for any other scheme.
pub fn sqlite_path(url: &str) -> Result<&Path> {
    url.strip_prefix("sqlite://").filter(|path| !path.is_empty()).map(Path::new).ok_or(Error::Url)
}

/// Opens a connection that writes: durable before a commit returns, and never checkpointing by itself.
///
/// # Errors
/// When the URL is unknown or the file cannot be opened.
pub fn open_writer(url: &str) -> Result<Connection> {
    let mut connection = open(url)?;
    connection.batch_execute(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; \
         PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

/// Opens a connection that only reads; each transaction on it is one snapshot.
///
/// # Errors
/// When the URL is unknown or the file cannot be opened.
pub fn open_reader(url: &str) -> Result<Connection> {
    let mut connection = open(url)?;
    connection.batch_execute("PRAGMA query_only = ON; PRAGMA cache_size = -16384;")?;
    Ok(connection)
}

fn open(url: &str) -> Result<Connection> {
    let path = sqlite_path(url)?.to_string_lossy().into_owned();
    let mut connection = SqliteConnection::establish(&path)?;
    // The wait for a lock comes first: every later statement may need it.
    connection.batch_execute("PRAGMA busy_timeout = 10000;")?;
    Ok(connection)
}

/// How far the write-ahead log was moved into the database file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Checkpoint {
    /// Pages in the log.
    #[diesel(sql_type = Integer, column_name = log)]
    pub pages: i32,
    /// Pages of these that are in the database file too.
    #[diesel(sql_type = Integer, column_name = checkpointed)]
    pub moved: i32,
}

/// Moves committed pages from the write-ahead log into the database file, without making anyone wait.
///
/// The log begins anew with the next write if all of it was moved and nobody reads an older state.
///
/// # Errors
/// When the database cannot be reached.
pub fn checkpoint(connection: &mut Connection) -> Result<Checkpoint> {
    Ok(diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(connection)?)
}

/// Moves everything into the database file and empties the write-ahead log; for a graceful stop.
///
/// # Errors
/// When the database cannot be reached.
pub fn checkpoint_fully(connection: &mut Connection) -> Result<()> {
    connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

/// Brings the tables up to date; returns the names of the migrations that ran.
///
/// # Errors
/// When one of them fails.
pub fn migrate(connection: &mut Connection) -> Result<Vec<String>> {
    let ran = connection.run_pending_migrations(MIGRATIONS).map_err(|error| Error::Migration(error.to_string()))?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// Undoes every migration; for tests of the way down.
///
/// # Errors
/// When one of them fails.
pub fn revert_all(connection: &mut Connection) -> Result<()> {
    connection.revert_all_migrations(MIGRATIONS).map_err(|error| Error::Migration(error.to_string()))?;
    Ok(())
}

/// The migrations that have not run yet.
///
/// # Errors
/// When the database cannot be reached.
pub fn pending(connection: &mut Connection) -> Result<Vec<String>> {
    use diesel::migration::Migration as _;
    let pending = connection.pending_migrations(MIGRATIONS).map_err(|error| Error::Migration(error.to_string()))?;
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

/// Starts a write transaction that holds the write lock from its first statement.
///
/// # Errors
/// When the lock cannot be had in time.
pub fn begin_write(connection: &mut Connection) -> Result<()> {
    AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")?;
    Ok(())
}

/// Commits; when this returns, the transaction survives a loss of power.
///
/// # Errors
/// When the engine says that it did not commit, which may be untrue: the head must be read again.
pub fn commit(connection: &mut Connection) -> Result<()> {
    AnsiTransactionManager::commit_transaction(connection)?;
    Ok(())
}

/// Undoes the transaction, if one is open.
pub fn rollback(connection: &mut Connection) {
    if let Err(error) = AnsiTransactionManager::rollback_transaction(connection) {
        tracing::debug!(%error, "there was nothing to roll back");
    }
}

/// Runs `read` on one snapshot of the database.
///
/// # Errors
/// What `read` answers.
pub fn snapshot<T>(connection: &mut Connection, read: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
    connection.transaction(read)
}
