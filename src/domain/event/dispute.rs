//! Disputes that are opened and taken back.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, Party, RefundId};
use crate::domain::money::Amount;
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
