//! On what a refund can be ordered: the record must show what the basis asserts.

use crate::domain::digest::Digest;
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Refund};
use crate::domain::rejection::Rejection;

/// What a notary asserts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asserted {
    pub(super) amount: Amount,
    pub(super) basis: Basis,
    pub(super) document_sha256: Option<Digest>,
    pub(super) document_sm3: Option<Digest>,
    /// Whether the merchant has offered less than the consumer is due.
    pub(super) disputed: bool,
}

impl Asserted {
    /// Checks the basis. What the law gives beyond the escrow is a claim on the merchant, so that a figure is met where
    /// the escrow's whole reach, `available`, is ordered.
    pub(super) fn is_met(&self, refund: &Refund, available: Amount) -> Result<(), Rejection> {
        if refund.prior_service_is_claimed() {
            return Err(Rejection::PriorServiceClaimOpen);
        }
        let due = match self.basis {
            Basis::Consent => self.consented(refund),
            Basis::ConditionMet => condition_met(refund),
            Basis::Award | Basis::Judgment => return self.document_carries(refund, available),
            Basis::Waiver | Basis::TakenBack => return self.consumer_declared(refund, available),
        };
        if due.is_some_and(|due| due.min(available) == self.amount) { Ok(()) } else { Err(Rejection::BasisNotMet) }
    }

    /// What the merchant has consented to give.
    fn consented(&self, refund: &Refund) -> Option<Amount> {
        let answer = refund.answer?;
        // A consent covers the figure as it stood; the consumer is due the figure as it stands.
        let agreed = answer.amount.filter(|_| answer.accept).map(|agreed| agreed.min(refund.figures.refund));
        // An objection is no consent of the consumer's: only an offer that gives what the law gives can be ordered.
        agreed.or(refund.offered().filter(|_| !self.disputed))
    }

    /// An award or a judgment names its amount. Where the consumer asked for an award to be paid, it is that one, and
    /// no other amount.
    fn document_carries(&self, refund: &Refund, available: Amount) -> Result<(), Rejection> {
        let Some(sha256) = self.document_sha256 else { return Err(Rejection::DocumentRequired) };
        match refund.award {
            Some(award) => {
                // A statement that is only prepared for signing names the document by its SHA-256 alone.
                let same = award.sha256 == sha256 && self.document_sm3.is_none_or(|sm3| sm3 == award.sm3);
                if same && refund.within(available).0 == self.amount { Ok(()) } else { Err(Rejection::BasisNotMet) }
            }
            None => Ok(()),
        }
    }

    /// A waiver or a taking back (取回) is the consumer's own act: a document of theirs carries any amount, and what
    /// they declared here carries the amount that they named, up to what the rules give.
    fn consumer_declared(&self, refund: &Refund, available: Amount) -> Result<(), Rejection> {
        if self.document_sha256.is_some() {
            return Ok(());
        }
        let declared = refund.declaration.filter(|declared| declared.basis == self.basis);
        let Some(declared) = declared else { return Err(Rejection::DocumentRequired) };
        let allowed = declared.amount == self.amount && self.amount <= refund.within(available).0;
        if allowed { Ok(()) } else { Err(Rejection::BasisNotMet) }
    }
}

/// What is due on an objective condition: the whole principal inside the seven days, where nothing was used.
pub(super) fn condition_met(refund: &Refund) -> Option<Amount> {
    (refund.in_cooling_off() && !refund.figures.needs_decision).then_some(refund.figures.refund)
}
