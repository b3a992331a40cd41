//! Freezes and disputes.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, Party, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::Cause;
use crate::domain::time::Timestamp;

/// A party disagrees; the freeze of what is contested is the next entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeOpened {
    /// How much is contested.
    pub amount: Amount,
    /// Who disagrees.
    pub by: Party,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The deliveries that are contested.
    pub deliveries: Vec<DeliveryId>,
    /// The dispute.
    pub dispute: DisputeId,
    /// The freeze.
    pub freeze: FreezeId,
    /// How much undelivered money is contested.
    pub held: Amount,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// Until when the parties negotiate.
    pub negotiate_by: Timestamp,
    /// Commitment to the reason.
    pub reason: Digest,
    /// The refund whose contested part it is about.
    pub refund: Option<RefundId>,
}

/// The opener takes a dispute back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeWithdrawn {
    /// Who opened it.
    pub by: Party,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The contract's merchant.
    pub merchant: MerchantId,
}

/// Money was set aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeOpened {
    /// What it is for.
    pub cause: Cause,
    /// The contract's holder.
    pub consumer: Option<ConsumerId>,
    /// The contract whose money it is.
    pub contract: Option<ContractId>,
    /// Whole pending deliveries.
    pub deliveries: Vec<DeliveryId>,
    /// The dispute.
    pub dispute: Option<DisputeId>,
    /// SHA-256 of the court's document.
    pub document_sha256: Option<Digest>,
    /// SM3 of the court's document.
    pub document_sm3: Option<Digest>,
    /// The freeze.
    pub freeze: FreezeId,
    /// How much comes from the contract's held money.
    pub held: Amount,
    /// The merchant.
    pub merchant: MerchantId,
    /// How much comes from the merchant's payable.
    pub payable: Amount,
    /// The sum of the deliveries.
    pub pending: Amount,
}

/// What is left of a freeze goes back to where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeLifted {
    /// The contract's holder.
    pub consumer: Option<ConsumerId>,
    /// The contract whose money it is.
    pub contract: Option<ContractId>,
    /// The deliveries that wait for an answer again.
    pub deliveries: Vec<DeliveryId>,
    /// The dispute.
    pub dispute: Option<DisputeId>,
    /// The freeze.
    pub freeze: FreezeId,
    /// How much goes back to the contract's held money.
    pub held: Amount,
    /// The merchant.
    pub merchant: MerchantId,
    /// How much goes back to the merchant's payable.
    pub payable: Amount,
    /// The sum of the deliveries.
    pub pending: Amount,
}
