//! Refunds (退款): one case from request to payment. The figures come from the refund engine.

use serde::{Deserialize, Serialize};

use super::claims::Claims;
use super::used::Live;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DisputeId, MerchantId, PayoutId, RefundId, UserId};
use crate::domain::money::{Amount, Delta};
use crate::domain::refund::Reason;
use crate::domain::text_enum::text_enum;
use crate::domain::time::{Date, Timestamp};

text_enum! {
    /// How far a refund has come.
    RefundState {
        Requested = "requested",
        Answered = "answered",
        Proposed = "proposed",
        Ordered = "ordered",
        NeedsAccount = "needs_account",
        Paid = "paid",
        Declined = "declined",
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// On what a notary orders a refund; a notary does not judge fault.
    Basis {
        ConditionMet = "condition_met",
        Consent = "consent",
        Waiver = "waiver",
        TakenBack = "taken_back",
        Award = "award",
        Judgment = "judgment",
    }
}

text_enum! {
    /// How far the merchant's claim has come that the same service had been received before.
    PriorServiceState {
        Claimed = "claimed",
        Accepted = "accepted",
        Rejected = "rejected",
    }
}

/// A document that the service does not hold, by both its digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// By SHA-256.
    pub sha256: Digest,
    /// By SM3.
    pub sm3: Digest,
}

/// What the consumer has declared about the money: to be content with an amount, or to take it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The amount declared.
    pub amount: Amount,
    /// The basis it can be for: `waiver` or `taken_back`.
    pub basis: Basis,
}

/// The merchant's claim that the same service had been received before (法释〔2025〕4号 art. 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorService {
    /// How far it has come.
    pub state: PriorServiceState,
    /// What proves it.
    pub document: Document,
    /// Commitment to the merchant's note.
    pub note: Option<Digest>,
}

impl RefundState {
    /// True while no decision is final.
    #[must_use]
    pub const fn is_undecided(self) -> bool {
        matches!(self, Self::Requested | Self::Answered | Self::Proposed)
    }
}

/// What the engine made of the facts, as far as the books need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// What the contract's deliveries had used when this was worked out.
    pub live: Live,
    /// Whether a person must weigh something the engine cannot.
    pub needs_decision: bool,
    /// What the law gives back.
    pub refund: Amount,
    /// What was used up.
    pub used: Amount,
}

/// The merchant's answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the merchant agrees.
    pub accept: bool,
    /// What the merchant consents to give back: the figure as it stood when the merchant agreed, or an offer of its
    /// own. Figures that rise later are not covered by an older consent.
    pub amount: Option<Amount>,
    /// Commitment to the merchant's reason.
    pub reason: Option<Digest>,
}

/// What a notary decided, or proposes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What goes back to the consumer.
    pub amount: Amount,
    /// On what basis.
    pub basis: Basis,
    /// What is contested beyond it, where it is the part that nobody disputes.
    pub contested: Option<Amount>,
    /// The notary who decided; none where the condition was met and the service ordered it.
    pub decided_by: Option<UserId>,
    /// SHA-256 of the document it rests on.
    pub document_sha256: Option<Digest>,
    /// SM3 of the document it rests on.
    pub document_sm3: Option<Digest>,
    /// Commitment to the reason, above all of a difference from the engine's figure.
    pub reason: Option<Digest>,
}

