//! What every handler shares.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::auth::TokenKeys;
use super::channels::Channels;
use super::limits::{Limits, Shares};
use super::offices::Offices;
use super::problem::Problem;
use crate::domain::digest::Digest;
use crate::domain::id::{RequestId, UserId};
use crate::domain::name::Name;
use crate::domain::objects::User;
use crate::domain::time::Timestamp;
use crate::ledger::Sequencer;
use crate::ledger::clock::{Clock, Entropy};
use crate::log::files::TileFiles;
use crate::log::policy::Policy;
use crate::store::pool::ReadPool;
use crate::store::{self, Connection, objects};

/// How long a user's state may be remembered by reads; writes always see the live one.
const USER_MEMORY: Duration = Duration::from_secs(1);

/// The logs as they are published.
#[derive(Clone)]
pub struct Logs {
    /// The folder that holds a folder of tiles for each office.
    pub folder: PathBuf,
    /// Which witnesses are asked and how many are enough; the keys of the offices here are believed in any case.
    pub policy: Arc<Policy>,
    /// The policy as its file has it (C2SP tlog-policy); none where there is no file, and no witness is asked.
    pub policy_text: Option<String>,
    /// Whether anybody may read tiles and bundles.
    pub is_open: bool,
}

impl Logs {
    /// The tiles of an office's log. Only what its published size covers may be shown.
    #[must_use]
    pub fn tiles(&self, office: Name) -> TileFiles {
        TileFiles::in_folder(self.folder.join(office.as_str()))
    }
}

/// The service as handlers see it.
pub struct App {
    /// The writers of the offices that are served.
    pub offices: Offices,
    /// The logs as they are published.
    pub logs: Logs,
    /// Connections for reading.
    pub reads: ReadPool,
    /// The clock of the books.
    pub clock: Arc<Clock>,
    /// Random bytes and ids.
    pub entropy: Entropy,
    /// Keys of bearer tokens.
    pub token_keys: TokenKeys,
    /// Payment channels.
    pub channels: Channels,
    /// The secret from which check-in codes and fingerprints are made.
    pub code_secret: ring::hmac::Key,
    /// The address under which the service calls itself; set in the demo only.
    pub demo: Option<super::demo::Demo>,
    /// Renders the metrics.
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
    /// What clients can take.
    pub limits: Limits,
    /// What is left of it.
    pub shares: Shares,
    users: Cache<(Name, UserId), Arc<User>>,
}

/// What an [`App`] is made of.
pub struct Parts {
    /// The writers of the offices that are served.
    pub offices: Offices,
    /// The logs as they are published.
    pub logs: Logs,
    /// Connections for reading.
    pub reads: ReadPool,
    /// The clock of the books.
    pub clock: Arc<Clock>,
    /// Keys of bearer tokens.
    pub token_keys: TokenKeys,
    /// Payment channels.
    pub channels: Channels,
    /// The secret from which check-in codes are made.
    pub code_secret: [u8; 32],
    /// Set in the demo only.
    pub demo: Option<super::demo::Demo>,
    /// Renders the metrics.
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
    /// What clients can take.
    pub limits: Limits,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            offices: parts.offices,
            logs: parts.logs,
            reads: parts.reads,
            clock: parts.clock,
            entropy: Entropy::default(),
            token_keys: parts.token_keys,
            channels: parts.channels,
            code_secret: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &parts.code_secret),
            demo: parts.demo,
            metrics: parts.metrics,
            limits: parts.limits,
            shares: Shares::new(&parts.limits),
            users: Cache::builder().max_capacity(100_000).time_to_live(USER_MEMORY).build(),
        }
    }

    /// What tells a request from another one under the same key. Bodies hold passwords and account numbers, so the
    /// hash is keyed: whoever steals the database cannot guess them from it.
    #[must_use]
    pub fn fingerprint(&self, parts: &[&[u8]]) -> Digest {
        let mut context = ring::hmac::Context::with_key(&self.code_secret);
        context.update(b"fingerprint");
        for part in parts {
            context.update(b"\n");
            context.update(part);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        Digest::from_bytes(bytes)
    }

    /// The moment now, on the clock of the books.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The bits of a new id.
    #[must_use]
    pub fn new_id(&self) -> u128 {
        self.entropy.id(self.clock.now())
    }

    /// A new request id.
    #[must_use]
    pub fn new_request(&self) -> RequestId {
        RequestId::from_bits(self.new_id())
    }

    /// The writer of an office.
    ///
    /// # Errors
    /// `not_found` where there is no such office.
    pub fn office(&self, name: Name) -> Result<Sequencer, Problem> {
        self.offices.get(name).ok_or_else(Problem::not_found)
    }

    /// The office a caller means who named none: the only one.
    ///
    /// # Errors
    /// `invalid_value` where there are several and none was named, or the one named is unknown.
    pub fn office_named(&self, name: Option<&str>) -> Result<Sequencer, Problem> {
        let offices = self.offices.all();
        match (name, offices.len()) {
            (None, 1) => offices.values().next().cloned().ok_or_else(Problem::not_found),
            (None, _) => Err(Problem::value("/office", "there are several offices: name one")),
            (Some(name), _) => {
                let found = Name::parse(name).and_then(|name| offices.get(&name)).cloned();
                found.ok_or_else(|| Problem::value("/office", "there is no such office"))
            }
        }
    }

    /// Waits for something that a request needs, but not longer than a request may take.
    ///
    /// # Errors
    /// `timed_out`.
    pub async fn in_time<T>(&self, needed: impl Future<Output = T>) -> Result<T, Problem> {
        let within = Duration::from_secs(self.limits.request_timeout_s);
        tokio::time::timeout(within, needed).await.map_err(|_| Problem::new("timed_out"))
    }

    /// Reads from one snapshot of the database, on a thread that may block.
    ///
    /// # Errors
    /// `internal` or `unavailable` when the database fails, `timed_out` where it takes too long.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let reads = self.reads.clone();
        let answer = self.in_time(actix_web::web::block(move || reads.read(read))).await?;
        match answer {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Problem::new("unavailable")),
        }
    }

    /// The object of an office under a key, if there is one.
    ///
    /// # Errors
    /// `internal` or `unavailable` when the database fails.
    pub async fn find<K: Send + 'static, T: Send + 'static>(
        &self,
        office: Name,
        key: K,
        load: impl FnOnce(&mut Connection, &str, &[K]) -> store::Result<Vec<T>> + Send + 'static,
    ) -> Result<Option<T>, Problem> {
        let found = self.read(move |connection| load(connection, office.as_str(), &[key])).await?;
        Ok(found.into_iter().next())
    }

    /// The user as the books have them now, at most a second old.
    ///
    /// # Errors
    /// `internal` or `unavailable` when the database fails.
    pub async fn user(&self, office: Name, id: UserId) -> Result<Option<Arc<User>>, Problem> {
        if let Some(user) = self.users.get(&(office, id)) {
            return Ok(Some(user));
        }
        let user = self.find(office, id, objects::users::load).await?.map(Arc::new);
        if let Some(user) = &user {
            self.users.insert((office, id), Arc::clone(user));
        }
        Ok(user)
    }

    /// Forgets what reads remember of a user.
    pub fn forget_user(&self, office: Name, id: UserId) {
        self.users.invalidate(&(office, id));
    }
}
