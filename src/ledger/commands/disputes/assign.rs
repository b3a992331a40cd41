//! A notary names who mediates or arbitrates.

use super::{Case, case};
use crate::domain::context::{Context, found, in_state};
use crate::domain::event::{DisputeAssigned, Fact};
use crate::domain::id::{DisputeId, Party, UserId};
use crate::domain::objects::{Dispute, DisputeState, Role, User, UserState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Assigns a dispute to a mediator or an arbitrator; who was named before is replaced.
#[derive(Debug)]
pub struct AssignDispute {
    /// The dispute.
    pub dispute: DisputeId,
    /// As what.
    pub role: Role,
    /// Who.
    pub user: UserId,
}

impl Command for AssignDispute {
    fn name(&self) -> &'static str {
        "dispute.assign"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute), Key::User(self.user)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let Case { dispute, revision, passed: mut facts, .. } = case(state, context, self.dispute)?;
        context.reviewed(revision)?;
        let stages: &[DisputeState] = match self.role {
            Role::Mediator => &[DisputeState::Negotiating, DisputeState::Mediating],
            _ => &[DisputeState::Negotiating, DisputeState::Mediating, DisputeState::Arbitrating],
        };
        in_state(dispute.state, stages)?;
        let user = found(state.users.get(self.user))?;
        self.may_be(user, &dispute)?;
        let event = DisputeAssigned {
            consumer: dispute.consumer,
            contract: dispute.contract,
            dispute: dispute.id,
            merchant: dispute.merchant,
            role: self.role,
            user: user.id,
        };
        facts.push(Fact::plain(event));
        Ok(Decided { facts, shows: dispute.id.into() })
    }
}

impl AssignDispute {
    /// Checks that the user has the right role and no interest in the case: who acts for one of its parties has, and so
    /// has the office's own staff, which keeps the books of it.
    fn may_be(&self, user: &User, dispute: &Dispute) -> Result<(), Rejection> {
        let sides = [Party::Merchant(dispute.merchant), Party::Consumer(dispute.consumer)];
        let of_a_side = user.party.is_some_and(|party| sides.contains(&party));
        let other_part = if self.role == Role::Mediator { dispute.arbitrator } else { dispute.mediator };
        let has_other_part = other_part == Some(user.id);
        if of_a_side || has_other_part || matches!(user.role, Role::Notary | Role::Operator) {
            return Err(Rejection::ConflictOfInterest);
        }
        if user.role != self.role || user.state != UserState::Active {
            return Err(Rejection::NotEligible);
        }
        Ok(())
    }
}
