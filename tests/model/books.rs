//! The reference model: what the rules say, in fen and microseconds, with nothing of the service in it.

use super::kinds::Kind;

pub const HOUR_US: i64 = 3_600_000_000;

/// A refusal's code.
pub type Refusal = &'static str;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractState {
    Draft,
    Signed,
    Active,
    Completed,
    Closing,
    Terminated,
    Cancelled,
}

#[derive(Clone, Debug)]
pub struct Contract {
    pub id: String,
    pub consumer: usize,
    pub merchant: usize,
    pub state: ContractState,
    pub kind: Kind,
    pub price: i64,
    pub units: i64,
    /// What a unit costs before discount, where that was ever told.
    pub list_price: Option<i64>,
    pub silence_confirms: bool,
    pub signed_by_consumer: bool,
    pub signed_by_merchant: bool,
    pub open_deposit: Option<usize>,
    pub cooling_off_until: i64,
    pub deposited: i64,
    pub used: i64,
    pub released: i64,
    pub held: i64,
    pub pending: i64,
    pub frozen: i64,
    pub to_merchant: i64,
    pub refunded: i64,
    /// The part of that which no transfer has paid.
    pub unpaid: i64,
    /// What disputes over undelivered money have given the merchant.
    pub settled: i64,
    pub open_refund: Option<usize>,
    /// Whether the other consumer can take it over.
    pub offered: bool,
    /// How often it passed on.
    pub transfers: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepositState {
    AwaitingPayment,
    Credited,
    Failed,
    Expired,
}

#[derive(Clone, Debug)]
pub struct Deposit {
    pub id: String,
    pub contract: usize,
    pub state: DepositState,
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    Pending,
    Contested,
    Confirmed,
    Voided,
    Reversed,
}

#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: String,
    pub contract: usize,
    /// Who was served, whoever holds the contract now.
    pub consumer: usize,
    pub state: DeliveryState,
    pub units: i64,
    pub amount: i64,
    pub confirm_by: i64,
    pub matures_at: i64,
    pub reversal_by: Option<Side>,
    /// The dispute by which it was contested.
    pub dispute: Option<String>,
}

/// A side of a contract; a notary has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Merchant,
    Consumer,
}

#[derive(Clone, Debug, Default)]
pub struct Merchant {
    pub id: String,
    pub payable: i64,
    pub payout: i64,
    pub unreleased: i64,
    pub settled_until: i64,
    pub open_settlement: Option<usize>,
    /// The default that somebody has proposed.
    pub run: Option<Run>,
    /// What a default has set aside.
    pub frozen: i64,
}

/// A proposed default.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: String,
    pub revision: u64,
    pub proposer: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettlementState {
    Proposed,
    Released,
    Paid,
    Rejected,
}

#[derive(Clone, Debug)]
pub struct Settlement {
    pub id: String,
    pub merchant: usize,
    pub state: SettlementState,
    pub revision: u64,
    pub amount: i64,
    pub count: i64,
    pub returned: i64,
    pub cutoff: i64,
    pub proposer: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutState {
    Created,
    Submitted,
    Settled,
    Rejected,
    Cancelled,
}

#[derive(Clone, Copy, Debug)]
pub enum Pays {
    Settlement(usize),
    Refund(usize),
}

#[derive(Clone, Debug)]
pub struct Payout {
    pub id: String,
    pub state: PayoutState,
    pub returned: bool,
    pub amount: i64,
    pub pays: Pays,
    /// The number of the consumer's account that it pays to.
    pub account: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundState {
    Requested,
    Answered,
    Proposed,
    Ordered,
    NeedsAccount,
    Paid,
    Declined,
    Withdrawn,
}

/// Why a consumer asks for money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The merchant broke its word.
    Breach,
    /// The consumer wants no more.
    Choice,
    /// Inside the seven days, as the consumer says.
    SevenDay,
}

/// The merchant's word on a refund: what it agreed to, or what it would give instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub accept: bool,
    pub amount: i64,
}

