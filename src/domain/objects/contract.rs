//! Contracts, deposits and check-in codes.

use crate::domain::digest::Digest;
use crate::domain::id::{
    ConsumerId, ContractId, DeliveryId, DepositId, FreezeId, MerchantId, ObjectId, PlanId, RefundId, SuspenseId,
};
use crate::domain::money::{Amount, Delta};
use crate::domain::name::Name;
use crate::domain::packs::Version;
use crate::domain::text_enum::text_enum;
use crate::domain::time::{Date, Timestamp};

use super::plan::PlanFigures;
use super::split::Split;
use super::used::Live;

text_enum! {
    /// How far a contract has come.
    ContractState {
        Draft = "draft",
        Signed = "signed",
        Active = "active",
        Completed = "completed",
        Closing = "closing",
        Terminated = "terminated",
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// How far a deposit has come.
    DepositState {
        AwaitingPayment = "awaiting_payment",
        Credited = "credited",
        Failed = "failed",
        Expired = "expired",
    }
}

text_enum! {
    /// How far a receipt that matched nothing has come.
    SuspenseState {
        Received = "received",
    }
}

text_enum! {
    /// How old a holder is, as far as a contract's validity depends on it (民法典 arts. 18 to 20). The day of birth
    /// itself stays beside the log.
    AgeClass {
        Undeclared = "undeclared",
        Adult = "adult",
        Minor = "minor",
        Child = "child",
    }
}

/// One holder's purchase of one plan version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// How far it has come.
    pub state: ContractState,
    /// Goes up with every change.
    pub revision: u64,
    /// What was bought.
    pub plan: PlanId,
    /// Which version of it.
    pub plan_version: u32,
    /// The holder.
    pub consumer: ConsumerId,
    /// Who serves.
    pub merchant: MerchantId,
    /// The figures both parties sign.
    pub figures: PlanFigures,
    /// The rule pack it is under.
    pub rules_pack: Name,
    /// The pack's edition.
    pub rules_version: Version,
    /// The terms both parties sign.
    pub terms_sha256: Digest,
    /// The same by SM3.
    pub terms_sm3: Digest,
    /// When the contract was drafted.
    pub drafted_at: Timestamp,
    /// When the holder signed.
    pub signed_by_consumer_at: Option<Timestamp>,
    /// When the merchant signed.
    pub signed_by_merchant_at: Option<Timestamp>,
    /// When the deposit was credited.
    pub active_since: Option<Timestamp>,
    /// The day the consumer paid: the later of payment and credit.
    pub paid_on: Option<Date>,
    /// Last day of service.
    pub ends_on: Option<Date>,
    /// First moment after the cooling-off period.
    pub cooling_off_until: Option<Timestamp>,
    /// What all deliveries that are neither voided nor reversed have used; the days of a period that were posted.
    pub live: Live,
    /// Amounts of the same deliveries; what was posted of a period.
    pub amount_live: Amount,
    /// The day through which a period contract's open days were posted; for other kinds, and before the money has
    /// come, none.
    pub accrued_through: Option<Date>,
    /// The deposit now waiting for payment.
    pub open_deposit: Option<DepositId>,
    /// The refund now open.
    pub open_refund: Option<RefundId>,
    /// Principal paid in.
    pub deposited: Amount,
    /// Balance of `contract/{id}/held`.
    pub held: Delta,
    /// Balance of `contract/{id}/pending`.
    pub pending: Delta,
    /// Balance of `contract/{id}/frozen`.
    pub frozen: Delta,
    /// What left the contract for the merchant's payable account.
    pub to_merchant: Amount,
    /// What left the contract for the consumer.
    pub refunded: Amount,
    /// The part of that which the bank has not paid yet.
    pub unpaid: Amount,
    /// What disputes have given the merchant beyond what the deliveries in them are worth; below zero, what they have
    /// given less. It is decided, so that no refund takes it back.
    pub settled: Delta,
    /// How many times those concerned were warned that its money lies unclaimed.
    pub unclaimed_stage: u32,
    /// Position of the newest entry about it. Each of its entries is stored with the position of the one before.
    pub newest_entry: u64,
    /// The delivery recorded last. Each delivery names the one before.
    pub newest_delivery: Option<DeliveryId>,
    /// How old the holder was when they chose the plan, or took the contract over.
    pub holder_age: AgeClass,
    /// Commitment to the guardian who has consented.
    pub guardian: Option<Digest>,
    /// Since when the holder is the holder, where somebody else was before.
    pub holder_since: Option<Timestamp>,
    /// To whom the holder offers it.
    pub transfer_to: Option<ConsumerId>,
    /// Commitment to the guardian who has consented that this person takes it over.
    pub transfer_guardian: Option<Digest>,
    /// The court orders on its money that are open, in the order in which they came.
    pub court_orders: Vec<FreezeId>,
}

