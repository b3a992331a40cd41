//! One office being served: its writer, its publisher, its timers, and those who ask and watch.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::boot::Mode;
use super::config::Config;
use super::logs::{self, Others};
use super::rules;
use crate::domain::actor::Actor;
use crate::domain::id::RequestId;
use crate::domain::name::Name;
use crate::domain::rule_files;
use crate::http::app::Logs;
use crate::jobs::{Handover, Publishing, Timers};
use crate::ledger::clock::{Clock, Entropy};
use crate::ledger::commands::log::AdoptRules;
use crate::ledger::duty::Duty;
use crate::ledger::publication::{Publisher, node_name};
use crate::ledger::{Answer, Fault, Options, Sequencer, Submission, office};
use crate::store::dialect;
use crate::store::pool::ReadPool;

const TIMER_EVERY: Duration = Duration::from_secs(1);

/// What all offices of a process are served with.
#[derive(Clone)]
pub struct Shared {
    /// The settings.
    pub config: Config,
    /// How the service runs.
    pub mode: Mode,
    /// The logs as they are published.
    pub logs: Logs,
    /// Who is asked about them.
    pub others: Others,
    /// Connections for reading.
    pub reads: ReadPool,
    /// The clock of the books.
    pub clock: Arc<Clock>,
    /// Becomes true when the service stops.
    pub stopped: watch::Receiver<bool>,
}

/// An office whose writer runs, and whose log was compared with its database. Nothing is published yet.
pub struct Opened {
    /// Its writer.
    pub sequencer: Sequencer,
    writer: std::thread::JoinHandle<()>,
    publisher: Publisher,
}

/// An office that is served.
pub struct Served {
    /// Its writer.
    pub sequencer: Sequencer,
    /// What does what has become due.
    pub due: Timers,
    writer: std::thread::JoinHandle<()>,
    publishing: Option<Publishing>,
    timers: Vec<tokio::task::JoinHandle<()>>,
}

impl Opened {
    /// Starts an office's writer and opens its log.
    ///
    /// # Errors
    /// A sentence: its keys are not here, it goes by rules that this process does not have, or what failed.
    pub fn open(config: &Config, logs: &Logs, name: &str) -> Result<Self, String> {
        let mut connection = dialect::open_writer(&config.database).map_err(|error| error.to_string())?;
        let office = office::open(&mut connection, name).map_err(|error| error.to_string())?;
        rules::can_go_by_these(&mut connection, name)?;
        let signer = logs::signer(config, &office)?;
        let options = Options {
            queue_max: config.queue_max,
            batch_max: config.batch_max,
            hot_objects_max: config.hot_objects_max,
            ..Options::default()
        };
        let (sequencer, writer) =
            Sequencer::start(&config.database, office, options).map_err(|error| error.to_string())?;
        let publisher = logs::publisher(config, logs, &sequencer, signer)?;
        Ok(Self { sequencer, writer, publisher })
    }

    /// Begins to publish its log, to do what becomes due, to ask and to watch.
    ///
    /// # Errors
    /// A sentence about what failed.
    pub async fn serve(self, shared: &Shared) -> Result<Served, String> {
        let Self { sequencer, writer, publisher } = self;
        let Shared { config, logs, reads, clock, stopped, .. } = shared;
        let (witnessing, timestamping) = shared.others.asked(logs, &sequencer, reads)?;
        let publishing = logs::publish(config, publisher)?;
        adopt_rules(&sequencer, shared).await?;
        let due = Timers {
            sequencer: sequencer.clone(),
            reads: reads.clone(),
            clock: Arc::clone(clock),
            entropy: Entropy::default(),
            watched_us: Arc::default(),
            handover: if shared.mode == Mode::Live { Handover::ByTimer } else { Handover::ByHand },
        };
        let duty = duty(config, &due)?;
        let mut timers = vec![
            tokio::spawn(due.clone().run(duty.clone(), TIMER_EVERY, stopped.clone())),
            tokio::task::spawn_local(witnessing.run(stopped.clone())),
            tokio::task::spawn_local(timestamping.run(stopped.clone())),
        ];
        if let Some(alarms) = logs::alarms(config, logs, &sequencer, reads, clock) {
            timers.push(tokio::spawn(alarms.run(duty, TIMER_EVERY, stopped.clone())));
        }
        Ok(Served { sequencer, due, writer, publishing, timers })
    }
}

/// The duty to run an office's timers, which one node has at a time.
fn duty(config: &Config, timers: &Timers) -> Result<Duty, String> {
    let folder = logs::folder(&config.data).join(timers.sequencer.office().name.as_str());
    let node = node_name(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(Duty::new("timers", node, timers.sequencer.clone(), timers.reads.clone()))
}

/// Waits until all these offices have ended, once the service was told to stop: first what becomes due, then the
/// publishing, whose last heads the writers record, then the writers, when nobody holds a handle to them any more.
///
/// # Errors
/// A sentence: one of them ended by a panic.
pub async fn ended(offices: Vec<Served>) -> Result<(), String> {
    let (mut publishing, mut writers) = (Vec::new(), Vec::new());
    let mut last_handles = Vec::new();
    for office in offices {
        for timer in office.timers {
            timer.await.map_err(|error| error.to_string())?;
        }
        publishing.extend(office.publishing);
        writers.push(office.writer);
        last_handles.push((office.sequencer, office.due));
    }
    joined(publishing, Publishing::finish, "a publisher ended by a panic").await?;
    drop(last_handles);
    joined(writers, |writer| writer.join().is_ok(), "a writer ended by a panic").await
}

/// Waits until all have ended well, without holding up the runtime.
async fn joined<T: Send + 'static>(all: Vec<T>, join: fn(T) -> bool, otherwise: &str) -> Result<(), String> {
    let ended = tokio::task::spawn_blocking(move || all.into_iter().map(join).filter(|ended| !ended).count());
    if ended.await.is_ok_and(|failed| failed == 0) { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// Has the log tell the rules that this process was started with, where they are not those it told last.
async fn adopt_rules(sequencer: &Sequencer, shared: &Shared) -> Result<(), String> {
    let (office, now): (Name, _) = (sequencer.office().name, shared.clock.now());
    let command = AdoptRules { files: rule_files::in_force() };
    let request = RequestId::from_bits(Entropy::default().id(now));
    let submission = Submission::new(Box::new(command), Actor::System, request, now);
    match sequencer.submit(submission).await {
        Ok(Answer::Written { position: Some(position), .. }) => {
            tracing::info!(%office, position, "the log tells of new rules");
        }
        Ok(_) => {}
        // It says itself why it is read-only; whoever makes it writable starts it anew.
        Err(Fault::ReadOnly) => tracing::warn!(%office, "the office is read-only: its log tells no new rules"),
        Err(fault) => return Err(format!("{office}: {fault}")),
    }
    Ok(())
}
