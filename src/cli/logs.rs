//! The publishing side of a service: policy, keys, and for each office's log who publishes it, asks about it and
//! watches it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::config::Config;
use super::{authorities, keys};
use crate::http::app::Logs;
use crate::jobs::{Alarms, Outward, Publishing, Timestamping, Witnessing};
use crate::ledger::Sequencer;
use crate::ledger::clock::{Clock, Entropy};
use crate::ledger::office::Office;
use crate::ledger::publication::alarms::{Patience, Watch};
use crate::ledger::publication::keys::in_force;
use crate::ledger::publication::timestamps::{Authority, Stamping};
use crate::ledger::publication::witnesses::{AGE_S_MAX, Witnesses};
use crate::ledger::publication::{FindKey, Parts, Publisher, Signer, SignerError};
use crate::log::key::KeyName;
use crate::log::policy::Policy;
use crate::store::dialect;
use crate::store::pool::ReadPool;

/// The folder with a folder for each office: tiles, and the heads that this node has published.
#[must_use]
pub fn folder(data: &Path) -> std::path::PathBuf {
    data.join("log")
}

/// The logs as this process publishes them.
///
/// # Errors
/// A sentence: the policy cannot be read.
pub fn published(config: &Config) -> Result<Logs, String> {
    let (policy, policy_text) = policy(config.log_policy.as_deref())?;
    if config.checkpoint_every_s == 0 {
        tracing::warn!("nothing is published: checkpoint_every_s is 0");
    }
    Ok(Logs { folder: folder(&config.data), policy: Arc::new(policy), policy_text, is_open: config.open_log })
}

/// Opens an office's log and compares it with its database before anything is written. An office whose database
/// contradicts what was published is read-only from the first request on.
///
/// # Errors
/// A sentence: files or database fail.
pub fn publisher(config: &Config, logs: &Logs, sequencer: &Sequencer, signer: Signer) -> Result<Publisher, String> {
    let name = sequencer.office().name;
    let parts = Parts {
        database: config.database.clone(),
        sequencer: sequencer.clone(),
        folder: logs.folder.join(name.as_str()),
        signer,
        after_step: None,
    };
    Publisher::open(parts).map_err(|error| format!("the log of {name}: {error}"))
}

/// Starts the publishing of a log, unless nothing is to be published.
///
/// # Errors
/// A sentence: the thread cannot be started.
pub fn publish(config: &Config, publisher: Publisher) -> Result<Option<Publishing>, String> {
    let every = Duration::from_secs(config.checkpoint_every_s.into());
    if every.is_zero() {
        return Ok(None);
    }
    Publishing::start(publisher, every).map(Some).map_err(|error| error.to_string())
}

/// Whom the process asks about its logs: witnesses and timestamping authorities.
#[derive(Clone)]
pub struct Others {
    authorities: Vec<Authority>,
    every_s: u32,
    outward: Outward,
}

impl Others {
    /// Those that the settings name.
    ///
    /// # Errors
    /// A sentence: a setting cannot be used, or an address cannot be asked. Better no start than a witness that is never
    /// asked.
    pub fn named(config: &Config, logs: &Logs) -> Result<Self, String> {
        let read = config.timestamp_authorities.as_deref().map(authorities::read);
        let authorities = read.transpose()?.unwrap_or_default();
        let witnesses = logs.policy.witnesses().iter().filter_map(|witness| witness.url.as_deref());
        let urls = witnesses.chain(authorities.iter().map(|authority| authority.url.as_str()));
        let outward = Outward::to(urls, config.ca_file.as_deref())?;
        Ok(Self { authorities, every_s: config.timestamp_every_s, outward })
    }

    /// Those who ask them about an office's log.
    ///
    /// # Errors
    /// A sentence: its name or its files cannot be used.
    pub fn asked(
        &self,
        logs: &Logs,
        sequencer: &Sequencer,
        reads: &ReadPool,
    ) -> Result<(Witnessing, Timestamping), String> {
        let name = sequencer.office().name;
        let origin = KeyName::parse(&sequencer.office().origin);
        let witnesses = Witnesses {
            sequencer: sequencer.clone(),
            reads: reads.clone(),
            tiles: logs.tiles(name),
            policy: Arc::clone(&logs.policy),
            origin: origin.map_err(|error| format!("the origin of {name}: {error}"))?,
        };
        let folder = logs.folder.join(name.as_str());
        let stamping = Stamping::new(sequencer.clone(), reads.clone(), self.authorities.clone(), self.every_s, &folder);
        let stamping = stamping.map_err(|error| format!("the log of {name}: {error}"))?;
        Ok((Witnessing::over(witnesses, &self.outward), Timestamping::new(stamping, &self.outward)))
    }
}

/// Who watches the publishing of an office's log; nobody where nothing is published because somebody wants it so.
#[must_use]
pub fn alarms(
    config: &Config,
    logs: &Logs,
    sequencer: &Sequencer,
    reads: &ReadPool,
    clock: &Arc<Clock>,
) -> Option<Alarms> {
    if config.checkpoint_every_s == 0 {
        return None;
    }
    let second_us = 1_000_000_i64;
    let patience = Patience {
        waiting_us: i64::from(config.alarm_after_s).saturating_mul(second_us),
        age_us: i64::try_from(AGE_S_MAX).unwrap_or(i64::MAX).saturating_mul(second_us),
    };
    let watch =
        Watch { sequencer: sequencer.clone(), reads: reads.clone(), policy: Arc::clone(&logs.policy), patience };
    Some(Alarms { watch, clock: Arc::clone(clock), entropy: Entropy::default() })
}

/// The signer of an office's log. A node without any of its keys does not start; one that lacks some of them serves
/// its users, and says loudly that it cannot sign.
///
/// # Errors
/// A sentence: none of its keys is here, or the database fails.
pub fn signer(config: &Config, office: &Office) -> Result<Signer, String> {
    let Office { name, origin, .. } = office.clone();
    let told = |error: String| format!("the keys of {name}: {error}");
    let data = config.data.clone();
    let find: FindKey = Arc::new(move |key| keys::log_key(&data, name, key));
    let mut signer = Signer::new(&origin, find).map_err(|error| told(error.to_string()))?;
    let mut connection = dialect::open_reader(&config.database).map_err(|error| told(error.to_string()))?;
    let needed = in_force(&mut connection, name.as_str()).map_err(|error| told(error.to_string()))?;
    let tried: Vec<_> = needed.iter().map(|key| signer.prepare(std::slice::from_ref(key))).collect();
    if tried.iter().all(Result::is_err) {
        let first = tried.into_iter().find_map(Result::err);
        return Err(told(first.unwrap_or(SignerError::Keyless).to_string()));
    }
    for error in tried.into_iter().filter_map(Result::err) {
        tracing::error!(office = %name, %error, "this node cannot sign the log until the key is here");
    }
    Ok(signer)
}

/// The policy of a file with its text, or one that asks no witness. The keys of the offices here are believed in any
/// case; they are read out of the logs where they are needed, since they can change.
fn policy(file: Option<&Path>) -> Result<(Policy, Option<String>), String> {
    let Some(path) = file else { return Ok((Policy::without_witnesses(Vec::new()), None)) };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let policy = Policy::parse(text.as_bytes()).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((policy, Some(text)))
}
