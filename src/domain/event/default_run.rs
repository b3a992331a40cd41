//! Default runs: from the proposal to the last contract.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, MerchantId, RefundId, RunId, SettlementId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{Listed, Live, Notice, Progress, Proof, RunCause, RunMode, RunOutcome};
use crate::domain::refund::Reason;
use crate::domain::signature::Signature;
use crate::domain::statement::Review;
use crate::domain::time::{Date, Timestamp};

/// A notary proposes to end a merchant's contracts. Unless it is a drill, sales and releases stop here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRunProposed {
    /// The undelivered money of the contracts that it would end.
    pub amount: Amount,
    /// Why.
    pub cause: RunCause,
    /// How many contracts.
    pub contracts: u64,
    /// Whose.
    pub merchant: MerchantId,
    /// Whether it is to move money.
    pub mode: RunMode,
    /// How the merchant was told.
    pub notice: Option<Notice>,
    /// Until when the merchant can object.
    pub object_by: Option<Timestamp>,
    /// What shows a default.
    pub proofs: Vec<Proof>,
    /// Commitment to what the proposer says about it.
    pub reason: Option<Digest>,
    /// The run.
    pub run: RunId,
}

/// The merchant objects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRunObjected {
    /// Who objects.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
    /// The run.
    pub run: RunId,
}

/// Another notary ordered the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRunApproved {
    /// How many contracts it will come to.
    pub contracts: u64,
    /// What the merchant has earned and not received; a real default sets it aside.
    pub frozen: Amount,
    /// Whose contracts end.
    pub merchant: MerchantId,
    /// What was reviewed.
    pub review: Review,
    /// The run.
    pub run: RunId,
    /// The open proposal that can never be released now.
    pub settlement: Option<SettlementId>,
    /// The notary's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// A notary took the proposal back: the merchant stands as before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRunRescinded {
    /// Whose contracts go on.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
    /// The run.
    pub run: RunId,
}

/// A run gives a contract's unspent money back. A refund that was open is taken over, so that there is never a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRunContractRefunded {
    /// What goes back.
    pub amount: Amount,
    /// The notary who approved the run.
    pub approved_by: UserId,
    /// Who gets it.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// What had been used and delivered of it by that day.
    pub live: Live,
    /// Who served.
    pub merchant: MerchantId,
    /// What the merchant had earned of the contract's undelivered money.
    pub merchant_share: Amount,
    /// When it must have been paid.
    pub pay_by: Timestamp,
    /// The notary who proposed the run.
    pub proposed_by: UserId,
    /// Why money goes back, for a refund that nobody had asked for.
    pub reason: Reason,
    /// The refund.
    pub refund: RefundId,
    /// The day up to which the merchant has earned, as the office counts days: that of the request, where one was open.
    pub requested_on: Date,
    /// The run.
    pub run: RunId,
}

/// A run came to a contract without anything to give back now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRunContractPassed {
    /// The holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// Who serves.
    pub merchant: MerchantId,
    /// Why.
    pub outcome: RunOutcome,
    /// The run.
    pub run: RunId,
}

/// A run has come so far. The contracts that it could not refund in full are never more than it takes in one go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRunAdvanced {
    /// The contract it came to last.
    pub cursor: ContractId,
    /// Which of the contracts since the last such event could not be refunded in full.
    pub listed: Vec<Listed>,
    /// Whose contracts end.
    pub merchant: MerchantId,
    /// How far it has come in all.
    pub progress: Progress,
    /// The run.
    pub run: RunId,
}

/// A run has come to every contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultRunFinished {
    /// Whose contracts have ended.
    pub merchant: MerchantId,
    /// The run.
    pub run: RunId,
}
