//! Timers. They only submit commands: deadlines decide, not jobs. And the publishing of logs, the asking of witnesses
//! and of timestamping authorities, and the alarms about all that.

mod alarms;
mod due;
mod outward;
mod publish;
mod runs;
mod timestamping;
mod witnessing;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::ledger::Sequencer;
use crate::ledger::clock::{Clock, Entropy, wall};
use crate::ledger::duty::Duty;
use crate::store::pool::ReadPool;

pub use alarms::Alarms;
pub use due::{TimerError, run_due};
pub use outward::{Outward, told};
pub use publish::Publishing;
pub use timestamping::Timestamping;
pub use witnessing::Witnessing;

/// What a timer works with.
#[derive(Clone)]
pub struct Timers {
    /// The office's writer.
    pub sequencer: Sequencer,
    /// Connections for reading.
    pub reads: ReadPool,
    /// The clock of the books.
    pub clock: Arc<Clock>,
    /// Request ids.
    pub entropy: Entropy,
    /// Who hands payouts to the bank.
    pub handover: Handover,
    /// When unclaimed money was looked for last and none was found, in microseconds.
    pub watched_us: Arc<AtomicI64>,
}

/// Who hands payouts to the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover {
    /// The timer, as soon as they are created.
    ByTimer,
    /// Somebody, through the demo's bank.
    ByHand,
}

impl Timers {
    /// Runs what is due every `every` while it is this node's duty, until `stop` says so; then another node may at once.
    pub async fn run(self, duty: Duty, every: Duration, mut stop: watch::Receiver<bool>) {
        let mut ticks = ticks(every);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stop.changed() => break,
            }
            match duty.is_ours(wall()).await {
                Ok(true) => self.run_on_duty(&duty).await,
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "a timer does not know whether it is its turn; it asks again"),
            }
        }
        duty.give_up(wall()).await;
    }

    /// Runs what is due, however long it takes, and leaves it where the duty is lost meanwhile.
    async fn run_on_duty(&self, duty: &Duty) {
        let mut renewals = ticks(RENEWED_EVERY);
        let mut work = std::pin::pin!(run_due(self));
        loop {
            tokio::select! {
                done = &mut work => {
                    if let Err(error) = done {
                        tracing::error!(%error, "a timer failed; it runs again");
                    }
                    return;
                }
                _ = renewals.tick() => {
                    if !duty.is_ours(wall()).await.unwrap_or(false) {
                        tracing::warn!("another node has taken over the timers; this one leaves what it has not handed in");
                        return;
                    }
                }
            }
        }
    }
}

/// How often whoever is busy looks whether it is still on duty; the lease is renewed only where it is half over.
const RENEWED_EVERY: Duration = Duration::from_secs(1);

/// Ticks now and every `every`; what took longer than that is not made up for.
fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
