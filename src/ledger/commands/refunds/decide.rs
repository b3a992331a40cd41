//! A notary decides a refund, on a basis that the record shows. A notary does not judge fault.

use super::order::{Order, Reach};
use super::{found_with_contract, in_states, review};
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundProposed};
use crate::domain::id::{PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Refund, RefundState};
use crate::domain::packs;
use crate::domain::refund::Reason;
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
    /// SHA-256 of the award or judgment.
    pub document_sha256: Option<Digest>,
    /// SM3 of the award or judgment.
    pub document_sm3: Option<Digest>,
    /// Commitment to the notary's reason.
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
        in_states(refund, &[RefundState::Requested, RefundState::Answered])?;
        may_refund(state, contract.id)?;
        let reach = Reach::of(state, contract, self.amount, context.at)?;
        self.basis_met(refund, reach.available())?;
        // After this point it must succeed.
        let review = review(refund, Action::DecideRefund, self.amount, revision);
        let largest = self.amount.max(reach.available().saturating_sub(self.amount));
        let facts = if largest > packs::built_in().times(contract).refund_approval_above {
            vec![self.proposed(refund, review)]
        } else {
            let order = Order {
                refund,
                contract,
                amount: self.amount,
                basis: self.basis,
                document_sha256: self.document_sha256,
                document_sm3: self.document_sm3,
                reason: self.reason,
                review,
                payout: self.payout,
            };
            order.facts(state, &reach, context.at)
        };
        Ok(Decided { facts, shows: refund.id.into() })
    }
}

impl DecideRefund {
    /// Checks that the record shows what the basis asserts. What the law gives beyond the escrow is a claim on the
    /// merchant, so that a figure is met where the escrow's whole reach is ordered.
    fn basis_met(&self, refund: &Refund, available: Amount) -> Result<(), Rejection> {
        let figure = refund.figures.refund;
        let due = match self.basis {
            Basis::Consent => refund.answer.and_then(|answer| match answer.amount {
                // A consent covers the figure as it stood; the consumer is due the figure as it stands.
                Some(consented) if answer.accept => Some(consented.min(figure)),
                // An objection is no consent of the consumer's: only an offer that gives what the law gives can be ordered.
                offered => offered.filter(|offered| *offered >= figure),
            }),
            // The request has no time to answer only where it came inside the seven days.
            Basis::ConditionMet => {
                let seven_day = refund.reason == Reason::SevenDay && refund.answer_by.is_none();
                (seven_day && !refund.figures.needs_decision).then_some(figure)
            }
            Basis::Award | Basis::Judgment => {
                return if self.document_sha256.is_some() { Ok(()) } else { Err(Rejection::DocumentRequired) };
            }
            Basis::Waiver | Basis::TakenBack => return Ok(()),
        };
        if due.is_some_and(|due| due.min(available) == self.amount) { Ok(()) } else { Err(Rejection::BasisNotMet) }
    }

    fn proposed(&self, refund: &Refund, review: Review) -> Fact {
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
            signature: None,
        })
    }
}
