//! An object as it stood at a position: from its own entries, not from the tables.
//!
//! This is how a remembered reply is given again, word for word, although the object has changed since.

use super::entry::Entry;
use crate::domain::account::Account;
use crate::domain::id::{ContractId, MerchantId, ObjectId, PayoutId};
use crate::domain::objects::{
    AdoptedRules, Alarm, Consumer, Contract, DefaultRun, Delivery, Deposit, Dispute, Evidence, Freeze, LogKey,
    Merchant, Payout, PayoutReturn, Plan, PlanVersion, Proposal, Refund, Settlement, Suspense, User, Venue,
};
use crate::domain::state::State;
use crate::domain::table::Knowledge;
use crate::domain::time::Timestamp;
use crate::store::entries::Span;
use crate::store::{self, Connection, objects, postings, subjects};

/// Any object that a reply can show.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// A user.
    User(User),
    /// A merchant.
    Merchant(Merchant),
    /// A consumer.
    Consumer(Consumer),
    /// A venue.
    Venue(Venue),
    /// A plan with its newest version.
    Plan(Plan, PlanVersion),
    /// A contract.
    Contract(Box<Contract>),
    /// A deposit.
    Deposit(Deposit),
    /// A delivery.
    Delivery(Delivery),
    /// A settlement.
    Settlement(Settlement),
    /// A payout.
    Payout(Payout),
    /// A payout return.
    PayoutReturn(PayoutReturn),
    /// A refund with the contract it is about.
    Refund(Box<Refund>, Box<Contract>),
    /// A freeze.
    Freeze(Freeze),
    /// A dispute.
    Dispute(Box<Dispute>),
    /// A proposal.
    Proposal(Proposal),
    /// A piece of evidence.
    Evidence(Evidence),
    /// A receipt that matches nothing.
    Suspense(Suspense),
    /// A default run.
    DefaultRun(Box<DefaultRun>),
    /// A key of the log.
    LogKey(LogKey),
    /// A file of rules.
    Rules(AdoptedRules),
    /// An alarm.
    Alarm(Alarm),
}

