//! The writer of an office's books: it carries out batches, one after the other, through faults of the database that
//! pass.
//!
//! | what fails | what is done |
//! |---|---|
//! | a conflict, a lock that is not had in time, what nobody has a name for | the batch runs again a little later, a few times |
//! | the connection | it is opened anew, again and again for some seconds; from then on callers are told at once |
//! | the disk is full | callers are told at once; the next batch tries again |
//! | a row that the tables refuse, a row that cannot be read | the batch is halved until the command that cannot be written stands alone |
//!
//! Where the answer to a commit is lost, the head tells whether it was carried out (`was_applied`): then its
//! answers are true, and nothing runs a second time.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use ring::rand::{SecureRandom as _, SystemRandom};

use super::batch::{self, Answer, Hot, Uncommitted};
use super::office::Office;
use super::sequencer::{Fault, Options, Submission};
use crate::store::{self, Connection, Trouble, dialect, entries, head};

/// How often a batch is tried while something momentary is in its way.
const TRIES_MAX: u32 = 6;
/// The first pause after something momentary; each next one is twice as long.
const PAUSE_MIN: Duration = Duration::from_millis(5);
/// The longest pause between two tries to connect. It is also how often a database that has been away for long is looked
/// for while commands come.
const PAUSE_MAX: Duration = Duration::from_millis(500);

/// A durable step of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// All of it is written, and nothing is committed.
    Written,
    /// The database has said that it is committed, and nobody has been answered.
    Committed,
}

/// Told after each durable step. Tests end the process there, or panic, which is taken as an answer of the database that
/// was lost on its way.
pub type AfterStep = Arc<dyn Fn(Step) + Send + Sync>;

/// Writes an office's books, on the thread of whoever calls it.
pub struct Writer {
    url: String,
    /// None after an error with it.
    connection: Option<Connection>,
    office: Arc<Office>,
    hot: Hot,
    random: SystemRandom,
    options: Options,
    /// A batch of which nobody knows whether it was committed.
    undecided: Option<Uncommitted>,
    outage: Option<Outage>,
    is_reachable: Arc<AtomicBool>,
    /// Nothing ever comes here, but pauses end when its other side is gone.
    pauses: Receiver<Infallible>,
    patience: Option<Sender<Infallible>>,
    after_step: Option<AfterStep>,
}

/// The database cannot be reached.
struct Outage {
    since: Instant,
    /// The last try.
    tried: Instant,
}

