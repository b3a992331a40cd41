//! What a command is: which objects it needs, and what it decides.

use std::fmt::Debug;

use crate::domain::account::Account;
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::Fact;
use crate::domain::id::{
    AlarmId, ConsumerId, ContractId, DeliveryId, DepositId, DisputeId, EvidenceId, FreezeId, LogKeyId, MerchantId,
    ObjectId, Party, PayoutId, PlanId, ProposalId, RefundId, ReturnId, RulesId, RunId, SettlementId, SuspenseId,
    UserId, VenueId,
};
use crate::domain::rejection::Rejection;
use crate::domain::signature::SignerKey;
use crate::domain::state::State;
use crate::domain::time::{Date, Timestamp};

/// One row, or set of rows, that a command needs. What an object points to comes along by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A user.
    User(UserId),
    /// Who signs in under a name, by the digest of the name.
    Login(Digest),
    /// Whose key it is, by the key.
    SigningKey(SignerKey),
    /// A merchant.
    Merchant(MerchantId),
    /// A consumer.
    Consumer(ConsumerId),
    /// A venue.
    Venue(VenueId),
    /// The opening mark of a day.
    OpenMark(VenueId, Date),
    /// A plan.
    Plan(PlanId),
    /// One version of a plan.
    PlanVersion(PlanId, u32),
    /// A contract.
    Contract(ContractId),
    /// A deposit.
    Deposit(DepositId),
    /// A check-in code, by its digest.
    CheckinCode(Digest),
    /// A channel's message, by its digest.
    ChannelTransaction(Digest),
    /// A receipt that matches nothing.
    Suspense(SuspenseId),
    /// A delivery.
    Delivery(DeliveryId),
    /// A freeze.
    Freeze(FreezeId),
    /// A dispute.
    Dispute(DisputeId),
    /// A proposal.
    Proposal(ProposalId),
    /// A piece of evidence.
    Evidence(EvidenceId),
    /// A settlement.
    Settlement(SettlementId),
    /// A payout.
    Payout(PayoutId),
    /// A payout return.
    PayoutReturn(ReturnId),
    /// A refund.
    Refund(RefundId),
    /// A default run.
    Run(RunId),
    /// A key of the log.
    LogKey(LogKeyId),
    /// A file of rules.
    Rules(RulesId),
    /// An alarm.
    Alarm(AlarmId),
    /// A bank, channel or office account.
    Account(Account),
    /// What a settlement of a merchant would take; none for "now".
    Matured(MerchantId, Option<Timestamp>),
    /// All keys of the log.
    LogKeys,
    /// The alarms that stand.
    StandingAlarms,
    /// What a consumer has with a merchant that may hold money.
    Portfolio(ConsumerId, MerchantId),
    /// The same for the consumer and the merchant of a contract, where limits on totals ask for it.
    PortfolioOf(ContractId),
    /// The same for a consumer who would buy a plan.
    PortfolioFor(ConsumerId, PlanId),
    /// A contract, and what the consumer to whom it is offered has with its merchant, where limits on totals ask for it.
    PortfolioOfOffered(ContractId),
    /// All pending deliveries of the contract of a refund.
    PendingOf(RefundId),
    /// All pending deliveries of a contract.
    PendingIn(ContractId),
    /// How many contracts of a merchant a run would come to, and what they hold.
    OpenContracts(MerchantId),
    /// The same for a run's merchant, with the payouts to it that were not handed to the bank.
    ApprovalOf(RunId),
    /// The contracts that a run comes to next.
    NextOfRun(RunId),
}

impl From<Party> for Key {
    fn from(party: Party) -> Self {
        match party {
            Party::Merchant(id) => Self::Merchant(id),
            Party::Consumer(id) => Self::Consumer(id),
        }
    }
}

impl Key {
    /// The row of an object; none for a request, which has no row.
    #[must_use]
    pub const fn of_object(id: ObjectId) -> Option<Self> {
        Some(match id {
            ObjectId::UserId(id) => Self::User(id),
            ObjectId::MerchantId(id) => Self::Merchant(id),
            ObjectId::ConsumerId(id) => Self::Consumer(id),
            ObjectId::VenueId(id) => Self::Venue(id),
            ObjectId::PlanId(id) => Self::Plan(id),
            ObjectId::ContractId(id) => Self::Contract(id),
            ObjectId::DepositId(id) => Self::Deposit(id),
            ObjectId::DeliveryId(id) => Self::Delivery(id),
            ObjectId::SettlementId(id) => Self::Settlement(id),
            ObjectId::PayoutId(id) => Self::Payout(id),
            ObjectId::ReturnId(id) => Self::PayoutReturn(id),
            ObjectId::RefundId(id) => Self::Refund(id),
            ObjectId::FreezeId(id) => Self::Freeze(id),
            ObjectId::DisputeId(id) => Self::Dispute(id),
            ObjectId::ProposalId(id) => Self::Proposal(id),
            ObjectId::EvidenceId(id) => Self::Evidence(id),
            ObjectId::SuspenseId(id) => Self::Suspense(id),
            ObjectId::RunId(id) => Self::Run(id),
            ObjectId::LogKeyId(id) => Self::LogKey(id),
            ObjectId::RulesId(id) => Self::Rules(id),
            ObjectId::AlarmId(id) => Self::Alarm(id),
            ObjectId::RequestId(_) => return None,
        })
    }

    /// True for sets of rows, which storage must hold before they are read.
    #[must_use]
    pub const fn is_set(self) -> bool {
        matches!(
            self,
            Self::Matured(..)
                | Self::PendingOf(_)
                | Self::PendingIn(_)
                | Self::LogKeys
                | Self::StandingAlarms
                | Self::OpenContracts(_)
                | Self::ApprovalOf(_)
                | Self::NextOfRun(_)
        )
    }
}

/// What a command leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// What happened, in order; empty when there was nothing to do.
    pub facts: Vec<Fact>,
    /// The object that the reply shows.
    pub shows: ObjectId,
}

impl Decided {
    /// One fact and the object it is about.
    #[must_use]
    pub fn one(shows: impl Into<ObjectId>, fact: Fact) -> Self {
        Self { facts: vec![fact], shows: shows.into() }
    }
}

/// One thing a caller can ask of the ledger.
pub trait Command: Debug + Send {
    /// Its name in `api-spec/commands.csv`.
    fn name(&self) -> &'static str;

    /// The objects it needs.
    fn keys(&self) -> Vec<Key>;

    /// Decides: all refusals first, then what happens. Pure.
    ///
    /// # Errors
    /// The refusal.
    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection>;
}
