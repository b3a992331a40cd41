//! Refunds (退款): one case from request to payment. The figures come from the refund engine.

use serde::{Deserialize, Serialize};

use super::used::Live;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, MerchantId, PayoutId, RefundId, UserId};
use crate::domain::money::Amount;
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
    /// The notary who decided.
    pub decided_by: UserId,
    /// SHA-256 of the award or judgment.
    pub document_sha256: Option<Digest>,
    /// SM3 of the award or judgment.
    pub document_sm3: Option<Digest>,
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
    /// What the engine makes of it now.
    pub figures: Figures,
    /// The amount the parties agreed on, for `mutual`.
    pub agreed: Option<Amount>,
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
    /// The payout that pays it.
    pub payout: Option<PayoutId>,
    /// Position of the newest entry about it: what a decider has reviewed.
    pub newest_entry: u64,
}

impl Refund {
    /// The amount that it is about now: what a notary proposed, or else what the engine makes of it.
    #[must_use]
    pub fn amount_at_issue(&self) -> Amount {
        self.decision.map_or(self.figures.refund, |decision| decision.amount)
    }
}
