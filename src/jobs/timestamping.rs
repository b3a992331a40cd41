//! Has authorities stamp heads (RFC 3161), every so often. Nobody waits for them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;

use super::outward::{Outward, ask};
use super::ticks;
use crate::domain::time::Timestamp;
use crate::ledger::clock::wall;
use crate::ledger::publication::Answer;
use crate::ledger::publication::timestamps::{
    ANSWER_SIZE_BYTES_MAX, Asked, Authority, REPLY_CONTENT_TYPE, StampError, Stamping,
};

/// How long an authority may take for a whole answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// How often it is looked whether one is due; after a failure it is asked again then.
const LOOK_EVERY_S_MAX: u32 = 60;
/// The type of a request (RFC 3161 section 3.4).
const QUERY_CONTENT_TYPE: &str = "application/timestamp-query";

/// Asks the authorities about one log. Its requests belong to one thread, on which it must be spawned.
#[derive(Clone)]
pub struct Timestamping {
    stamping: Arc<Stamping>,
    client: awc::Client,
}

impl Timestamping {
    /// Asks these.
    #[must_use]
    pub fn new(stamping: Stamping, outward: &Outward) -> Self {
        Self { stamping: Arc::new(stamping), client: outward.client(ANSWER_MAX) }
    }

    /// Asks whenever one is due, until `stop` says so.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        if self.stamping.authorities.is_empty() {
            return;
        }
        let look_every = Duration::from_secs(self.stamping.every_s.clamp(1, LOOK_EVERY_S_MAX).into());
        let mut ticks = ticks(look_every);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                _ = stop.changed() => return,
            }
            tokio::select! {
                _ = self.round() => {}
                _ = stop.changed() => return,
            }
        }
    }

    /// Asks every authority that is due about the newest head, all at once. Answers how many tokens were stored.
    pub async fn round(&self) -> usize {
        let count = self.stamping.authorities.len();
        let stored = join_all((0..count).map(|number| self.ask_one(number))).await;
        if let Some(Err(error)) = self.blocking(|stamping| stamping.measure(wall())).await {
            let office = self.stamping.office();
            tracing::error!(%office, %error, "the age of the timestamps could not be read");
        }
        stored.into_iter().filter(|stored| *stored).count()
    }

    /// Answers whether a token was stored.
    async fn ask_one(&self, number: usize) -> bool {
        let Some(authority) = self.stamping.authorities.get(number) else { return false };
        let (office, name) = (self.stamping.office(), authority.name);
        match self.try_one(number, &authority.url).await {
            Ok(Some(stamped_at)) => {
                tracing::debug!(%office, authority = %name, %stamped_at, "a head is stamped");
                true
            }
            Ok(None) => false,
            Err(error) => {
                let labels = [("office", office.to_string()), ("authority", name.to_string())];
                metrics::counter!("ticun_log_timestamp_failures_total", &labels).increment(1);
                tracing::warn!(%office, authority = %name, error, "an authority has not stamped");
                false
            }
        }
    }

    async fn try_one(&self, number: usize, url: &str) -> Result<Option<Timestamp>, String> {
        let due = self.with_one(number, |stamping, authority| {
            let now = wall();
            let due = stamping.due(authority, now)?;
            // The right to ask is taken only when there is something to ask.
            if due.is_some() && !stamping.may_ask(now)? { Ok(None) } else { Ok(due) }
        });
        let Some(asked) = due.await? else { return Ok(None) };
        let answer = self.post(url, &asked).await?;
        self.with_one(number, move |stamping, authority| stamping.hear(authority, &asked, &answer, wall()))
            .await
            .map(Some)
    }

    async fn post(&self, url: &str, asked: &Asked) -> Result<Answer, String> {
        let body = asked.request().map_err(|error| error.to_string())?;
        let request = self.client.post(url).content_type(QUERY_CONTENT_TYPE);
        let request = request.insert_header(("Accept", REPLY_CONTENT_TYPE)).send_body(body);
        ask(request, ANSWER_MAX, ANSWER_SIZE_BYTES_MAX).await
    }

    /// Does some work about one authority on a thread that may block.
    async fn with_one<T: Send + 'static>(
        &self,
        number: usize,
        work: impl FnOnce(&Stamping, &Authority) -> Result<T, StampError> + Send + 'static,
    ) -> Result<T, String> {
        let done = self.blocking(move |stamping| {
            let authority = stamping.authorities.get(number).ok_or_else(|| "there is no such authority".to_owned())?;
            work(stamping, authority).map_err(|error| error.to_string())
        });
        done.await.unwrap_or_else(|| Err("the service is stopping".to_owned()))
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Stamping) -> T + Send + 'static) -> Option<T> {
        let stamping = Arc::clone(&self.stamping);
        tokio::task::spawn_blocking(move || work(&stamping)).await.ok()
    }
}