/// One refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// The contract whose money it is.
    pub contract: ContractId,
    /// Who asked.
    pub consumer: ConsumerId,
    /// Who answers.
    pub merchant: MerchantId,
    /// How far it has come.
    pub state: RefundState,
    /// Goes up with every change, above all of the figures.
    pub revision: u64,
    /// Why it was asked for.
    pub reason: Reason,
    /// Whether the consumer had received the same service before.
    pub prior_same_service: bool,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// The day it was asked for, as the office counts days.
    pub requested_on: Date,
    /// Until when the merchant can answer; none for the 7-day refund.
    pub answer_by: Option<Timestamp>,
    /// Until when the merchant can claim that the same service had been received before; from then on the service
    /// orders the 7-day refund by itself. None for any other refund.
    pub claim_by: Option<Timestamp>,
    /// What the engine makes of it now.
    pub figures: Figures,
    /// The amount the parties agreed on, for `mutual`; the amount awarded, for `award`.
    pub agreed: Option<Amount>,
    /// The award that the consumer asks to be paid.
    pub award: Option<Document>,
    /// What the consumer brings.
    pub claims: Option<Claims>,
    /// What the merchant brings.
    pub counterclaims: Option<Claims>,
    /// What the consumer has declared last.
    pub declaration: Option<Declaration>,
    /// The merchant's claim against the 7-day refund.
    pub prior_service: Option<PriorService>,
    /// The merchant's answer.
    pub answer: Option<Answer>,
    /// The notary's decision.
    pub decision: Option<Decision>,
    /// The second notary, above the threshold.
    pub approved_by: Option<UserId>,
    /// When it was ordered.
    pub ordered_at: Option<Timestamp>,
    /// What went to the merchant with the order.
    pub merchant_share: Option<Amount>,
    /// What the law gives beyond what escrow could give when it was ordered: a claim on the merchant.
    pub shortfall: Option<Amount>,
    /// When it must have been paid, once it was ordered.
    pub pay_by: Option<Timestamp>,
    /// The payout that pays it.
    pub payout: Option<PayoutId>,
    /// The dispute over what is contested beyond it.
    pub dispute: Option<DisputeId>,
    /// Position of the newest entry about it: what a decider has reviewed.
    pub newest_entry: u64,
}

impl Refund {
    /// A refund that has just been asked for, without anything that anybody said about it since.
    #[must_use]
    pub const fn asked(
        id: RefundId,
        (contract, consumer, merchant): (ContractId, ConsumerId, MerchantId),
        reason: Reason,
        (requested_at, requested_on): (Timestamp, Date),
        figures: Figures,
    ) -> Self {
        Self {
            id,
            contract,
            consumer,
            merchant,
            state: RefundState::Requested,
            revision: 1,
            reason,
            prior_same_service: false,
            requested_at,
            requested_on,
            answer_by: None,
            claim_by: None,
            figures,
            agreed: None,
            award: None,
            claims: None,
            counterclaims: None,
            declaration: None,
            prior_service: None,
            answer: None,
            decision: None,
            approved_by: None,
            ordered_at: None,
            merchant_share: None,
            shortfall: None,
            pay_by: None,
            payout: None,
            dispute: None,
            newest_entry: 0,
        }
    }

    /// The amount that it is about now: what a notary proposed, or else what the engine makes of it.
    #[must_use]
    pub fn amount_at_issue(&self) -> Amount {
        self.decision.map_or(self.figures.refund, |decision| decision.amount)
    }

    /// True inside the cooling-off, where nobody has to be asked (法释〔2025〕4号 art. 14): the request came within the
    /// seven days, and no claim of prior service stands in its way.
    #[must_use]
    pub fn in_cooling_off(&self) -> bool {
        self.reason == Reason::SevenDay && self.answer_by.is_none()
    }

    /// What the merchant would give back who has objected; none where the merchant has not.
    #[must_use]
    pub fn offered(&self) -> Option<Amount> {
        self.answer.filter(|answer| !answer.accept).and_then(|answer| answer.amount)
    }

    /// True while the merchant's claim of prior service waits for a notary.
    #[must_use]
    pub fn prior_service_is_claimed(&self) -> bool {
        self.prior_service.is_some_and(|claim| claim.state == PriorServiceState::Claimed)
    }

    /// What of the engine's figure can be ordered, and what cannot, where escrow holds `available`.
    #[must_use]
    pub fn within(&self, available: Amount) -> (Amount, Amount) {
        let within = self.figures.refund.min(available);
        (within, self.figures.refund.saturating_sub(within))
    }

    /// What the decision gives more than the engine's figure within the escrow, or less: a person's reason stands
    /// behind it. What is contested is not decided yet.
    #[must_use]
    pub fn difference(&self) -> Option<Delta> {
        let decision = self.decision.filter(|decision| decision.contested.is_none())?;
        let expected = self.figures.refund.saturating_sub(self.shortfall.unwrap_or_default());
        decision.amount.credit().checked_add(expected.debit())
    }
}
