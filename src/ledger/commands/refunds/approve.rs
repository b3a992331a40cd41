//! A second notary orders a large refund as the first one proposed it.

use super::order::{Order, Reach};
use super::undisputed::{Disputed, parted};
use super::{found_with_contract, review};
use crate::domain::context::{Context, found, in_state};
use crate::domain::id::{PayoutId, RefundId};
use crate::domain::objects::RefundState;
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_refund;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};

/// Orders a proposed refund.
#[derive(Debug)]
pub struct ApproveRefund {
    /// The refund.
    pub refund: RefundId,
    /// Id of the payout to create.
    pub payout: PayoutId,
    /// Ids of the dispute to open, where only the undisputed part was proposed.
    pub disputed: Disputed,
}

impl Command for ApproveRefund {
    fn name(&self) -> &'static str {
        "refund.approve"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::PendingOf(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let notary = context.notary()?;
        let (refund, contract) = found_with_contract(state, self.refund, |_| true)?;
        let revision = context.reviewed(refund.revision)?;
        in_state(refund.state, &[RefundState::Proposed])?;
        let decision = found(refund.decision.as_ref())?;
        if decision.decided_by == Some(notary) {
            return Err(Rejection::SamePerson);
        }
        may_refund(state, contract.id)?;
        // Time may have confirmed deliveries since, so that the money is looked at again.
        let reach = Reach::of(state, contract, decision.amount, context.at)?;
        let (contested, shortfall) = match decision.contested {
            None => (None, refund.within(reach.available()).1),
            Some(_) => {
                let (shares, left) = parted((state, contract), refund, reach.available(), self.disputed)?;
                (Some(left), shares.shortfall)
            }
        };
        // After this point it must succeed.
        let order = Order {
            refund,
            contract,
            amount: decision.amount,
            basis: decision.basis,
            contested,
            shortfall,
            document_sha256: decision.document_sha256,
            document_sm3: decision.document_sm3,
            reason: decision.reason,
            review: review(refund, Action::ApproveRefund, decision.amount, revision),
            payout: self.payout,
        };
        Ok(Decided { facts: order.facts(state, &reach, context)?, shows: refund.id.into() })
    }
}
