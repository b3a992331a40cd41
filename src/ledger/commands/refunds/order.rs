//! How an ordered refund empties its contract: waiting deliveries first, then the consumer, then the merchant. Where
//! only the part is ordered that nobody disputes, the rest is set aside for a dispute.

use super::pay_by;
use crate::domain::account::{Account, transfer};
use crate::domain::context::Context;
use crate::domain::court_orders::nothing_waits;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundOrdered, RefundProposed};
use crate::domain::id::{DisputeId, FreezeId, Party, PayoutId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, ConfirmedHow, Contract, Delivery, Origin, Refund};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::Review;
use crate::domain::time::Timestamp;
use crate::ledger::commands::deliveries::{Leaving, confirmed, voided};
use crate::ledger::commands::disputes::{Contested, Opening, opened};
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
    /// When nothing is left that is not frozen, the amount is more than that, or a court's order waits for it.
    pub(super) fn of(state: &State, contract: &Contract, amount: Amount, at: Timestamp) -> Result<Self, Rejection> {
        nothing_waits(state, contract)?;
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

/// What an order leaves to a dispute.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeftOpen {
    /// How much; nothing where escrow holds no more than both sides give.
    pub(super) amount: Amount,
    /// Commitment to the reason of the merchant's objection.
    pub(super) reason: Digest,
    /// Id of the dispute.
    pub(super) dispute: DisputeId,
    /// Id of its freeze.
    pub(super) freeze: FreezeId,
}

/// A refund as it is ordered, by the notary who decided or the one who approved.
pub(super) struct Order<'a> {
    pub(super) refund: &'a Refund,
    pub(super) contract: &'a Contract,
    pub(super) amount: Amount,
    pub(super) basis: Basis,
    /// What is left to a dispute, where only the undisputed part is ordered.
    pub(super) contested: Option<LeftOpen>,
    /// What the law gives beyond what can be reached.
    pub(super) shortfall: Amount,
    pub(super) document_sha256: Option<Digest>,
    pub(super) document_sm3: Option<Digest>,
    pub(super) reason: Option<Digest>,
    pub(super) review: Review,
    pub(super) payout: PayoutId,
}

impl Order<'_> {
    /// The order, or its proposal where more is moved than one notary moves alone.
    pub(super) fn decided(&self, state: &State, reach: &Reach, context: &Context<'_>) -> Result<Vec<Fact>, Rejection> {
        let merchant_share = reach.available().saturating_sub(self.shared());
        let alone = packs::in_force().times(self.contract).refund_approval_above;
        if self.amount.max(merchant_share) > alone {
            return Ok(vec![self.proposed()]);
        }
        self.facts(state, reach, context)
    }

    /// Waiting deliveries are confirmed where the undelivered money suffices. Where it does not, the newest are voided
    /// until it does. Then everything undelivered is shared out, and the consumer's part goes to the bank if there is
    /// an account to pay to. What is contested stays behind, and is set aside for its dispute.
    pub(super) fn facts(&self, state: &State, reach: &Reach, context: &Context<'_>) -> Result<Vec<Fact>, Rejection> {
        let at = context.at;
        let mut facts = Vec::with_capacity(reach.waiting.len().saturating_add(reach.lapsed.len()).saturating_add(2));
        for delivery in &reach.lapsed {
            facts.push(confirmed(&self.leaving(delivery), ConfirmedHow::Time, at));
        }
        let mut held = reach.held;
        for delivery in &reach.waiting {
            let leaving = self.leaving(delivery);
            if held < self.shared() {
                facts.push(voided(&leaving, None));
                held = held.saturating_add(delivery.amount);
            } else {
                facts.push(confirmed(&leaving, ConfirmedHow::Refund, at));
            }
        }
        facts.push(self.ordered(held, context));
        let account = state.consumers.get(self.refund.consumer).and_then(|consumer| consumer.payout_account);
        if let Some(account) = account.filter(|_| !self.amount.is_zero()) {
            let whose = (self.refund.id, self.refund.contract, self.refund.consumer);
            facts.push(payout_of_refund(whose, self.amount, account, self.payout));
        }
        facts.extend(self.dispute(context)?);
        Ok(facts)
    }

    /// What does not become the merchant's with the order.
    fn shared(&self) -> Amount {
        self.amount.saturating_add(self.contested())
    }

    fn contested(&self) -> Amount {
        self.contested.map_or(Amount::ZERO, |left| left.amount)
    }

    /// The dispute over what is contested. The claim to it is the consumer's, so that taking it back is theirs alone,
    /// and no merchant can undo what was set aside for them.
    fn dispute(&self, context: &Context<'_>) -> Result<Vec<Fact>, Rejection> {
        let Some(left) = self.contested.filter(|left| !left.amount.is_zero()) else { return Ok(Vec::new()) };
        // The order has shared out all but this.
        let rest = Contract { held: left.amount.credit(), ..self.contract.clone() };
        let contested = Contested { contract: &rest, deliveries: &[], held: left.amount };
        let opening = Opening {
            dispute: left.dispute,
            freeze: left.freeze,
            by: Party::Consumer(self.contract.consumer),
            refund: Some(self.refund.id),
            reason: left.reason,
        };
        opened(&contested, &opening, context)
    }

    fn proposed(&self) -> Fact {
        Fact::plain(RefundProposed {
            amount: self.amount,
            basis: self.basis,
            consumer: self.refund.consumer,
            contested: self.contested.map(|left| left.amount),
            contract: self.refund.contract,
            document_sha256: self.document_sha256,
            document_sm3: self.document_sm3,
            merchant: self.refund.merchant,
            reason: self.reason,
            refund: self.refund.id,
            review: self.review,
            shortfall: self.shortfall,
            signature: None,
        })
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
    fn ordered(&self, held: Amount, context: &Context<'_>) -> Fact {
        let merchant_share = held.saturating_sub(self.shared());
        let from = Account::ContractHeld(self.contract.id);
        let mut postings = transfer(from, Account::ConsumerRefund(self.contract.consumer), self.amount);
        postings.extend(transfer(from, Account::MerchantPayable(self.contract.merchant), merchant_share));
        let event = RefundOrdered {
            amount: self.amount,
            basis: self.basis,
            consumer: self.contract.consumer,
            contested: self.contested.map(|left| left.amount),
            contract: self.contract.id,
            document_sha256: self.document_sha256,
            document_sm3: self.document_sm3,
            merchant: self.contract.merchant,
            merchant_share,
            pay_by: pay_by(self.contract, Some(self.refund), context),
            reason: self.reason,
            refund: self.refund.id,
            review: self.review,
            shortfall: self.shortfall,
            signature: None,
        };
        Fact::moving(event, postings)
    }
}
