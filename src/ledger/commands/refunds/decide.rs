//! A notary decides a refund, on a basis that the record shows. A notary does not judge fault.

use super::basis::Asserted;
use super::order::{Order, Reach};
use super::{found_with_contract, review, unusable};
use crate::domain::context::{Context, in_state};
use crate::domain::digest::Digest;
use crate::domain::figures::Sides;
use crate::domain::id::{PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, RefundState};
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_refund;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};

/// Orders a refund, or proposes it where the amount needs a second notary.
#[derive(Debug)]
pub struct DecideRefund {
    /// The refund.
    pub refund: RefundId,
    /// What goes back to the consumer.
    pub amount: Amount,
    /// On what basis.
    pub basis: Basis,
    /// SHA-256 of the document it rests on.
    pub document_sha256: Option<Digest>,
    /// SM3 of the same.
    pub document_sm3: Option<Digest>,
    /// Commitment to the notary's reason; needed where the amount is not the engine's figure.
    pub reason: Option<Digest>,
    /// Id of the payout to create.
    pub payout: PayoutId,
}

impl Command for DecideRefund {
    fn name(&self) -> &'static str {
        "refund.decide"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::PendingOf(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let (refund, contract) = found_with_contract(state, self.refund, |_| true)?;
        let revision = context.reviewed(refund.revision)?;
        in_state(refund.state, &[RefundState::Requested, RefundState::Answered])?;
        may_refund(state, contract.id)?;
        let reach = Reach::of(state, contract, self.amount, context.at)?;
        let Self { amount, basis, document_sha256, document_sm3, .. } = *self;
        let sides = Sides::of(state, contract, refund).map_err(unusable)?;
        Asserted { amount, basis, document_sha256, document_sm3, disputed: sides.is_some() }
            .is_met(refund, reach.available())?;
        let (expected, shortfall) = refund.within(reach.available());
        if amount != expected && self.reason.is_none() {
            return Err(Rejection::DifferenceUnexplained { expected });
        }
        // After this point it must succeed.
        let order = Order {
            refund,
            contract,
            amount,
            basis,
            contested: None,
            shortfall,
            document_sha256,
            document_sm3,
            reason: self.reason,
            review: review(refund, Action::DecideRefund, amount, revision),
            payout: self.payout,
        };
        Ok(Decided { facts: order.decided(state, &reach, context)?, shows: refund.id.into() })
    }
}
