//! Configuration: every setting by flag, by `TICUN_…`, or in a TOML file, in this order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Failure, logging, rules};
use crate::http::limits::Limits;

/// Settings as they are given: by flag or environment, and again in the file.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address to listen on
    #[arg(long, env = "TICUN_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Folder for keys and, unless --database is given, for the embedded database
    #[arg(long, env = "TICUN_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Database to use, for example sqlite:///var/lib/ticun/ticun.db or postgres://ticun@db.example/ticun?sslmode=verify-full
    #[arg(long, env = "TICUN_DATABASE", value_name = "URL")]
    pub database: Option<String>,
    /// Secret shared with the sandbox bank; the channel is closed without it
    #[arg(long, env = "TICUN_SANDBOX_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub sandbox_secret: Option<String>,
    /// Office whose bank the sandbox is; needed only where there are several
    #[arg(long, env = "TICUN_SANDBOX_OFFICE", value_name = "OFFICE")]
    pub sandbox_office: Option<String>,
    /// Commands that may wait for the writer; one more gets 503
    #[arg(long, env = "TICUN_QUEUE_MAX", value_name = "COUNT")]
    pub queue_max: Option<usize>,
    /// Commands in one transaction
    #[arg(long, env = "TICUN_BATCH_MAX", value_name = "COUNT")]
    pub batch_max: Option<usize>,
    /// Objects of one kind kept in memory between transactions
    #[arg(long, env = "TICUN_HOT_OBJECTS_MAX", value_name = "COUNT")]
    pub hot_objects_max: Option<usize>,
    /// Connections for reading
    #[arg(long, env = "TICUN_READ_CONNECTIONS", value_name = "COUNT")]
    pub read_connections: Option<usize>,
    /// Threads that serve requests
    #[arg(long, env = "TICUN_WORKERS", value_name = "COUNT")]
    pub workers: Option<usize>,
    /// Connections of the whole process; more wait until one ends
    #[arg(long, env = "TICUN_CONNECTIONS_MAX", value_name = "COUNT")]
    pub connections_max: Option<usize>,
    /// Seconds within which the head of a request must have come
    #[arg(long, env = "TICUN_HEAD_TIMEOUT_S", value_name = "SECONDS")]
    pub head_timeout_s: Option<u64>,
    /// Seconds for which a connection may rest between two requests
    #[arg(long, env = "TICUN_KEEP_ALIVE_S", value_name = "SECONDS")]
    pub keep_alive_s: Option<u64>,
    /// Seconds within which a body must have come, beside what its size takes at the slowest rate
    #[arg(long, env = "TICUN_BODY_TIMEOUT_S", value_name = "SECONDS")]
    pub body_timeout_s: Option<u64>,
    /// The slowest rate at which a body may come, in bytes a second
    #[arg(long, env = "TICUN_BODY_RATE_MIN", value_name = "BYTES")]
    pub body_rate_min: Option<u64>,
    /// Bodies that may be coming in at one time
    #[arg(long, env = "TICUN_BODY_MEMORY_MIB", value_name = "MEBIBYTES")]
    pub body_memory_mib: Option<usize>,
    /// Seconds for which a request waits for the ledger or the database before it is told so
    #[arg(long, env = "TICUN_REQUEST_TIMEOUT_S", value_name = "SECONDS")]
    pub request_timeout_s: Option<u64>,
    /// Seconds for which a client may leave what it was sent unread
    #[arg(long, env = "TICUN_REPLY_TIMEOUT_S", value_name = "SECONDS")]
    pub reply_timeout_s: Option<u64>,
    /// Batches (POST /v1/batches) that may be under way at one time
    #[arg(long, env = "TICUN_BATCHES_MAX", value_name = "COUNT")]
    pub batches_max: Option<usize>,
    /// Let anybody read the log's tiles and entries, not only regulators
    #[arg(long, env = "TICUN_OPEN_LOG", value_name = "BOOL")]
    pub open_log: Option<bool>,
    /// Seconds between signed heads of a log while it grows: 1 to 10, or 0 to publish nothing during a bulk import
    #[arg(long, env = "TICUN_CHECKPOINT_EVERY_S", value_name = "SECONDS")]
    pub checkpoint_every_s: Option<u8>,
    /// Seconds for which an entry may wait for a signed head, or a head for its witnesses, before the log says so
    #[arg(long, env = "TICUN_ALARM_AFTER_S", value_name = "SECONDS")]
    pub alarm_after_s: Option<u32>,
    /// File that names the witnesses of the logs and their quorum (C2SP tlog-policy); none are asked without it
    #[arg(long, env = "TICUN_LOG_POLICY", value_name = "FILE")]
    pub log_policy: Option<PathBuf>,
    /// File that names the timestamping authorities of the logs (RFC 3161), as TOML; none are asked without it
    #[arg(long, env = "TICUN_TIMESTAMP_AUTHORITIES", value_name = "FILE")]
    pub timestamp_authorities: Option<PathBuf>,
    /// Seconds between two timestamps of one authority while a log grows
    #[arg(long, env = "TICUN_TIMESTAMP_EVERY_S", value_name = "SECONDS")]
    pub timestamp_every_s: Option<u32>,
    /// Folder of rule packs (*.toml), in place of those built into this program; `ticun rules check DIR` checks them
    #[arg(long, env = "TICUN_RULES_DIR", value_name = "DIR")]
    pub rules_dir: Option<PathBuf>,
    /// Further root certificates (PEM) for https:// to witnesses and timestamping authorities, beside the system's
    #[arg(long, env = "TICUN_CA_FILE", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// What is logged: error, warn, info, debug, or a filter such as ticun=debug
    #[arg(long, env = "TICUN_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How it is logged: json or text
    #[arg(long, env = "TICUN_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// As much as a file may have.
