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
use crate::ledger::clock::{Clock, Entropy};
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
    /// Runs what is due every `every`, until `stop` says so.
    pub async fn run(self, every: Duration, mut stop: watch::Receiver<bool>) {
        let mut ticks = ticks(every);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stop.changed() => return,
            }
            if let Err(error) = run_due(&self).await {
                tracing::error!(%error, "a timer failed; it runs again");
            }
        }
    }
}

/// Ticks now and every `every`; what took longer than that is not made up for.
fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
