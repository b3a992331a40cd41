//! The publishing side of a service: policy, keys, and one publisher for each office.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::config::Config;
use super::{authorities, keys};
use crate::domain::name::Name;
use crate::http::app::Logs;
use crate::jobs::{Outward, Publishing, Timestamping, Witnessing};
use crate::ledger::Sequencer;
use crate::ledger::publication::timestamps::Stamping;
use crate::ledger::publication::witnesses::Witnesses;
use crate::ledger::publication::{Parts, Publisher, Signer};
use crate::log::key::VerifierKey;
use crate::log::policy::Policy;
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
        let key = keys::log_key(&config.data, *name)?;
        signers.push(Signer::new(sequencer.office(), &key).map_err(|error| format!("the key of {name}: {error}"))?);
    }
    let (policy, policy_text) = policy(config.log_policy.as_deref(), &signers)?;
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
        let key = sequencer.office().key.as_deref().unwrap_or_default();
        let witnesses = Witnesses {
            sequencer: sequencer.clone(),
            reads: reads.clone(),
            tiles: logs.tiles(*name),
            policy: Arc::clone(&logs.policy),
            log_key: VerifierKey::parse(key).map_err(|error| format!("the key of {name}: {error}"))?,
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

/// The policy of a file, or one that asks no witness; believing the offices here in any case. With it, its text.
fn policy(file: Option<&Path>, signers: &[Signer]) -> Result<(Policy, String), String> {
    let keys = signers.iter().map(Signer::verifier_key);
    let Some(path) = file else {
        let logs: Vec<_> = keys.collect();
        let lines: String = logs.iter().map(|key| format!("log {key}\n")).collect();
        return Ok((Policy::without_witnesses(logs), format!("{lines}quorum none\n")));
    };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let policy = Policy::parse(text.as_bytes()).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((keys.fold(policy, Policy::with_log), text))
}