impl Contract {
    /// Whether everything that was bought has been used, and its whole price released.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.live.is_all_of(&self.figures) && self.amount_live >= self.figures.price
    }

    /// What escrow holds of it, contested money included.
    #[must_use]
    pub fn in_escrow(&self) -> Amount {
        let parts = [self.held, self.pending, self.frozen];
        parts.into_iter().try_fold(Delta::ZERO, Delta::checked_add).and_then(Delta::amount).unwrap_or_default()
    }

    /// What is in escrow of it, or on its way there.
    #[must_use]
    pub fn entrusted(&self) -> Amount {
        let coming = if self.open_deposit.is_some() { self.figures.price } else { Amount::ZERO };
        self.in_escrow().saturating_add(coming)
    }

    /// Whether a refund can be asked for: while it runs, and where undelivered money came free after it was closed.
    #[must_use]
    pub fn may_be_refunded(&self) -> bool {
        match self.state {
            ContractState::Active | ContractState::Completed => true,
            ContractState::Closing | ContractState::Terminated => self.held > Delta::ZERO,
            _ => false,
        }
    }

    /// What disputes have settled, with one more split in which deliveries worth `counted` count.
    #[must_use]
    pub fn settled_with(&self, split: &Split, counted: Amount) -> Delta {
        let more = self.settled.checked_add(split.merchant.credit());
        more.and_then(|more| more.checked_add(counted.debit())).unwrap_or(self.settled)
    }

    /// What somebody could still claim of it: what is in escrow, or ordered back and not paid yet.
    #[must_use]
    pub fn claimable(&self) -> Amount {
        self.in_escrow().saturating_add(self.unpaid)
    }

    /// Invariant I3: what was deposited is all still here, with the merchant, or refunded.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        [self.held, self.pending, self.frozen, self.to_merchant.credit(), self.refunded.credit()]
            .into_iter()
            .try_fold(Delta::ZERO, Delta::checked_add)
            == Some(self.deposited.credit())
    }
}

/// Money a consumer set out to pay in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// Its id, which is also the payment reference.
    pub id: DepositId,
    /// The contract it is for.
    pub contract: ContractId,
    /// Who pays.
    pub consumer: ConsumerId,
    /// Whose service it buys.
    pub merchant: MerchantId,
    /// How far it has come.
    pub state: DepositState,
    /// Goes up with every change.
    pub revision: u64,
    /// What is due.
    pub amount: Amount,
    /// The channel the consumer chose.
    pub channel: Name,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it can no longer be paid.
    pub expires_at: Timestamp,
    /// When the money was credited.
    pub credited_at: Option<Timestamp>,
    /// First moment after the cooling-off period.
    pub cooling_off_until: Option<Timestamp>,
    /// Last day of the service it buys.
    pub ends_on: Option<Date>,
    /// How many times those concerned were warned that its money lies unclaimed.
    pub unclaimed_stage: u32,
}

/// Money received that matches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspense {
    /// Its id.
    pub id: SuspenseId,
    /// How far it has come.
    pub state: SuspenseState,
    /// Goes up with every change.
    pub revision: u64,
    /// What was received.
    pub amount: Amount,
    /// By which channel.
    pub channel: Name,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
    /// The deposit it named, where there is one.
    pub deposit: Option<DepositId>,
    /// Why it matched nothing.
    pub reason: SuspenseReason,
    /// When it was received.
    pub received_at: Timestamp,
}

text_enum! {
    /// Why a receipt matched nothing.
    SuspenseReason {
        AlreadyPaid = "already_paid",
        WrongAmount = "wrong_amount",
        Late = "late",
        UnknownDeposit = "unknown_deposit",
    }
}

/// A short-lived, single-use code that the holder's phone shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckinCode {
    /// SHA-256 of the code.
    pub digest: Digest,
    /// The contract it is for.
    pub contract: ContractId,
    /// When it stops being good.
    pub expires_at: Timestamp,
    /// Whether a delivery has used it.
    pub used: bool,
}

/// One message of a channel that was taken in; it is never taken in twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelTransaction {
    /// Digest of channel and transaction id.
    pub digest: Digest,
    /// What it became part of: a repeated message is answered with it.
    pub subject: ObjectId,
    /// When it was taken in.
    pub received_at: Timestamp,
}
