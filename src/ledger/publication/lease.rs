//! The right to sign: one node has it at a time.
//!
//! It is taken, renewed and used inside the writer's batches, which are transactions that hold the database's write lock
//! from their begin. Clocks only decide when a lease may be taken from a node that fell silent; a node that
//! slept through its end finds another fencing number, and what it signed is not recorded.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::Publisher;
use super::error::PublishError;
use crate::domain::id::RequestId;
use crate::domain::time::Timestamp;
use crate::ledger::clock::Entropy;
use crate::ledger::sequencer::{Fault, Sequencer, Submission};
use crate::store::leases::{self, Claim};
use crate::store::{self, Connection};

/// What the lease is for.
pub(super) const SIGNING: &str = "checkpoint";
/// How long a node that fell silent keeps the others waiting.
const LEASE_US: i64 = 10_000_000;

/// The right to sign, as this node got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    fence: u64,
    until: Timestamp,
}

impl Publisher {
    /// A claim on the right to sign.
    fn claim(&self, now: Timestamp) -> Claim {
        let until = Timestamp::from_micros(now.micros().saturating_add(LEASE_US));
        let fence = self.lease.map(|lease| lease.fence);
        Claim { name: SIGNING, holder: self.holder.clone(), fence, now, until }
    }

    /// The number under which this node may sign; `None` while another node has the lease. It is taken or renewed if
    /// less than half of it is left; either way the number is looked at again where the head is recorded.
    pub(super) fn take_lease(&mut self, now: Timestamp) -> Result<Option<u64>, PublishError> {
        let half = now.micros().saturating_add(LEASE_US / 2);
        if let Some(lease) = self.lease
            && lease.until.micros() > half
        {
            return Ok(Some(lease.fence));
        }
        // Asking costs a write, after which no node's memory agrees with the head any more.
        let office = self.office();
        if let (None, Some((holder, until))) = (self.lease, leases::holder(&mut self.reads, office.as_str(), SIGNING)?)
            && holder != self.holder
            && until > now
        {
            return Ok(None);
        }
        let claim = self.claim(now);
        let until = claim.until;
        let take = move |connection: &mut Connection, office: &str| leases::claim(connection, office, &claim);
        let fence = within_batch(&self.parts.sequencer, now, take)?;
        self.lease = fence.map(|fence| Lease { fence, until });
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
    let answer = Arc::new(Mutex::new(None));
    let inside = Arc::clone(&answer);
    let aside = Box::new(move |connection: &mut Connection, office: &str| {
        let written = write(connection, office)?;
        *inside.lock().unwrap_or_else(PoisonError::into_inner) = Some(written);
        Ok(())
    });
    let request = RequestId::from_bits(Entropy::default().id(now));
    sequencer.submit_blocking(Submission::aside(aside, request, now))?;
    let written = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
    written.ok_or(Fault::Internal)
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
