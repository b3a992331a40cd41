//! Duties that one node of several has at a time, such as the timers.
//!
//! Who has one renews its lease while it works. A node that falls silent loses it when the lease ends, and another goes
//! on. What is done on duty must be such that doing it twice changes nothing, since a node can be slow to see that it has
//! lost the lease: the lease saves work, and the commands decide.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use super::clock::Entropy;
use super::sequencer::{Fault, Sequencer, Submission};
use crate::domain::id::RequestId;
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
    name: &'static str,
    /// This node, among all that share the duty. One that starts again takes its own lease at once, under a new number.
    holder: String,
    sequencer: Sequencer,
    reads: ReadPool,
    held: Mutex<Option<Held>>,
}

/// The lease, as this process got it.
#[derive(Clone, Copy)]
struct Held {
    fence: u64,
    until: Timestamp,
}

impl Duty {
    /// A duty of the node `holder`, which it does not have yet.
    #[must_use]
    pub fn new(name: &'static str, holder: String, sequencer: Sequencer, reads: ReadPool) -> Self {
        Self(Arc::new(Inner { name, holder, sequencer, reads, held: Mutex::new(None) }))
    }

    /// Whether it is this process's at the moment `now` of the wall clock. It is taken where it is free, and renewed
    /// where less than half of the lease is left. Nothing is written while another node has it.
    ///
    /// # Errors
    /// [`DutyError`]; then it is nobody's, as far as this process is concerned.
    pub async fn is_ours(&self, now: Timestamp) -> Result<bool, DutyError> {
        let mut held = self.0.held.lock().await;
        if held.is_some_and(|held| held.until.micros() > now.micros().saturating_add(LEASE_US / 2)) {
            return Ok(true);
        }
        let fence = held.take().map(|held| held.fence);
        if fence.is_none() && self.is_anothers(now).await? {
            return Ok(false);
        }
        let until = Timestamp::from_micros(now.micros().saturating_add(LEASE_US));
        let taken = self.claim(fence, now, until).await?;
        *held = taken.map(|fence| Held { fence, until });
        Ok(held.is_some())
    }

    /// Lets another node take it at once; for a graceful stop.
    pub async fn give_up(&self, now: Timestamp) {
        let Some(Held { fence, .. }) = self.0.held.lock().await.take() else { return };
        if let Err(error) = self.claim(Some(fence), now, now).await {
            tracing::debug!(%error, "a lease was not given up; it ends by itself");
        }
    }

    async fn is_anothers(&self, now: Timestamp) -> Result<bool, DutyError> {
        let (reads, office, name) = (self.0.reads.clone(), self.0.sequencer.office().name, self.0.name);
        let read = move || reads.read(|connection| leases::holder(connection, office.as_str(), name));
        let held = tokio::task::spawn_blocking(read).await.map_err(|_| DutyError::Stopped)??;
        Ok(held.is_some_and(|(holder, until)| holder != self.0.holder && until > now))
    }

    async fn claim(&self, fence: Option<u64>, now: Timestamp, until: Timestamp) -> Result<Option<u64>, DutyError> {
        let claim = Claim { name: self.0.name, holder: self.0.holder.clone(), fence, now, until };
        let taken = Arc::new(AtomicU64::new(0));
        let inside = Arc::clone(&taken);
        let aside = Box::new(move |connection: &mut Connection, office: &str| {
            // Fences begin at one.
            inside.store(leases::claim(connection, office, &claim)?.unwrap_or(0), Ordering::SeqCst);
            Ok(())
        });
        let request = RequestId::from_bits(Entropy::default().id(now));
        self.0.sequencer.submit_patiently(Submission::aside(aside, request, now)).await?;
        Ok(Some(taken.load(Ordering::SeqCst)).filter(|fence| *fence > 0))
    }
}
