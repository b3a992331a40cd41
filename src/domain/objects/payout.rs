//! Settlements (结算), payouts (划款) and payout returns (退票).

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, Party, PayoutId, RefundId, ReturnId, SettlementId, UserId};
use crate::domain::money::{Amount, Delta};
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;

text_enum! {
    /// How far a settlement has come.
    SettlementState {
        Proposed = "proposed",
        Released = "released",
        Paid = "paid",
        Rejected = "rejected",
    }
}

text_enum! {
    /// How far a payout has come.
    PayoutState {
        Created = "created",
        Submitted = "submitted",
        Settled = "settled",
        Rejected = "rejected",
        Cancelled = "cancelled",
    }
}

/// A notary's release of a merchant's earned money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Its id.
    pub id: SettlementId,
    /// Whose money it is.
    pub merchant: MerchantId,
    /// How far it has come.
    pub state: SettlementState,
    /// Goes up with every change, above all of the amount.
    pub revision: u64,
    /// The sum of the deliveries it takes, and of `returned`.
    pub amount: Amount,
    /// The part of the amount that is not from deliveries: what the merchant had as `unreleased`. It is negative where a
    /// court has ordered more of it to be set aside.
    pub returned: Delta,
    /// How many deliveries it takes.
    pub count: u64,
    /// It takes what matured after this moment …
    pub since: Timestamp,
    /// … up to and including this one.
    pub cutoff: Timestamp,
    /// The notary who proposed it.
    pub proposed_by: UserId,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// The notary who approved it.
    pub approved_by: Option<UserId>,
    /// The payout it led to.
    pub payout: Option<PayoutId>,
    /// Position of the newest entry about it: what a decider has reviewed.
    pub newest_entry: u64,
}

/// One bank transfer out. It carries either a settlement or a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// How far it has come.
    pub state: PayoutState,
    /// Goes up with every change.
    pub revision: u64,
    /// How much.
    pub amount: Amount,
    /// Who is paid.
    pub payee: Party,
    /// The settlement it pays.
    pub settlement: Option<SettlementId>,
    /// The refund it pays.
    pub refund: Option<RefundId>,
    /// Commitment to the record of the account paid.
    pub account: Digest,
    /// When it was created.
    pub created_at: Timestamp,
    /// The return that undid it.
    pub returned_by: Option<ReturnId>,
}

/// The bank giving a settled payout back. It is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutReturn {
    /// Its id.
    pub id: ReturnId,
    /// The payout that came back.
    pub payout: PayoutId,
    /// How much came back.
    pub amount: Amount,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}