impl Writer {
    /// Opens the database.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(url: &str, office: Office, options: Options) -> store::Result<Self> {
        let (patience, pauses) = channel();
        Ok(Self {
            url: url.to_owned(),
            connection: Some(dialect::open_writer(url)?),
            office: Arc::new(office),
            hot: Hot::cold(options.hot_objects_max),
            random: SystemRandom::new(),
            options,
            undecided: None,
            outage: None,
            is_reachable: Arc::new(AtomicBool::new(true)),
            pauses,
            patience: Some(patience),
            after_step: None,
        })
    }

    /// The same, telling somebody of each durable step.
    #[must_use]
    pub fn telling(mut self, after_step: AfterStep) -> Self {
        self.after_step = Some(after_step);
        self
    }

    pub(super) fn office(&self) -> Arc<Office> {
        Arc::clone(&self.office)
    }

    pub(super) const fn options(&self) -> Options {
        self.options
    }

    /// Whether the database was there when it was needed last.
    pub(super) fn reachable(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_reachable)
    }

    /// Hands out what keeps pauses going. Once it is dropped nobody waits for a database that is away.
    pub(super) const fn patience(&mut self) -> Option<Sender<Infallible>> {
        self.patience.take()
    }

    /// Carries out a batch: one transaction, unless one of its commands cannot be written. Answers in the order of the
    /// submissions, after the commit. A command that reads sets of rows comes first in its batch.
    pub fn process(&mut self, submissions: &[&Submission]) -> Vec<Result<Answer, Fault>> {
        if submissions.is_empty() {
            return Vec::new();
        }
        match self.until_done(submissions) {
            Ok(answers) => answers,
            Err(Trouble::Lasting) if submissions.len() > 1 => {
                // One of them cannot be written, and the others are not to suffer for it.
                let (first, second) = submissions.split_at(submissions.len() / 2);
                let mut answers = self.process(first);
                answers.extend(self.process(second));
                answers
            }
            Err(trouble) => {
                let fault = if trouble == Trouble::Full { Fault::Full } else { Fault::Storage };
                submissions.iter().map(|_| Err(fault)).collect()
            }
        }
    }

    /// Moves the rest of the write-ahead log into the database file, as far as nobody reads it.
    pub(super) fn checkpoint(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        let started = Instant::now();
        match dialect::checkpoint(connection) {
            Ok(done) => tracing::debug!(?done, taken = ?started.elapsed(), "checkpoint by the writer"),
            Err(error) => tracing::warn!(%error, "a checkpoint failed; it is tried again"),
        }
    }

    /// Moves all of it; for a graceful stop.
    pub(super) fn finish(mut self) {
        let Some(connection) = &mut self.connection else { return };
        if let Err(error) = dialect::checkpoint_fully(connection) {
            tracing::warn!(%error, "the last checkpoint failed; the next start makes up for it");
        }
    }

    /// Tries until it is done, for as long as that may help.
    fn until_done(&mut self, submissions: &[&Submission]) -> Result<Vec<Result<Answer, Fault>>, Trouble> {
        if self
            .outage
            .as_ref()
            .is_some_and(|outage| outage.is_over_patience(self.options) && outage.tried.elapsed() < PAUSE_MAX)
        {
            return Err(Trouble::Unreachable);
        }
        let began = Instant::now();
        for tries in 0_u32.. {
            let trouble = match self.attempt(submissions) {
                Ok(answers) => {
                    self.outage = None;
                    self.is_reachable.store(true, Ordering::Relaxed);
                    self.undecided = None;
                    return Ok(answers);
                }
                Err(trouble) => trouble,
            };
            metrics::counter!("ticun_batch_failures_total", "because" => trouble.name()).increment(1);
            self.let_go(trouble);
            let may_help = match trouble {
                Trouble::Momentary => tries.saturating_add(1) < TRIES_MAX && began.elapsed() < self.options.outage_max,
                Trouble::Unreachable => {
                    self.outage.as_ref().is_some_and(|outage| !outage.is_over_patience(self.options))
                }
                Trouble::Full | Trouble::Lasting => false,
            };
            if !may_help || (!self.pause(tries) && trouble == Trouble::Unreachable) {
                self.undecided = None;
                return Err(trouble);
            }
        }
        Err(Trouble::Unreachable)
    }

    /// What is left of a failed try is undone or dropped, and the memory with it.
    fn let_go(&mut self, trouble: Trouble) {
        self.hot.drop_all();
        if let Some(connection) = &mut self.connection {
            dialect::rollback(connection);
            // A transaction that could not be rolled back would swallow all that follows.
            if trouble != Trouble::Lasting || !dialect::is_clean(connection) {
                self.connection = None;
            }
        }
        if trouble == Trouble::Unreachable {
            self.is_reachable.store(false, Ordering::Relaxed);
            let tried = Instant::now();
            let since = self.outage.as_ref().map_or(tried, |outage| outage.since);
            self.outage = Some(Outage { since, tried });
        }
    }

    /// Waits before the next try, each time for longer, and not all writers alike; false if the service is stopping.
    fn pause(&self, tries: u32) -> bool {
        let longest = PAUSE_MIN.saturating_mul(1_u32.checked_shl(tries.min(16)).unwrap_or(u32::MAX)).min(PAUSE_MAX);
        let mut chance = [0_u8; 1];
        let shorter = match self.random.fill(&mut chance) {
            Ok(()) => longest.saturating_mul(u32::from(u8::from_le_bytes(chance))) / 512,
            Err(_) => Duration::ZERO,
        };
        let paused = self.pauses.recv_timeout(longest.saturating_sub(shorter));
        paused == Err(RecvTimeoutError::Timeout)
    }

    fn attempt(&mut self, submissions: &[&Submission]) -> Result<Vec<Result<Answer, Fault>>, Trouble> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => dialect::open_writer(&self.url).map_err(|error| failed(&error))?,
        };
        let done = self.attempt_on(&mut connection, submissions);
        self.connection = Some(connection);
        done
    }

    fn attempt_on(
        &mut self,
        connection: &mut Connection,
        submissions: &[&Submission],
    ) -> Result<Vec<Result<Answer, Fault>>, Trouble> {
        let office = self.office.name.as_str();
        if let Some(undecided) = &self.undecided
            && was_applied(connection, office, undecided).map_err(|error| failed(&error))?
        {
            tracing::warn!("the answer to a commit was lost: it had been carried out");
            return Ok(self.undecided.take().map(|written| written.answers).unwrap_or_default());
        }
        self.undecided = None;
        if submissions.iter().all(|one| one.is_probe()) {
            may_write(connection, office).map_err(|error| failed(&error))?;
            return Ok(submissions.iter().map(|_| Ok(Answer::Aside)).collect());
        }
        let written = self.write(connection, submissions)?;
        self.tell(Step::Written)?;
        let head = written.head.clone();
        // From here on nobody knows, until the database has answered.
        self.undecided = Some(written);
        dialect::commit(connection).map_err(|error| failed(&error))?;
        self.tell(Step::Committed)?;
        self.hot.committed(&head);
        Ok(self.undecided.take().map(|written| written.answers).unwrap_or_default())
    }

    fn write(&mut self, connection: &mut Connection, submissions: &[&Submission]) -> Result<Uncommitted, Trouble> {
        let mut batch_id = [0_u8; 16];
        self.random.fill(&mut batch_id).map_err(|_| {
            tracing::error!("the system gives no random bytes");
            Trouble::Momentary
        })?;
        let run = || batch::run(connection, &self.office, &mut self.hot, submissions, batch_id);
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(written) => written.map_err(|error| failed(&error)),
            Err(_) => {
                tracing::error!("a batch panicked outside of its commands");
                Err(Trouble::Lasting)
            }
        }
    }

    fn tell(&self, step: Step) -> Result<(), Trouble> {
        let Some(after_step) = &self.after_step else { return Ok(()) };
        catch_unwind(AssertUnwindSafe(|| after_step(step))).map_err(|_| Trouble::Unreachable)
    }
}

