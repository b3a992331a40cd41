//! What clients can take of the service: connections, time and memory. Whoever takes more is cut off by name, so that
//! everybody else is answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// The limits in force.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Limits {
    /// Connections of the whole process; more wait until one ends.
    pub connections_max: usize,
    /// Seconds within which the head of a request must have come.
    pub head_timeout_s: u64,
    /// Seconds for which a connection may rest between two requests.
    pub keep_alive_s: u64,
    /// Seconds within which a body must have come, beside what its size takes at the slowest rate.
    pub body_timeout_s: u64,
    /// The slowest rate at which a body may come, in bytes a second.
    pub body_rate_min: u64,
    /// Mebibytes of bodies that may be coming in at one time.
    pub body_memory_mib: usize,
    /// Seconds for which a request waits for the ledger or the database before it is told so.
    pub request_timeout_s: u64,
    /// Seconds for which a client may leave what it was sent unread.
    pub reply_timeout_s: u64,
    /// Batches that may be under way at one time.
    pub batches_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            head_timeout_s: 10,
            keep_alive_s: 30,
            body_timeout_s: 10,
            body_rate_min: 4_096,
            body_memory_mib: 128,
            request_timeout_s: 60,
            reply_timeout_s: 60,
            batches_max: 32,
        }
    }
}

impl Limits {
    /// How long the head of a request, or its whole body at no size, may take.
    #[must_use]
    pub const fn head_timeout(&self) -> Duration {
        Duration::from_secs(self.head_timeout_s)
    }

    /// How long a connection may rest between two requests.
    #[must_use]
    pub const fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_s)
    }

    /// How long what was sent may stay unread.
    #[must_use]
    pub const fn reply_timeout(&self) -> Duration {
        Duration::from_secs(self.reply_timeout_s)
    }

    /// How long a body may take of which this much has come.
    #[must_use]
    pub fn body_within(&self, size_bytes: usize) -> Duration {
        let size_bytes = u64::try_from(size_bytes).unwrap_or(u64::MAX);
        Duration::from_secs(self.body_timeout_s.saturating_add(size_bytes / self.body_rate_min.max(1)))
    }
}

/// The shares of memory that bodies and batches take while they come in.
#[derive(Clone, Debug)]
pub struct Shares {
    bodies_kib: Arc<Semaphore>,
    batches: Arc<Semaphore>,
}

/// Smaller bodies are not counted: a connection takes more for itself.
const COUNTED_BODY_BYTES_MIN: usize = 4 * 1024;

impl Shares {
    /// All of them free.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let bodies_kib = limits.body_memory_mib.saturating_mul(1024).min(Semaphore::MAX_PERMITS);
        let batches = limits.batches_max.min(Semaphore::MAX_PERMITS);
        Self { bodies_kib: Arc::new(Semaphore::new(bodies_kib)), batches: Arc::new(Semaphore::new(batches)) }
    }

    /// A share for one batch.
    ///
    /// # Errors
    /// `overloaded` where none is left.
    pub fn batch(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.batches).try_acquire_owned().map_err(|_| Problem::new("overloaded"))
    }

    /// A share for a body of up to this size; small ones need none.
    fn body(&self, size_bytes: usize) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        if size_bytes < COUNTED_BODY_BYTES_MIN {
            return Ok(None);
        }
        let kib = u32::try_from(size_bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let share = Arc::clone(&self.bodies_kib).try_acquire_many_owned(kib);
        share.map(Some).map_err(|_| Problem::new("overloaded"))
    }
}

/// How large a body may be, and how large it says it is.
#[derive(Clone, Copy, Debug)]
pub struct BodySize {
    /// The limit.
    pub bytes_max: usize,
    /// What the request announces.
    pub announced: Option<usize>,
}

/// Reads a whole body.
///
/// # Errors
/// `payload_too_large`, `body_too_slow`, `overloaded` where too many others are coming in, and `malformed_json` where
/// the connection breaks.
pub async fn read_whole(
    mut payload: Payload,
    size: BodySize,
    limits: &Limits,
    shares: &Shares,
) -> Result<Bytes, Problem> {
    if size.announced.is_some_and(|announced| announced > size.bytes_max) {
        return Err(Problem::new("payload_too_large"));
    }
    let _share = shares.body(size.announced.unwrap_or(size.bytes_max))?;
    let started = Instant::now();
    let mut whole = BytesMut::new();
    loop {
        let left = limits.body_within(whole.len()).saturating_sub(started.elapsed());
        let Ok(chunk) = tokio::time::timeout(left, payload.next()).await else {
            return Err(Problem::new("body_too_slow"));
        };
        let Some(chunk) = chunk else { return Ok(whole.freeze()) };
        let chunk = chunk.map_err(|_| Problem::new("malformed_json").because("the body could not be read"))?;
        if whole.len().saturating_add(chunk.len()) > size.bytes_max {
            return Err(Problem::new("payload_too_large"));
        }
        whole.extend_from_slice(&chunk);
    }
}
