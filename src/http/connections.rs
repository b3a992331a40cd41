//! Connections that rest for too long are ended.
//!
//! The server's own timers watch the head of a connection's first request and the pause after an answer. Neither runs
//! once a later request has begun whose head never ends, so that rest is measured here from outside: a connection on
//! which no request is under way may not stay like that for longer than a pause and a head may take together.

use std::any::Any;
use std::convert::Infallible;
use std::net::{Shutdown, TcpStream as Socket};
use std::os::fd::AsFd as _;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use socket2::SockRef;

use super::limits::Limits;

/// How often connections are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How much of an answer is handed over at once.
const PIECE_BYTES: u64 = 64 * 1024;

/// One connection.
#[derive(Debug)]
pub struct Connection {
    /// The same socket once more, to end it from outside.
    socket: Socket,
    under_way: AtomicU32,
    /// Since when it rests, in milliseconds of its server's time.
    rests_since_ms: AtomicU64,
    server_started: Instant,
}

impl Connection {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.server_started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn rests_for(&self) -> Duration {
        if self.under_way.load(Ordering::Acquire) > 0 {
            return Duration::ZERO;
        }
        Duration::from_millis(self.now_ms().saturating_sub(self.rests_since_ms.load(Ordering::Acquire)))
    }
}

/// A request that is under way on a connection, until this is dropped.
#[derive(Debug)]
pub struct UnderWay(Arc<Connection>);

impl UnderWay {
    /// A request begins.
    #[must_use]
    pub fn on(connection: &Arc<Connection>) -> Self {
        connection.under_way.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(connection))
    }

    /// Keeps it under way while an answer's body is being made, or is too large to be handed over at once.
    pub fn with(self, body: BoxBody) -> BoxBody {
        match body.size() {
            BodySize::None => body,
            BodySize::Sized(size) if size <= PIECE_BYTES => body,
            _ => match body.try_into_bytes() {
                Ok(rest) => BoxBody::new(Pieces { rest, _request: self }),
                Err(body) => BoxBody::new(Streaming { body, _request: self }),
            },
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.rests_since_ms.store(self.0.now_ms(), Ordering::Release);
        self.0.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

struct Streaming {
    body: BoxBody,
    _request: UnderWay,
}

/// A large answer that is handed over piece by piece, as the client takes it.
struct Pieces {
    rest: Bytes,
    _request: UnderWay,
}

impl MessageBody for Pieces {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let size = usize::try_from(PIECE_BYTES).unwrap_or(usize::MAX).min(self.rest.len());
        Poll::Ready(Some(Ok(self.rest.split_to(size))))
    }
}

impl MessageBody for Streaming {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

/// The connections of a server.
#[derive(Clone, Debug)]
pub struct Connections {
    open: Arc<Mutex<Vec<Weak<Connection>>>>,
    started: Instant,
    limits: Limits,
}

impl Connections {
    /// None yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { open: Arc::default(), started: Instant::now(), limits }
    }

    /// Takes up a new connection; for the server, which hands over what it accepted.
    pub fn opened(&self, accepted: &dyn Any, data: &mut Extensions) {
        let Some(stream) = accepted.downcast_ref::<TcpStream>() else { return };
        // The kernel ends a connection whose peer leaves what was sent unread for so long.
        if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(self.limits.reply_timeout())) {
            tracing::debug!(%error, "a connection without a time-out for replies");
        }
        let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
        let connection = Arc::new(Connection {
            socket: Socket::from(socket),
            under_way: AtomicU32::new(0),
            rests_since_ms: AtomicU64::new(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)),
            server_started: self.started,
        });
        self.open.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&connection));
        data.insert(connection);
    }

    /// Ends those that rest for too long, until the server is gone.
    pub async fn watch(self) {
        let rest_max = self.limits.keep_alive().saturating_add(self.limits.head_timeout());
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            self.open.lock().unwrap_or_else(PoisonError::into_inner).retain(|connection| {
                let Some(connection) = connection.upgrade() else { return false };
                if connection.rests_for() > rest_max {
                    let _ended = connection.socket.shutdown(Shutdown::Both);
                }
                true
            });
        }
    }
}
