//! Which keys sign a log, as its entries say.

use crate::domain::objects::LogKey;
use crate::log::key::VerifierKey;
use crate::log::note::Note;
use crate::log::policy::Policy;
use crate::store::{self, Connection, checkpoints, queries};

fn verifier_key(key: &LogKey) -> store::Result<VerifierKey> {
    VerifierKey::parse(&key.key).map_err(|error| store::Error::corrupt("verifier key", &error.to_string()))
}

fn those(
    connection: &mut Connection,
    office: &str,
    which: impl Fn(&LogKey) -> bool,
) -> store::Result<Vec<VerifierKey>> {
    queries::log_keys(connection, office)?.iter().filter(|key| which(key)).map(verifier_key).collect()
}

/// The keys that have to sign a head of this size, in the order in which the log names them.
///
/// # Errors
/// When the database cannot be reached, or holds no verifier key.
pub fn in_force_at(connection: &mut Connection, office: &str, size: u64) -> store::Result<Vec<VerifierKey>> {
    those(connection, office, |key| key.is_in_force_at(size))
}

/// The keys that sign from now on.
///
/// # Errors
/// When the database cannot be reached, or holds no verifier key.
pub fn in_force(connection: &mut Connection, office: &str) -> store::Result<Vec<VerifierKey>> {
    those(connection, office, |key| key.retired_at_position.is_none())
}

/// Every key that the log has or had.
///
/// # Errors
/// When the database cannot be reached, or holds no verifier key.
pub fn ever(connection: &mut Connection, office: &str) -> store::Result<Vec<VerifierKey>> {
    those(connection, office, |_| true)
}

/// The policy, believing the log's own keys as well, whether it names them or not: it was read when the service
/// started, and keys change while it runs.
///
/// # Errors
/// When the database cannot be reached, or holds no verifier key.
pub fn believed(connection: &mut Connection, office: &str, policy: &Policy) -> store::Result<Policy> {
    Ok(ever(connection, office)?.into_iter().fold(policy.clone(), Policy::with_log))
}

/// Whether somebody who knows only this key can go on without it: a published head bears its signature beside that of a
/// key that stays. Before that, retiring it would leave them behind.
///
/// # Errors
/// When the database cannot be reached, or holds no note.
pub fn is_handed_over(connection: &mut Connection, office: &str, retiring: &VerifierKey) -> store::Result<bool> {
    let Some(newest) = checkpoints::newest(connection, office)? else { return Ok(false) };
    let note =
        Note::parse(newest.note.as_bytes()).map_err(|error| store::Error::corrupt("checkpoint", &error.to_string()))?;
    let keys = in_force_at(connection, office, newest.size)?;
    let signed = note.verify(&keys).unwrap_or_default();
    let has_signed = |is: &dyn Fn(&VerifierKey) -> bool| signed.iter().any(|signed| is(signed.key));
    let staying = in_force(connection, office)?;
    Ok(has_signed(&|key| key == retiring) && has_signed(&|key| key != retiring && staying.contains(key)))
}

/// The head with which a retired key hands over to those that stay, by the number of its retirement, from 0: the newest
/// head without the entry that retires it. None before a later head is published, and beyond the last retirement.
///
/// # Errors
/// When the database cannot be reached.
pub fn handover(
    connection: &mut Connection,
    office: &str,
    number: usize,
) -> store::Result<Option<checkpoints::StoredCheckpoint>> {
    let published = checkpoints::newest(connection, office)?.map_or(0, |newest| newest.size);
    let keys = queries::log_keys(connection, office)?;
    let mut retired: Vec<u64> = keys.iter().filter_map(|key| key.retired_at_position).collect();
    retired.sort_unstable();
    match retired.get(number).filter(|position| **position < published) {
        Some(position) => checkpoints::newest_up_to(connection, office, *position),
        None => Ok(None),
    }
}
