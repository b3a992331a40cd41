//! Duties that one node of several has at a time, such as the timers.
//!
//! Who has one renews its lease while it works. A node that falls silent loses it when the lease ends, and another goes
//! on. What is done on duty must be such that doing it twice changes nothing, since a node can be slow to see that it has
//! lost the lease: the lease saves work, and the commands decide.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::lease::{Lease, Within};
use super::sequencer::{Fault, Sequencer};
use crate::domain::time::Timestamp;
use crate::store::leases::{self, Claim};
use crate::store::pool::ReadPool;
use crate::store::{self, Connection};

/// How long a node that fell silent keeps the others waiting.
const LEASE_US: i64 = 6_000_000;

/// Why nobody knows whose a duty is.
#[derive(Debug, thiserror::Error)]
pub enum DutyError {
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The writer gave no answer.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The thread that reads is gone.
    #[error("the service is stopping")]
    Stopped,
}

/// One duty of an office, as this process sees it. All its handles are one holder.
#[derive(Clone)]
pub struct Duty(Arc<Inner>);

struct Inner {
    sequencer: Sequencer,
    reads: ReadPool,
    lease: Mutex<Lease>,
}

impl Duty {
    /// A duty of the node `holder`, which it does not have yet. A node that starts again takes its own lease at once,
    /// under a new number.
    #[must_use]
    pub fn new(name: &'static str, holder: String, sequencer: Sequencer, reads: ReadPool) -> Self {
        Self(Arc::new(Inner { sequencer, reads, lease: Mutex::new(Lease::new(name, holder, LEASE_US)) }))
    }

    /// Whether it is this process's at the moment `now` of the wall clock. It is taken where it is free, and renewed
    /// where less than half of the lease is left. Nothing is written while another node has it.
    ///
    /// # Errors
    /// [`DutyError`]; then it is nobody's, as far as this process is concerned.
    pub async fn is_ours(&self, now: Timestamp) -> Result<bool, DutyError> {
        let mut lease = self.0.lease.lock().await;
        if lease.fresh(now).is_some() {
            return Ok(true);
        }
        let claim = lease.claim(now);
        lease.forget();
        if claim.fence.is_none() && self.is_anothers(claim.clone()).await? {
            return Ok(false);
        }
        let until = claim.until;
        let fence = self.ask(claim).await?;
        lease.answered(until, fence);
        Ok(fence.is_some())
    }

    /// Lets another node take it at once; for a graceful stop.
    pub async fn give_up(&self, now: Timestamp) {
        let Some(claim) = self.0.lease.lock().await.resign(now) else { return };
        if let Err(error) = self.ask(claim).await {
            tracing::debug!(%error, "a lease was not given up; it ends by itself");
        }
    }

    async fn is_anothers(&self, claim: Claim) -> Result<bool, DutyError> {
        let (reads, office) = (self.0.reads.clone(), self.0.sequencer.office().name);
        let read = move || reads.read(|connection| leases::is_anothers(connection, office.as_str(), &claim));
        Ok(tokio::task::spawn_blocking(read).await.map_err(|_| DutyError::Stopped)??)
    }

    async fn ask(&self, claim: Claim) -> Result<Option<u64>, Fault> {
        let now = claim.now;
        let take = move |connection: &mut Connection, office: &str| leases::claim(connection, office, &claim);
        Within::batch(now, take).run(&self.0.sequencer).await
    }
}
