//! A notary decides a refund, on a basis that the record shows. A notary does not judge fault.

use super::basis::Asserted;
use super::order::{Order, Reach};
use super::{found_with_contract, review};
use crate::domain::context::{Context, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundProposed};
use crate::domain::id::{PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Refund, RefundState};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_refund;
use crate::domain::state::State;
use crate::domain::statement::{Action, Review};
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
        Asserted { amount, basis, document_sha256, document_sm3 }.is_met(refund, reach.available())?;
        let (expected, shortfall) = refund.within(reach.available());
        if amount != expected && self.reason.is_none() {
            return Err(Rejection::DifferenceUnexplained { expected });
        }
        // After this point it must succeed.
        let review = review(refund, Action::DecideRefund, amount, revision);
        let largest = amount.max(reach.available().saturating_sub(amount));
        let facts = if largest > packs::in_force().times(contract).refund_approval_above {
            vec![self.proposed(refund, review, shortfall)]
        } else {
            let order = Order {
                refund,
                contract,
                amount,
                basis,
                document_sha256,
                document_sm3,
                reason: self.reason,
                review,
                payout: self.payout,
            };
            order.facts(state, &reach, context)
        };
        Ok(Decided { facts, shows: refund.id.into() })
    }
}

impl DecideRefund {
    fn proposed(&self, refund: &Refund, review: Review, shortfall: Amount) -> Fact {
        Fact::plain(RefundProposed {
            amount: self.amount,
            basis: self.basis,
            consumer: refund.consumer,
            contract: refund.contract,
            document_sha256: self.document_sha256,
            document_sm3: self.document_sm3,
            merchant: refund.merchant,
            reason: self.reason,
            refund: refund.id,
            review,
            shortfall,
            signature: None,
        })
    }
}
