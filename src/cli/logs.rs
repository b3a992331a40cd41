//! The publishing side of a service: policy, keys, and one publisher for each office.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::config::Config;
use super::{authorities, keys};
use crate::domain::name::Name;
use crate::http::app::Logs;
use crate::jobs::{Alarms, Outward, Publishing, Timestamping, Witnessing};
use crate::ledger::Sequencer;
use crate::ledger::clock::{Clock, Entropy};
use crate::ledger::publication::alarms::{Patience, Watch};
use crate::ledger::publication::keys::in_force;
use crate::ledger::publication::timestamps::Stamping;
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

/// Opens every office's log and compares it with its database before anything is written, then starts publishing. An
/// office whose database contradicts what was published is read-only from the first request on.
///
/// # Errors
/// A sentence about what failed.
pub fn start(config: &Config, offices: &BTreeMap<Name, Sequencer>) -> Result<(Logs, Vec<Publishing>), String> {
    let mut signers = Vec::new();
    for (name, sequencer) in offices {
        signers.push(signer(config, *name, sequencer)?);
    }
    let (policy, policy_text) = policy(config.log_policy.as_deref())?;
    let logs = Logs { folder: folder(&config.data), policy: Arc::new(policy), policy_text, is_open: config.open_log };
    let every = Duration::from_secs(config.checkpoint_every_s.into());
    let mut publishing = Vec::new();
    for ((name, sequencer), signer) in offices.iter().zip(signers) {
        let parts = Parts {
            database: config.database.clone(),
            sequencer: sequencer.clone(),
            folder: logs.folder.join(name.as_str()),
            signer,
            after_step: None,
        };
        let publisher = Publisher::open(parts).map_err(|error| format!("the log of {name}: {error}"))?;
        if every.is_zero() {
            tracing::warn!(office = %name, "nothing is published: checkpoint_every_s is 0");
            continue;
        }
        publishing.push(Publishing::start(publisher, every).map_err(|error| error.to_string())?);
    }
    Ok((logs, publishing))
}

/// Those who ask others about each office's log.
pub struct Asking {
    /// They ask its witnesses.
    pub witnessing: Vec<Witnessing>,
    /// They ask timestamping authorities.
    pub timestamping: Vec<Timestamping>,
}

/// Makes those who ask the witnesses and the timestamping authorities of each office's log.
///
/// # Errors
/// A sentence: a key or a setting cannot be used, or an address cannot be asked. Better no start than a witness that is
/// never asked.
pub fn asking(
    config: &Config,
    logs: &Logs,
    offices: &BTreeMap<Name, Sequencer>,
    reads: &ReadPool,
) -> Result<Asking, String> {
    let authorities = config.timestamp_authorities.as_deref().map(authorities::read).transpose()?.unwrap_or_default();
    let witnesses = logs.policy.witnesses().iter().filter_map(|witness| witness.url.as_deref());
    let urls = witnesses.chain(authorities.iter().map(|authority| authority.url.as_str()));
    let outward = Outward::to(urls, config.ca_file.as_deref())?;
    let mut asking = Asking { witnessing: Vec::new(), timestamping: Vec::new() };
    for (name, sequencer) in offices {
        let origin = KeyName::parse(&sequencer.office().origin);
        let witnesses = Witnesses {
            sequencer: sequencer.clone(),
            reads: reads.clone(),
            tiles: logs.tiles(*name),
            policy: Arc::clone(&logs.policy),
            origin: origin.map_err(|error| format!("the origin of {name}: {error}"))?,
        };
        asking.witnessing.push(Witnessing::over(witnesses, &outward));
        let folder = logs.folder.join(name.as_str());
        let (every_s, authorities) = (config.timestamp_every_s, authorities.clone());
        let stamping = Stamping::new(sequencer.clone(), reads.clone(), authorities, every_s, &folder);
        let stamping = stamping.map_err(|error| format!("the log of {name}: {error}"))?;
        asking.timestamping.push(Timestamping::new(stamping, &outward));
    }
    Ok(asking)
}

/// Those who watch the publishing of each office's log.
#[must_use]
pub fn alarms(
    config: &Config,
    logs: &Logs,
    offices: &BTreeMap<Name, Sequencer>,
    reads: &ReadPool,
    clock: &Arc<Clock>,
) -> Vec<Alarms> {
    if config.checkpoint_every_s == 0 {
        // Nothing is published because somebody wants it so.
        return Vec::new();
    }
    let second_us = 1_000_000_i64;
    let patience = Patience {
        waiting_us: i64::from(config.alarm_after_s).saturating_mul(second_us),
        age_us: i64::try_from(AGE_S_MAX).unwrap_or(i64::MAX).saturating_mul(second_us),
    };
    let watch = |sequencer: &Sequencer| Watch {
        sequencer: sequencer.clone(),
        reads: reads.clone(),
        policy: Arc::clone(&logs.policy),
        patience,
    };
    let watched = offices.values().map(watch);
    watched.map(|watch| Alarms { watch, clock: Arc::clone(clock), entropy: Entropy::default() }).collect()
}

/// The signer of an office's log. A node without any of its keys does not start; one that lacks some of them serves
/// its users, and says loudly that it cannot sign.
fn signer(config: &Config, name: Name, sequencer: &Sequencer) -> Result<Signer, String> {
    let told = |error: String| format!("the keys of {name}: {error}");
    let data = config.data.clone();
    let find: FindKey = Arc::new(move |key| keys::log_key(&data, name, key));
    let mut signer = Signer::new(&sequencer.office().origin, find).map_err(|error| told(error.to_string()))?;
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
