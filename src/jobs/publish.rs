//! Publishing a log, round after round, on a thread of its own.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::ledger::clock::wall;
use crate::ledger::publication::{Done, Publisher};

/// A log that is being published.
pub struct Publishing {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Publishing {
    /// Publishes what is not published yet, now and every `every`.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(publisher: Publisher, every: Duration) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let name = format!("publisher-{}", publisher.office());
        let thread = std::thread::Builder::new().name(name).spawn(move || run(publisher, every, &stopped))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// Publishes what is left, and ends; false if it ended by a panic. Blocks until then.
    #[must_use]
    pub fn finish(mut self) -> bool {
        if let Some(stop) = &self.stop {
            // A thread that has ended already does not listen; joining it tells how it ended.
            let _told = stop.send(());
        }
        self.join()
    }

    fn join(&mut self) -> bool {
        self.stop = None;
        self.thread.take().is_none_or(|thread| thread.join().is_ok())
    }
}

/// A service that does not come to start leaves no thread behind that holds the log's files.
impl Drop for Publishing {
    fn drop(&mut self) {
        self.join();
    }
}

fn run(mut publisher: Publisher, every: Duration, stop: &Receiver<()>) {
    loop {
        round(&mut publisher);
        match stop.recv_timeout(every) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) => {
                round(&mut publisher);
                return;
            }
            // Nobody waits for the end.
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn round(publisher: &mut Publisher) {
    let office = publisher.office();
    match publisher.publish(wall()) {
        Ok(Done::Signed(head)) => tracing::debug!(%office, size = head.size, "a head is published"),
        Ok(Done::Fenced) => tracing::warn!(%office, "another node took over the signing; nothing was published"),
        Ok(Done::Nothing | Done::Elsewhere | Done::KeyMissing | Done::ReadOnly) => {}
        Err(error) => {
            metrics::counter!("ticun_log_publish_failures_total", "office" => office.to_string()).increment(1);
            tracing::error!(%office, %error, "the log could not be published; it is tried again");
        }
    }
}