impl Outage {
    /// True once nobody is kept waiting for its end any more.
    fn is_over_patience(&self, options: Options) -> bool {
        self.since.elapsed() >= options.outage_max
    }
}

fn failed(error: &store::Error) -> Trouble {
    let trouble = error.trouble();
    tracing::error!(%error, trouble = trouble.name(), "a batch failed");
    trouble
}

/// Asks for what every batch begins with, and leaves it: a server that only reads refuses it.
fn may_write(connection: &mut Connection, office: &str) -> store::Result<()> {
    dialect::begin_write(connection)?;
    head::lock(connection, office)?;
    dialect::rollback(connection);
    Ok(())
}

/// Whether a batch was committed, though the database's answer never came. Its commit may be under way still, on a
/// connection that is lost to us: that one holds the head's lock until it is decided.
///
/// The head bears the batch's id, or, where others have written since, the log has its last entry. A batch without
/// entries on which others have written runs again: refusals are decided anew, and what is written beside the books is
/// such that the second time counts.
fn was_applied(connection: &mut Connection, office: &str, undecided: &Uncommitted) -> store::Result<bool> {
    dialect::begin_write(connection)?;
    let now = head::lock(connection, office)?;
    let left = &undecided.head;
    let is_newest = now.is_some_and(|now| now.batch_id == left.batch_id);
    let applied = is_newest || (undecided.has_entries && has_entry(connection, office, left)?);
    dialect::rollback(connection);
    Ok(applied)
}

/// Whether the log has the entry that a head says is its last. A leaf stands for everything before it, too.
fn has_entry(connection: &mut Connection, office: &str, head: &head::Head) -> store::Result<bool> {
    let Some(position) = head.next_position.checked_sub(1) else { return Ok(false) };
    Ok(entries::at(connection, office, position)?.is_some_and(|entry| entry.leaf == head.leaf))
}
