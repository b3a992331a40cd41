//! What the rules say of a refund: its figure, what can be ordered on which basis, and where the money goes.

use super::books::{
    Answer, Books, Contract, ContractState, Decision, Delivery, DeliveryState, Payout, PayoutState, Pays, Reason,
    RefundState, Refusal,
};

/// Above this many fen, on either side of the decision, a refund needs a second notary.
pub const ALONE_MAX: i64 = 2_000_000;

/// Numerator over denominator, half up to the fen.
fn half_up(numerator: i128, denominator: i128) -> i64 {
    i64::try_from((2 * numerator + denominator) / (2 * denominator)).unwrap()
}

impl Books {
    /// What the law gives back of a contract, and whether a person has to weigh it first.
    ///
    /// Each used unit costs its part of the price; where the consumer just wants no more, what it cost before
    /// discount, unless that is less. Use inside the seven days is charged too, and looked at.
    pub fn figure(&self, contract: usize, reason: Reason, cooling_off: bool) -> (i64, bool) {
        let (whole, needs_decision) = self.whole_figure(contract, reason, cooling_off);
        // What was given back before is not given back twice, and what was settled stands.
        let Contract { refunded, settled, .. } = self.contracts[contract];
        ((whole - refunded - settled).max(0), needs_decision)
    }

    fn whole_figure(&self, contract: usize, reason: Reason, cooling_off: bool) -> (i64, bool) {
        let of = &self.contracts[contract];
        let (price, units, used) = (i128::from(of.price), i128::from(of.units), i128::from(of.used));
        let by_deal_price = half_up(price * (units - used), units);
        match of.list_price {
            _ if cooling_off => (by_deal_price, used > 0),
            Some(list_price) if reason != Reason::Breach && i128::from(list_price) * units >= price => {
                ((of.price - list_price * of.used).max(0), false)
            }
            _ => (by_deal_price, false),
        }
    }

    /// The contract's money moved: an open refund is worked out again, and a decision that waits for its second notary
    /// is void.
    pub fn recalculate(&mut self, contract: usize) {
        let Some(open) = self.contracts[contract].open_refund else { return };
        let (figure, needs_decision) = self.figure(contract, self.refunds[open].reason, self.refunds[open].cooling_off);
        let refund = &mut self.refunds[open];
        refund.revision += 1;
        (refund.figure, refund.needs_decision) = (figure, needs_decision);
        if refund.state == RefundState::Proposed {
            refund.state = if refund.answer.is_some() { RefundState::Answered } else { RefundState::Requested };
            refund.decision = None;
            refund.shortfall = None;
        }
    }

    /// What a refund of a contract can reach.
    pub fn reach(&self, contract: usize) -> i64 {
        self.contracts[contract].held + self.contracts[contract].pending
    }

    /// What can be ordered on a basis: any amount, or only the one that the record shows, if it shows one.
    pub fn due(&self, refund: usize, basis: &str) -> Result<Option<i64>, Refusal> {
        let of = &self.refunds[refund];
        let due = match basis {
            "consent" => of.answer.and_then(|answer| match answer.accept {
                true => Some(answer.amount.min(of.figure)),
                false => Some(answer.amount).filter(|offered| *offered >= of.figure),
            }),
            "condition_met" => Some(of.figure).filter(|_| of.cooling_off && !of.needs_decision),
            _ => return Ok(None),
        };
        due.map(|due| Some(due.min(self.reach(of.contract)))).ok_or("basis_not_met")
    }

    /// What both sides give of a refund that the merchant objects to, and what is contested beyond it.
    pub fn shares(&self, refund: usize) -> Option<(i64, i64)> {
        let of = &self.refunds[refund];
        let lower = |answer: &Answer| !answer.accept && answer.amount < of.figure;
        let answer = of.answer.filter(lower).filter(|_| !of.cooling_off || of.needs_decision)?;
        let reached = of.figure.min(self.reach(of.contract));
        let undisputed = answer.amount.min(reached);
        Some((undisputed, reached - undisputed))
    }

