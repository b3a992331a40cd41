//! A refund ends without money: a notary declines it, or the consumer steps back.

use super::{found_with_contract, review};
use crate::domain::context::{Context, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundDeclined, RefundWithdrawn};
use crate::domain::id::RefundId;
use crate::domain::objects::RefundState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};

const UNDECIDED: &[RefundState] = &[RefundState::Requested, RefundState::Answered, RefundState::Proposed];

/// Turns a request down.
#[derive(Debug)]
pub struct DeclineRefund {
    /// The refund.
    pub refund: RefundId,
    /// Commitment to the reason.
    pub reason: Digest,
}

/// Takes a request back.
#[derive(Debug)]
pub struct WithdrawRefund {
    /// The refund.
    pub refund: RefundId,
}

impl Command for DeclineRefund {
    fn name(&self) -> &'static str {
        "refund.decline"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Refund(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let (refund, _) = found_with_contract(state, self.refund, |_| true)?;
        let revision = context.reviewed(refund.revision)?;
        in_state(refund.state, UNDECIDED)?;
        let event = RefundDeclined {
            consumer: refund.consumer,
            contract: refund.contract,
            merchant: refund.merchant,
            reason: self.reason,
            refund: refund.id,
            review: review(refund, Action::DeclineRefund, refund.amount_at_issue(), revision),
            signature: None,
        };
        Ok(Decided::one(refund.id, Fact::plain(event)))
    }
}

impl Command for WithdrawRefund {
    fn name(&self) -> &'static str {
        "refund.withdraw"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Refund(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let (refund, _) = found_with_contract(state, self.refund, |refund| refund.consumer == consumer)?;
        context.reviewed(refund.revision)?;
        in_state(refund.state, UNDECIDED)?;
        let event =
            RefundWithdrawn { consumer, contract: refund.contract, merchant: refund.merchant, refund: refund.id };
        Ok(Decided::one(refund.id, Fact::plain(event)))
    }
}
