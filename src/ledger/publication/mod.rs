//! Publishing an office's log: entries become leaves of a tree, and the tree's size and root a signed head.
//!
//! | module | what it does |
//! |---|---|
//! | [`standing`] | how far a log is published, and whether its office may still be written to |
//! | `integrate` | entries out of the database into the tree and its tiles |
//! | `compare` | what was published against what the database says now |
//! | [`keys`] | which keys sign it, as its entries say |
//! | `lease` | one node signs, and whoever lost the right to cannot record what it signed |
//! | `sign` | the durable steps from entries to a published head, in their order |
//! | [`witnesses`] | what is asked of witnesses, and what they answered |
//! | [`timestamps`] | when authorities are asked, and what they answered |
//! | [`alarms`] | what is not as others rely on, and since when |
//! | [`choice`] | which of the heads is shown |
//! | [`view`] | heads, proofs, tiles and receipts as strangers get them |
//!
//! Nothing here is in the way of the writer: a [`Publisher`] has a connection of its own for reading, and the little
//! that it writes rides along in the writer's batches.

pub mod alarms;
mod answer;
pub mod choice;
mod compare;
mod error;
mod integrate;
pub mod keys;
mod lease;
mod sign;
mod signer;
pub mod standing;
pub mod timestamps;
pub mod view;
pub mod witnesses;

pub use answer::Answer;
pub use error::{Divergence, PublishError};
pub use lease::node_name;
pub use sign::{Done, Step};
pub use signer::{FindKey, Signer, SignerError};
pub use standing::Standing;

use std::path::PathBuf;
use std::sync::Arc;

use super::Sequencer;
use crate::ledger::lease::Lease;
use crate::log::files::TileWriter;
use crate::log::heads::HeadsFile;
use crate::store::{Connection, Trouble, dialect};

/// Told after each durable step; tests end the process there.
pub type AfterStep = Arc<dyn Fn(Step) + Send + Sync>;

/// What a publisher is made of.
pub struct Parts {
    /// The database.
    pub database: String,
    /// The office's writer.
    pub sequencer: Sequencer,
    /// This node's own folder for the office's log: tiles, and the heads it has published.
    pub folder: PathBuf,
    /// The log's keys.
    pub signer: Signer,
    /// Told after each durable step.
    pub after_step: Option<AfterStep>,
}

/// Publishes one office's log. It blocks, so it belongs on a thread of its own.
pub struct Publisher {
    parts: Parts,
    reads: Connection,
    /// None after an error with them: they are opened, healed and compared anew.
    files: Option<Files>,
    /// The right to sign, as far as this node knows.
    lease: Lease,
    /// A key of the log was not here when it was last to be signed.
    is_keyless: bool,
}

/// What is on disk.
struct Files {
    tiles: TileWriter,
    heads: HeadsFile,
}

impl Publisher {
    /// Opens the files in the folder, brings them up to the newest head that anybody here has published, and compares.
    /// A database that is shorter than that head, or different, makes the office read-only; the publisher is there all
    /// the same, and publishes nothing.
    ///
    /// # Errors
    /// [`PublishError`] when files or database fail.
    pub fn open(parts: Parts) -> Result<Self, PublishError> {
        let reads = dialect::open_reader(&parts.database)?;
        let node = lease::node_name(&parts.folder).map_err(PublishError::Files)?;
        let lease = Lease::new(lease::SIGNING, node, lease::LEASE_US);
        let mut publisher = Self { parts, reads, files: None, lease, is_keyless: false };
        publisher.guarded(Self::open_files)?;
        Ok(publisher)
    }

    /// The office's name.
    #[must_use]
    pub fn office(&self) -> crate::domain::name::Name {
        self.parts.sequencer.office().name
    }

    /// How far it is published, and whether it may be written to.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        self.parts.sequencer.standing()
    }

    /// Carries out some work. What diverges makes the office read-only and is no error any more; after any other error
    /// the files are closed, since they and the memory may differ.
    fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, PublishError>,
    ) -> Result<Option<T>, PublishError> {
        match work(self) {
            Ok(done) => Ok(Some(done)),
            Err(PublishError::Diverged(divergence)) => {
                self.files = None;
                self.standing().make_read_only(self.office(), divergence.to_string());
                Ok(None)
            }
            Err(error) => {
                self.files = None;
                self.reconnect(&error);
                Err(error)
            }
        }
    }

    /// A connection that is gone is opened anew, so that the next round finds the database again once it is back.
    fn reconnect(&mut self, error: &PublishError) {
        if !matches!(error, PublishError::Store(error) if error.trouble() != Trouble::Lasting) {
            return;
        }
        match dialect::open_reader(&self.parts.database) {
            Ok(reads) => self.reads = reads,
            Err(error) => tracing::debug!(%error, "the publisher does not reach the database; it tries again"),
        }
    }

    fn after(&self, step: Step) {
        if let Some(after_step) = &self.parts.after_step {
            after_step(step);
        }
    }
}
