//! Has witnesses cosign each published head, and again when nothing was published for a while. Nobody waits for them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::time::timeout;

use super::outward::{Outward, ask};
use crate::ledger::clock::wall;
use crate::ledger::publication::Answer;
use crate::ledger::publication::witnesses::{ANSWER_SIZE_BYTES_MAX, Asked, Heard, Witness, Witnesses};

/// How long a witness may take for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(1);
/// After so long without a new head the witnesses are asked about the newest again, so that its age stays known.
const IDLE_MAX: Duration = Duration::from_secs(10 * 60);
/// A round that failed for want of a quorum is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Asks the witnesses of one log. Its requests belong to one thread, on which it must be spawned.
#[derive(Clone)]
pub struct Witnessing {
    witnesses: Arc<Witnesses>,
    client: awc::Client,
}

impl Witnessing {
    /// Asks these, over `http://` only.
    #[must_use]
    pub fn new(witnesses: Witnesses) -> Self {
        Self::over(witnesses, &Outward::default())
    }

    /// Asks these, over `https://` where their addresses say so.
    #[must_use]
    pub fn over(witnesses: Witnesses, outward: &Outward) -> Self {
        let client = outward.client(ANSWER_MAX);
        Self { witnesses: Arc::new(witnesses), client }
    }

    /// Asks about every head that is published, until `stop` says so.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        if self.witnesses.to_ask().next().is_none() {
            return;
        }
        let mut published = self.witnesses.sequencer.standing().published();
        loop {
            published.mark_unchanged();
            let satisfied = tokio::select! {
                satisfied = self.round() => satisfied,
                _ = stop.changed() => return,
            };
            let again = if satisfied { IDLE_MAX } else { AGAIN_AFTER };
            tokio::select! {
                grown = timeout(again, published.changed()) => if matches!(grown, Ok(Err(_))) { return },
                _ = stop.changed() => return,
            }
        }
    }

    /// Asks all witnesses about the newest head, all at once. Answers whether it has its quorum afterwards.
    pub async fn round(&self) -> bool {
        let office = self.witnesses.office();
        let asked = match self.blocking(|witnesses| witnesses.newest()).await {
            Some(Ok(Some(asked))) => asked,
            Some(Ok(None)) | None => return true,
            Some(Err(error)) => {
                tracing::error!(%office, %error, "the newest head could not be read for its witnesses");
                return false;
            }
        };
        let count = self.witnesses.to_ask().count();
        join_all((0..count).map(|number| self.ask_one(number, &asked))).await;
        let satisfied = self.blocking(|witnesses| witnesses.measure(wall())).await;
        let satisfied = satisfied.and_then(Result::ok).unwrap_or(false);
        if !satisfied {
            tracing::error!(%office, "the newest head has not been cosigned by enough witnesses");
        }
        satisfied
    }

    async fn ask_one(&self, number: usize, asked: &Asked) {
        let Some((name, url)) = self.named(number) else { return };
        if let Err(error) = self.try_one(number, &url, asked).await {
            let office = self.witnesses.office();
            let labels = [("office", office.to_string()), ("witness", name.clone())];
            metrics::counter!("ticun_log_witness_failures_total", &labels).increment(1);
            tracing::warn!(%office, witness = name, error, "a witness has not cosigned");
        }
    }

    fn named(&self, number: usize) -> Option<(String, String)> {
        let (witness, url) = self.witnesses.to_ask().nth(number)?;
        Some((witness.name.clone(), url.to_owned()))
    }

    /// Asks from the size that the witness should know; a witness that knows another one says so, and is asked from
    /// there.
    async fn try_one(&self, number: usize, url: &str, asked: &Asked) -> Result<(), String> {
        let mut old = self.with_one(number, |witnesses, witness| witnesses.known_to(witness)).await?;
        for _ in 0..2 {
            let (from, about) = (old, asked.clone());
            let body = self.with_one(number, move |witnesses, _| witnesses.request(&about, from)).await?;
            let answer = self.post(&format!("{}/add-checkpoint", url.trim_end_matches('/')), body).await?;
            let about = asked.clone();
            let heard = self
                .with_one(number, move |witnesses, witness| witnesses.hear(&about, witness, &answer, wall()))
                .await?;
            match heard {
                Heard::Cosigned => return Ok(()),
                Heard::Knows(size) => old = size,
                Heard::Contradicts => return self.confront(number, url).await,
            }
        }
        Err(format!("it goes on naming other sizes, {old} at last"))
    }

    /// Looks at what the witness has seen of this log.
    async fn confront(&self, number: usize, url: &str) -> Result<(), String> {
        let shown = self.witnesses.shown_at(url);
        let answer = ask(self.client.get(&shown).send(), ANSWER_MAX, ANSWER_SIZE_BYTES_MAX).await?;
        if answer.status != 200 {
            return Err(format!("it contradicts, and answers {} when asked what it has seen", answer.status));
        }
        self.with_one(number, move |witnesses, _| witnesses.confront(&answer.body)).await?;
        Err("it contradicts".to_owned())
    }

    async fn post(&self, url: &str, body: String) -> Result<Answer, String> {
        let request = self.client.post(url).content_type("text/plain; charset=utf-8").send_body(body);
        ask(request, ANSWER_MAX, ANSWER_SIZE_BYTES_MAX).await
    }

    /// Does some work about one witness on a thread that may block.
    async fn with_one<T: Send + 'static, E: std::fmt::Display + Send + 'static>(
        &self,
        number: usize,
        work: impl FnOnce(&Witnesses, &Witness) -> Result<T, E> + Send + 'static,
    ) -> Result<T, String> {
        let done = self.blocking(move |witnesses| {
            let (witness, _) = witnesses.to_ask().nth(number).ok_or_else(|| "there is no such witness".to_owned())?;
            work(witnesses, witness).map_err(|error| error.to_string())
        });
        done.await.unwrap_or_else(|| Err("the service is stopping".to_owned()))
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Witnesses) -> T + Send + 'static) -> Option<T> {
        let witnesses = Arc::clone(&self.witnesses);
        tokio::task::spawn_blocking(move || work(&witnesses)).await.ok()
    }
}
