//! How a dispute goes from stage to stage, and what it comes to.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DisputeId, FreezeId, MerchantId, Party, ProposalId, RefundId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, DisputeState, Role, Split};
use crate::domain::signature::Signature;
use crate::domain::statement::Review;
use crate::domain::time::{Date, Timestamp};

/// A dispute came to its next stage, by a party's wish or because the time was over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeEscalated {
    /// Who wanted it; none where the time was over.
    pub by: Option<Party>,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// When the stage ends by itself.
    pub due_by: Timestamp,
    /// Until when evidence can be brought forward, where it is arbitrated from now on.
    pub evidence_by: Option<Timestamp>,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// The stage.
    pub to: DisputeState,
}

/// A party does not want the dispute to go to arbitration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArbitrationObjected {
    /// Who objects.
    pub by: Party,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
}

/// A notary named who mediates or arbitrates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeAssigned {
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// As what: mediator or arbitrator.
    pub role: Role,
    /// Who.
    pub user: UserId,
}

/// A party or the mediator proposes how to split the money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalMade {
    /// As what it is made: consumer, merchant or mediator.
    pub by: Role,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// Commitment to a note.
    pub note: Option<Digest>,
    /// The proposal.
    pub proposal: ProposalId,
    /// How the money is to be split.
    pub split: Split,
    /// The stage in which it is made.
    pub stage: DisputeState,
}

/// A party accepts a proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalAccepted {
    /// Who accepts.
    pub by: Party,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// The proposal.
    pub proposal: ProposalId,
}

/// Both parties have accepted one proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeSettled {
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// The proposal.
    pub proposal: ProposalId,
    /// How the money is to be split.
    pub split: Split,
}

/// An institution's award or a court's judgment was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeAwarded {
    /// An award or a judgment.
    pub basis: Basis,
    /// What is awarded beyond the frozen money.
    pub beyond: Amount,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Whether it takes the place of what was recorded before.
    pub correction: bool,
    /// The costs that the document lays down.
    pub costs: Amount,
    /// The dispute.
    pub dispute: DisputeId,
    /// SHA-256 of the document.
    pub document_sha256: Option<Digest>,
    /// SM3 of the document.
    pub document_sm3: Option<Digest>,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// Whether the rest is decided later.
    pub partial: bool,
    /// Commitment to number and items.
    pub particulars: Digest,
    /// What was reviewed.
    pub review: Review,
    /// The recorder's signature, where they have a key.
    pub signature: Option<Signature>,
    /// How this document splits the money it decides about.
    pub split: Split,
}

/// The frozen money goes where it was agreed or awarded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeExecuted {
    /// Consent, award or judgment.
    pub basis: Basis,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// SHA-256 of the award or judgment.
    pub document_sha256: Option<Digest>,
    /// SM3 of the award or judgment.
    pub document_sm3: Option<Digest>,
    /// The freeze.
    pub freeze: FreezeId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// When the consumer's part must have been paid, where there is one.
    pub pay_by: Option<Timestamp>,
    /// The refund that pays the consumer's part.
    pub refund: Option<RefundId>,
    /// The day it is ordered, as the office counts days.
    pub requested_on: Date,
    /// What was reviewed.
    pub review: Review,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
    /// How the money is split.
    pub split: Split,
}
