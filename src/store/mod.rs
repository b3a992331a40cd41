//! Rows and queries. The only room that names diesel; it knows no rules.
//!
//! Functions take the connection they need, never a pool.

pub mod checkpoints;
mod column;
mod compare;
pub mod credentials;
pub mod dialect;
pub mod entries;
pub mod head;
pub mod idempotency;
mod keyed;
pub mod leases;
pub mod objects;
pub mod opening;
pub mod pile;
pub mod pool;
pub mod postings;
pub mod queries;
pub mod records;
mod rows;
mod schema;
pub mod settings;
pub mod subjects;
pub mod timestamps;
mod trouble;
pub mod upsert;
pub mod write;

pub use compare::{Compared, Difference, What};
pub use dialect::Connection;
pub use trouble::Trouble;

/// What can go wrong with storage. Always ours, never the caller's.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] diesel::result::Error),
    /// No connection could be made.
    #[error("connection: {0}")]
    Connection(#[from] diesel::ConnectionError),
    /// A migration failed.
    #[error("migration: {0}")]
    Migration(String),
    /// A column holds something the domain does not know.
    #[error("corrupt {what}: {value}")]
    Corrupt {
        /// Which kind of value.
        what: &'static str,
        /// What the column holds.
        value: String,
    },
    /// The database URL names no engine this build has.
    #[error("unsupported database URL: this build stores in sqlite://PATH or postgres://…")]
    Url,
}

impl Error {
    pub(crate) fn corrupt(what: &'static str, value: &str) -> Self {
        Self::Corrupt { what, value: value.to_owned() }
    }
}

/// What a query answers.
pub type Result<T> = std::result::Result<T, Error>;

/// A position or count as the tables hold it.
pub(crate) fn to_bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A position or count as the domain has it.
pub(crate) fn from_bigint(value: i64) -> Result<u64> {
    u64::try_from(value).map_err(|_| Error::corrupt("count", &value.to_string()))
}
