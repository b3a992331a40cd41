//! Connections for reading: a few, each used by one read at a time.
//!
//! A connection is opened when a read needs it and none is idle, and closed when it turns out to be broken. Nothing is
//! asked of an idle one first: a read begins with a statement of its own, and where that fails nothing has been read yet,
//! so that it begins anew on another connection.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::dialect::{Connection, begin_read, open_reader, rollback};
use super::{Error, Result, Trouble};

/// How long a read waits for a connection: for one that is busy, or for a database that is away.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// The pause after a connection that could not be opened, and the longest after several.
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// A bounded set of read-only connections.
#[derive(Clone)]
pub struct ReadPool(Arc<Inner>);

struct Inner {
    url: String,
    slots: Mutex<Slots>,
    /// Told when a connection or a place for one becomes free.
    freed: Condvar,
    wait_max: Duration,
}

struct Slots {
    idle: Vec<Connection>,
    /// Places for connections that are not open.
    vacant: usize,
    outage: Option<Outage>,
}

/// The database cannot be reached. One read at a time tries, and the others wait for what it finds.
struct Outage {
    since: Instant,
    /// The next try is not before.
    next_try: Instant,
    pause: Duration,
}

impl ReadPool {
    /// Makes room for `count` connections, and opens the first to see whether the database is there.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn open(url: &str, count: usize) -> Result<Self> {
        Self::open_patient(url, count, WAIT_MAX)
    }

    /// The same with a wait of one's own.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn open_patient(url: &str, count: usize, wait_max: Duration) -> Result<Self> {
        let idle = vec![open_reader(url)?];
        let slots = Slots { idle, vacant: count.saturating_sub(1), outage: None };
        Ok(Self(Arc::new(Inner { url: url.to_owned(), slots: Mutex::new(slots), freed: Condvar::new(), wait_max })))
    }

    /// Runs `read` on one snapshot; blocks the calling thread.
    ///
    /// # Errors
    /// What `read` answers, or that no connection could be had in time.
    pub fn read<T>(&self, read: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut held = self.begin()?;
        let answer = held.connection.as_mut().map_or_else(|| Err(none_in_time()), read);
        held.is_kept = answer.as_ref().err().is_none_or(|error| error.trouble() == Trouble::Lasting);
        answer
    }

    /// A connection on which a snapshot was begun.
    fn begin(&self) -> Result<Held<'_>> {
        let began = Instant::now();
        loop {
            let mut held = self.take(began)?;
            let Some(connection) = &mut held.connection else { return Err(none_in_time()) };
            match begin_read(connection) {
                Ok(()) => return Ok(held),
                // It broke while it was idle. It is closed here, and the next one is tried, or a new one opened.
                Err(error) if began.elapsed() >= self.0.wait_max => return Err(error),
                Err(error) => tracing::debug!(%error, "a connection for reading was broken"),
            }
        }
    }

    /// A connection: an idle one, or a new one where there is room, or the next that comes free.
    fn take(&self, began: Instant) -> Result<Held<'_>> {
        let mut slots = self.slots();
        loop {
            if let Some(connection) = slots.idle.pop() {
                return Ok(Held { pool: self, connection: Some(connection), is_kept: false });
            }
            let waited = began.elapsed();
            if waited >= self.0.wait_max {
                return Err(none_in_time());
            }
            let mut wait = self.0.wait_max.saturating_sub(waited);
            if slots.vacant > 0 {
                let Some(pause) = slots.pause(self.0.wait_max)? else {
                    match self.fill(slots) {
                        Err(error) if !self.is_long_away() => tracing::debug!(%error, "the database cannot be reached"),
                        filled => return filled,
                    }
                    slots = self.slots();
                    continue;
                };
                wait = wait.min(pause);
            }
            slots = self.0.freed.wait_timeout(slots, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Opens a connection in a vacant place, while nobody waits for the lock.
    fn fill<'a>(&'a self, mut slots: MutexGuard<'a, Slots>) -> Result<Held<'a>> {
        slots.vacant = slots.vacant.saturating_sub(1);
        if let Some(outage) = &mut slots.outage {
            // Whoever comes meanwhile leaves the trying to this read.
            outage.next_try = Instant::now().checked_add(PAUSE_MAX).unwrap_or(outage.next_try);
        }
        drop(slots);
        // From here on the place is this one's, and is free again when it is dropped.
        let mut held = Held { pool: self, connection: None, is_kept: false };
        match open_reader(&self.0.url) {
            Ok(connection) => {
                held.connection = Some(connection);
                self.slots().outage = None;
                self.0.freed.notify_all();
                Ok(held)
            }
            Err(error) => {
                self.slots().failed();
                Err(error)
            }
        }
    }

    /// True once the database has been away for so long that a read tries once, and waits no more.
    fn is_long_away(&self) -> bool {
        self.slots().outage.as_ref().is_some_and(|outage| outage.since.elapsed() >= self.0.wait_max)
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.0.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slots {
    /// How long to wait before a connection is opened; none where it may be opened now.
    ///
    /// # Errors
    /// When the database has been away for so long that nobody waits for it any more.
    fn pause(&self, wait_max: Duration) -> Result<Option<Duration>> {
        let Some(outage) = &self.outage else { return Ok(None) };
        let left = outage.next_try.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        if outage.since.elapsed() >= wait_max { Err(none_in_time()) } else { Ok(Some(left)) }
    }

    fn failed(&mut self) {
        let now = Instant::now();
        let (since, pause) =
            self.outage.as_ref().map_or((now, PAUSE_MIN), |before| (before.since, before.pause.saturating_mul(2)));
        let pause = pause.min(PAUSE_MAX);
        self.outage = Some(Outage { since, next_try: now.checked_add(pause).unwrap_or(now), pause });
    }
}

fn none_in_time() -> Error {
    diesel::ConnectionError::BadConnection("no connection could be had in time".to_owned()).into()
}

/// A place of the pool in use. Unless its connection is kept the place is vacant afterwards, also after a panic.
struct Held<'a> {
    pool: &'a ReadPool,
    connection: Option<Connection>,
    is_kept: bool,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let kept = self.connection.take().filter(|_| self.is_kept).map(|mut connection| {
            rollback(&mut connection);
            connection
        });
        let mut slots = self.pool.slots();
        match kept {
            Some(connection) => slots.idle.push(connection),
            None => slots.vacant = slots.vacant.saturating_add(1),
        }
        drop(slots);
        self.pool.0.freed.notify_one();
    }
}