const FILE_SIZE_MIB_MAX: usize = 20;

/// A shorter secret could be guessed.
const SECRET_BYTES_MIN: usize = 32;

/// The settings in force.
#[derive(Clone, Debug, Serialize)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Folder for keys.
    pub data: PathBuf,
    /// The database.
    pub database: String,
    /// Secret shared with the sandbox bank.
    #[serde(serialize_with = "masked")]
    pub sandbox_secret: Option<String>,
    /// Office whose bank the sandbox is.
    pub sandbox_office: Option<String>,
    /// Commands that may wait for the writer.
    pub queue_max: usize,
    /// Commands in one transaction.
    pub batch_max: usize,
    /// Objects of one kind kept in memory between transactions.
    pub hot_objects_max: usize,
    /// Connections for reading.
    pub read_connections: usize,
    /// Threads that serve requests.
    pub workers: usize,
    /// What clients can take.
    #[serde(flatten)]
    pub limits: Limits,
    /// Whether anybody may read the log's tiles and entries.
    pub open_log: bool,
    /// Seconds between signed heads of a log while it grows.
    pub checkpoint_every_s: u8,
    /// Seconds for which an entry may wait for a signed head, or a head for its witnesses, before an alarm is raised.
    pub alarm_after_s: u32,
    /// File that names witnesses and quorum.
    pub log_policy: Option<PathBuf>,
    /// File that names the timestamping authorities.
    pub timestamp_authorities: Option<PathBuf>,
    /// Seconds between two timestamps of one authority while a log grows.
    pub timestamp_every_s: u32,
    /// Folder of rule packs that take the place of those built in.
    pub rules_dir: Option<PathBuf>,
    /// Further root certificates for HTTPS.
    pub ca_file: Option<PathBuf>,
    /// What is logged.
    pub log: String,
    /// How it is logged.
    pub log_format: String,
}

#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
fn masked<S: serde::Serializer>(secret: &Option<String>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(if secret.is_some() { "(set, not shown)" } else { "(not set)" })
}

impl Settings {
    /// The settings in force: these, then those of a TOML file, then the defaults. From here on the process goes by the
    /// rule packs they name: every command reads its settings first, and nothing reads a pack before.
    ///
    /// # Errors
    /// That the file cannot be read, which setting cannot be used, or what is wrong with the rule packs.
    pub fn in_force(self, file: Option<&Path>) -> Result<Config, Failure> {
        let file = file.map_or_else(|| Ok(Self::default()), Self::from_file)?;
        let config = self.over(file).map_err(Failure::WrongUsage)?;
        if let Some(folder) = &config.rules_dir {
            rules::go_by(folder)?;
        }
        Ok(config)
    }

