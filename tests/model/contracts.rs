//! Contracts until their money has come: drafted, signed, paid for or not, given up.

use serde_json::json;

use super::books::{Books, Contract, ContractState, Deposit, DepositState, HOUR_US, Refusal, Side};
use super::support::text;
use super::walk::{CONSUMERS, MERCHANTS, Offer, Walk, amount, micros};

impl Books {
    /// Who may still pay, and until when: the time to pay is one day.
    fn start_deposit(&mut self, contract: usize, id: String) -> usize {
        let expires_at = self.now + 24 * HOUR_US;
        self.deposits.push(Deposit { id, contract, state: DepositState::AwaitingPayment, expires_at });
        let deposit = self.deposits.len() - 1;
        self.contracts[contract].open_deposit = Some(deposit);
        deposit
    }

    /// A deposit is over: with its money or without.
    fn end_deposit(&mut self, deposit: usize, state: DepositState) {
        self.deposits[deposit].state = state;
        self.contracts[self.deposits[deposit].contract].open_deposit = None;
    }

    fn credit(&mut self, deposit: usize, cooling_off_until: i64) {
        self.end_deposit(deposit, DepositState::Credited);
        let contract = &mut self.contracts[self.deposits[deposit].contract];
        contract.state = ContractState::Active;
        contract.cooling_off_until = cooling_off_until;
        (contract.deposited, contract.held) = (contract.price, contract.price);
        self.bank += contract.price;
    }

    fn cancel(&mut self, contract: usize) {
        self.contracts[contract].state = ContractState::Cancelled;
        if let Some(open) = self.contracts[contract].open_deposit {
            self.end_deposit(open, DepositState::Expired);
        }
    }

    /// What nobody paid in time expires.
    pub fn expire_deposits(&mut self) {
        for deposit in 0..self.deposits.len() {
            let Deposit { state, expires_at, .. } = self.deposits[deposit];
            if state == DepositState::AwaitingPayment && expires_at <= self.now {
                self.end_deposit(deposit, DepositState::Expired);
            }
        }
    }

    fn may_sign(&self, contract: usize, side: Side) -> Result<(), Refusal> {
        let of = &self.contracts[contract];
        let signed = match side {
            Side::Consumer => of.signed_by_consumer,
            Side::Merchant => of.signed_by_merchant,
        };
        match of.state {
            ContractState::Cancelled => Err("state_conflict"),
            _ if signed => Err("already_signed"),
            _ => Ok(()),
        }
    }
}

impl Walk {
    /// A contract is drafted; most go all the way to their deposit at once, some stop before.
    pub async fn open_contract(&mut self) -> Option<usize> {
        let (consumer, offer) = (self.random.below(2), self.random.below(self.offers.len()));
        let contract = self.draft(consumer, offer).await?;
        let merchant = self.books.contracts[contract].merchant;
        let steps = if self.random.once_in(3) { self.random.below(4) } else { 4 };
        if steps > 0 {
            self.sign(contract, Side::Consumer, consumer).await;
        }
        if steps > 1 {
            self.sign(contract, Side::Merchant, merchant).await;
        }
        if steps > 2 {
            self.start_deposit(contract, consumer).await;
        }
        if let Some(deposit) = self.books.contracts[contract].open_deposit.filter(|_| steps > 3) {
            self.pay(deposit).await;
        }
        Some(contract)
    }

    async fn draft(&mut self, consumer: usize, offer: usize) -> Option<usize> {
        let Offer { ref id, merchant, kind, price, units, list_price, silence_confirms } = self.offers[offer];
        let (body, expected) = (json!({"plan_id": id}), self.books.no_run(merchant));
        let drafted = self.write(CONSUMERS[consumer], "/v1/contracts".to_owned(), None, body, expected).await?;
        self.books.contracts.push(Contract {
            id: text(&drafted, "id"),
            consumer,
            merchant,
            state: ContractState::Draft,
            kind,
            price,
            units,
            list_price,
            silence_confirms,
            signed_by_consumer: false,
            signed_by_merchant: false,
            open_deposit: None,
            cooling_off_until: 0,
            deposited: 0,
            used: 0,
            released: 0,
            held: 0,
            pending: 0,
            frozen: 0,
            to_merchant: 0,
            refunded: 0,
            unpaid: 0,
            settled: 0,
            open_refund: None,
            offered: false,
            transfers: 0,
        });
        Some(self.books.contracts.len() - 1)
    }

    /// A party signs; now and then the consumer does not want that silence confirms.
    async fn sign(&mut self, contract: usize, side: Side, person: usize) {
        let of = &self.books.contracts[contract];
        let (user, party) = match side {
            Side::Consumer => (CONSUMERS[person], of.consumer),
            Side::Merchant => (MERCHANTS[person], of.merchant),
        };
        let expected = match person == party {
            true => self.books.may_sign(contract, side).and_then(|()| self.books.no_run(of.merchant)),
            false => Err("not_found"),
        };
        let path = format!("/v1/contracts/{}", of.id);
        let terms_sha256 = self.world.get("notary1", path.clone()).await["terms_sha256"].clone();
        let declines = side == Side::Consumer && self.random.once_in(6);
        let body = match declines {
            true => json!({"terms_sha256": terms_sha256, "silence_confirms": false}),
            false => json!({"terms_sha256": terms_sha256}),
        };
        if self.write(user, format!("{path}/sign"), None, body, expected).await.is_some() {
            let of = &mut self.books.contracts[contract];
            match side {
                Side::Consumer => of.signed_by_consumer = true,
                Side::Merchant => of.signed_by_merchant = true,
            }
            of.silence_confirms &= !declines;
            if of.signed_by_consumer && of.signed_by_merchant {
                of.state = ContractState::Signed;
            }
        }
    }

