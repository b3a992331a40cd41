//! Freezes (冻结): money set aside, for a dispute or by a court's order.

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, RefundId};
use crate::domain::money::Amount;
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;

text_enum! {
    /// How far a freeze has come.
    FreezeState {
        Open = "open",
        Lifted = "lifted",
        Executed = "executed",
    }
}

text_enum! {
    /// What money is set aside for.
    Cause {
        Dispute = "dispute",
        CourtOrder = "court_order",
        Default = "default",
    }
}

/// An amount set aside for one cause, which is the sum of what was taken from three places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// What it is for.
    pub cause: Cause,
    /// The contract whose money it is; none where an order is on a merchant's earnings.
    pub contract: Option<ContractId>,
    /// The merchant whose money it is or may become.
    pub merchant: MerchantId,
    /// The contract's holder.
    pub consumer: Option<ConsumerId>,
    /// How far it has come.
    pub state: FreezeState,
    /// Goes up with every change.
    pub revision: u64,
    /// How much a court has ordered to be set aside.
    pub ordered: Option<Amount>,
    /// How much was taken from the contract's held money.
    pub held: Amount,
    /// The sum of the deliveries.
    pub pending: Amount,
    /// How much was taken from the merchant's payable.
    pub payable: Amount,
    /// The whole pending deliveries that were taken; their clocks stand still. What is left of a clock is the time from
    /// `opened_at` to the delivery's `confirm_by`, however late the delivery was taken.
    pub deliveries: Vec<DeliveryId>,
    /// The dispute it belongs to.
    pub dispute: Option<DisputeId>,
    /// SHA-256 of the court's document.
    pub document_sha256: Option<Digest>,
    /// SM3 of the court's document.
    pub document_sm3: Option<Digest>,
    /// Commitment to the court and the number of its case.
    pub particulars: Option<Digest>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When a court's order was lifted or carried out.
    pub ended_at: Option<Timestamp>,
    /// SHA-256 of the document that ended a court's order.
    pub ended_sha256: Option<Digest>,
    /// SM3 of the document that ended a court's order.
    pub ended_sm3: Option<Digest>,
    /// The refund that pays the consumer's part, where a court gave them one.
    pub paid_as: Option<RefundId>,
    /// Position of the newest entry about it: what a decider has reviewed.
    pub newest_entry: u64,
}

impl Freeze {
    /// How much is set aside: the sum of its parts.
    #[must_use]
    pub fn amount(&self) -> Amount {
        self.held.saturating_add(self.pending).saturating_add(self.payable)
    }

    /// What a court has ordered and the freeze has not reached yet; nothing once it has ended.
    #[must_use]
    pub fn waiting(&self) -> Amount {
        let ordered = self.ordered.filter(|_| self.state == FreezeState::Open);
        ordered.unwrap_or_default().saturating_sub(self.amount())
    }
}
