//! The merchant agrees to a refund, or objects.

use super::{found_with_contract, in_states};
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundAnswered};
use crate::domain::id::RefundId;
use crate::domain::money::Amount;
use crate::domain::objects::RefundState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Answers a refund request.
#[derive(Debug)]
pub struct AnswerRefund {
    /// The refund.
    pub refund: RefundId,
    /// Whether the merchant agrees to the figures as they stand.
    pub accept: bool,
    /// What the merchant would give back instead; with an objection only.
    pub amount: Option<Amount>,
    /// Commitment to the reason of an objection.
    pub reason: Option<Digest>,
}

impl Command for AnswerRefund {
    fn name(&self) -> &'static str {
        "refund.answer"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Refund(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let (refund, _) = found_with_contract(state, self.refund, |refund| refund.merchant == merchant)?;
        context.reviewed(refund.revision)?;
        in_states(refund, &[RefundState::Requested])?;
        if refund.answer_by.is_some_and(|answer_by| context.at >= answer_by) {
            return Err(Rejection::AnswerWindowOver);
        }
        let event = RefundAnswered {
            accept: self.accept,
            amount: self.amount.filter(|_| !self.accept),
            consumer: refund.consumer,
            contract: refund.contract,
            merchant,
            reason: self.reason,
            refund: refund.id,
        };
        Ok(Decided::one(refund.id, Fact::plain(event)))
    }
}
