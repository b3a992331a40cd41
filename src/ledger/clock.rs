//! Clocks. The rules never read one: a clock stands at the edge and its time comes in with the command.

use std::sync::atomic::{AtomicI64, Ordering};

use ring::rand::{SecureRandom as _, SystemRandom};

use crate::domain::time::Timestamp;

/// The wall clock, moved by an offset that only the demo and the tests ever change.
#[derive(Debug, Default)]
pub struct Clock {
    offset_us: AtomicI64,
}

impl Clock {
    /// A clock that starts `offset_us` microseconds ahead of the wall.
    #[must_use]
    pub const fn shifted(offset_us: i64) -> Self {
        Self { offset_us: AtomicI64::new(offset_us) }
    }

    /// Now, for everything the books know about.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_micros(wall_us().saturating_add(self.offset_us()))
    }

    /// How far it is ahead of the wall.
    #[must_use]
    pub fn offset_us(&self) -> i64 {
        self.offset_us.load(Ordering::SeqCst)
    }

    /// Moves it ahead.
    pub fn advance(&self, by_us: i64) {
        self.offset_us.fetch_add(by_us, Ordering::SeqCst);
    }
}

/// Now on the wall, for tokens, which must not follow a simulated clock.
#[must_use]
pub fn wall() -> Timestamp {
    Timestamp::from_micros(wall_us())
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads a clock")]
fn wall_us() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// Random bytes and fresh ids.
#[derive(Clone, Debug)]
pub struct Entropy(SystemRandom);

impl Default for Entropy {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

impl Entropy {
    /// `N` random bytes.
    ///
    /// # Panics
    /// When the system gives none, in which case nothing that is safe can be done.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        let filled = self.0.fill(&mut bytes);
        assert!(filled.is_ok(), "the system gives no random bytes");
        bytes
    }

    /// The bits of a new UUIDv7 (RFC 9562) of the moment `now`.
    #[must_use]
    pub fn id(&self, now: Timestamp) -> u128 {
        let millis = u64::try_from(now.micros().max(0) / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid().as_u128()
    }
}
