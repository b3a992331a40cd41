//! A merchant is said to be gone: while that is proposed, nothing is sold by it and nothing released to it. Most such
//! proposals are taken back; the walk ends with one that is not.

use serde_json::{Value, json};

use super::books::{
    Books, ContractState, Decision, DepositState, PayoutState, Pays, Reason, Refund, RefundState, Run, SettlementState,
};
use super::support::side::default_body;
use super::support::text;
use super::walk::{NOTARIES, Walk};

impl Books {
    /// What the merchant has earned is set aside: its payable money, and what the bank does not know of yet.
    fn sets_aside(&mut self, merchant: usize) {
        let open = self.merchants[merchant].open_settlement.take();
        if let Some(open) = open {
            self.settlements[open].state = SettlementState::Rejected;
            self.settlements[open].revision += 1;
        }
        let of = &mut self.merchants[merchant];
        of.frozen += of.payable;
        of.payable = 0;
        for payout in &mut self.payouts {
            let Pays::Settlement(settlement) = payout.pays else { continue };
            if payout.state == PayoutState::Created && self.settlements[settlement].merchant == merchant {
                payout.state = PayoutState::Cancelled;
                of.payout -= payout.amount;
                of.frozen += payout.amount;
            }
        }
    }

    /// What is undelivered of a contract goes back at the deal price, and the rest is set aside as the merchant's; a
    /// refund that was asked for is ordered with that.
    fn gives_back(&mut self, contract: usize, id: String, decision: Decision) -> usize {
        let (figure, _) = self.figure(contract, Reason::Breach, false);
        let at = &mut self.contracts[contract];
        let (amount, consumer) = (figure.min(at.held), at.consumer);
        self.merchants[at.merchant].frozen += at.held - amount;
        at.to_merchant += at.held - amount;
        at.held = 0;
        at.refunded += amount;
        at.unpaid += amount;
        at.state = ContractState::Closing;
        let open = at.open_refund.take();
        self.owed[consumer] += amount;
        let refund = open.unwrap_or(self.refunds.len());
        if open.is_none() {
            self.refunds.push(Refund {
                id,
                contract,
                consumer,
                state: RefundState::Requested,
                revision: 0,
                reason: Reason::Breach,
                cooling_off: false,
                claim_by: i64::MAX,
                shortfall: None,
                answer_by: 0,
                figure: amount,
                needs_decision: false,
                answer: None,
                decision: None,
                payout: None,
            });
        }
        let of = &mut self.refunds[refund];
        of.state = RefundState::NeedsAccount;
        of.revision += 1;
        of.decision = Some(Decision { amount, ..decision });
        of.shortfall = Some((of.figure - amount).max(0));
        refund
    }
}

impl Walk {
    /// A notary says that a merchant is gone, which can be said once at a time.
    pub async fn propose_default(&mut self) -> Option<usize> {
        let (merchant, notary) = (self.random.below(2), self.random.below(2));
        self.say_gone(merchant, notary).await;
        None
    }

    async fn say_gone(&mut self, merchant: usize, notary: usize) {
        let path = format!("/v1/merchants/{}/default-runs", self.books.merchants[merchant].id);
        let expected = self.books.no_run(merchant);
        if let Some(reply) = self.write(NOTARIES[notary], path, None, default_body(), expected).await {
            self.books.merchants[merchant].run = Some(Run { id: text(&reply, "id"), revision: 1, proposer: notary });
        }
    }

    /// The merchant is there after all.
    pub async fn rescind_default(&mut self) -> Option<usize> {
        let merchant = self.books.merchants.iter().position(|merchant| merchant.run.is_some())?;
        let run = self.books.merchants[merchant].run.take()?;
        let path = format!("/v1/default-runs/{}/rescind", run.id);
        let notary = NOTARIES[self.random.below(2)];
        self.write(notary, path, None, json!({"reason": "已恢复营业"}), Ok(())).await;
        None
    }

    /// One of the two merchants is found in default, and every contract with it is ended.
    pub async fn end_in_default(&mut self) {
        let merchant = self.random.below(2);
        if self.books.merchants[merchant].run.is_none() {
            self.say_gone(merchant, 1).await;
        }
        let run = self.books.merchants[merchant].run.clone().expect("a run");
        let approve = format!("/v1/default-runs/{}/approve", run.id);
        self.advance("PT1H").await;
        let early = Err("objection_window_open");
        self.write(NOTARIES[1 - run.proposer], approve.clone(), Some(run.revision), json!({}), early).await;
        self.advance("P12D").await;
        let same = Err("same_person");
        self.write(NOTARIES[run.proposer], approve.clone(), Some(run.revision), json!({}), same).await;
        self.write(NOTARIES[1 - run.proposer], approve, Some(run.revision), json!({}), Ok(())).await;
        self.books.sets_aside(merchant);
        self.advance("PT1S").await;
        let decision = Decision {
            amount: 0,
            contested: None,
            basis: "condition_met",
            notary: run.proposer,
            second: Some(1 - run.proposer),
        };
        for contract in 0..self.books.contracts.len() {
            if self.books.contracts[contract].merchant == merchant {
                self.end_contract(contract, decision).await;
            }
        }
    }

    /// What a run does with a contract.
    async fn end_contract(&mut self, contract: usize, decision: Decision) {
        let at = self.books.contracts[contract].clone();
        match at.state {
            ContractState::Draft | ContractState::Signed => {
                self.books.contracts[contract].state = ContractState::Cancelled;
                if let Some(deposit) = self.books.contracts[contract].open_deposit.take() {
                    self.books.deposits[deposit].state = DepositState::Expired;
                }
            }
            ContractState::Active if at.held > 0 => {
                let path = format!("/v1/contracts/{}/refunds?limit=100", at.id);
                let refunds = self.world.get("notary1", path).await;
                let shown = self.ordered_by_run(&refunds, at.open_refund);
                let refund = self.books.gives_back(contract, text(&shown, "id"), decision);
                self.books.pay_refund(refund, text(&shown, "payout_id"));
            }
            _ => {}
        }
    }

    /// The refund that was open, or else the one that nobody has asked for.
    fn ordered_by_run(&self, refunds: &Value, open: Option<usize>) -> Value {
        let is_it = |id: &str| match open {
            Some(open) => self.books.refunds[open].id == id,
            None => self.books.refunds.iter().all(|known| known.id != id),
        };
        let mut refunds = refunds["data"].as_array().expect("refunds").iter();
        refunds.find(|refund| is_it(&text(refund, "id"))).expect("a refund").clone()
    }
}
