//! Deliveries (核销).

use super::used::Used;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, MerchantId, Party};
use crate::domain::money::Amount;
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;

text_enum! {
    /// How far a delivery has come.
    DeliveryState {
        Pending = "pending",
        Confirmed = "confirmed",
        Contested = "contested",
        Frozen = "frozen",
        Voided = "voided",
        Reversed = "reversed",
    }
}

text_enum! {
    /// What confirmed a delivery.
    ConfirmedHow {
        Consumer = "consumer",
        CheckinCode = "checkin_code",
        Time = "time",
        Refund = "refund",
        Dispute = "dispute",
        Judgment = "judgment",
    }
}

text_enum! {
    /// The account of a contract from which money was taken aside.
    Origin {
        Held = "held",
        Pending = "pending",
        Frozen = "frozen",
    }
}

/// One use of the service, marked by the merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The contract it uses up.
    pub contract: ContractId,
    /// Who served.
    pub merchant: MerchantId,
    /// Who was served.
    pub consumer: ConsumerId,
    /// How far it has come.
    pub state: DeliveryState,
    /// Goes up with every change.
    pub revision: u64,
    /// What it uses up.
    pub used: Used,
    /// What it releases; kept for life.
    pub amount: Amount,
    /// When the service took place.
    pub occurred_at: Timestamp,
    /// When the merchant marked it.
    pub recorded_at: Timestamp,
    /// From this moment on it cannot be answered any more.
    pub confirm_by: Timestamp,
    /// Whether silence confirms it at that moment.
    pub silence_confirms: bool,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// What confirmed it.
    pub confirmed_how: Option<ConfirmedHow>,
    /// From when a settlement can take it.
    pub matures_at: Option<Timestamp>,
    /// Who proposed to reverse it.
    pub reversal_proposed_by: Option<Party>,
    /// The dispute that contests it.
    pub dispute: Option<DisputeId>,
    /// Commitment to the merchant's note.
    pub note: Option<crate::domain::digest::Digest>,
    /// The contract's delivery recorded before it.
    pub before: Option<DeliveryId>,
}

impl Delivery {
    /// True when silence has confirmed it, whether or not the ledger has written that yet: the deadline decides.
    #[must_use]
    pub fn window_over(&self, at: Timestamp) -> bool {
        self.silence_confirms && at >= self.confirm_by
    }
}
