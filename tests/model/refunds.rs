//! Refunds: requested, answered, decided, paid.

use serde_json::json;

use super::books::{ContractState, PayoutState, Pays, Refund, RefundState, Refusal};
use super::support::text;
use super::walk::{CONSUMERS, MERCHANTS, NOTARIES, Walk, amount, micros};

impl Walk {
    pub async fn request_refund(&mut self) -> Option<usize> {
        let contract = self.random.below(self.books.contracts.len());
        let at = self.books.contracts[contract].clone();
        let consumer = if self.random.once_in(10) { 1 - at.consumer } else { at.consumer };
        let expected = match () {
            () if consumer != at.consumer => Err("not_found"),
            () if at.open_refund.is_some() => Err("refund_open"),
            () if !matches!(at.state, ContractState::Active | ContractState::Completed) => Err("contract_not_active"),
            () => Ok(()),
        };
        let path = format!("/v1/contracts/{}/refunds", at.id);
        let body = json!({"reason": "merchant_breach"});
        if let Some(reply) = self.write(CONSUMERS[consumer], path, None, body, expected).await {
            self.books.refunds.push(Refund {
                id: text(&reply, "id"),
                contract,
                state: RefundState::Requested,
                revision: 1,
                answer_by: micros(&reply["answer_by"]),
                amount: 0,
                payout: None,
            });
            self.books.contracts[contract].open_refund = Some(self.books.refunds.len() - 1);
        }
        Some(contract)
    }

    /// A refund, mostly one that is open; none before there is any.
    fn any_refund(&mut self) -> Option<usize> {
        let open: Vec<usize> = self.books.contracts.iter().filter_map(|contract| contract.open_refund).collect();
        let count = self.books.refunds.len();
        match (count, open.len()) {
            (0, _) => None,
            (_, 1..) if !self.random.once_in(6) => Some(open[self.random.below(open.len())]),
            _ => Some(self.random.below(count)),
        }
    }

    pub async fn answer_refund(&mut self) -> Option<usize> {
        let refund = self.any_refund()?;
        let Refund { id, contract, state, answer_by, .. } = self.books.refunds[refund].clone();
        let expected = match state {
            RefundState::Requested if self.books.now >= answer_by => Err("answer_window_over"),
            RefundState::Requested => Ok(()),
            _ => Err("state_conflict"),
        };
        let body = if self.random.once_in(2) {
            json!({"accept": true})
        } else {
            json!({"accept": false, "amount": "0.01", "reason": "服务已提供"})
        };
        let user = MERCHANTS[self.books.contracts[contract].merchant];
        if self.write(user, format!("/v1/refunds/{id}/answer"), None, body, expected).await.is_some() {
            self.books.refunds[refund].state = RefundState::Answered;
            self.books.refunds[refund].revision += 1;
        }
        Some(contract)
    }

    pub async fn decide_refund(&mut self) -> Option<usize> {
        let refund = self.any_refund()?;
        let Refund { id, contract, state, revision, .. } = self.books.refunds[refund].clone();
        let reach = self.books.reach(contract);
        let stale = self.random.once_in(8);
        let fen = match self.random.below(4) {
            0 => reach + 1,
            1 => reach.max(1),
            _ => 1 + i64::try_from(self.random.next() % u64::try_from(reach.max(1)).unwrap()).unwrap(),
        };
        let expected: Result<(), Refusal> = match () {
            () if stale => Err("revision_mismatch"),
            () if !matches!(state, RefundState::Requested | RefundState::Answered) => Err("state_conflict"),
            () if self.books.contracts[contract].frozen > 0 => Err("dispute_open"),
            () if reach == 0 => Err("nothing_to_refund"),
            () if fen > reach => Err("amount_exceeds_escrow"),
            () => Ok(()),
        };
        let reviewed = if stale { revision + 3 } else { revision };
        let body = json!({"amount": amount(fen), "basis": "waiver", "reason": "双方同意"});
        let path = format!("/v1/refunds/{id}/decide");
        let notary = NOTARIES[self.random.below(2)];
        if let Some(reply) = self.write(notary, path, Some(reviewed), body, expected).await {
            self.books.order(refund, fen);
            self.books.pay_refund(refund, text(&reply, "payout_id"));
        }
        Some(contract)
    }

    /// A notary turns an open refund down, or the consumer steps back.
    pub async fn end_refund(&mut self) -> Option<usize> {
        let refund = self.any_refund()?;
        let Refund { id, contract, state, revision, .. } = self.books.refunds[refund].clone();
        let open = matches!(state, RefundState::Requested | RefundState::Answered);
        let expected = if open { Ok(()) } else { Err("state_conflict") };
        let (declines, notary) = (self.random.once_in(2), self.random.below(2));
        let ended = if declines {
            let (path, body) = (format!("/v1/refunds/{id}/decline"), json!({"reason": "证据不足"}));
            self.write(NOTARIES[notary], path, Some(revision), body, expected).await
        } else {
            let user = CONSUMERS[self.books.contracts[contract].consumer];
            self.write(user, format!("/v1/refunds/{id}/withdraw"), None, json!({}), expected).await
        };
        if ended.is_some() {
            let of = &mut self.books.refunds[refund];
            of.state = if declines { RefundState::Declined } else { RefundState::Withdrawn };
            of.revision += 1;
            self.books.contracts[contract].open_refund = None;
            self.books.settle_completion(contract);
        }
        Some(contract)
    }

    /// The payee of a failed payout names another account.
    pub async fn name_new_account(&mut self) -> Option<usize> {
        let failed = |payout: &usize| {
            let payout = &self.books.payouts[*payout];
            matches!(payout.pays, Pays::Refund(_)) && (payout.state == PayoutState::Rejected || payout.returned)
        };
        let failed: Vec<usize> = (0..self.books.payouts.len()).filter(failed).collect();
        let payout = *failed.get(self.random.below(failed.len().max(1)))?;
        let Pays::Refund(refund) = self.books.payouts[payout].pays else { return None };
        let Refund { contract, state, payout: newest, .. } = self.books.refunds[refund];
        let waits = state == RefundState::NeedsAccount && newest == Some(payout);
        let expected = if waits { Ok(()) } else { Err("state_conflict") };
        let consumer = self.books.contracts[contract].consumer;
        let path = format!("/v1/payouts/{}/new-account", self.books.payouts[payout].id);
        let account = self.new_account();
        let number = self.accounts_made;
        if let Some(reply) = self.write(CONSUMERS[consumer], path, None, json!({"account": account}), expected).await {
            self.books.accounts[consumer] = number;
            self.books.pay_refund(refund, text(&reply, "id"));
            self.pay_what_can_be_paid().await;
        }
        Some(contract)
    }

    /// The service pays by itself what waits although its consumer has another account.
    pub async fn pay_what_can_be_paid(&mut self) {
        self.advance("PT0S").await;
        for refund in self.books.payable_refunds() {
            let path = format!("/v1/refunds/{}", self.books.refunds[refund].id);
            let shown = self.world.get("notary1", path).await;
            self.books.pay_refund(refund, text(&shown, "payout_id"));
        }
    }
}
