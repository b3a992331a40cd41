//! What the parties say while a refund is open, and what a notary makes of it.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, MerchantId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Figures};
use crate::domain::signature::Signature;
use crate::domain::statement::Review;
use crate::domain::time::Timestamp;

/// The consumer declares to be content with an amount, or to take it back (取回).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundDeclared {
    /// The amount.
    pub amount: Amount,
    /// For which basis: `waiver` or `taken_back`.
    pub basis: Basis,
    /// Who declares.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who serves.
    pub merchant: MerchantId,
    /// Commitment to the consumer's words.
    pub note: Option<Digest>,
    /// The refund.
    pub refund: RefundId,
}

/// The merchant claims that the consumer had received the same service before (法释〔2025〕4号 art. 14).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundPriorServiceClaimed {
    /// Who asked.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// SHA-256 of what proves it.
    pub document_sha256: Digest,
    /// SM3 of the same.
    pub document_sm3: Digest,
    /// Who claims.
    pub merchant: MerchantId,
    /// Commitment to the merchant's note.
    pub note: Option<Digest>,
    /// The refund.
    pub refund: RefundId,
}

/// A notary decided on the merchant's claim. Where it stands, the refund is the consumer's choice, and the merchant
/// answers it as any other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundPriorServiceDecided {
    /// Whether the claim stands.
    pub accepted: bool,
    /// Until when the merchant can answer, where it does.
    pub answer_by: Option<Timestamp>,
    /// Who asked.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// What the engine makes of it now.
    pub figures: Figures,
    /// Who claimed.
    pub merchant: MerchantId,
    /// Commitment to the notary's reason.
    pub reason: Digest,
    /// The refund.
    pub refund: RefundId,
    /// What was reviewed.
    pub review: Review,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
}
