//! What one node of several may do at a time, as a node that wants to do it knows it.
//!
//! A lease is taken, renewed and used inside the writer's batches, which are transactions that hold the database's write
//! lock from their begin. Clocks only decide when it may be taken from a node that fell silent; a node that slept through
//! its end finds another fencing number.

use std::sync::{Arc, Mutex, PoisonError};

use super::clock::Entropy;
use super::sequencer::{Fault, Sequencer, Submission};
use crate::domain::id::RequestId;
use crate::domain::time::Timestamp;
use crate::store::leases::Claim;
use crate::store::{self, Connection};

/// A lease that this node has, or wants.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    name: &'static str,
    holder: String,
    length_us: i64,
    held: Option<Held>,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    fence: u64,
    until: Timestamp,
}

impl Lease {
    /// A lease of so many microseconds that the node `holder` does not have yet.
    pub(super) const fn new(name: &'static str, holder: String, length_us: i64) -> Self {
        Self { name, holder, length_us, held: None }
    }

    /// The number it is held under, where more than half of it is left.
    pub(super) fn fresh(&self, now: Timestamp) -> Option<u64> {
        let half = now.micros().saturating_add(self.length_us / 2);
        self.held.filter(|held| held.until.micros() > half).map(|held| held.fence)
    }

    /// What this node asks for.
    pub(super) fn claim(&self, now: Timestamp) -> Claim {
        let until = Timestamp::from_micros(now.micros().saturating_add(self.length_us));
        let fence = self.held.map(|held| held.fence);
        Claim { name: self.name, holder: self.holder.clone(), fence, now, until }
    }

    /// What gives it back at once; none where this node does not have it.
    pub(super) fn resign(&mut self, now: Timestamp) -> Option<Claim> {
        let claim = Claim { until: now, ..self.claim(now) };
        self.held.take().map(|_| claim)
    }

    /// It may be anybody's.
    pub(super) const fn forget(&mut self) {
        self.held = None;
    }

    /// Takes note of what a claim until then was answered with.
    pub(super) fn answered(&mut self, until: Timestamp, fence: Option<u64>) {
        self.held = fence.map(|fence| Held { fence, until });
    }
}

/// A write beside the books, on its way through a batch of the writer. It may run twice, of which the second time counts.
pub(super) struct Within<T> {
    submission: Submission,
    answer: Arc<Mutex<Option<T>>>,
}

impl<T: Send + 'static> Within<T> {
    /// Not handed in yet.
    pub(super) fn batch(
        now: Timestamp,
        write: impl Fn(&mut Connection, &str) -> store::Result<T> + Send + 'static,
    ) -> Self {
        let answer = Arc::new(Mutex::new(None));
        let inside = Arc::clone(&answer);
        let aside = Box::new(move |connection: &mut Connection, office: &str| {
            let written = write(connection, office)?;
            *inside.lock().unwrap_or_else(PoisonError::into_inner) = Some(written);
            Ok(())
        });
        let request = RequestId::from_bits(Entropy::default().id(now));
        Self { submission: Submission::aside(aside, request, now), answer }
    }

    /// Hands it in and answers after the commit.
    ///
    /// # Errors
    /// [`Fault`].
    pub(super) async fn run(self, sequencer: &Sequencer) -> Result<T, Fault> {
        sequencer.submit_patiently(self.submission).await?;
        taken(&self.answer)
    }

    /// The same on a thread that may block.
    ///
    /// # Errors
    /// [`Fault`].
    pub(super) fn run_blocking(self, sequencer: &Sequencer) -> Result<T, Fault> {
        sequencer.submit_blocking(self.submission)?;
        taken(&self.answer)
    }
}

fn taken<T>(answer: &Mutex<Option<T>>) -> Result<T, Fault> {
    answer.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(Fault::Internal)
}
