//! Settlements and what the bank says of payouts.

use serde_json::json;

use super::books::{
    Books, ContractState, Payout, PayoutState, Pays, Refund, RefundState, Refusal, Settlement, SettlementState,
};
use super::support::text;
use super::walk::{NOTARIES, Walk, fen, micros};

impl Books {
    pub fn payout_settled(&mut self, payout: usize) {
        let Payout { amount, pays, .. } = self.payouts[payout];
        self.payouts[payout].state = PayoutState::Settled;
        self.bank -= amount;
        match pays {
            Pays::Settlement(settlement) => {
                self.settlements[settlement].state = SettlementState::Paid;
                self.settlements[settlement].revision += 1;
                self.merchants[self.settlements[settlement].merchant].payout -= amount;
            }
            Pays::Refund(refund) => {
                let Refund { contract, consumer, .. } = self.refunds[refund];
                self.refunds[refund].state = RefundState::Paid;
                self.refunds[refund].revision += 1;
                self.contracts[contract].unpaid -= amount;
                self.settle_completion(contract);
                self.owed[consumer] -= amount;
            }
        }
    }

    pub fn payout_rejected(&mut self, payout: usize) {
        let Payout { amount, pays, .. } = self.payouts[payout];
        self.payouts[payout].state = PayoutState::Rejected;
        match pays {
            Pays::Settlement(settlement) => {
                let merchant = &mut self.merchants[self.settlements[settlement].merchant];
                merchant.payout -= amount;
                merchant.payable += amount;
                merchant.unreleased += amount;
            }
            Pays::Refund(refund) => self.needs_account(refund),
        }
    }

    pub fn payout_returned(&mut self, payout: usize) {
        let Payout { amount, pays, .. } = self.payouts[payout];
        self.payouts[payout].returned = true;
        self.bank += amount;
        match pays {
            Pays::Settlement(settlement) => {
                let merchant = &mut self.merchants[self.settlements[settlement].merchant];
                merchant.payable += amount;
                merchant.unreleased += amount;
            }
            Pays::Refund(refund) => {
                let Refund { contract, consumer, .. } = self.refunds[refund];
                self.contracts[contract].unpaid += amount;
                if self.contracts[contract].state == ContractState::Terminated {
                    self.contracts[contract].state = ContractState::Closing;
                }
                self.owed[consumer] += amount;
                self.needs_account(refund);
            }
        }
    }
}

impl Walk {
    pub async fn propose(&mut self) -> Option<usize> {
        let (merchant, notary) = (self.random.below(2), self.random.below(2));
        // Whatever matured meanwhile is matured for the model as well.
        self.advance("PT0S").await;
        let (count, sum) = self.books.matured(merchant);
        let expected = match self.books.merchants[merchant].open_settlement {
            _ if self.books.merchants[merchant].run.is_some() => Err("default_run_open"),
            Some(_) => Err("settlement_open"),
            None if sum == 0 => Err("nothing_to_release"),
            None => Ok(()),
        };
        let body = json!({"merchant_id": self.books.merchants[merchant].id});
        let reply = self.write(NOTARIES[notary], "/v1/settlements".to_owned(), None, body, expected).await?;
        assert_eq!((fen(&reply["amount"]), reply["count"].as_i64()), (sum, Some(count)), "{reply}");
        self.books.settlements.push(Settlement {
            id: text(&reply, "id"),
            merchant,
            state: SettlementState::Proposed,
            revision: 1,
            amount: sum,
            count,
            returned: self.books.merchants[merchant].unreleased,
            cutoff: micros(&reply["cutoff"]),
            proposer: notary,
        });
        self.books.merchants[merchant].open_settlement = Some(self.books.settlements.len() - 1);
        None
    }

    /// Another notary releases a proposal, or one turns it down; sometimes on an old revision, sometimes the same one.
    pub async fn judge_settlement(&mut self) -> Option<usize> {
        let count = self.books.settlements.len();
        let newest = count.checked_sub(1)?;
        let settlement = if self.random.once_in(5) { self.random.below(count) } else { newest };
        let of = self.books.settlements[settlement].clone();
        let notary = if self.random.once_in(5) { of.proposer } else { 1 - of.proposer };
        let stale = self.random.once_in(8);
        let reviewed = if stale { of.revision + 7 } else { of.revision };
        let approves = !self.random.once_in(6);
        let expected: Result<(), Refusal> = match () {
            () if stale => Err("revision_mismatch"),
            () if of.state != SettlementState::Proposed => Err("state_conflict"),
            () if approves && notary == of.proposer => Err("same_person"),
            () if approves && self.books.merchants[of.merchant].run.is_some() => Err("default_run_open"),
            () if approves && of.amount == 0 => Err("nothing_to_release"),
            () => Ok(()),
        };
        let (verb, body) = if approves { ("approve", json!({})) } else { ("reject", json!({"reason": "再看看"})) };
        let path = format!("/v1/settlements/{}/{verb}", of.id);
        let reply = self.write(NOTARIES[notary], path, Some(reviewed), body, expected).await?;
        let merchant = &mut self.books.merchants[of.merchant];
        merchant.open_settlement = None;
        let settlement_now = &mut self.books.settlements[settlement];
        settlement_now.revision += 1;
        if !approves {
            settlement_now.state = SettlementState::Rejected;
            return None;
        }
        settlement_now.state = SettlementState::Released;
        merchant.settled_until = merchant.settled_until.max(of.cutoff);
        merchant.unreleased -= of.returned;
        merchant.payable -= of.amount;
        merchant.payout += of.amount;
        self.books.payouts.push(Payout {
            id: text(&reply, "payout_id"),
            state: PayoutState::Created,
            returned: false,
            amount: of.amount,
            pays: Pays::Settlement(settlement),
            account: 0,
        });
        None
    }

    pub async fn bank_answers(&mut self) -> Option<usize> {
        let count = self.books.payouts.len();
        let newest = count.checked_sub(1)?;
        let payout = if self.random.once_in(2) { self.random.below(count) } else { newest };
        let outcome = ["settled", "settled", "rejected", "returned"][self.random.below(4)];
        let Payout { id, state, returned, pays, .. } = self.books.payouts[payout].clone();
        // What is released to a merchant does not leave the house while its default is proposed.
        let stays = match pays {
            Pays::Settlement(settlement) if state == PayoutState::Created => {
                self.books.no_run(self.books.settlements[settlement].merchant)
            }
            _ => Ok(()),
        };
        let submitted = matches!(state, PayoutState::Created | PayoutState::Submitted);
        let fits = stays.is_ok()
            && match outcome {
                "returned" => state == PayoutState::Settled && !returned,
                _ => submitted,
            };
        if state == PayoutState::Created && stays.is_ok() {
            self.books.payouts[payout].state = PayoutState::Submitted;
        }
        let expected = stays.and(if fits { Ok(()) } else { Err("state_conflict") });
        self.bank("payouts", &id, outcome, expected).await;
        if fits {
            match outcome {
                "settled" => self.books.payout_settled(payout),
                "rejected" => self.books.payout_rejected(payout),
                _ => self.books.payout_returned(payout),
            }
            self.pay_what_can_be_paid().await;
        }
        match self.books.payouts[payout].pays {
            Pays::Settlement(_) => None,
            Pays::Refund(refund) => Some(self.books.refunds[refund].contract),
        }
    }
}
