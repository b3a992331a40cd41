//! What the evidence comes to: `result.json`, and all that `result.html` shows.
//!
//! It says apart what witnesses prove (`entered`) and what the service's own clock says (every other time).

use serde::Serialize;

use super::times::{Entered, Seen};
use crate::domain::account::Posting;
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::id::{
    ConsumerId, ContractId, DeliveryId, DepositId, MerchantId, PlanId, RefundId, RequestId, SettlementId,
};
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::{
    Basis, ConfirmedHow, ContractState, DeliveryState, DepositState, Live, RefundState, Sold, Used,
};
use crate::domain::refund::Reason;
use crate::domain::time::{Date, Timestamp};

/// The result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The version of this form.
    pub v: u32,
    /// The contract.
    pub contract: ContractSummary,
    /// Its money.
    pub balances: Balances,
    /// Whether what was deposited is all still there, with the merchant, or refunded.
    pub adds_up: bool,
    /// The log that its entries stand in.
    pub log: LogSummary,
    /// Its entries, and those of settlements that took its deliveries; oldest first.
    pub entries: Vec<EntryLine>,
    /// Money paid in.
    pub deposits: Vec<DepositLine>,
    /// Uses of the service.
    pub deliveries: Vec<DeliveryLine>,
    /// Releases of the merchant's money in which deliveries of this contract were.
    pub settlements: Vec<SettlementLine>,
    /// Money back.
    pub refunds: Vec<RefundLine>,
    /// Notes and reasons.
    pub texts: Vec<TextLine>,
    /// Documents with their digests.
    pub documents: Vec<DocumentLine>,
}

/// The log, and who vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogSummary {
    /// The office that keeps it.
    pub office: Name,
    /// Its name.
    pub origin: String,
    /// `live` or `demo`.
    pub mode: String,
    /// The zone in which the office counts days.
    pub time_zone: String,
    /// The key that has signed the head.
    pub key: String,
    /// How many entries the head covers.
    pub size: u64,
    /// Its root, in base64.
    pub root: String,
    /// Whether the policy asks for witnesses.
    pub witnesses_required: bool,
    /// When a quorum of them had seen the head.
    pub seen_at: Option<Timestamp>,
    /// Who has cosigned it.
    pub cosigned: Vec<CosignedLine>,
}

/// A witness's cosignature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CosignedLine {
    /// The witness's name in the policy.
    pub witness: String,
    /// Its verifier key.
    pub key: String,
    /// When, by its clock.
    pub at: Option<Timestamp>,
}

/// The contract as its entries left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContractSummary {
    /// Its id.
    pub id: ContractId,
    /// How far it has come.
    pub state: ContractState,
    /// The plan bought.
    pub plan_id: PlanId,
    /// Its version.
    pub plan_version: u32,
    /// The holder.
    pub consumer_id: ConsumerId,
    /// Who serves.
    pub merchant_id: MerchantId,
    /// What was to be paid.
    pub price: Amount,
    /// In fen of this currency, two places.
    pub currency: &'static str,
    /// What was bought.
    pub sold: Sold,
    /// What the live deliveries have used of it.
    pub used: Live,
    /// When the holder signed.
    pub signed_by_consumer_at: Option<Timestamp>,
    /// When the merchant signed.
    pub signed_by_merchant_at: Option<Timestamp>,
    /// When the deposit was credited.
    pub active_since: Option<Timestamp>,
    /// Last day of service.
    pub ends_on: Option<Date>,
    /// SHA-256 of the terms.
    pub terms_sha256: Digest,
    /// SM3 of the terms.
    pub terms_sm3: Digest,
}

/// Where the contract's money is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Balances {
    /// Paid in.
    pub deposited: Amount,
    /// Not delivered yet.
    pub held: Amount,
    /// Delivered, and not answered yet.
    pub pending: Amount,
    /// Contested, or under a court's order.
    pub frozen: Amount,
    /// Earned by the merchant.
    pub to_merchant: Amount,
    /// Ordered back to the consumer.
    pub refunded: Amount,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryLine {
    /// Its index in the log.
    pub position: u64,
    /// What happened.
    pub kind: &'static str,
    /// Who caused it.
    pub actor: Actor,
    /// The request that caused it.
    pub request: RequestId,
    /// When, by the service's own clock.
    pub at: Timestamp,
    /// Between which times it came into the log, as the witnesses prove.
    pub entered: Entered,
    /// Whether `at` is more than a minute outside of `entered`.
    pub clock_differs: bool,
    /// The money it is about.
    pub amount: Option<Amount>,
    /// The money it moved, credit-positive.
    pub postings: Vec<Posting>,
    /// SHA-256 of 0x00 and its bytes.
    pub leaf: Digest,
}

/// Money paid in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DepositLine {
    /// The deposit.
    pub id: DepositId,
    /// How much.
    pub amount: Amount,
    /// How far it has come.
    pub state: DepositState,
    /// When it was credited.
    pub credited_at: Option<Timestamp>,
}

/// One use of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryLine {
    /// The delivery.
    pub id: DeliveryId,
    /// What it uses up.
    pub used: Used,
    /// What it releases.
    pub amount: Amount,
    /// How far it has come.
    pub state: DeliveryState,
    /// When the service took place, as the merchant says.
    pub occurred_at: Timestamp,
    /// When the merchant marked it.
    pub recorded_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// What confirmed it.
    pub confirmed_how: Option<ConfirmedHow>,
    /// The settlement that took it, where the reader may see the merchant's settlements.
    pub settlement_id: Option<SettlementId>,
}

/// A release of the merchant's money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettlementLine {
    /// The settlement.
    pub id: SettlementId,
    /// When it was released.
    pub released_at: Timestamp,
    /// How many deliveries of this contract it took.
    pub deliveries: u64,
    /// Their sum.
    pub amount: Amount,
}

/// Money back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefundLine {
    /// The refund.
    pub id: RefundId,
    /// How far it has come.
    pub state: RefundState,
    /// Why it was asked for.
    pub reason: Reason,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// What the rules give.
    pub calculated: Amount,
    /// What was decided.
    pub amount: Option<Amount>,
    /// On what basis.
    pub basis: Option<Basis>,
    /// What went to the merchant with it.
    pub merchant_share: Option<Amount>,
}

/// A note or reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextLine {
    /// The entry that commits to it.
    pub position: u64,
    /// The field that does.
    pub field: String,
    /// The commitment: SHA-256 of 32 random bytes and the text.
    pub commitment: Digest,
    /// The text; none where it was erased, or where the reader may not see it.
    pub text: Option<String>,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentLine {
    /// `terms`, `dispute_evidence`, or the basis of a decision that rests on it. The digests of evidence are those of 32
    /// random bytes and the file.
    pub kind: &'static str,
    /// Its file here; none where the service does not hold it.
    pub file: Option<String>,
    /// What it is called, where the service holds it under a name.
    pub name: Option<String>,
    /// The entry that names it.
    pub position: u64,
    /// Its SHA-256.
    pub sha256: Digest,
    /// Its SM3.
    pub sm3: Digest,
}

impl Summary {
    /// The first and the last time that witnesses prove of the contract's entries.
    #[must_use]
    pub fn span(&self) -> (Option<Seen>, Option<Seen>) {
        let own = || self.entries.iter().filter(|line| line.position > 0);
        (own().next().and_then(|line| line.entered.after), own().next_back().and_then(|line| line.entered.not_later))
    }
}
