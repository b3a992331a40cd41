//! Default runs (跑路): one order that gives the consumers of a merchant who no longer performs their unspent money
//! back. The same machinery serves an orderly exit, and a drill that posts nothing.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ContractId, MerchantId, RefundId, RunId, UserId};
use crate::domain::money::Amount;
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;

text_enum! {
    /// How far a run has come.
    RunState {
        Proposed = "proposed",
        Running = "running",
        Done = "done",
        Rescinded = "rescinded",
    }
}

text_enum! {
    /// Why the merchant's contracts are ended.
    RunCause {
        Default = "default",
        Exit = "exit",
    }
}

text_enum! {
    /// Whether it moves money. A drill counts what a real run would do, and holds nobody up.
    RunMode {
        Real = "real",
        Drill = "drill",
    }
}

text_enum! {
    /// What a proof of a default shows.
    ProofKind {
        SiteVisit = "site_visit",
        BankReturn = "bank_return",
        Complaints = "complaints",
        AuthorityNotice = "authority_notice",
        Unreachable = "unreachable",
    }
}

text_enum! {
    /// By what way the merchant was told.
    NoticeHow {
        InPerson = "in_person",
        Courier = "courier",
        RegisteredMail = "registered_mail",
        Phone = "phone",
        Message = "message",
        Email = "email",
        PostedOnSite = "posted_on_site",
        Published = "published",
    }
}

text_enum! {
    /// What a run came to with a contract that it did not plainly refund.
    RunOutcome {
        Cancelled = "cancelled",
        NothingLeft = "nothing_left",
        Disputed = "disputed",
        CourtOrder = "court_order",
        NeedsAccount = "needs_account",
        Waiting = "waiting",
    }
}

/// A document that shows a default. Its fields stand in the order in which the log writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// What it shows.
    pub kind: ProofKind,
    /// SHA-256 of the document.
    pub sha256: Digest,
    /// SM3 of the document.
    pub sm3: Digest,
}

/// How the merchant was told of the proposal. Its fields stand in the order in which the log writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// By what way.
    pub how: NoticeHow,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// SHA-256 of the notice.
    pub sha256: Digest,
    /// SM3 of the notice.
    pub sm3: Digest,
}

/// How far a run has come, in contracts. Its fields stand in the order in which the log writes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Drafts and signed contracts that were cancelled.
    pub cancelled: u64,
    /// Contracts with money that is frozen; what was free of it is among the refunds.
    pub disputed: u64,
    /// Contracts it has come to.
    pub done: u64,
    /// Refunds of consumers who have named no account.
    pub needs_account: u64,
    /// What the refunds sum to.
    pub refunded: Amount,
    /// How many refunds it has ordered.
    pub refunds: u64,
    /// Contracts there were when it was approved.
    pub total: u64,
    /// Contracts with deliveries that still wait for an answer, and with nothing frozen.
    pub waiting: u64,
}

/// A contract whose money a run could not give back, or not all of it. Its fields stand in the order in which the log
/// writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// What is frozen, waits for an answer, or cannot be paid out.
    pub amount: Amount,
    /// The contract.
    pub contract: ContractId,
    /// Why.
    pub outcome: RunOutcome,
    /// The refund of what was free.
    pub refund: Option<RefundId>,
}

/// The same as a row of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunContract {
    /// The run.
    pub run: RunId,
    /// The contract.
    pub contract: ContractId,
    /// Why.
    pub outcome: RunOutcome,
    /// What is frozen, waits for an answer, or cannot be paid out.
    pub amount: Amount,
    /// The refund of what was free.
    pub refund: Option<RefundId>,
}

/// One run over the contracts of a merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultRun {
    /// Its id.
    pub id: RunId,
    /// Whose contracts it ends.
    pub merchant: MerchantId,
    /// How far it has come.
    pub state: RunState,
    /// Goes up with every change.
    pub revision: u64,
    /// Why.
    pub cause: RunCause,
    /// Whether it moves money.
    pub mode: RunMode,
    /// What shows the default.
    pub proofs: Vec<Proof>,
    /// How the merchant was told.
    pub notice: Option<Notice>,
    /// Commitment to what the proposer says about it.
    pub reason: Option<Digest>,
    /// Contracts that it would end when it was proposed.
    pub contracts: u64,
    /// Their undelivered money at that time.
    pub amount: Amount,
    /// The notary who proposed it.
    pub proposed_by: UserId,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// Until when the merchant can object; from then on it can be approved.
    pub object_by: Option<Timestamp>,
    /// When the merchant objected.
    pub objected_at: Option<Timestamp>,
    /// Commitment to the merchant's reason.
    pub objection: Option<Digest>,
    /// The notary who approved it.
    pub approved_by: Option<UserId>,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// What the merchant had earned and not received when it was approved: set aside by a default.
    pub frozen: Amount,
    /// When it was done, or rescinded.
    pub ended_at: Option<Timestamp>,
    /// Commitment to why it was rescinded.
    pub rescinded: Option<Digest>,
    /// The contract it came to last; contracts are taken in the order of their ids.
    pub cursor: Option<ContractId>,
    /// How far it has come.
    pub progress: Progress,
    /// Position of the newest entry about it: what a decider has reviewed.
    pub newest_entry: u64,
}

impl DefaultRun {
    /// True while it holds sales and releases up.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.mode == RunMode::Real && matches!(self.state, RunState::Proposed | RunState::Running)
    }

    /// True where it moves money and says that the merchant is gone.
    #[must_use]
    pub fn is_real_default(&self) -> bool {
        self.mode == RunMode::Real && self.cause == RunCause::Default
    }
}

impl Proof {
    /// True where two different documents show a default in two different ways.
    #[must_use]
    pub fn suffice(proofs: &[Self]) -> bool {
        let differ = |one: &Self, other: &Self| one.kind != other.kind && one.sha256 != other.sha256;
        proofs.iter().any(|one| proofs.iter().any(|other| differ(one, other)))
    }
}
