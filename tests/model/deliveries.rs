//! Deliveries: recorded, answered, taken back.

use actix_web::http::Method;
use serde_json::json;

use super::books::{Contract, ContractState, Delivery, DeliveryState, HOUR_US, Refusal, Side};
use super::support::text;
use super::walk::{CONSUMERS, Code, MERCHANTS, NOTARIES, Walk};

impl Walk {
    /// A delivery, mostly a recent one; none before there is any.
    fn any_delivery(&mut self) -> Option<usize> {
        let count = self.books.deliveries.len();
        let recent = count.min(12);
        match count {
            0 => None,
            _ if self.random.once_in(4) => Some(self.random.below(count)),
            _ => Some(count - 1 - self.random.below(recent)),
        }
    }

    /// A contract, mostly one that is being used.
    pub fn any_contract(&mut self) -> usize {
        let used = self.books.in_states(&[ContractState::Active, ContractState::Completed]);
        match used.len() {
            1.. if !self.random.once_in(8) => used[self.random.below(used.len())],
            _ => self.random.below(self.books.contracts.len()),
        }
    }

    /// A merchant or consumer: mostly the one whose business it is.
    pub fn mostly(&mut self, right: usize) -> usize {
        if self.random.once_in(10) { 1 - right } else { right }
    }

    fn may_record(&self, contract: usize, units: i64) -> Result<(), Refusal> {
        let at = &self.books.contracts[contract];
        match at.state {
            ContractState::Completed => Err(at.kind.exhausted()),
            ContractState::Active if units > at.units - at.used => Err(at.kind.exhausted()),
            ContractState::Active => Ok(()),
            _ => Err("contract_not_active"),
        }
    }

    /// Whether the money that is free covers a delivery.
    fn may_release(&self, contract: usize, units: i64) -> Result<(), Refusal> {
        let covered = self.books.share(contract, units) <= self.books.contracts[contract].held;
        if covered { Ok(()) } else { Err("funds_frozen") }
    }

    pub async fn record(&mut self) -> Option<usize> {
        let contract = self.any_contract();
        let kind = self.books.contracts[contract].kind;
        let units = kind.step() * i64::try_from(1 + self.random.below(4)).unwrap();
        let owner = self.books.contracts[contract].merchant;
        let merchant = self.mostly(owner);
        let expected = match merchant == owner {
            true => self.books.no_run(owner).and_then(|()| self.may_record(contract, units)).and_then(|()| {
                let open = self.books.contracts[contract].open_refund.is_some();
                if open { Err("refund_open") } else { self.may_release(contract, units) }
            }),
            false => Err("not_found"),
        };
        let path = format!("/v1/contracts/{}/deliveries", self.books.contracts[contract].id);
        let mut body = kind.uses(units);
        body["note"] = json!("一次");
        if let Some(delivery) = self.write(MERCHANTS[merchant], path, None, body, expected).await {
            self.books.record(contract, units, text(&delivery, "id"));
        }
        Some(contract)
    }

    /// The holder shows a code, new or old, and the merchant uses it.
    pub async fn check_in(&mut self) -> Option<usize> {
        // Codes are the one way to use a contract whose refund is open, and what is used changes that refund.
        let refunding: Vec<usize> = self.books.refunding().collect();
        let contract = match refunding.len() {
            1.. if self.random.once_in(2) => refunding[self.random.below(refunding.len())],
            _ => self.any_contract(),
        };
        let Contract { id, consumer, merchant: owner, state, transfers, .. } = self.books.contracts[contract].clone();
        if !self.codes.contains_key(&contract) || !self.random.once_in(3) {
            let expected = if state == ContractState::Active { Ok(()) } else { Err("contract_not_active") };
            let path = format!("/v1/contracts/{id}/checkin-codes");
            // The code is told once and never stored, so that this write has no replay.
            let ask = self.world.ask(Method::POST, path).by(CONSUMERS[consumer]).json(&json!({}));
            let reply = ask.without_replay().send().await;
            assert_eq!(reply.body["code"].as_str(), expected.err(), "{reply:?}");
            if expected.is_err() {
                return Some(contract);
            }
            let code = Code { code: text(&reply.body, "checkin_code"), used: false, issued: self.books.now, transfers };
            self.codes.insert(contract, code);
        }
        let merchant = self.mostly(owner);
        let kind = self.books.contracts[contract].kind;
        let units = kind.step() * i64::try_from(1 + self.random.below(2)).unwrap();
        let shown = self.codes[&contract].clone();
        let expected = match () {
            () if merchant != owner => Err("checkin_code_unknown"),
            () if shown.used => Err("checkin_code_used"),
            // Nobody who held the contract before uses it any more.
            () if shown.transfers < transfers => Err("checkin_code_expired"),
            () if self.books.now - shown.issued >= HOUR_US / 6 => Err("checkin_code_expired"),
            () => self.may_record(contract, units).and_then(|()| self.may_release(contract, units)),
        };
        let mut body = kind.uses(units);
        body["checkin_code"] = json!(shown.code);
        if let Some(reply) = self.write(MERCHANTS[merchant], "/v1/deliveries".to_owned(), None, body, expected).await {
            self.codes.insert(contract, Code { used: true, ..shown });
            let delivery = self.books.record(contract, units, text(&reply, "id"));
            self.books.confirm(delivery);
            self.books.recalculate(contract);
        }
        Some(contract)
    }

    /// The consumer of a delivery, mostly, and whether it is theirs.
    fn consumer_of(&mut self, delivery: usize) -> (usize, bool) {
        let owner = self.books.deliveries[delivery].consumer;
        let consumer = self.mostly(owner);
        (consumer, consumer == owner)
    }

