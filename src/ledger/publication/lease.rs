//! The right to sign: one node has it at a time. What a node signed that has lost it is not recorded.

use std::io;
use std::path::Path;

use super::Publisher;
use super::error::PublishError;
use crate::domain::time::Timestamp;
use crate::ledger::clock::Entropy;
use crate::ledger::lease::Within;
use crate::ledger::sequencer::{Fault, Sequencer};
use crate::store::{self, Connection, leases};

/// What the lease is for.
pub(super) const SIGNING: &str = "checkpoint";
/// How long a node that fell silent keeps the others waiting.
pub(super) const LEASE_US: i64 = 10_000_000;

impl Publisher {
    /// The number under which this node may sign; `None` while another node has the lease. It is taken or renewed if
    /// less than half of it is left; either way the number is looked at again where the head is recorded.
    pub(super) fn take_lease(&mut self, now: Timestamp) -> Result<Option<u64>, PublishError> {
        if let Some(fence) = self.lease.fresh(now) {
            return Ok(Some(fence));
        }
        let (office, claim) = (self.office(), self.lease.claim(now));
        if claim.fence.is_none() && leases::is_anothers(&mut self.reads, office.as_str(), &claim)? {
            return Ok(None);
        }
        let until = claim.until;
        let take = move |connection: &mut Connection, office: &str| leases::claim(connection, office, &claim);
        let fence = within_batch(&self.parts.sequencer, now, take)?;
        self.lease.answered(until, fence);
        Ok(fence)
    }
}

/// Writes beside the books, in a batch of the writer; answers after its commit. It may run twice, of which the second
/// time counts.
pub(super) fn within_batch<T: Send + 'static>(
    sequencer: &Sequencer,
    now: Timestamp,
    write: impl Fn(&mut Connection, &str) -> store::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    Within::batch(now, write).run_blocking(sequencer)
}

/// The name of this node among all that sign, kept in its folder. A copy of the folder has the same name; the fencing
/// number tells them apart, since whoever starts takes a new one.
///
/// # Errors
/// When the folder cannot be written to.
pub fn node_name(folder: &Path) -> io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join("node");
    match std::fs::read_to_string(&path) {
        Ok(name) if name.len() == 32 => Ok(name),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => {
            let name = hex::encode(Entropy::default().bytes::<16>());
            std::fs::write(&path, &name)?;
            Ok(name)
        }
    }
}