impl Object {
    /// The object under an id, as `state` has it.
    #[must_use]
    pub fn of(state: &State, id: ObjectId) -> Option<Self> {
        match id {
            ObjectId::UserId(id) => state.users.get(id).cloned().map(Self::User),
            ObjectId::MerchantId(id) => state.merchants.get(id).cloned().map(Self::Merchant),
            ObjectId::ConsumerId(id) => state.consumers.get(id).cloned().map(Self::Consumer),
            ObjectId::VenueId(id) => state.venues.get(id).cloned().map(Self::Venue),
            ObjectId::PlanId(id) => {
                let plan = state.plans.get(id)?;
                let version = state.plan_versions.get((id, plan.version))?;
                Some(Self::Plan(plan.clone(), version.clone()))
            }
            ObjectId::ContractId(id) => state.contracts.get(id).cloned().map(Box::new).map(Self::Contract),
            ObjectId::DepositId(id) => state.deposits.get(id).cloned().map(Self::Deposit),
            ObjectId::DeliveryId(id) => state.deliveries.get(id).cloned().map(Self::Delivery),
            ObjectId::SettlementId(id) => state.settlements.get(id).cloned().map(Self::Settlement),
            ObjectId::PayoutId(id) => state.payouts.get(id).cloned().map(Self::Payout),
            ObjectId::ReturnId(id) => state.payout_returns.get(id).cloned().map(Self::PayoutReturn),
            ObjectId::RefundId(id) => {
                let refund = state.refunds.get(id)?;
                let contract = state.contracts.get(refund.contract)?;
                Some(Self::Refund(Box::new(refund.clone()), Box::new(contract.clone())))
            }
            ObjectId::FreezeId(id) => state.freezes.get(id).cloned().map(Self::Freeze),
            ObjectId::DisputeId(id) => state.disputes.get(id).cloned().map(Box::new).map(Self::Dispute),
            ObjectId::ProposalId(id) => state.proposals.get(id).cloned().map(Self::Proposal),
            ObjectId::EvidenceId(id) => state.evidence.get(id).cloned().map(Self::Evidence),
            ObjectId::SuspenseId(id) => state.suspense.get(id).cloned().map(Self::Suspense),
            ObjectId::RunId(id) => state.default_runs.get(id).cloned().map(Box::new).map(Self::DefaultRun),
            ObjectId::LogKeyId(id) => state.log_keys.get(id).cloned().map(Self::LogKey),
            ObjectId::RulesId(id) => state.rules.get(id).cloned().map(Self::Rules),
            ObjectId::AlarmId(id) => state.alarms.get(id).cloned().map(Self::Alarm),
            ObjectId::RequestId(_) => None,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        match self {
            Self::User(user) => user.id.into(),
            Self::Merchant(merchant) => merchant.id.into(),
            Self::Consumer(consumer) => consumer.id.into(),
            Self::Venue(venue) => venue.id.into(),
            Self::Plan(plan, _) => plan.id.into(),
            Self::Contract(contract) => contract.id.into(),
            Self::Deposit(deposit) => deposit.id.into(),
            Self::Delivery(delivery) => delivery.id.into(),
            Self::Settlement(settlement) => settlement.id.into(),
            Self::Payout(payout) => payout.id.into(),
            Self::PayoutReturn(payout_return) => payout_return.id.into(),
            Self::Refund(refund, _) => refund.id.into(),
            Self::Freeze(freeze) => freeze.id.into(),
            Self::Dispute(dispute) => dispute.id.into(),
            Self::Proposal(proposal) => proposal.id.into(),
            Self::Evidence(evidence) => evidence.id.into(),
            Self::Suspense(suspense) => suspense.id.into(),
            Self::DefaultRun(run) => run.id.into(),
            Self::LogKey(key) => key.id.into(),
            Self::Rules(rules) => rules.id.into(),
            Self::Alarm(alarm) => alarm.id.into(),
        }
    }
}

/// The object as the entry at `position` left it, and that entry's time; none where the log holds no such thing.
///
/// # Errors
/// When the database cannot be reached, or an entry is not what this service writes.
pub fn rebuild(
    connection: &mut Connection,
    office: &str,
    object: ObjectId,
    position: u64,
) -> store::Result<Option<(Object, Timestamp)>> {
    let mut state = State::new(Knowledge::Partial);
    let mut newest = None;
    let subject = indexed_under(connection, office, object)?;
    for stored in subjects::about(connection, office, &[subject], Span::up_to(position), i64::MAX)? {
        let entry = Entry::parse(&stored.bytes).map_err(|error| store::Error::corrupt("entry", &error.to_string()))?;
        state.apply(entry.position, entry.at, entry.actor, &entry.fact);
        state.keep();
        newest = Some(entry.at);
    }
    if let ObjectId::MerchantId(merchant) = object {
        post_balances(connection, office, &mut state, merchant, position)?;
    }
    Ok(Object::of(&state, object).zip(newest))
}

/// Sets a merchant's balances to those at a position: most of the entries that post to them are about contracts.
fn post_balances(
    connection: &mut Connection,
    office: &str,
    state: &mut State,
    merchant: MerchantId,
    position: u64,
) -> store::Result<()> {
    let mut balance = |account| postings::balance_at(connection, office, account, position);
    let receivable = balance(Account::MerchantReceivable(merchant))?;
    let payable = balance(Account::MerchantPayable(merchant))?;
    let frozen = balance(Account::MerchantFrozen(merchant))?;
    let payout = balance(Account::MerchantPayout(merchant))?;
    state.merchants.change(merchant, |merchant| {
        (merchant.receivable, merchant.payable) = (receivable, payable);
        (merchant.frozen, merchant.payout) = (frozen, payout);
    });
    state.keep();
    Ok(())
}

/// The subject under which the entries of an object are found: its contract, where it has one.
///
/// # Errors
/// When the database cannot be reached.
pub fn indexed_under(connection: &mut Connection, office: &str, object: ObjectId) -> store::Result<ObjectId> {
    let contract = match object {
        ObjectId::DepositId(id) => {
            objects::deposits::load(connection, office, &[id])?.first().map(|deposit| deposit.contract)
        }
        ObjectId::DeliveryId(id) => {
            objects::deliveries::load(connection, office, &[id])?.first().map(|delivery| delivery.contract)
        }
        ObjectId::RefundId(id) => {
            objects::refunds::load(connection, office, &[id])?.first().map(|refund| refund.contract)
        }
        ObjectId::DisputeId(id) => {
            objects::disputes::load(connection, office, &[id])?.first().map(|dispute| dispute.contract)
        }
        ObjectId::FreezeId(id) => {
            objects::freezes::load(connection, office, &[id])?.first().and_then(|freeze| freeze.contract)
        }
        ObjectId::EvidenceId(id) => {
            objects::evidence::load(connection, office, &[id])?.first().map(|evidence| evidence.contract)
        }
        ObjectId::ProposalId(id) => {
            objects::proposals::load(connection, office, &[id])?.first().map(|proposal| proposal.contract)
        }
        ObjectId::PayoutId(id) => refunded_contract(connection, office, id)?,
        ObjectId::ReturnId(id) => match objects::payout_returns::load(connection, office, &[id])?.first() {
            Some(payout_return) => refunded_contract(connection, office, payout_return.payout)?,
            None => None,
        },
        _ => None,
    };
    Ok(contract.map_or(object, ObjectId::from))
}

/// The contract whose refund a payout pays.
fn refunded_contract(connection: &mut Connection, office: &str, id: PayoutId) -> store::Result<Option<ContractId>> {
    let refund = objects::payouts::load(connection, office, &[id])?.first().and_then(|payout| payout.refund);
    Ok(match refund {
        Some(id) => objects::refunds::load(connection, office, &[id])?.first().map(|refund| refund.contract),
        None => None,
    })
}
