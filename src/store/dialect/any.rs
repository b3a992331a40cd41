//! The connection to either engine, in a file of its own: what diesel derives reads the names around it.

use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

/// A connection to either engine. One query text serves both; where they differ, a function of [`super`] decides.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// The embedded engine.
    Sqlite(SqliteConnection),
    /// The server.
    Postgres(PgConnection),
}
