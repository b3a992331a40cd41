//! Whether a user may act.

use crate::domain::actor::Actor;
use crate::domain::context::{Context, found, in_state};
use crate::domain::event::{Fact, UserDisabled, UserEnabled};
use crate::domain::id::UserId;
use crate::domain::objects::UserState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Takes a user's right to act. Their tokens end with the same submission.
#[derive(Debug)]
pub struct DisableUser {
    /// The user.
    pub user: UserId,
}

/// Gives a disabled user the right to act again.
#[derive(Debug)]
pub struct EnableUser {
    /// The user.
    pub user: UserId,
}

impl Command for DisableUser {
    fn name(&self) -> &'static str {
        "user.disable"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::User(self.user)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        may_change(state, context, self.user, UserState::Active)?;
        Ok(Decided::one(self.user, Fact::plain(UserDisabled { user: self.user })))
    }
}

impl Command for EnableUser {
    fn name(&self) -> &'static str {
        "user.enable"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::User(self.user)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        may_change(state, context, self.user, UserState::Disabled)?;
        Ok(Decided::one(self.user, Fact::plain(UserEnabled { user: self.user })))
    }
}

/// Only the service itself, on behalf of its command line, changes who may act.
fn may_change(state: &State, context: &Context<'_>, id: UserId, allowed: UserState) -> Result<(), Rejection> {
    if context.actor != Actor::System {
        return Err(Rejection::Forbidden);
    }
    let user = found(state.users.get(id))?;
    context.reviewed(user.revision)?;
    in_state(user.state, &[allowed])
}
