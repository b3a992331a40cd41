//! How a run ends one contract, and what that adds to its count.

use super::advance::ContractIds;
use crate::domain::account::{Account, transfer};
use crate::domain::context::Context;
use crate::domain::event::{DefaultRunContractPassed, DefaultRunContractRefunded, DepositExpired, Fact};
use crate::domain::figures::on_closing;
use crate::domain::id::{RefundId, UserId};
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::{Contract, ContractState, DefaultRun, Listed, Progress, RunMode, RunOutcome};
use crate::domain::refund::Reason;
use crate::domain::rules::as_of;
use crate::domain::state::State;
use crate::domain::time::{Date, Timestamp};
use crate::ledger::commands::payouts::payout_of_refund;
use crate::ledger::commands::refunds::pay_by;

/// One go of a run: the facts so far, and what they come to.
pub(super) struct Ending<'a> {
    pub(super) state: &'a State,
    pub(super) run: &'a DefaultRun,
    /// The notary who approved it.
    pub(super) approved_by: UserId,
    pub(super) context: &'a Context<'a>,
    pub(super) facts: Vec<Fact>,
    pub(super) progress: Progress,
    pub(super) listed: Vec<Listed>,
}

impl Ending<'_> {
    /// Ends a contract as far as its money is free.
    pub(super) fn contract(&mut self, contract: &Contract, ids: ContractIds) {
        self.progress.done = self.progress.done.saturating_add(1);
        if contract.state != ContractState::Active {
            self.cancel(contract);
            return;
        }
        let held = contract.held.amount().unwrap_or_default();
        let refund = contract.open_refund.unwrap_or(ids.refund);
        let is_paid = if held.is_zero() { None } else { Some(self.refund(contract, held, refund, ids)) };
        let outcome = outcome(contract, is_paid);
        match outcome {
            Some((RunOutcome::Disputed | RunOutcome::CourtOrder, _)) => {
                self.progress.disputed = self.progress.disputed.saturating_add(1)
            }
            Some((RunOutcome::Waiting, _)) => self.progress.waiting = self.progress.waiting.saturating_add(1),
            _ => {}
        }
        if is_paid.is_none() {
            self.pass(contract, outcome.map_or(RunOutcome::NothingLeft, |(outcome, _)| outcome));
        }
        let refund = is_paid.map(|_| refund).filter(|_| self.is_real());
        let listed = outcome.map(|(outcome, amount)| Listed { amount, contract: contract.id, outcome, refund });
        self.listed.extend(listed);
    }

    fn is_real(&self) -> bool {
        self.run.mode == RunMode::Real
    }

    /// Adds what happens, unless nothing does.
    fn happens(&mut self, fact: impl FnOnce() -> Fact) {
        if self.is_real() {
            self.facts.push(fact());
        }
    }

    /// Nobody has paid: the contract is cancelled, and a payment that comes all the same goes to suspense.
    fn cancel(&mut self, contract: &Contract) {
        self.progress.cancelled = self.progress.cancelled.saturating_add(1);
        self.pass(contract, RunOutcome::Cancelled);
        if let Some(deposit) = contract.open_deposit {
            let expired = DepositExpired {
                consumer: contract.consumer,
                contract: contract.id,
                deposit,
                merchant: contract.merchant,
            };
            self.happens(|| Fact::plain(expired));
        }
    }

    fn pass(&mut self, contract: &Contract, outcome: RunOutcome) {
        let passed = DefaultRunContractPassed {
            consumer: contract.consumer,
            contract: contract.id,
            merchant: contract.merchant,
            outcome,
            run: self.run.id,
        };
        self.happens(|| Fact::plain(passed));
    }

    /// Gives back what the law gives of the undelivered money, and leaves the merchant what is earned of it. Deliveries that wait keep waiting: who was
    /// served may still answer, and what is confirmed is the merchant's. Answers whether the refund can be paid out.
    fn refund(&mut self, contract: &Contract, held: Amount, refund: RefundId, ids: ContractIds) -> bool {
        let consumer = self.state.consumers.get(contract.consumer);
        let account = consumer.and_then(|consumer| consumer.payout_account);
        // What a refund was asked for stands as of that day, whoever orders it.
        let open = contract.open_refund.and_then(|id| self.state.refunds.get(id));
        let day = open.map_or(self.context.today(), |refund| refund.requested_on);
        let then = as_of(self.state, contract, day);
        let amount = on_closing(self.state, contract, day).min(held);
        let sum = self.progress.refunded.checked_add(amount);
        self.progress.refunded = sum.unwrap_or(Amount::MAX);
        self.progress.refunds = self.progress.refunds.saturating_add(1);
        let (account, has_nowhere) = (account.filter(|_| !amount.is_zero()), account.is_none() && !amount.is_zero());
        if has_nowhere {
            self.progress.needs_account = self.progress.needs_account.saturating_add(1);
        }
        let (run, approved_by) = (self.run, self.approved_by);
        let merchant_share = held.saturating_sub(amount);
        let pay_by = pay_by(contract, open, self.context);
        self.happens(|| ordered((run, approved_by), &then, (amount, merchant_share), refund, (day, pay_by)));
        if let Some(account) = account {
            let whose = (refund, contract.id, contract.consumer);
            self.happens(|| payout_of_refund(whose, amount, account, ids.payout));
        }
        !has_nowhere
    }
}

/// What stands in the way of giving everything back: a court's order, money that is contested, deliveries that wait for
/// an answer, or a consumer without an account; the first of these.
fn outcome(contract: &Contract, is_paid: Option<bool>) -> Option<(RunOutcome, Amount)> {
    let amount = |balance: Delta| balance.amount().filter(|amount| !amount.is_zero());
    let held = amount(contract.held).filter(|_| is_paid == Some(false));
    let disputed = amount(contract.frozen).map(|frozen| (RunOutcome::Disputed, frozen));
    let waiting = amount(contract.pending).map(|pending| (RunOutcome::Waiting, pending));
    let has_orders = !contract.court_orders.is_empty();
    let ordered = has_orders.then(|| (RunOutcome::CourtOrder, contract.frozen.amount().unwrap_or_default()));
    ordered.or(disputed).or(waiting).or(held.map(|held| (RunOutcome::NeedsAccount, held)))
}

fn ordered(
    (run, approved_by): (&DefaultRun, UserId),
    contract: &Contract,
    (amount, merchant_share): (Amount, Amount),
    refund: RefundId,
    (day, pay_by): (Date, Timestamp),
) -> Fact {
    let consumer = contract.consumer;
    let from = Account::ContractHeld(contract.id);
    let mut postings = transfer(from, Account::ConsumerRefund(consumer), amount);
    postings.extend(transfer(from, Account::MerchantPayable(contract.merchant), merchant_share));
    let event = DefaultRunContractRefunded {
        amount,
        approved_by,
        consumer,
        contract: contract.id,
        live: contract.live.clone(),
        merchant: contract.merchant,
        merchant_share,
        pay_by,
        proposed_by: run.proposed_by,
        reason: Reason::MerchantClosed,
        refund,
        requested_on: day,
        run: run.id,
    };
    Fact::moving(event, postings)
}
