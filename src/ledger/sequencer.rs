//! The sequencer: a bounded queue in front of the one thread that writes an office's books.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use super::batch::Answer;
use super::command::{Command, Key};
use super::office::Office;
use super::place::{Place, Reply};
use super::publication::Standing;
use super::writer::Writer;
use crate::domain::actor::Actor;
use crate::domain::id::RequestId;
use crate::domain::signature::Signature;
use crate::domain::time::Timestamp;
use crate::store::credentials::Credential;
use crate::store::records::Record;
use crate::store::{self, Connection};

/// Why there is no answer. It is ours, never the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The queue is full: nothing was written, try again.
    #[error("the queue is full")]
    Overloaded,
    /// A programmer error: nothing was written.
    #[error("the command failed inside the service")]
    Internal,
    /// The database failed: what was written, if anything, is found under the same idempotency key.
    #[error("the database failed")]
    Storage,
    /// The database has no space left for what is to be written; what is there can be read.
    #[error("the database is full")]
    Full,
    /// The database contradicts what was published from it: nothing was written.
    #[error("the office is read-only")]
    ReadOnly,
    /// The service is stopping: nothing was written.
    #[error("the service is stopping")]
    Stopped,
}

/// The idempotency of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Subject and key.
    pub scope_key: String,
    /// SHA-256 of method, path, canonical body and If-Match.
    pub fingerprint: Vec<u8>,
}

/// A write beside the books, such as a refresh token: it commits with the batch and leaves no entry.
pub type Aside = Box<dyn Fn(&mut Connection, &str) -> store::Result<()> + Send>;

/// One command with everything that comes in from outside.
pub struct Submission {
    /// What to do; none for a mere write beside the books.
    pub command: Option<Box<dyn Command>>,
    /// Who asks.
    pub actor: Actor,
    /// The request it came with.
    pub request: RequestId,
    /// The time outside.
    pub now: Timestamp,
    /// Its idempotency key, where it has one.
    pub idempotency: Option<Idempotency>,
    /// The revision the caller reviewed.
    pub if_match: Option<u64>,
    /// The caller's signature over what is decided.
    pub signature: Option<Signature>,
    /// What the events commit to.
    pub records: Vec<Record>,
    /// The credential of a new user.
    pub credential: Option<Credential>,
    /// A write beside the books.
    pub aside: Option<Aside>,
}

impl Submission {
    /// A command of `actor` at `now`, with nothing else.
    #[must_use]
    pub fn new(command: Box<dyn Command>, actor: Actor, request: RequestId, now: Timestamp) -> Self {
        Self {
            command: Some(command),
            actor,
            request,
            now,
            idempotency: None,
            if_match: None,
            signature: None,
            records: Vec::new(),
            credential: None,
            aside: None,
        }
    }

    /// A write beside the books.
    #[must_use]
    pub fn aside(write: Aside, request: RequestId, now: Timestamp) -> Self {
        Self {
            command: None,
            actor: Actor::System,
            request,
            now,
            idempotency: None,
            if_match: None,
            signature: None,
            records: Vec::new(),
            credential: None,
            aside: Some(write),
        }
    }

    /// Nothing at all: its answer says that the writer's connection works.
    fn probe(now: Timestamp) -> Self {
        Self { aside: None, ..Self::aside(Box::new(|_, _| Ok(())), RequestId::from_bits(0), now) }
    }

    pub(super) fn is_probe(&self) -> bool {
        self.command.is_none() && self.aside.is_none()
    }

    pub(super) fn name(&self) -> &'static str {
        self.command.as_ref().map_or("aside", |command| command.name())
    }

    pub(super) fn scope_key(&self) -> Option<&str> {
        self.idempotency.as_ref().map(|key| key.scope_key.as_str())
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        let mut keys = self.command.as_ref().map(|command| command.keys()).unwrap_or_default();
        keys.extend(self.actor.user().map(Key::User));
        keys
    }

    fn reads_sets(&self) -> bool {
        self.command.as_ref().is_some_and(|command| command.keys().into_iter().any(Key::is_set))
    }

    pub(super) fn write_aside(&self, connection: &mut Connection, office: &str) -> store::Result<()> {
        match &self.aside {
            Some(write) => write(connection, office),
            None => Ok(()),
        }
    }
}

