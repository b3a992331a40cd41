//! Which keys sign the log.

use crate::domain::actor::Actor;
use crate::domain::context::{Context, found, state_conflict};
use crate::domain::event::{Fact, LogKeyAdded, LogKeyRetired};
use crate::domain::objects::LogKey;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::log::key::VerifierKey;

/// Has one more key sign every head from the first one on that holds this entry. Only the service itself submits it, on
/// behalf of its command line.
#[derive(Debug)]
pub struct AddLogKey {
    /// The key, under the name of the log's origin.
    pub key: VerifierKey,
}

/// Ends the signing of a key with the last head that does not hold this entry.
#[derive(Debug)]
pub struct RetireLogKey {
    /// The key.
    pub key: VerifierKey,
}

fn keys(key: &VerifierKey) -> Vec<Key> {
    vec![Key::LogKey(LogKey::id_of(&key.to_string())), Key::LogKeys]
}

impl Command for AddLogKey {
    fn name(&self) -> &'static str {
        "log.add_key"
    }

    fn keys(&self) -> Vec<Key> {
        keys(&self.key)
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        if context.actor != Actor::System {
            return Err(Rejection::Forbidden);
        }
        let key = self.key.to_string();
        let id = LogKey::id_of(&key);
        if let Some(there) = state.log_keys.get(id) {
            // A key that was retired does not come back: whoever retired it had a reason.
            return Err(state_conflict(word(there), &["new"]));
        }
        Ok(Decided::one(id, Fact::plain(LogKeyAdded { key })))
    }
}

impl Command for RetireLogKey {
    fn name(&self) -> &'static str {
        "log.retire_key"
    }

    fn keys(&self) -> Vec<Key> {
        keys(&self.key)
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        if context.actor != Actor::System {
            return Err(Rejection::Forbidden);
        }
        let key = self.key.to_string();
        let id = LogKey::id_of(&key);
        let there = found(state.log_keys.get(id))?;
        if there.retired_at_position.is_some() {
            return Err(state_conflict(word(there), &["in_force"]));
        }
        if state.log_keys_in_force().all(|other| other.id == id) {
            return Err(state_conflict("last_in_force", &["in_force"]));
        }
        Ok(Decided::one(id, Fact::plain(LogKeyRetired { key })))
    }
}

const fn word(key: &LogKey) -> &'static str {
    if key.retired_at_position.is_some() { "retired" } else { "in_force" }
}