    /// What the law gives beyond what can be reached now.
    pub fn falls_short(&self, refund: usize) -> i64 {
        let of = &self.refunds[refund];
        (of.figure - self.reach(of.contract)).max(0)
    }

    /// The refunds that the service orders by itself by now.
    pub fn undisputed_refunds(&self) -> Vec<usize> {
        let undisputed = |refund: &usize| {
            let of = &self.refunds[*refund];
            let open = matches!(of.state, RefundState::Requested | RefundState::Answered);
            let clear = of.cooling_off && !of.needs_decision && of.figure <= ALONE_MAX;
            open && clear && self.now >= of.claim_by && self.contracts[of.contract].held == of.figure
        };
        (0..self.refunds.len()).filter(undisputed).collect()
    }

    /// Whether the money of a contract can be shared out now.
    pub fn may_order(&self, contract: usize, fen: i64) -> Result<(), Refusal> {
        let reach = self.reach(contract);
        match () {
            () if reach == 0 => Err("nothing_to_refund"),
            () if fen > reach => Err("amount_exceeds_escrow"),
            () => Ok(()),
        }
    }

    /// Empties a contract: waiting deliveries first, newest first, then the consumer, then the merchant.
    pub fn order(&mut self, refund: usize, decision: Decision) {
        let (contract, amount) = (self.refunds[refund].contract, decision.amount);
        let contested = decision.contested.unwrap_or(0);
        let falls_short = self.falls_short(refund);
        for delivery in (0..self.deliveries.len()).rev() {
            let Delivery { contract: of, state, .. } = self.deliveries[delivery];
            if of != contract || state != DeliveryState::Pending {
                continue;
            }
            if self.contracts[contract].held < amount + contested {
                self.void(delivery);
            } else {
                self.confirm(delivery);
            }
        }
        let at = &mut self.contracts[contract];
        let share = at.held - amount - contested;
        at.held = 0;
        at.frozen += contested;
        at.refunded += amount;
        at.to_merchant += share;
        at.open_refund = None;
        at.unpaid += amount;
        at.state = ContractState::Closing;
        let (merchant, consumer) = (at.merchant, at.consumer);
        self.merchants[merchant].payable += share;
        self.merchants[merchant].unreleased += share;
        self.owed[consumer] += amount;
        let refund = &mut self.refunds[refund];
        refund.state = if amount == 0 { RefundState::Paid } else { RefundState::NeedsAccount };
        (refund.decision, refund.shortfall) = (Some(decision), Some(falls_short));
        refund.revision += 1;
        self.settle_completion(contract);
    }

    /// A refund's transfer goes to the consumer's account.
    pub fn pay_refund(&mut self, refund: usize, id: String) {
        let consumer = self.refunds[refund].consumer;
        let amount = self.refunds[refund].decision.unwrap().amount;
        let (state, pays, account) = (PayoutState::Created, Pays::Refund(refund), self.accounts[consumer]);
        self.payouts.push(Payout { id, state, returned: false, amount, pays, account });
        let of = &mut self.refunds[refund];
        of.state = RefundState::Ordered;
        of.revision += 1;
        of.payout = Some(self.payouts.len() - 1);
    }

    /// The refunds that wait although their consumer has named another account since.
    pub fn payable_refunds(&self) -> Vec<usize> {
        let payable = |refund: &usize| {
            let refund = &self.refunds[*refund];
            let failed = refund.payout.map(|payout| self.payouts[payout].account);
            refund.state == RefundState::NeedsAccount && failed != Some(self.accounts[refund.consumer])
        };
        (0..self.refunds.len()).filter(payable).collect()
    }

    /// A refund's transfer came to nothing.
    pub fn needs_account(&mut self, refund: usize) {
        self.refunds[refund].state = RefundState::NeedsAccount;
        self.refunds[refund].revision += 1;
    }
}