    fn from_file(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| Failure::WrongUsage(format!("{}: {error}", path.display())))
    }

    /// What clients can take.
    fn limits(&self, file: &Self) -> Result<Limits, String> {
        let limits = Limits::default();
        Ok(Limits {
            connections_max: positive(
                "connections_max",
                self.connections_max.or(file.connections_max),
                limits.connections_max,
            )?,
            head_timeout_s: positive(
                "head_timeout_s",
                self.head_timeout_s.or(file.head_timeout_s),
                limits.head_timeout_s,
            )?,
            keep_alive_s: positive("keep_alive_s", self.keep_alive_s.or(file.keep_alive_s), limits.keep_alive_s)?,
            body_timeout_s: positive(
                "body_timeout_s",
                self.body_timeout_s.or(file.body_timeout_s),
                limits.body_timeout_s,
            )?,
            body_rate_min: positive("body_rate_min", self.body_rate_min.or(file.body_rate_min), limits.body_rate_min)?,
            body_memory_mib: positive(
                "body_memory_mib",
                self.body_memory_mib.or(file.body_memory_mib),
                limits.body_memory_mib,
            )?,
            request_timeout_s: positive(
                "request_timeout_s",
                self.request_timeout_s.or(file.request_timeout_s),
                limits.request_timeout_s,
            )?,
            reply_timeout_s: positive(
                "reply_timeout_s",
                self.reply_timeout_s.or(file.reply_timeout_s),
                limits.reply_timeout_s,
            )?,
            batches_max: positive("batches_max", self.batches_max.or(file.batches_max), limits.batches_max)?,
        })
    }

    /// The settings in force: these, then `file`, then the defaults.
    ///
    /// # Errors
    /// A sentence that names the setting that cannot be used.
    pub fn over(self, file: Self) -> Result<Config, String> {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        let limits = self.limits(&file)?;
        let data = self.data.or(file.data).unwrap_or_else(|| PathBuf::from("ticun-data"));
        let embedded = || format!("sqlite://{}", data.join("ticun.db").display());
        let listen = self.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let config = Config {
            listen,
            database: self.database.or(file.database).unwrap_or_else(embedded),
            data,
            sandbox_secret: self.sandbox_secret.or(file.sandbox_secret).filter(|secret| !secret.is_empty()),
            sandbox_office: self.sandbox_office.or(file.sandbox_office),
            queue_max: positive("queue_max", self.queue_max.or(file.queue_max), 4096)?,
            batch_max: positive("batch_max", self.batch_max.or(file.batch_max), 512)?,
            hot_objects_max: positive("hot_objects_max", self.hot_objects_max.or(file.hot_objects_max), 100_000)?,
            read_connections: positive("read_connections", self.read_connections.or(file.read_connections), 4)?,
            workers: positive("workers", self.workers.or(file.workers), cores)?,
            limits,
            open_log: self.open_log.or(file.open_log).unwrap_or(false),
            checkpoint_every_s: self.checkpoint_every_s.or(file.checkpoint_every_s).unwrap_or(1),
            alarm_after_s: self.alarm_after_s.or(file.alarm_after_s).unwrap_or(60),
            log_policy: self.log_policy.or(file.log_policy),
            timestamp_authorities: self.timestamp_authorities.or(file.timestamp_authorities),
            timestamp_every_s: self.timestamp_every_s.or(file.timestamp_every_s).unwrap_or(3600),
            rules_dir: self.rules_dir.or(file.rules_dir),
            ca_file: self.ca_file.or(file.ca_file),
            log: self.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            log_format: self.log_format.or(file.log_format).unwrap_or_else(|| "json".to_owned()),
        };
        if config.sandbox_secret.as_ref().is_some_and(|secret| secret.len() < SECRET_BYTES_MIN) {
            return Err(format!("sandbox_secret has at least {SECRET_BYTES_MIN} bytes"));
        }
        if config.checkpoint_every_s > 10 {
            return Err(format!("checkpoint_every_s is 0 to 10, not {}", config.checkpoint_every_s));
        }
        if config.timestamp_every_s == 0 {
            return Err("timestamp_every_s is at least 1".to_owned());
        }
        if config.limits.body_memory_mib < FILE_SIZE_MIB_MAX {
            return Err(format!("body_memory_mib is at least {FILE_SIZE_MIB_MAX}, as much as one file may have"));
        }
        if config.alarm_after_s == 0 {
            return Err("alarm_after_s is at least 1".to_owned());
        }
        if !["json", "text"].contains(&config.log_format.as_str()) {
            return Err(format!("log_format is json or text, not {}", config.log_format));
        }
        logging::filter(&config.log)?;
        crate::store::dialect::Engine::of(&config.database).map_err(|error| format!("database: {error}"))?;
        Ok(config)
    }
}

fn positive<N: Default + PartialEq>(name: &str, given: Option<N>, default: N) -> Result<N, String> {
    let count = given.unwrap_or(default);
    if count == N::default() { Err(format!("{name} is at least 1")) } else { Ok(count) }
}
