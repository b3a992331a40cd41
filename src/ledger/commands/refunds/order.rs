//! How an ordered refund empties its contract: waiting deliveries first, then the consumer, then the merchant.

use crate::domain::account::{Account, transfer};
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundOrdered};
use crate::domain::id::PayoutId;
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, ConfirmedHow, Contract, Delivery, Origin, Refund};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::Review;
use crate::domain::time::Timestamp;
use crate::ledger::commands::deliveries::{Leaving, confirmed, voided};
use crate::ledger::commands::payouts::payout_of_refund;

/// The money of a contract that a refund can reach: what is frozen waits for the end of its dispute.
pub(super) struct Reach {
    held: Amount,
    /// Deliveries that can still be answered, newest first.
    waiting: Vec<Delivery>,
    /// Deliveries that silence has confirmed, though the ledger has not written it yet: the merchant's.
    lapsed: Vec<Delivery>,
}

impl Reach {
    /// What a refund of `contract` can reach at `at`, which must cover `amount`.
    ///
    /// # Errors
    /// When nothing is left that is not frozen, or the amount is more than that.
    pub(super) fn of(state: &State, contract: &Contract, amount: Amount, at: Timestamp) -> Result<Self, Rejection> {
        let pending = state.pending_of(contract.id);
        let (lapsed, waiting) = pending.into_iter().partition(|delivery| delivery.window_over(at));
        let reach = Self { held: contract.held.amount().unwrap_or_default(), waiting, lapsed };
        let available = reach.available();
        if available.is_zero() {
            return Err(Rejection::NothingToRefund);
        }
        if amount > available {
            return Err(Rejection::AmountExceedsEscrow { available });
        }
        Ok(reach)
    }

    /// How much it is.
    pub(super) fn available(&self) -> Amount {
        let amounts = self.waiting.iter().map(|delivery| delivery.amount);
        amounts.fold(self.held, |sum, amount| sum.saturating_add(amount))
    }
}

/// A refund as it is ordered, by the notary who decided or the one who approved.
pub(super) struct Order<'a> {
    pub(super) refund: &'a Refund,
    pub(super) contract: &'a Contract,
    pub(super) amount: Amount,
    pub(super) basis: Basis,
    pub(super) document_sha256: Option<Digest>,
    pub(super) document_sm3: Option<Digest>,
    pub(super) reason: Option<Digest>,
    pub(super) review: Review,
    pub(super) payout: PayoutId,
}

impl Order<'_> {
    /// Waiting deliveries are confirmed where the undelivered money suffices. Where it does not, the newest are voided
    /// until it does. Then everything undelivered is shared out, and the consumer's part goes to the bank if there is
    /// an account to pay to.
    pub(super) fn facts(&self, state: &State, reach: &Reach, context: &Context<'_>) -> Vec<Fact> {
        let at = context.at;
        let mut facts = Vec::with_capacity(reach.waiting.len().saturating_add(reach.lapsed.len()).saturating_add(2));
        for delivery in &reach.lapsed {
            facts.push(confirmed(&self.leaving(delivery), ConfirmedHow::Time, at));
        }
        let mut held = reach.held;
        for delivery in &reach.waiting {
            let leaving = self.leaving(delivery);
            if held < self.amount {
                facts.push(voided(&leaving, None));
                held = held.saturating_add(delivery.amount);
            } else {
                facts.push(confirmed(&leaving, ConfirmedHow::Refund, at));
            }
        }
        facts.push(self.ordered(held, reach, context));
        let account = state.consumers.get(self.refund.consumer).and_then(|consumer| consumer.payout_account);
        if let Some(account) = account.filter(|_| !self.amount.is_zero()) {
            let whose = (self.refund.id, self.refund.contract, self.refund.consumer);
            facts.push(payout_of_refund(whose, self.amount, account, self.payout));
        }
        facts
    }

    fn leaving(&self, delivery: &Delivery) -> Leaving<'_> {
        let origin = Origin::Pending;
        Leaving {
            contract: self.contract,
            delivery: delivery.id,
            consumer: delivery.consumer,
            amount: delivery.amount,
            origin,
        }
    }

    /// Shares out all that is `held` once no delivery waits any more.
    fn ordered(&self, held: Amount, reach: &Reach, context: &Context<'_>) -> Fact {
        let merchant_share = held.saturating_sub(self.amount);
        let from = Account::ContractHeld(self.contract.id);
        let mut postings = transfer(from, Account::ConsumerRefund(self.contract.consumer), self.amount);
        postings.extend(transfer(from, Account::MerchantPayable(self.contract.merchant), merchant_share));
        let event = RefundOrdered {
            amount: self.amount,
            basis: self.basis,
            consumer: self.contract.consumer,
            contract: self.contract.id,
            document_sha256: self.document_sha256,
            document_sm3: self.document_sm3,
            merchant: self.contract.merchant,
            merchant_share,
            pay_by: self.pay_by(context),
            reason: self.reason,
            refund: self.refund.id,
            review: self.review,
            shortfall: self.refund.within(reach.available()).1,
            signature: None,
        };
        Fact::moving(event, postings)
    }

    /// When it must have been paid: the first moment after the last day.
    fn pay_by(&self, context: &Context<'_>) -> Timestamp {
        let times = packs::in_force().times(self.contract);
        let limit = if self.refund.in_cooling_off() { times.refund_cooling_off } else { times.refund_other };
        limit.end_from(context.today(), context.calendar, context.zone)
    }
}
