//! The consumer declares to be content with an amount, or to take it back (取回): their own recorded word.

use super::found_with_contract;
use crate::domain::context::{Context, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundDeclared};
use crate::domain::id::RefundId;
use crate::domain::objects::{Declaration, RefundState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Records what the consumer declares; the last word counts.
#[derive(Debug)]
pub struct DeclareRefund {
    /// The refund.
    pub refund: RefundId,
    /// The amount, and the basis it is for: `waiver` or `taken_back`.
    pub declaration: Declaration,
    /// Commitment to the consumer's words.
    pub note: Option<Digest>,
}

impl Command for DeclareRefund {
    fn name(&self) -> &'static str {
        "refund.declare"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Refund(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let (refund, _) = found_with_contract(state, self.refund, |refund| refund.consumer == consumer)?;
        context.reviewed(refund.revision)?;
        in_state(refund.state, &[RefundState::Requested, RefundState::Answered])?;
        let event = RefundDeclared {
            amount: self.declaration.amount,
            basis: self.declaration.basis,
            consumer,
            contract: refund.contract,
            merchant: refund.merchant,
            note: self.note,
            refund: refund.id,
        };
        Ok(Decided::one(refund.id, Fact::plain(event)))
    }
}