    /// True when silence has a word in it, and the time to answer is over.
    fn window_over(&self, delivery: usize) -> bool {
        let Delivery { contract, confirm_by, .. } = self.books.deliveries[delivery];
        self.books.contracts[contract].silence_confirms && confirm_by <= self.books.now
    }

    fn answered(&self, delivery: usize, mine: bool, while_contested: Result<(), Refusal>) -> Result<(), Refusal> {
        match self.books.deliveries[delivery].state {
            _ if !mine => Err("not_found"),
            DeliveryState::Pending if self.window_over(delivery) => Err("confirm_window_over"),
            DeliveryState::Pending => Ok(()),
            DeliveryState::Contested => while_contested,
            DeliveryState::Confirmed => Err("already_confirmed"),
            DeliveryState::Voided | DeliveryState::Reversed => Err("state_conflict"),
        }
    }

    pub async fn confirm(&mut self) -> Option<usize> {
        let delivery = self.any_delivery()?;
        let (consumer, mine) = self.consumer_of(delivery);
        let expected = self.answered(delivery, mine, Err("delivery_contested"));
        let path = format!("/v1/deliveries/{}/confirm", self.books.deliveries[delivery].id);
        let contract = self.books.deliveries[delivery].contract;
        if self.write(CONSUMERS[consumer], path, None, json!({}), expected).await.is_some() {
            self.books.confirm(delivery);
            self.books.recalculate(contract);
        }
        Some(contract)
    }

    pub async fn contest(&mut self) -> Option<usize> {
        let delivery = self.any_delivery()?;
        let (consumer, mine) = self.consumer_of(delivery);
        let expected = self.answered(delivery, mine, Err("already_contested"));
        let path = format!("/v1/deliveries/{}/contest", self.books.deliveries[delivery].id);
        let contract = self.books.deliveries[delivery].contract;
        if let Some(reply) = self.write(CONSUMERS[consumer], path, None, json!({"reason": "没有去过"}), expected).await
        {
            self.books.contest(delivery, text(&reply, "dispute_id"));
            self.books.recalculate(contract);
        }
        Some(contract)
    }

    /// Who contested a delivery takes that back, and agrees with it; nobody else can.
    pub async fn give_up(&mut self) -> Option<usize> {
        let contested = |delivery: &usize| self.books.deliveries[*delivery].state == DeliveryState::Contested;
        let contested: Vec<usize> = (0..self.books.deliveries.len()).filter(contested).collect();
        let delivery = *contested.get(self.random.below(contested.len().max(1)))?;
        let contract = self.books.deliveries[delivery].contract;
        let (consumer, mine) = self.consumer_of(delivery);
        let expected = match () {
            () if mine => Ok(()),
            // The dispute is the holder's as well, but another opened it.
            () if consumer == self.books.contracts[contract].consumer => Err("forbidden"),
            () => Err("not_found"),
        };
        let path = format!("/v1/disputes/{}/withdraw", self.books.deliveries[delivery].dispute.as_ref()?);
        if self.write(CONSUMERS[consumer], path, None, json!({}), expected).await.is_some() {
            self.books.confirm(delivery);
            self.books.recalculate(contract);
        }
        Some(contract)
    }

    pub async fn void(&mut self) -> Option<usize> {
        let delivery = self.any_delivery()?;
        let contract = self.books.deliveries[delivery].contract;
        let owner = self.books.contracts[contract].merchant;
        let merchant = self.mostly(owner);
        let expected = self.answered(delivery, merchant == owner, Ok(()));
        let path = format!("/v1/deliveries/{}/void", self.books.deliveries[delivery].id);
        if self.write(MERCHANTS[merchant], path, None, json!({}), expected).await.is_some() {
            self.books.void(delivery);
            self.books.recalculate(contract);
        }
        Some(contract)
    }

    pub async fn reverse(&mut self) -> Option<usize> {
        let delivery = self.any_delivery()?;
        let Delivery { contract, consumer: served, state, matures_at, reversal_by, .. } =
            self.books.deliveries[delivery].clone();
        let at = self.books.contracts[contract].clone();
        let (user, side, mine) = match self.random.below(3) {
            0 => (NOTARIES[self.random.below(2)], None, true),
            1 => {
                let consumer = self.mostly(served);
                (CONSUMERS[consumer], Some(Side::Consumer), consumer == served)
            }
            _ => {
                let merchant = self.mostly(at.merchant);
                (MERCHANTS[merchant], Some(Side::Merchant), merchant == at.merchant)
            }
        };
        let settled = matures_at <= self.books.merchants[at.merchant].settled_until;
        let expected = match () {
            () if !mine => Err("not_found"),
            () if state != DeliveryState::Confirmed => Err("state_conflict"),
            () if !matches!(at.state, ContractState::Active | ContractState::Completed) => Err("state_conflict"),
            () if settled => Err("already_settled"),
            () if side.is_some() && reversal_by == side => Err("reversal_already_proposed"),
            () => Ok(()),
        };
        let path = format!("/v1/deliveries/{}/reverse", self.books.deliveries[delivery].id);
        if self.write(user, path, None, json!({"reason": "记错了"}), expected).await.is_some() {
            if side.is_some() && reversal_by.is_none() {
                self.books.deliveries[delivery].reversal_by = side;
            } else {
                self.books.reverse(delivery);
                self.books.recalculate(contract);
            }
        }
        Some(contract)
    }
}
