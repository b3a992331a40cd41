//! Freezes: for a dispute, or by a court's order.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, RefundId, SettlementId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Cause, Split};
use crate::domain::signature::Signature;
use crate::domain::statement::Review;
use crate::domain::time::{Date, Timestamp};

/// Money was set aside for a dispute.
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

/// What is left of a dispute's freeze goes back to where it came from.
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

/// A notary carries out a court's order to set money aside. What it reaches follows in entries of its own, at once and
/// whenever money comes in for as long as a part of it waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeOrdered {
    /// How much.
    pub amount: Amount,
    /// The contract's holder.
    pub consumer: Option<ConsumerId>,
    /// The contract whose money it is; none for a merchant's earnings.
    pub contract: Option<ContractId>,
    /// SHA-256 of the court's document.
    pub document_sha256: Digest,
    /// SM3 of the court's document.
    pub document_sm3: Digest,
    /// The freeze.
    pub freeze: FreezeId,
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the court and the number of its case.
    pub particulars: Digest,
}

/// A court's order took money that it reaches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeReached {
    /// The contract's holder.
    pub consumer: Option<ConsumerId>,
    /// The contract whose money it is.
    pub contract: Option<ContractId>,
    /// Whole pending deliveries.
    pub deliveries: Vec<DeliveryId>,
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
    /// The open proposal, which becomes less by what is taken from payable.
    pub settlement: Option<SettlementId>,
}

/// A court's order was lifted: everything goes back to where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeOrderLifted {
    /// The contract's holder.
    pub consumer: Option<ConsumerId>,
    /// The contract whose money it is.
    pub contract: Option<ContractId>,
    /// The deliveries that wait for an answer again.
    pub deliveries: Vec<DeliveryId>,
    /// SHA-256 of the document that lifts it.
    pub document_sha256: Option<Digest>,
    /// SM3 of the document that lifts it.
    pub document_sm3: Option<Digest>,
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
    /// What was reviewed.
    pub review: Review,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// The frozen money goes where an award or a judgment says; with that the order ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeExecuted {
    /// Award or judgment.
    pub basis: Basis,
    /// The contract's holder.
    pub consumer: Option<ConsumerId>,
    /// The contract whose money it is.
    pub contract: Option<ContractId>,
    /// SHA-256 of the award or judgment.
    pub document_sha256: Option<Digest>,
    /// SM3 of the award or judgment.
    pub document_sm3: Option<Digest>,
    /// The freeze.
    pub freeze: FreezeId,
    /// The merchant.
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
