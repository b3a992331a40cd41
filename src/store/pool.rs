//! Connections for reading: a few, each used by one read at a time.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::dialect::{Connection, open_reader, snapshot};
use super::{Error, Result};

const WAIT_MAX: Duration = Duration::from_secs(5);

/// A bounded set of read-only connections.
#[derive(Clone)]
pub struct ReadPool(Arc<Inner>);

struct Inner {
    url: String,
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl ReadPool {
    /// Opens `count` connections.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn open(url: &str, count: usize) -> Result<Self> {
        let idle = (0..count).map(|_| open_reader(url)).collect::<Result<Vec<_>>>()?;
        Ok(Self(Arc::new(Inner { url: url.to_owned(), idle: Mutex::new(idle), returned: Condvar::new() })))
    }

    /// Runs `read` on one snapshot; blocks the calling thread.
    ///
    /// # Errors
    /// What `read` answers, or that no connection came free in time.
    pub fn read<T>(&self, read: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut connection = self.take()?;
        let answer = snapshot(&mut connection, read);
        let broken = matches!(&answer, Err(Error::Database(_)));
        let back = if broken { open_reader(&self.0.url).unwrap_or(connection) } else { connection };
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(back);
        self.0.returned.notify_one();
        answer
    }

    fn take(&self) -> Result<Connection> {
        let deadline = Instant::now().checked_add(WAIT_MAX);
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.pop() {
                return Ok(connection);
            }
            let left = deadline.map_or(Duration::ZERO, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Err(diesel::ConnectionError::BadConnection("no connection came free".to_owned()).into());
            }
            idle = self.0.returned.wait_timeout(idle, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
