//! The key by which a user's decisions are known as theirs.

use crate::domain::context::{Context, found};
use crate::domain::event::{Fact, SigningKeyRegistered, SigningKeyRetired};
use crate::domain::id::UserId;
use crate::domain::objects::{Role, User};
use crate::domain::rejection::Rejection;
use crate::domain::signature::{SignatureBytes, SignerKey};
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::signing;

/// Those whose decisions move other people's money.
const DECIDERS: &[Role] = &[Role::Notary, Role::Arbitrator, Role::Regulator];

/// Puts a key of the caller's in force, in place of an older one.
#[derive(Debug)]
pub struct RegisterSigningKey {
    /// The caller.
    pub user: UserId,
    /// The public key.
    pub key: SignerKey,
    /// Its signature over log, user and key.
    pub proof: SignatureBytes,
}

/// Takes the caller's key out of force: their decisions are not signed any more.
#[derive(Debug)]
pub struct RetireSigningKey {
    /// The caller.
    pub user: UserId,
}

impl Command for RegisterSigningKey {
    fn name(&self) -> &'static str {
        "signing_key.register"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::User(self.user), Key::SigningKey(self.key)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let user = caller(state, context, self.user)?;
        if holder(state, self.key).is_some_and(|holder| holder != user.id) {
            return Err(Rejection::SigningKeyTaken);
        }
        if !signing::is_held(context.origin, user.id, &self.key, &self.proof) {
            return Err(Rejection::KeyProofInvalid);
        }
        let registered = SigningKeyRegistered { key: self.key, proof: self.proof, user: user.id };
        Ok(Decided::one(user.id, Fact::plain(registered)))
    }
}

impl Command for RetireSigningKey {
    fn name(&self) -> &'static str {
        "signing_key.retire"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::User(self.user)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let user = caller(state, context, self.user)?;
        let key = user.signing_key.ok_or(Rejection::SigningKeyMissing)?;
        Ok(Decided::one(user.id, Fact::plain(SigningKeyRetired { key, user: user.id })))
    }
}

/// Who has this key in force.
fn holder(state: &State, key: SignerKey) -> Option<UserId> {
    state.signing_keys.get(key).copied().flatten()
}

/// The caller as a user: nobody speaks for somebody else's key.
fn caller<'a>(state: &'a State, context: &Context<'_>, id: UserId) -> Result<&'a User, Rejection> {
    context.acts_as(DECIDERS)?;
    if context.user()? != id {
        return Err(Rejection::Forbidden);
    }
    let user = found(state.users.get(id))?;
    context.reviewed(user.revision)?;
    Ok(user)
}
