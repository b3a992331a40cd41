//! Contracts, deposits, receipts that match nothing, check-in codes.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DepositId, MerchantId, Party, PlanId, SuspenseId};
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::{AgeClass, PlanFigures, SuspenseReason};
use crate::domain::packs::Version;
use crate::domain::time::{Date, Timestamp};

/// A consumer chose a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractDrafted {
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// What both will sign, as figures.
    pub figures: PlanFigures,
    /// How old the holder is, as far as the books need it.
    pub holder_age: AgeClass,
    /// Who serves.
    pub merchant: MerchantId,
    /// The plan.
    pub plan: PlanId,
    /// Its version.
    pub plan_version: u32,
    /// The rule pack the contract is under: the most particular one for its sale.
    pub rules_pack: Name,
    /// The pack's edition.
    pub rules_version: Version,
    /// What both will sign.
    pub terms_sha256: Digest,
    /// The same by SM3.
    pub terms_sm3: Digest,
}

/// One party signed the terms; the second one makes the contract signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractSigned {
    /// Whether disputes can go to arbitration, with this signature on the terms.
    pub arbitration: bool,
    /// Who signed.
    pub by: Party,
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who serves.
    pub merchant: MerchantId,
    /// Whether silence confirms deliveries from now on.
    pub silence_confirms: bool,
    /// What was signed.
    pub terms_sha256: Digest,
    /// The same by SM3.
    pub terms_sm3: Digest,
}

/// A party stepped back before any money was credited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractCancelled {
    /// Who stepped back.
    pub by: Party,
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who serves.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
}

/// The merchant lets the holder use the contract for longer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractExtended {
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The new last day of service, later than the one before.
    pub ends_on: Date,
    /// Who serves.
    pub merchant: MerchantId,
}

/// Open days of a period contract were earned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodAccrued {
    /// What they release.
    pub amount: Amount,
    /// All days of the term until now on which no venue was open.
    pub closed_days: u64,
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The last day of the term, which each shut day moves.
    pub ends_on: Date,
    /// Who serves.
    pub merchant: MerchantId,
    /// All days of the term until now on which a venue was open.
    pub open_days: u64,
    /// The last day that was looked at: of no day up to it can the opening marks change any more.
    pub through: Date,
}

/// A guardian of the holder consented to the contract, or one of the person to whom it is offered to its being taken over
/// (民法典 arts. 19, 22).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractGuardianConsented {
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// SHA-256 of the consent.
    pub document_sha256: Digest,
    /// SM3 of the same.
    pub document_sm3: Digest,
    /// Commitment to who the guardian is.
    pub guardian: Digest,
    /// Who serves.
    pub merchant: MerchantId,
}

/// The holder offers the contract to somebody else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractTransferOffered {
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who serves.
    pub merchant: MerchantId,
    /// To whom it is offered.
    pub to: ConsumerId,
}

/// The holder takes the offer back, or the other one declines it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractTransferWithdrawn {
    /// Who says so.
    pub by: Party,
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who serves.
    pub merchant: MerchantId,
    /// To whom it was offered.
    pub to: ConsumerId,
}

/// The contract has another holder, and the merchant has been told (法释〔2025〕4号 art. 11, 民法典 art. 546). The
/// merchant's place to be told is this log: the notice is there once this entry is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractTransferred {
    /// The holder from now on.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The holder up to now.
    pub from: ConsumerId,
    /// How old the new holder is, as far as the books need it.
    pub holder_age: AgeClass,
    /// Who serves, and is told.
    pub merchant: MerchantId,
    /// When the notice reached the merchant.
    pub notified_at: Timestamp,
}

/// The consumer set out to pay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositStarted {
    /// What is due.
    pub amount: Amount,
    /// By which channel.
    pub channel: Name,
    /// Who pays.
    pub consumer: ConsumerId,
    /// For which contract.
    pub contract: ContractId,
    /// The deposit.
    pub deposit: DepositId,
    /// When it can no longer be paid.
    pub expires_at: Timestamp,
    /// Whose service it buys.
    pub merchant: MerchantId,
}

/// The money is in the special account, and the contract is active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositCredited {
    /// What was paid, in full.
    pub amount: Amount,
    /// Who paid.
    pub consumer: ConsumerId,
    /// For which contract.
    pub contract: ContractId,
    /// First moment after the cooling-off period.
    pub cooling_off_until: Timestamp,
    /// The deposit.
    pub deposit: DepositId,
    /// Last day of service.
    pub ends_on: Date,
    /// Whose service it buys.
    pub merchant: MerchantId,
    /// The later of payment and credit.
    pub paid_on: Date,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

/// The channel says that the payment failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositFailed {
    /// Who was to pay.
    pub consumer: ConsumerId,
    /// For which contract.
    pub contract: ContractId,
    /// The deposit.
    pub deposit: DepositId,
    /// Whose service it buys.
    pub merchant: MerchantId,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

/// Nobody paid in time, or the contract was cancelled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepositExpired {
    /// Who was to pay.
    pub consumer: ConsumerId,
    /// For which contract.
    pub contract: ContractId,
    /// The deposit.
    pub deposit: DepositId,
    /// Whose service it buys.
    pub merchant: MerchantId,
}

/// Money has lain in deposit for so long that those concerned are warned: the right to it lapses (民法典 art. 574).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnclaimedWarned {
    /// What can still be claimed.
    pub amount: Amount,
    /// Whose contract it is.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The deposit.
    pub deposit: DepositId,
    /// The last day on which it can be claimed.
    pub lapses_on: Date,
    /// Whose service it buys.
    pub merchant: MerchantId,
    /// The warning's number, from 1.
    pub stage: u32,
}

/// Money came in that matches nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspenseReceived {
    /// What was received.
    pub amount: Amount,
    /// By which channel.
    pub channel: Name,
    /// The deposit it named.
    pub deposit: Option<DepositId>,
    /// Why it matched nothing.
    pub reason: SuspenseReason,
    /// The receipt.
    pub suspense: SuspenseId,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

/// The holder's phone shows a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckinIssued {
    /// SHA-256 of the code.
    pub code: Digest,
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// When it stops being good.
    pub expires_at: Timestamp,
    /// Who can use it.
    pub merchant: MerchantId,
}
