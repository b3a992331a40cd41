//! Settlements, payouts, refunds.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, MerchantId, Party, PayoutId, RefundId, ReturnId, SettlementId};
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::{Basis, Claims, Figures};
use crate::domain::refund::Reason;
use crate::domain::signature::Signature;
use crate::domain::statement::Review;
use crate::domain::time::{Date, Timestamp};

/// A notary proposes to release a merchant's matured deliveries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementProposed {
    /// Their sum, and what no delivery stands for.
    pub amount: Amount,
    /// How many deliveries they are.
    pub count: u64,
    /// It takes what matured up to here …
    pub cutoff: Timestamp,
    /// Whose they are.
    pub merchant: MerchantId,
    /// What came back from the bank or with refunds, less what a court has ordered to be set aside.
    pub returned: Delta,
    /// The settlement.
    pub settlement: SettlementId,
    /// … and after here.
    pub since: Timestamp,
}

/// Another notary released the proposal as reviewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementReleased {
    /// What is released.
    pub amount: Amount,
    /// How many deliveries.
    pub count: u64,
    /// Up to here.
    pub cutoff: Timestamp,
    /// Whose money it is.
    pub merchant: MerchantId,
    /// What came back from the bank or with refunds, less what a court has ordered to be set aside.
    pub returned: Delta,
    /// What was reviewed.
    pub review: Review,
    /// The settlement.
    pub settlement: SettlementId,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// A notary turned the proposal down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementRejected {
    /// Whose money it is.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
    /// What was reviewed.
    pub review: Review,
    /// The settlement.
    pub settlement: SettlementId,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// A bank transfer is to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutCreated {
    /// Commitment to the account paid.
    pub account: Digest,
    /// How much.
    pub amount: Amount,
    /// The contract refunded.
    pub contract: Option<ContractId>,
    /// Who is paid.
    pub payee: Party,
    /// The payout.
    pub payout: PayoutId,
    /// The refund it pays.
    pub refund: Option<RefundId>,
    /// The settlement it pays.
    pub settlement: Option<SettlementId>,
}

/// The transfer was handed to the bank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutSubmitted {
    /// The contract refunded.
    pub contract: Option<ContractId>,
    /// Who is paid.
    pub payee: Party,
    /// The payout.
    pub payout: PayoutId,
    /// The refund it pays.
    pub refund: Option<RefundId>,
    /// The settlement it pays.
    pub settlement: Option<SettlementId>,
}

/// The bank made the transfer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutSettled {
    /// How much.
    pub amount: Amount,
    /// The contract refunded.
    pub contract: Option<ContractId>,
    /// Who was paid.
    pub payee: Party,
    /// The payout.
    pub payout: PayoutId,
    /// The refund it pays.
    pub refund: Option<RefundId>,
    /// The settlement it pays.
    pub settlement: Option<SettlementId>,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

/// The bank refused the transfer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutRejected {
    /// How much.
    pub amount: Amount,
    /// The contract refunded.
    pub contract: Option<ContractId>,
    /// Who was to be paid.
    pub payee: Party,
    /// The payout.
    pub payout: PayoutId,
    /// The refund it was to pay.
    pub refund: Option<RefundId>,
    /// The settlement it was to pay.
    pub settlement: Option<SettlementId>,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

/// The bank gave a settled transfer back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutReturned {
    /// How much.
    pub amount: Amount,
    /// The contract refunded.
    pub contract: Option<ContractId>,
    /// Who was paid.
    pub payee: Party,
    /// The payout.
    pub payout: PayoutId,
    /// The return.
    pub payout_return: ReturnId,
    /// The refund it paid.
    pub refund: Option<RefundId>,
    /// The settlement it paid.
    pub settlement: Option<SettlementId>,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

/// The transfer is not made: it had not been handed to the bank when its payee was found in default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutCancelled {
    /// How much.
    pub amount: Amount,
    /// The contract refunded.
    pub contract: Option<ContractId>,
    /// Who was to be paid.
    pub payee: Party,
    /// The payout.
    pub payout: PayoutId,
    /// The refund it was to pay.
    pub refund: Option<RefundId>,
    /// The settlement it was to pay.
    pub settlement: Option<SettlementId>,
}