    async fn start_deposit(&mut self, contract: usize, consumer: usize) {
        let of = &self.books.contracts[contract];
        let expected = match () {
            () if consumer != of.consumer => Err("not_found"),
            () if of.state != ContractState::Signed => Err("contract_not_signed"),
            () if self.books.merchants[of.merchant].run.is_some() => Err("default_run_open"),
            () if of.open_deposit.is_some() => Err("deposit_open"),
            () => Ok(()),
        };
        let path = format!("/v1/contracts/{}/deposits", of.id);
        let body = json!({"channel": "sandbox"});
        if let Some(started) = self.write(CONSUMERS[consumer], path, None, body, expected).await {
            let deposit = self.books.start_deposit(contract, text(&started, "id"));
            let late = micros(&started["expires_at"]) - self.books.deposits[deposit].expires_at;
            assert!((0..HOUR_US).contains(&late), "the time to pay is one day: {started}");
        }
    }

    async fn cancel(&mut self, contract: usize, user: &str, mine: bool) {
        let of = &self.books.contracts[contract];
        let expected = match of.state {
            _ if !mine => Err("not_found"),
            ContractState::Draft | ContractState::Signed => Ok(()),
            _ => Err("state_conflict"),
        };
        let path = format!("/v1/contracts/{}/cancel", of.id);
        if self.write(user, path, None, json!({"reason": "不办了"}), expected).await.is_some() {
            self.books.cancel(contract);
        }
    }

    /// A contract, mostly one whose money has not come, goes a step on or is given up, by its parties or by strangers.
    pub async fn go_on(&mut self) -> Option<usize> {
        let unpaid = self.books.in_states(&[ContractState::Draft, ContractState::Signed]);
        let contract = match unpaid.len() {
            1.. if !self.random.once_in(6) => unpaid[self.random.below(unpaid.len())],
            _ => self.random.below(self.books.contracts.len()),
        };
        let Contract { consumer, merchant, .. } = self.books.contracts[contract];
        let by_consumer = self.random.once_in(2);
        let person = self.mostly(if by_consumer { consumer } else { merchant });
        let (signs, pays) = match self.books.contracts[contract].state {
            ContractState::Draft => (7, 1),
            _ => (1, 5),
        };
        match self.random.below(10) {
            choice if choice < signs && by_consumer => self.sign(contract, Side::Consumer, person).await,
            choice if choice < signs => self.sign(contract, Side::Merchant, person).await,
            choice if choice < signs + pays => {
                let person = self.mostly(consumer);
                self.start_deposit(contract, person).await;
            }
            _ if by_consumer => self.cancel(contract, CONSUMERS[person], person == consumer).await,
            _ => self.cancel(contract, MERCHANTS[person], person == merchant).await,
        }
        Some(contract)
    }

    /// The bank says what became of a payment: mostly of one that is awaited, else of one that came, failed or is late.
    pub async fn bank_on_deposit(&mut self) -> Option<usize> {
        let awaited: Vec<usize> = self.books.contracts.iter().filter_map(|contract| contract.open_deposit).collect();
        let deposit = match (self.books.deposits.len(), awaited.len()) {
            (0, _) => return None,
            (_, 1..) if !self.random.once_in(3) => awaited[self.random.below(awaited.len())],
            (count, _) => self.random.below(count),
        };
        match self.random.below(5) {
            0 => self.fail(deposit).await,
            1 => self.pay_otherwise(deposit).await,
            _ => self.pay(deposit).await,
        }
        Some(self.books.deposits[deposit].contract)
    }

    /// The amount due comes in: once it makes the contract active; again, or too late, it goes to suspense.
    async fn pay(&mut self, deposit: usize) {
        let Deposit { ref id, contract, state, .. } = self.books.deposits[deposit];
        let id = id.clone();
        self.bank("deposits", &id, "paid", Ok(())).await;
        if state == DepositState::AwaitingPayment {
            let path = format!("/v1/contracts/{}", self.books.contracts[contract].id);
            let active = self.world.get("notary1", path).await;
            self.books.credit(deposit, micros(&active["cooling_off_until"]));
        } else {
            let price = self.books.contracts[contract].price;
            self.books.bank += price;
            self.books.suspense += price;
        }
    }

    async fn fail(&mut self, deposit: usize) {
        let Deposit { ref id, state, .. } = self.books.deposits[deposit];
        let (id, awaited) = (id.clone(), state == DepositState::AwaitingPayment);
        let expected = if awaited { Ok(()) } else { Err("state_conflict") };
        self.bank("deposits", &id, "failed", expected).await;
        if awaited {
            self.books.end_deposit(deposit, DepositState::Failed);
        }
    }

    /// Money that names the deposit and is not the amount due goes to suspense; announced twice, it comes in once.
    async fn pay_otherwise(&mut self, deposit: usize) {
        let Deposit { ref id, contract, .. } = self.books.deposits[deposit];
        let paid = self.books.contracts[contract].price + 1;
        let notice = json!({
            "kind": "deposit", "transaction_id": format!("T-{}", self.random.next()), "reference": id,
            "outcome": "paid", "amount": amount(paid), "currency": "CNY"
        });
        let results = if self.random.once_in(2) { &["suspense", "repeated"][..] } else { &["suspense"] };
        for result in results {
            let reply = self.world.notify(&notice).await;
            assert_eq!((reply.status, reply.body["result"].as_str()), (200, Some(*result)), "{reply:?}");
        }
        self.books.bank += paid;
        self.books.suspense += paid;
    }
}
