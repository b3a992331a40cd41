//! The one thing a merchant can bring against a 7-day refund: the same service had been received before contracting
//! (法释〔2025〕4号 art. 14). The merchant claims it with a document, and a notary decides whether it is shown.

use super::request::answer_by;
use super::{found_with_contract, review, unusable};
use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundPriorServiceClaimed, RefundPriorServiceDecided};
use crate::domain::figures::Asked;
use crate::domain::id::RefundId;
use crate::domain::objects::{Document, PriorServiceState, RefundState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};

const UNORDERED: &[RefundState] = &[RefundState::Requested, RefundState::Answered];

/// Claims prior service.
#[derive(Debug)]
pub struct ClaimPriorService {
    /// The refund.
    pub refund: RefundId,
    /// What proves it.
    pub document: Document,
    /// Commitment to the merchant's note.
    pub note: Option<Digest>,
}

/// Decides whether prior service is shown.
#[derive(Debug)]
pub struct DecidePriorService {
    /// The refund.
    pub refund: RefundId,
    /// Whether it is.
    pub accepted: bool,
    /// Commitment to the reason.
    pub reason: Digest,
}

impl Command for ClaimPriorService {
    fn name(&self) -> &'static str {
        "refund.claim_prior_service"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Refund(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let (refund, _) = found_with_contract(state, self.refund, |refund| refund.merchant == merchant)?;
        context.reviewed(refund.revision)?;
        in_state(refund.state, UNORDERED)?;
        // A refund outside the cooling-off has no such time: the merchant answers it instead.
        let in_time = refund.claim_by.is_some_and(|claim_by| context.at < claim_by);
        if !in_time || refund.prior_service.is_some() {
            return Err(Rejection::PriorServiceClaimOver);
        }
        let event = RefundPriorServiceClaimed {
            consumer: refund.consumer,
            contract: refund.contract,
            document_sha256: self.document.sha256,
            document_sm3: self.document.sm3,
            merchant,
            note: self.note,
            refund: refund.id,
        };
        Ok(Decided::one(refund.id, Fact::plain(event)))
    }
}

impl Command for DecidePriorService {
    fn name(&self) -> &'static str {
        "refund.decide_prior_service"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Refund(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let (refund, contract) = found_with_contract(state, self.refund, |_| true)?;
        let revision = context.reviewed(refund.revision)?;
        in_state(refund.state, UNORDERED)?;
        let claim = refund.prior_service.filter(|claim| claim.state == PriorServiceState::Claimed);
        found(claim.as_ref())?;
        let asked = Asked { prior_same_service: self.accepted, ..Asked::of(refund) };
        let figures = asked.figures(state, contract).map_err(unusable)?;
        let action = if self.accepted { Action::AcceptPriorService } else { Action::RejectPriorService };
        let event = RefundPriorServiceDecided {
            accepted: self.accepted,
            answer_by: self.accepted.then(|| answer_by(contract, context)),
            consumer: refund.consumer,
            contract: refund.contract,
            figures,
            merchant: refund.merchant,
            reason: self.reason,
            refund: refund.id,
            review: review(refund, action, refund.amount_at_issue(), revision),
            signature: None,
        };
        Ok(Decided::one(refund.id, Fact::plain(event)))
    }
}