/// What a notary decided, and who agreed where the amount needs two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub amount: i64,
    pub basis: &'static str,
    pub notary: usize,
    pub second: Option<usize>,
    /// What was left to a dispute, where only the undisputed part was ordered.
    pub contested: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Refund {
    pub id: String,
    pub contract: usize,
    /// Who gets it, whoever holds the contract now.
    pub consumer: usize,
    pub state: RefundState,
    pub revision: u64,
    pub reason: Reason,
    /// Whether it came inside the seven days, for a service that was new to the consumer.
    pub cooling_off: bool,
    /// When the service orders it by itself, inside the cooling-off.
    pub claim_by: i64,
    /// What escrow could not give when it was decided.
    pub shortfall: Option<i64>,
    pub answer_by: i64,
    /// What the law gives back by the use there is.
    pub figure: i64,
    /// Whether a person has to weigh something before that is so.
    pub needs_decision: bool,
    pub answer: Option<Answer>,
    pub decision: Option<Decision>,
    pub payout: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub struct Books {
    pub now: i64,
    pub contracts: Vec<Contract>,
    pub deposits: Vec<Deposit>,
    pub deliveries: Vec<Delivery>,
    pub merchants: Vec<Merchant>,
    pub settlements: Vec<Settlement>,
    pub payouts: Vec<Payout>,
    pub refunds: Vec<Refund>,
    /// The number of each consumer's account.
    pub accounts: Vec<u64>,
    /// What each consumer is owed.
    pub owed: Vec<i64>,
    pub bank: i64,
    pub suspense: i64,
}

impl Books {
    /// The contracts in these states.
    pub fn in_states(&self, states: &[ContractState]) -> Vec<usize> {
        let fits = |contract: &usize| states.contains(&self.contracts[*contract].state);
        (0..self.contracts.len()).filter(fits).collect()
    }

    /// Nothing is sold by a merchant whose default is proposed, and nothing released to it.
    pub fn no_run(&self, merchant: usize) -> Result<(), Refusal> {
        if self.merchants[merchant].run.is_some() { Err("default_run_open") } else { Ok(()) }
    }

    /// The contracts with an open refund.
    pub fn refunding(&self) -> impl Iterator<Item = usize> {
        (0..self.contracts.len()).filter(|contract| self.contracts[*contract].open_refund.is_some())
    }

    /// What the next delivery of `units` releases.
    pub fn share(&self, contract: usize, units: i64) -> i64 {
        let contract = &self.contracts[contract];
        let until = i128::from(contract.price) * i128::from(contract.used + units) / i128::from(contract.units);
        (i64::try_from(until).unwrap() - contract.released).max(0)
    }

    /// A contract is completed while everything is delivered and nothing is open.
    pub fn settle_completion(&mut self, contract: usize) {
        let contract = &mut self.contracts[contract];
        let done = contract.used == contract.units && contract.pending == 0 && contract.frozen == 0;
        contract.state = match contract.state {
            ContractState::Active if done && contract.open_refund.is_none() => ContractState::Completed,
            ContractState::Completed if !done => ContractState::Active,
            ContractState::Closing if contract.pending == 0 && contract.frozen == 0 && contract.unpaid == 0 => {
                ContractState::Terminated
            }
            other => other,
        };
    }

    /// Money came back to a contract: one that a refund was closing goes on.
    pub fn goes_on(&mut self, contract: usize) {
        let at = &mut self.contracts[contract];
        if at.state == ContractState::Closing && at.held > 0 {
            at.state = ContractState::Active;
        }
        self.settle_completion(contract);
    }

    pub fn record(&mut self, contract: usize, units: i64, id: String) -> usize {
        let (amount, confirm_by) = (self.share(contract, units), self.now + 72 * HOUR_US);
        let at = &mut self.contracts[contract];
        let consumer = at.consumer;
        at.used += units;
        at.released += amount;
        at.held -= amount;
        at.pending += amount;
        let state = DeliveryState::Pending;
        self.deliveries.push(Delivery {
            id,
            contract,
            consumer,
            state,
            units,
            amount,
            confirm_by,
            matures_at: i64::MAX,
            reversal_by: None,
            dispute: None,
        });
        self.deliveries.len() - 1
    }

    pub fn confirm(&mut self, delivery: usize) {
        let now = self.now;
        let Delivery { contract, amount, state, .. } = self.deliveries[delivery];
        let at = &mut self.contracts[contract];
        match state {
            DeliveryState::Contested => at.frozen -= amount,
            _ => at.pending -= amount,
        }
        at.to_merchant += amount;
        let merchant = at.merchant;
        let matures_at = (now + 48 * HOUR_US).max(at.cooling_off_until);
        self.merchants[merchant].payable += amount;
        let delivery = &mut self.deliveries[delivery];
        (delivery.state, delivery.matures_at) = (DeliveryState::Confirmed, matures_at);
        self.settle_completion(contract);
    }

    pub fn contest(&mut self, delivery: usize, dispute: String) {
        let Delivery { contract, amount, .. } = self.deliveries[delivery];
        self.deliveries[delivery].state = DeliveryState::Contested;
        self.deliveries[delivery].dispute = Some(dispute);
        self.contracts[contract].pending -= amount;
        self.contracts[contract].frozen += amount;
    }

    pub fn void(&mut self, delivery: usize) {
        let Delivery { contract, amount, units, state, .. } = self.deliveries[delivery];
        let at = &mut self.contracts[contract];
        match state {
            DeliveryState::Contested => at.frozen -= amount,
            _ => at.pending -= amount,
        }
        at.held += amount;
        at.used -= units;
        at.released -= amount;
        self.deliveries[delivery].state = DeliveryState::Voided;
        self.goes_on(contract);
    }

    pub fn reverse(&mut self, delivery: usize) {
        let Delivery { contract, amount, units, matures_at, .. } = self.deliveries[delivery];
        let at = &mut self.contracts[contract];
        at.held += amount;
        at.to_merchant -= amount;
        at.used -= units;
        at.released -= amount;
        let merchant = at.merchant;
        self.merchants[merchant].payable -= amount;
        self.deliveries[delivery].state = DeliveryState::Reversed;
        if let Some(open) = self.merchants[merchant].open_settlement
            && matures_at <= self.settlements[open].cutoff
        {
            let settlement = &mut self.settlements[open];
            settlement.amount -= amount;
            settlement.count -= 1;
            settlement.revision += 1;
        }
        self.settle_completion(contract);
    }

    /// Silence confirms what nobody answered in time.
    pub fn lapse(&mut self) {
        for delivery in 0..self.deliveries.len() {
            let Delivery { contract, state, confirm_by, .. } = self.deliveries[delivery];
            let silent = self.contracts[contract].silence_confirms && confirm_by <= self.now;
            if state == DeliveryState::Pending && silent {
                self.confirm(delivery);
                self.recalculate(contract);
            }
        }
    }

    /// What a settlement of a merchant would take now: how many deliveries, and their sum with what came back.
    pub fn matured(&self, merchant: usize) -> (i64, i64) {
        let of = &self.merchants[merchant];
        let taken = self.deliveries.iter().filter(|delivery| {
            self.contracts[delivery.contract].merchant == merchant
                && delivery.state == DeliveryState::Confirmed
                && delivery.matures_at > of.settled_until
                && delivery.matures_at <= self.now
        });
        taken.fold((0, of.unreleased), |(count, sum), delivery| (count + 1, sum + delivery.amount))
    }
}
