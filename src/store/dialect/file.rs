//! What only the embedded engine's database needs, since it is a file: copying it, checking it, setting it aside.

use std::path::Path;

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::result::Error as QueryError;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryableByName, RunQueryDsl as _};

use super::sqlite::{open_reader, open_writer};
use crate::store::Result;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text, column_name = journal_mode)]
    mode: String,
}

/// Writes a copy of a database into a file that is empty or not there, while others write: one snapshot, in one file
/// without a write-ahead log, each table with its indexes, triggers and statistics, and no room for what was deleted.
///
/// The engine's own backup would begin anew whenever somebody writes; this one reads one snapshot, which only keeps the
/// write-ahead log from beginning anew until it is done.
///
/// # Errors
/// When either file fails.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut connection = open_writer(from)?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to.to_string_lossy()).execute(&mut connection)?;
    Ok(())
}

/// What is wrong with the form of a file: pages, indexes, constraints. Nothing in a good one.
///
/// # Errors
/// When it cannot be read as a database at all.
pub fn findings(path: &Path) -> Result<Vec<String>> {
    let mut connection = open_reader(path)?;
    let lines: Vec<Line> =
        diesel::sql_query("SELECT integrity_check AS line FROM pragma_integrity_check").load(&mut connection)?;
    let lines = lines.into_iter().map(|line| line.line);
    Ok(lines.filter(|line| line != "ok").collect())
}

/// How the attempt to close a database for good ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It is one file now.
    Whole,
    /// Somebody has it open.
    InUse,
    /// It is damaged: what its write-ahead log holds stays beside it.
    Damaged,
}

/// Takes a database out of use: everything is moved into its file, and its write-ahead log goes. Who has it open keeps
/// that from happening.
#[must_use]
pub fn close(path: &Path) -> Closed {
    match closing(path) {
        Ok(true) => Closed::Whole,
        Ok(false) => Closed::InUse,
        Err(QueryError::DatabaseError(_, told)) if told.message().contains("locked") => Closed::InUse,
        Err(_) => Closed::Damaged,
    }
}

fn closing(path: &Path) -> std::result::Result<bool, QueryError> {
    let told = |error: diesel::ConnectionError| QueryError::QueryBuilderError(Box::new(error));
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).map_err(told)?;
    connection.batch_execute("PRAGMA busy_timeout = 500;")?;
    let mode: Mode = diesel::sql_query("PRAGMA journal_mode = DELETE").get_result(&mut connection)?;
    if mode.mode != "delete" {
        return Ok(false);
    }
    // Who has it open without having written yet is found by a lock that excludes everybody.
    connection.batch_execute("BEGIN EXCLUSIVE; ROLLBACK;")?;
    Ok(true)
}
