//! A user may sign in from now on.

use crate::domain::actor::Actor;
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, UserRegistered};
use crate::domain::id::{ConsumerId, Party, UserId};
use crate::domain::objects::Role;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Registers a user. Only the service itself submits it: for the public, who may become a consumer or a merchant's
/// first user, and for the operator of the command line, who may appoint anyone.
///
/// The credential that belongs to `login` comes with the same submission.
#[derive(Debug)]
pub struct RegisterUser {
    /// The user's id.
    pub user: UserId,
    /// What they may do; never a channel or the service itself, which do not sign in.
    pub role: Role,
    /// The new consumer's id, exactly where the role is consumer.
    pub consumer: Option<ConsumerId>,
    /// SHA-256 of the lower-case user name.
    pub login: Digest,
    /// Commitment to name and phone.
    pub profile: Option<Digest>,
}

impl Command for RegisterUser {
    fn name(&self) -> &'static str {
        "user.register"
    }

    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![Key::User(self.user), Key::Login(self.login)];
        keys.extend(self.consumer.map(Key::Consumer));
        keys
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let is_consumer = self.role == Role::Consumer;
        assert!(is_consumer == self.consumer.is_some(), "a consumer's id comes with a consumer and with nobody else");
        if context.actor != Actor::System || matches!(self.role, Role::Channel | Role::System) {
            return Err(Rejection::Forbidden);
        }
        if state.logins.get(self.login).is_some() {
            return Err(Rejection::UsernameTaken);
        }
        let registered = UserRegistered {
            party: self.consumer.map(Party::Consumer),
            profile: self.profile,
            role: self.role,
            user: self.user,
        };
        Ok(Decided::one(self.user, Fact::plain(registered)))
    }
}
