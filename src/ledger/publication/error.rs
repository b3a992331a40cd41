//! Why nothing could be published.

use std::io;

use super::signer::SignerError;
use crate::ledger::Fault;
use crate::log::heads::HeadsError;
use crate::store;

/// Why nothing could be published this time. It is tried again.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The tiles or their folder could not be read or written.
    #[error("the log's folder: {0}")]
    Files(io::Error),
    /// The file of published heads cannot be used.
    #[error(transparent)]
    Heads(#[from] HeadsError),
    /// The tiles on disk do not lead to the root that was just computed. They are made again.
    #[error("the tiles on disk do not lead to the root over the entries")]
    Tiles,
    /// The writer gave no answer.
    #[error(transparent)]
    Writer(#[from] Fault),
    /// The head could not be signed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The database contradicts what was published.
    #[error(transparent)]
    Diverged(#[from] Divergence),
}

/// How a database contradicts what was published from it. Writing on would make a second history, so the office becomes
/// read-only until somebody has restored what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Divergence {
    /// Entries are missing at the end.
    #[error("the database has {entries} entries and {published} were published: it is an older copy")]
    Shorter {
        /// How many entries there are.
        entries: u64,
        /// Size of the newest published head.
        published: u64,
    },
    /// Entries before a published head are others than they were.
    #[error("the entries do not lead to the root that was published for {size} of them")]
    OtherRoot {
        /// Size of the head.
        size: u64,
    },
    /// The bytes of an entry do not fit its stored hash.
    #[error("the bytes of entry {position} are not those that were written")]
    OtherBytes {
        /// Its position.
        position: u64,
    },
    /// An entry is not the one that the tiles were made from.
    #[error("entry {position} is not the one that was taken into the tree")]
    OtherEntry {
        /// Its position.
        position: u64,
    },
    /// An entry is missing in between.
    #[error("entry {position} is missing")]
    Gap {
        /// Its position.
        position: u64,
    },
}
