//! Deliveries.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, MerchantId, Party, SettlementId};
use crate::domain::money::Amount;
use crate::domain::objects::{ConfirmedHow, Origin, Used};
use crate::domain::time::Timestamp;

/// The merchant marked one use of the service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryRecorded {
    /// What it releases.
    pub amount: Amount,
    /// SHA-256 of the holder's code, if one was shown.
    pub checkin: Option<Digest>,
    /// From when it can no longer be answered.
    pub confirm_by: Timestamp,
    /// Who was served.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Who served.
    pub merchant: MerchantId,
    /// Commitment to the merchant's note.
    pub note: Option<Digest>,
    /// When the service took place.
    pub occurred_at: Timestamp,
    /// What it uses up.
    pub used: Used,
}

/// The delivery stands, and the merchant has earned its amount.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryConfirmed {
    /// What it releases.
    pub amount: Amount,
    /// Who was served.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// What confirmed it.
    pub how: ConfirmedHow,
    /// From when a settlement can take it.
    pub matures_at: Timestamp,
    /// Who served.
    pub merchant: MerchantId,
    /// Where its amount stood: pending or frozen.
    pub origin: Origin,
}

/// The delivery never counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryVoided {
    /// What goes back to held.
    pub amount: Amount,
    /// Who was to be served.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Who marked it.
    pub merchant: MerchantId,
    /// Where its amount stood: pending or frozen.
    pub origin: Origin,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
}

/// One party wants a confirmed delivery taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryReversalProposed {
    /// Who wants it.
    pub by: Party,
    /// Who was served.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Who served.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
}

/// A confirmed delivery was taken back before it was settled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryReversed {
    /// What goes back to held.
    pub amount: Amount,
    /// Who was served.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Who served.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
    /// The open proposal whose sum this lowers.
    pub settlement: Option<SettlementId>,
}