/// Bounds of the sequencer.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Commands that can wait; one more is answered with 503.
    pub queue_max: usize,
    /// Commands in one batch.
    pub batch_max: usize,
    /// Objects of one kind kept in memory between batches.
    pub hot_objects_max: usize,
    /// How long callers wait for a database that cannot be reached, from the moment when it was missed first. After that
    /// they are told at once, until it is back.
    pub outage_max: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue_max: 4096, batch_max: 512, hot_objects_max: 100_000, outage_max: Duration::from_secs(10) }
    }
}

/// A handle to an office's writer. When the last handle is dropped, the writer finishes what is queued and ends.
#[derive(Clone)]
pub struct Sequencer {
    queue: mpsc::Sender<(Submission, Reply)>,
    shared: Arc<Semaphore>,
    office: Arc<Office>,
    standing: Arc<Standing>,
    checkpoint_due: Arc<AtomicBool>,
    is_reachable: Arc<AtomicBool>,
    /// When the last handle is gone, the writer does not wait for a database that is away.
    _patience: Option<Sender<Infallible>>,
}

impl Sequencer {
    /// Starts the writer of `office` on its own thread; the handle to join comes with it.
    ///
    /// # Errors
    /// When the database cannot be opened or the thread cannot be started.
    pub fn start(url: &str, office: Office, options: Options) -> store::Result<(Self, std::thread::JoinHandle<()>)> {
        Self::start_over(Writer::open(url, office, options)?)
    }

    /// The same over a writer that is open.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start_over(mut writer: Writer) -> store::Result<(Self, std::thread::JoinHandle<()>)> {
        let (queue, waiting) = mpsc::channel(writer.options().queue_max);
        let shared = Arc::new(Semaphore::new(writer.options().queue_max.div_ceil(2)));
        let handle = Self {
            queue,
            shared,
            office: writer.office(),
            standing: Arc::default(),
            checkpoint_due: Arc::default(),
            is_reachable: writer.reachable(),
            _patience: writer.patience(),
        };
        let worker = Worker {
            batch_max: writer.options().batch_max,
            standing: Arc::clone(&handle.standing),
            checkpoint_due: Arc::clone(&handle.checkpoint_due),
            writer,
        };
        let thread = std::thread::Builder::new()
            .name(format!("writer-{}", handle.office.name))
            .spawn(move || worker.run(waiting))
            .map_err(|error| diesel_thread_error(&error))?;
        Ok((handle, thread))
    }

    /// The office whose books these are.
    #[must_use]
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// How far its log is published, and whether it may be written to.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Hands in a command and waits for the answer; a full queue is a fault at once.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn submit(&self, submission: Submission) -> Result<Answer, Fault> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send((submission, Reply::to(reply))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Fault::Overloaded,
            mpsc::error::TrySendError::Closed(_) => Fault::Stopped,
        })?;
        answer.await.unwrap_or(Err(Fault::Stopped))
    }

    /// Hands in a command and waits for room in the queue first; for the service's own timers.
    ///
    /// # Errors
    /// [`Fault`], but never [`Fault::Overloaded`].
    pub async fn submit_patiently(&self, submission: Submission) -> Result<Answer, Fault> {
        let (reply, answer) = oneshot::channel();
        self.queue.send((submission, Reply::to(reply))).await.map_err(|_| Fault::Stopped)?;
        answer.await.unwrap_or(Err(Fault::Stopped))
    }

    /// The same for many, in the order of their answers: all are handed in before any is waited for, so that they share
    /// batches.
    ///
    /// # Errors
    /// The first [`Fault`], but never [`Fault::Overloaded`].
    pub async fn submit_all(&self, submissions: impl IntoIterator<Item = Submission>) -> Result<Vec<Answer>, Fault> {
        let hand_in = |submission| {
            let sequencer = self.clone();
            tokio::spawn(async move { sequencer.submit_patiently(submission).await })
        };
        let waiting: Vec<_> = submissions.into_iter().map(hand_in).collect();
        let mut answers = Vec::with_capacity(waiting.len());
        for answer in waiting {
            answers.push(answer.await.map_err(|_| Fault::Internal)??);
        }
        Ok(answers)
    }

    /// The same on a thread that may block, which a thread of an asynchronous runtime may not.
    ///
    /// # Errors
    /// [`Fault`], but never [`Fault::Overloaded`].
    pub fn submit_blocking(&self, submission: Submission) -> Result<Answer, Fault> {
        let (reply, answer) = oneshot::channel();
        self.queue.blocking_send((submission, Reply::to(reply))).map_err(|_| Fault::Stopped)?;
        answer.blocking_recv().unwrap_or(Err(Fault::Stopped))
    }

    /// Whether the writer reaches the database: it is asked, and answers within `wait`. One that is too busy to be asked
    /// does, if the last batch did.
    pub async fn works(&self, wait: Duration, now: Timestamp) -> bool {
        let is_reachable = || self.is_reachable.load(Ordering::Relaxed);
        match timeout(wait, self.submit(Submission::probe(now))).await {
            Ok(Ok(_)) => true,
            Ok(Err(Fault::Overloaded)) | Err(_) => is_reachable(),
            Ok(Err(_)) => false,
        }
    }

    /// A place in the queue for one line of a batch, if there is one now. All batches together have half of the queue,
    /// so that they fill it for nobody else.
    #[must_use]
    pub fn place_now(&self) -> Option<Place> {
        let share = Arc::clone(&self.shared).try_acquire_owned().ok()?;
        let room = self.queue.clone().try_reserve_owned().ok()?;
        Some(Place::new(room, share))
    }

    /// Waits for such a place; those who wait get theirs in the order in which they came.
    ///
    /// # Errors
    /// [`Fault::Stopped`].
    pub async fn place(self) -> Result<Place, Fault> {
        let share = self.shared.acquire_owned().await.map_err(|_| Fault::Stopped)?;
        let room = self.queue.reserve_owned().await.map_err(|_| Fault::Stopped)?;
        Ok(Place::new(room, share))
    }

    /// Asks the writer to move the rest of the write-ahead log into the database file after its next batch.
    ///
    /// While writes come without a pause, whoever else does it is never done, and the log grows without end. The
    /// writer alone can: nothing is added while it does.
    pub fn finish_checkpoint(&self) {
        self.checkpoint_due.store(true, Ordering::Relaxed);
    }

    /// How many commands are waiting.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity().saturating_sub(self.queue.capacity())
    }
}

