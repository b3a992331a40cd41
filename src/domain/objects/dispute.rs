//! Freezes (冻结) and disputes (纠纷): money set aside, and what it is set aside for.

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, Party, RefundId};
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

text_enum! {
    /// How far a dispute has come.
    DisputeState {
        Negotiating = "negotiating",
        Settled = "settled",
        Executed = "executed",
        Withdrawn = "withdrawn",
    }
}

impl DisputeState {
    /// True once nothing can happen to the dispute any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Executed | Self::Withdrawn)
    }

    /// True while nobody has decided how the money is to be split: one side can still give in.
    #[must_use]
    pub const fn is_undecided(self) -> bool {
        matches!(self, Self::Negotiating)
    }
}

/// An amount set aside for one cause, which is the sum of what was taken from three places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// What it is for.
    pub cause: Cause,
    /// The contract whose money it is; none where only a merchant's payable was reached.
    pub contract: Option<ContractId>,
    /// The merchant whose money it is or may become.
    pub merchant: MerchantId,
    /// The contract's holder.
    pub consumer: Option<ConsumerId>,
    /// How far it has come.
    pub state: FreezeState,
    /// Goes up with every change.
    pub revision: u64,
    /// How much was taken from the contract's held money.
    pub held: Amount,
    /// The sum of the deliveries.
    pub pending: Amount,
    /// How much was taken from the merchant's payable.
    pub payable: Amount,
    /// The whole pending deliveries that were taken; their clocks stand still.
    pub deliveries: Vec<DeliveryId>,
    /// The dispute it belongs to.
    pub dispute: Option<DisputeId>,
    /// SHA-256 of the court's document.
    pub document_sha256: Option<Digest>,
    /// SM3 of the court's document.
    pub document_sm3: Option<Digest>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

impl Freeze {
    /// How much is set aside: the sum of its parts.
    #[must_use]
    pub fn amount(&self) -> Amount {
        let parts = [self.pending, self.payable];
        parts.into_iter().try_fold(self.held, Amount::checked_add).unwrap_or(Amount::MAX)
    }
}

/// A disagreement about deliveries, about undelivered money, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// The contract it is about.
    pub contract: ContractId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// How far it has come.
    pub state: DisputeState,
    /// Goes up with every change.
    pub revision: u64,
    /// Who opened it.
    pub opened_by: Party,
    /// The refund from whose refusal it came.
    pub refund: Option<RefundId>,
    /// How much is contested now.
    pub amount: Amount,
    /// How much undelivered money is contested.
    pub held: Amount,
    /// The deliveries that are contested.
    pub deliveries: Vec<DeliveryId>,
    /// The freeze that keeps the amount aside.
    pub freeze: FreezeId,
    /// Commitment to the opener's reason.
    pub reason: Digest,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when the parties negotiate.
    pub negotiate_by: Timestamp,
    /// When its present stage ends by itself; none once it is decided.
    pub due_by: Option<Timestamp>,
    /// Position of the newest entry about it: what a decider has reviewed.
    pub newest_entry: u64,
}
