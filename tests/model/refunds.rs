//! Refunds: requested, answered, decided by one notary or two, paid.

use serde_json::{Value, json};

use super::books::{Answer, ContractState, Decision, PayoutState, Pays, Reason, Refund, RefundState, Refusal};
use super::disputes::Quarrel;
use super::refund_rules::ALONE_MAX;
use super::support::text;
use super::walk::{CONSUMERS, MERCHANTS, NOTARIES, Walk, amount, micros};

impl Walk {
    pub async fn request_refund(&mut self) -> Option<usize> {
        // Half of the requests are about something bought just now and not used yet.
        let bought_now = |contract: &usize| {
            let of = &self.books.contracts[*contract];
            of.used == 0 && of.open_refund.is_none() && self.books.now < of.cooling_off_until
        };
        let active = self.books.in_states(&[ContractState::Active]);
        let fresh: Vec<usize> = active.into_iter().filter(bought_now).collect();
        let contract = match fresh.len() {
            1.. if self.random.once_in(2) => fresh[self.random.below(fresh.len())],
            _ => self.any_contract(),
        };
        let at = self.books.contracts[contract].clone();
        let consumer = self.mostly(at.consumer);
        let expected = match () {
            () if consumer != at.consumer => Err("not_found"),
            () if at.open_refund.is_some() => Err("refund_open"),
            () if !matches!(at.state, ContractState::Active | ContractState::Completed) => Err("contract_not_active"),
            () => Ok(()),
        };
        let (reason, word) = match self.random.below(4) {
            0 => (Reason::Choice, "consumer_choice"),
            1 => (Reason::Breach, "merchant_breach"),
            _ => (Reason::SevenDay, "seven_day"),
        };
        let known_before = self.random.once_in(4);
        let in_time = self.books.now < at.cooling_off_until;
        let cooling_off = reason == Reason::SevenDay && in_time && !known_before;
        let path = format!("/v1/contracts/{}/refunds", at.id);
        let body = json!({"reason": word, "prior_same_service": known_before});
        let reply = self.write(CONSUMERS[consumer], path, None, body, expected).await;
        if let Some(reply) = reply {
            assert_eq!(reply["answer_by"].is_null(), cooling_off, "inside the seven days nobody is asked: {reply}");
            let (figure, needs_decision) = self.books.figure(contract, reason, cooling_off);
            self.books.refunds.push(Refund {
                id: text(&reply, "id"),
                contract,
                consumer,
                state: RefundState::Requested,
                revision: 1,
                reason,
                cooling_off,
                claim_by: if cooling_off { micros(&reply["claim_by"]) } else { i64::MAX },
                shortfall: None,
                answer_by: if cooling_off { i64::MAX } else { micros(&reply["answer_by"]) },
                figure,
                needs_decision,
                answer: None,
                decision: None,
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

    /// Some fen from 1 to `most`, or 1.
    fn some_fen(&mut self, most: i64) -> i64 {
        1 + i64::try_from(self.random.next() % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    pub async fn answer_refund(&mut self) -> Option<usize> {
        let refund = self.any_refund()?;
        let Refund { id, contract, state, answer_by, figure, .. } = self.books.refunds[refund].clone();
        let expected = match state {
            RefundState::Requested if self.books.now >= answer_by => Err("answer_window_over"),
            RefundState::Requested => Ok(()),
            _ => Err("state_conflict"),
        };
        let accept = self.random.once_in(2);
        // Who objects offers less than the law gives, just that, or more.
        let offered = match self.random.below(4) {
            _ if accept => figure,
            0 => figure,
            1 => figure + self.some_fen(figure),
            _ => self.some_fen(figure),
        };
        let body = match accept {
            true => json!({"accept": true}),
            false => json!({"accept": false, "amount": amount(offered), "reason": "服务已提供"}),
        };
        let user = MERCHANTS[self.books.contracts[contract].merchant];
        if self.write(user, format!("/v1/refunds/{id}/answer"), None, body, expected).await.is_some() {
            let of = &mut self.books.refunds[refund];
            of.answer = Some(Answer { accept, amount: offered });
            of.state = RefundState::Answered;
            of.revision += 1;
        }
        Some(contract)
    }

    /// A basis, mostly one that the record shows, and an amount, mostly the one it shows.
    fn any_decision(&mut self, refund: usize) -> (&'static str, i64) {
        let Refund { contract, answer, cooling_off, .. } = self.books.refunds[refund];
        let shown = match answer {
            Some(_) => "consent",
            None if cooling_off => "condition_met",
            None => "waiver",
        };
        let any = ["consent", "condition_met", "waiver", "taken_back", "award", "judgment"][self.random.below(6)];
        let basis = if self.random.once_in(2) { any } else { shown };
        let reach = self.books.reach(contract);
        let fen = match (self.random.below(6), self.books.due(refund, basis)) {
            (0, _) => reach + 1,
            (1, _) => reach.max(1),
            (2..4, _) if reach > ALONE_MAX => ALONE_MAX + i64::from(self.random.once_in(2)),
            (2.., Ok(Some(due))) => due.max(1),
            _ => self.some_fen(reach),
        };
        (basis, fen)
    }

    pub async fn decide_refund(&mut self) -> Option<usize> {
        let refund = self.any_refund()?;
        let Refund { id, contract, state, revision, .. } = self.books.refunds[refund].clone();
        let (basis, fen) = self.any_decision(refund);
        let (stale, documented, notary) = (self.random.once_in(8), !self.random.once_in(3), self.random.below(2));
        let document_missing = !matches!(basis, "consent" | "condition_met") && !documented;
        let expected: Result<(), Refusal> = match () {
            () if stale => Err("revision_mismatch"),
            () if !matches!(state, RefundState::Requested | RefundState::Answered) => Err("state_conflict"),
            () => self.books.may_order(contract, fen).and_then(|()| match self.books.due(refund, basis)? {
                Some(due) if due != fen => Err("basis_not_met"),
                _ if document_missing => Err("document_required"),
                _ => Ok(()),
            }),
        };
        let reviewed = if stale { revision + 3 } else { revision };
        let document = documented.then(|| "ab".repeat(32));
        let body = json!({"amount": amount(fen), "basis": basis, "reason": "双方同意", "document_sha256": document, "document_sm3": document});
        let path = format!("/v1/refunds/{id}/decide");
        let largest = fen.max(self.books.reach(contract) - fen);
        if let Some(reply) = self.write(NOTARIES[notary], path, Some(reviewed), body, expected).await {
            let decision = Decision { amount: fen, basis, notary, second: None, contested: None };
            self.decided(refund, decision, largest, &reply);
        }
        Some(contract)
    }

    /// A notary orders what both sides give of a refund that the merchant objects to, mostly of one where it does.
    pub async fn part_refund(&mut self) -> Option<usize> {
        let open = |refund: &usize| {
            let of = &self.books.refunds[*refund];
            of.state == RefundState::Answered && of.answer.is_some_and(|answer| !answer.accept)
        };
        let refund = match (0..self.books.refunds.len()).find(open) {
            Some(objected) if !self.random.once_in(6) => objected,
            _ => self.any_refund()?,
        };
        let Refund { id, contract, state, revision, .. } = self.books.refunds[refund].clone();
        let (stale, notary) = (self.random.once_in(8), self.random.below(2));
        let shares = self.books.shares(refund);
        let expected: Result<(), Refusal> = match () {
            () if stale => Err("revision_mismatch"),
            () if state != RefundState::Answered => Err("state_conflict"),
            () => self.books.may_order(contract, 0).and_then(|()| shares.map(|_| ()).ok_or("nothing_disputed")),
        };
        let reviewed = if stale { revision + 3 } else { revision };
        let path = format!("/v1/refunds/{id}/undisputed");
        if let Some(reply) = self.write(NOTARIES[notary], path, Some(reviewed), json!({}), expected).await {
            let (amount, contested) = shares?;
            let largest = amount.max(self.books.reach(contract) - amount - contested);
            let decision = Decision { amount, basis: "consent", notary, second: None, contested: Some(contested) };
            self.decided(refund, decision, largest, &reply);
        }
        Some(contract)
    }

    /// One notary's word is an order, or a proposal where more than `ALONE_MAX` is moved.
    fn decided(&mut self, refund: usize, decision: Decision, largest: i64, reply: &Value) {
        if largest <= ALONE_MAX {
            self.ordered(refund, decision, reply);
            return;
        }
        self.count(format!("refunds proposed on {}", decision.basis));
        let falls_short = self.books.falls_short(refund);
        let of = &mut self.books.refunds[refund];
        (of.state, of.decision) = (RefundState::Proposed, Some(decision));
        of.shortfall = Some(falls_short);
        of.revision += 1;
    }

    /// Another notary orders what the first one proposed; sometimes it is the same one, or on an old revision.
    pub async fn approve_refund(&mut self) -> Option<usize> {
        let proposed = |refund: &usize| self.books.refunds[*refund].state == RefundState::Proposed;
        let waiting = (0..self.books.refunds.len()).find(proposed);
        let refund = match waiting {
            Some(waiting) if !self.random.once_in(6) => waiting,
            None if !self.random.once_in(6) => return None,
            _ => self.any_refund()?,
        };
        let Refund { id, contract, state, revision, decision, .. } = self.books.refunds[refund].clone();
        let proposer = decision.map_or(0, |decision| decision.notary);
        let notary = if self.random.once_in(4) { proposer } else { 1 - proposer };
        let stale = self.random.once_in(8);
        let expected: Result<(), Refusal> = match decision {
            _ if stale => Err("revision_mismatch"),
            Some(_) if state == RefundState::Proposed && notary == proposer => Err("same_person"),
            Some(decision) if state == RefundState::Proposed => self.books.may_order(contract, decision.amount),
            _ => Err("state_conflict"),
        };
        let reviewed = if stale { revision + 3 } else { revision };
        let path = format!("/v1/refunds/{id}/approve");
        if let Some(reply) = self.write(NOTARIES[notary], path, Some(reviewed), json!({}), expected).await {
            self.ordered(refund, Decision { second: Some(notary), ..decision? }, &reply);
        }
        Some(contract)
    }

    fn ordered(&mut self, refund: usize, decision: Decision, reply: &Value) {
        let notaries = if decision.second.is_some() { "two notaries" } else { "one notary" };
        self.count(format!("refunds ordered on {} by {notaries}", decision.basis));
        self.books.order(refund, decision);
        if decision.amount > 0 {
            self.books.pay_refund(refund, text(reply, "payout_id"));
        }
        if let Some(contested @ 1..) = decision.contested {
            self.count("refunds of which a part is disputed".to_owned());
            self.books.refunds[refund].revision += 1;
            let (id, contract) = (text(reply, "dispute_id"), self.books.refunds[refund].contract);
            self.quarrels.push(Quarrel { id, contract, amount: contested, by_consumer: true });
        }
    }

    /// A notary turns an open refund down, or the consumer steps back.
    pub async fn end_refund(&mut self) -> Option<usize> {
        let refund = self.any_refund()?;
        let Refund { id, contract, consumer, state, revision, .. } = self.books.refunds[refund].clone();
        let open = matches!(state, RefundState::Requested | RefundState::Answered | RefundState::Proposed);
        let expected = if open { Ok(()) } else { Err("state_conflict") };
        let (declines, notary) = (self.random.once_in(2), self.random.below(2));
        let ended = if declines {
            let (path, body) = (format!("/v1/refunds/{id}/decline"), json!({"reason": "证据不足"}));
            self.write(NOTARIES[notary], path, Some(revision), body, expected).await
        } else {
            self.write(CONSUMERS[consumer], format!("/v1/refunds/{id}/withdraw"), None, json!({}), expected).await
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
        let Refund { contract, consumer, state, payout: newest, .. } = self.books.refunds[refund];
        let waits = state == RefundState::NeedsAccount && newest == Some(payout);
        let expected = if waits { Ok(()) } else { Err("state_conflict") };
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

    /// The service orders by itself what the seven days give, once nothing can be claimed against it any more.
    pub async fn order_what_nobody_disputes(&mut self) {
        for refund in self.books.undisputed_refunds() {
            let path = format!("/v1/refunds/{}", self.books.refunds[refund].id);
            let shown = self.world.get("notary1", path).await;
            assert!(shown["proposed_by"].is_null(), "nobody decides it: {shown}");
            self.count("refunds ordered by the service itself".to_owned());
            let amount = self.books.refunds[refund].figure;
            self.books
                .order(refund, Decision { amount, basis: "condition_met", notary: 0, second: None, contested: None });
            self.books.pay_refund(refund, text(&shown, "payout_id"));
        }
    }
}