fn diesel_thread_error(error: &std::io::Error) -> store::Error {
    store::Error::Migration(format!("the writer's thread could not be started: {error}"))
}

/// Takes commands out of the queue and hands them to the writer, batch by batch.
struct Worker {
    writer: Writer,
    batch_max: usize,
    standing: Arc<Standing>,
    checkpoint_due: Arc<AtomicBool>,
}

type Waiting = mpsc::Receiver<(Submission, Reply)>;

impl Worker {
    fn run(mut self, mut waiting: Waiting) {
        while let Some(first) = waiting.blocking_recv() {
            let mut batch = vec![first];
            self.take(&mut batch, &mut waiting);
            self.process(batch);
            if self.checkpoint_due.swap(false, Ordering::Relaxed) {
                self.writer.checkpoint();
            }
        }
        self.writer.finish();
    }

    /// Takes what is waiting.
    fn take(&mut self, batch: &mut Vec<(Submission, Reply)>, waiting: &mut Waiting) {
        while batch.len() < self.batch_max
            && let Ok(next) = waiting.try_recv()
        {
            // A command that reads sets of rows needs all before it in storage, so it opens a batch of its own.
            if next.0.reads_sets() {
                self.process(std::mem::take(batch));
            }
            batch.push(next);
        }
    }

    fn process(&mut self, batch: Vec<(Submission, Reply)>) {
        let batch = self.refuse_commands_if_read_only(batch);
        if batch.is_empty() {
            return;
        }
        let started = Instant::now();
        let submissions: Vec<&Submission> = batch.iter().map(|(submission, _)| submission).collect();
        let answers = self.writer.process(&submissions);
        metrics::histogram!("ticun_batch_seconds").record(started.elapsed());
        metrics::histogram!("ticun_batch_commands").record(u32::try_from(batch.len()).unwrap_or(u32::MAX));
        for ((_, reply), answer) in batch.into_iter().zip(answers) {
            reply.send(answer);
        }
    }

    /// What is written beside the books goes on: people must be able to sign in and read.
    fn refuse_commands_if_read_only(&self, batch: Vec<(Submission, Reply)>) -> Vec<(Submission, Reply)> {
        if self.standing.read_only().is_none() {
            return batch;
        }
        let (commands, asides): (Vec<_>, Vec<_>) = batch.into_iter().partition(|(one, _)| one.command.is_some());
        for (_, reply) in commands {
            reply.send(Err(Fault::ReadOnly));
        }
        asides
    }
}
