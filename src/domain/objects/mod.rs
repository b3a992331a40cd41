//! The objects of the books, one file a family. Each is plain data that only `State::apply` changes.

mod claims;
mod contract;
mod default_run;
mod delivery;
mod dispute;
mod evidence;
mod freeze;
mod log;
mod payout;
mod people;
mod plan;
mod refund;
mod split;
mod used;

pub use claims::{ClaimedDeduction, Claims};
pub use contract::{
    AgeClass, ChannelTransaction, CheckinCode, Contract, ContractState, Deposit, DepositState, Suspense,
    SuspenseReason, SuspenseState,
};
pub use default_run::{
    DefaultRun, Listed, Notice, NoticeHow, Progress, Proof, ProofKind, RunCause, RunContract, RunMode, RunOutcome,
    RunState,
};
pub use delivery::{ConfirmedHow, Delivery, DeliveryState, Origin};
pub use dispute::{Dispute, DisputeState, Stage};
pub use evidence::{Evidence, EvidenceState};
pub use freeze::{Cause, Freeze, FreezeState};
pub use log::{AdoptedRules, Alarm, AlarmKind, AlarmState, LogKey};
pub use payout::{Payout, PayoutReturn, PayoutState, Settlement, SettlementState};
pub use people::{Consumer, Merchant, MerchantState, OpenMark, Role, User, UserState, Venue};
pub use plan::{
    CardClass, CountSold, CourseSold, GiftSold, MilestoneSold, PeriodSold, Plan, PlanFigures, PlanKind, PlanState,
    PlanVersion, Sold, StoredValueSold,
};
pub use refund::{
    Answer, Basis, Decision, Declaration, Document, Figures, PriorService, PriorServiceState, Refund, RefundState,
};
pub use split::{Award, Proposal, ProposalState, Split};
pub use used::{DaysLive, GiftUsed, LessonsUsed, Live, MilestoneLive, Used, ValueLive, ValueUsed, VisitUsed};