/// The consumer asks for money back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRequested {
    /// The amount the parties agreed on, or that was awarded.
    pub agreed: Option<Amount>,
    /// Until when the merchant can answer.
    pub answer_by: Option<Timestamp>,
    /// Until when the merchant can claim prior service, where the service orders the refund by itself after that.
    pub claim_by: Option<Timestamp>,
    /// What the consumer brings.
    pub claims: Option<Claims>,
    /// Who asks.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// SHA-256 of the award that is to be paid.
    pub document_sha256: Option<Digest>,
    /// SM3 of the same.
    pub document_sm3: Option<Digest>,
    /// What the engine makes of it.
    pub figures: Figures,
    /// Who answers.
    pub merchant: MerchantId,
    /// Commitment to the consumer's note.
    pub note: Option<Digest>,
    /// Whether the same service had been received before.
    pub prior_same_service: bool,
    /// Why.
    pub reason: Reason,
    /// The refund.
    pub refund: RefundId,
    /// The day it was asked for.
    pub requested_on: Date,
}

/// The merchant agreed or objected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundAnswered {
    /// Whether the merchant agrees.
    pub accept: bool,
    /// What the merchant would give back instead.
    pub amount: Option<Amount>,
    /// What the merchant brings.
    pub claims: Option<Claims>,
    /// Who asked.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who answered.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
    /// The refund.
    pub refund: RefundId,
}

/// The contract's money changed while the refund was open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRecalculated {
    /// Who asked.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// What the engine makes of it now.
    pub figures: Figures,
    /// Who answers.
    pub merchant: MerchantId,
    /// The refund.
    pub refund: RefundId,
}

/// A notary decided, and another one must approve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundProposed {
    /// What is to go back.
    pub amount: Amount,
    /// On what basis.
    pub basis: Basis,
    /// Who asked.
    pub consumer: ConsumerId,
    /// What is to be contested beyond it, where it is the part that nobody disputes.
    pub contested: Option<Amount>,
    /// The contract.
    pub contract: ContractId,
    /// SHA-256 of the document it rests on.
    pub document_sha256: Option<Digest>,
    /// SM3 of the document it rests on.
    pub document_sm3: Option<Digest>,
    /// Who serves.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
    /// The refund.
    pub refund: RefundId,
    /// What was reviewed.
    pub review: Review,
    /// What the law gives beyond what escrow holds.
    pub shortfall: Amount,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// Money goes back to the consumer, and the contract closes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundOrdered {
    /// What goes back.
    pub amount: Amount,
    /// On what basis.
    pub basis: Basis,
    /// Who gets it.
    pub consumer: ConsumerId,
    /// What is contested beyond it, where it is the part that nobody disputes: the next entries open a dispute over
    /// that much.
    pub contested: Option<Amount>,
    /// The contract.
    pub contract: ContractId,
    /// SHA-256 of the document it rests on.
    pub document_sha256: Option<Digest>,
    /// SM3 of the document it rests on.
    pub document_sm3: Option<Digest>,
    /// Who serves.
    pub merchant: MerchantId,
    /// What goes to the merchant with it.
    pub merchant_share: Amount,
    /// When it must have been paid.
    pub pay_by: Timestamp,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
    /// The refund.
    pub refund: RefundId,
    /// What was reviewed.
    pub review: Review,
    /// What the law gives beyond what escrow holds.
    pub shortfall: Amount,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// A notary turned the request down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundDeclined {
    /// Who asked.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who serves.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
    /// The refund.
    pub refund: RefundId,
    /// What was reviewed.
    pub review: Review,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// The consumer stepped back from the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundWithdrawn {
    /// Who asked.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who serves.
    pub merchant: MerchantId,
    /// The refund.
    pub refund: RefundId,
}
