//! Says in the log when its publishing is not as others rely on, and when it is again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{TimerError, ticks};
use crate::domain::actor::Actor;
use crate::domain::id::{AlarmId, RequestId};
use crate::domain::objects::AlarmKind;
use crate::domain::time::Timestamp;
use crate::ledger::clock::{Clock, Entropy, wall};
use crate::ledger::commands::log::{ClearAlarm, RaiseAlarm};
use crate::ledger::duty::Duty;
use crate::ledger::publication::alarms::{Due, Watch};
use crate::ledger::{Answer, Command, Submission};

/// Watches the publishing of one log.
#[derive(Clone)]
pub struct Alarms {
    /// What is watched.
    pub watch: Watch,
    /// The clock of the books.
    pub clock: Arc<Clock>,
    /// Ids.
    pub entropy: Entropy,
}

impl Alarms {
    /// Looks every `every` while it is this node's duty, until `stop` says so.
    pub async fn run(self, duty: Duty, every: Duration, mut stop: watch::Receiver<bool>) {
        let mut ticks = ticks(every);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stop.changed() => return,
            }
            // An office that takes no writes has said so loudly, and cannot say more in its log.
            if self.watch.sequencer.standing().read_only().is_none()
                && let Err(error) = self.look_on_duty(&duty).await
            {
                tracing::error!(%error, "alarms could not be looked at; it is tried again");
            }
        }
    }

    async fn look_on_duty(&self, duty: &Duty) -> Result<u64, TimerError> {
        if duty.is_ours(wall()).await? { self.look(wall()).await } else { Ok(0) }
    }

    /// Looks once, at the moment `now` of the clock by which heads are signed; answers how many alarms were raised or
    /// cleared.
    ///
    /// # Errors
    /// When the database or the ledger fails.
    pub async fn look(&self, now: Timestamp) -> Result<u64, TimerError> {
        let watched = self.watch.clone();
        let found = tokio::task::spawn_blocking(move || watched.due(now)).await.map_err(|_| TimerError::Stopped)??;
        let mut done = 0_u64;
        for (about, due) in found {
            let command: Box<dyn Command> = match due {
                Due::Nothing => continue,
                Due::Raise(since) => {
                    let alarm = AlarmId::from_bits(self.entropy.id(self.clock.now()));
                    Box::new(RaiseAlarm { about, alarm, since })
                }
                Due::Clear => Box::new(ClearAlarm { about }),
            };
            // Another node may have been faster; then nothing is written.
            if let Answer::Written { position: Some(_), .. } = self.submit(command).await? {
                self.tell(about, due);
                done = done.saturating_add(1);
            }
        }
        Ok(done)
    }

    async fn submit(&self, command: Box<dyn Command>) -> Result<Answer, TimerError> {
        let now = self.clock.now();
        let request = RequestId::from_bits(self.entropy.id(now));
        let submission = Submission::new(command, Actor::System, request, now);
        Ok(self.watch.sequencer.submit_patiently(submission).await?)
    }

    fn tell(&self, about: AlarmKind, due: Due) {
        let office = self.watch.sequencer.office().name;
        let raised = matches!(due, Due::Raise(_));
        let labels = [("office", office.to_string()), ("about", about.to_string())];
        metrics::gauge!("ticun_log_alarm", &labels).set(u32::from(raised));
        if raised {
            tracing::error!(%office, %about, "an alarm is raised");
        } else {
            tracing::info!(%office, %about, "the alarm is cleared");
        }
    }
}
