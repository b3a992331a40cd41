//! The embedded engine.

use std::path::Path;

use diesel::connection::{AnsiTransactionManager, Connection as _, SimpleConnection as _, TransactionManager as _};
use diesel::sql_types::Integer;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryableByName, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::store::Result;

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

pub(super) fn open_writer(path: &Path) -> Result<SqliteConnection> {
    let mut connection = open(path)?;
    connection.batch_execute(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; \
         PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

pub(super) fn open_reader(path: &Path) -> Result<SqliteConnection> {
    let mut connection = open(path)?;
    connection.batch_execute("PRAGMA query_only = ON; PRAGMA cache_size = -16384;")?;
    Ok(connection)
}

fn open(path: &Path) -> Result<SqliteConnection> {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
    // The wait for a lock comes first: every later statement may need it.
    connection.batch_execute("PRAGMA busy_timeout = 10000;")?;
    Ok(connection)
}

pub(super) fn begin(connection: &mut SqliteConnection, sql: &str) -> Result<()> {
    Ok(AnsiTransactionManager::begin_transaction_sql(connection, sql)?)
}

pub(super) fn commit(connection: &mut SqliteConnection) -> Result<()> {
    Ok(AnsiTransactionManager::commit_transaction(connection)?)
}

pub(super) fn rollback(connection: &mut SqliteConnection) -> Result<()> {
    Ok(AnsiTransactionManager::rollback_transaction(connection)?)
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

pub(super) fn checkpoint(connection: &mut SqliteConnection) -> Result<Checkpoint> {
    Ok(diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(connection)?)
}
