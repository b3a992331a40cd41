//! The books without a database: commands are pure.

use ticun::domain::calendar::built_in;
use ticun::domain::context::Context;
use ticun::domain::event::Fact;
use ticun::domain::id::{ContractId, DeliveryId, DepositId, DisputeId, FreezeId, Party, RefundId, VenueId};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::{Contract, Delivery, DeliveryState, PlanFigures, Refund, Used};
use ticun::domain::rejection::Rejection;
use ticun::domain::state::State;
use ticun::domain::table::Knowledge;
use ticun::domain::time::Timestamp;
use ticun::ledger::Command;
use ticun::ledger::commands::deliveries::{ConfirmDelivery, ContestDelivery, RecordDelivery};

use super::deliveries::void;
use super::reversals::reverse;
use super::seed::{self, CONSUMER, MERCHANT, zone};
use super::world::Who;

pub const CONTRACT: ContractId = ContractId::from_bits(7);
/// The merchant's, which a period is used at.
pub const VENUE: VenueId = VenueId::from_bits(1);

/// Something that happens to the contract's deliveries.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Record(Used),
    Void(usize),
    Reverse(usize),
    Contest(usize),
    /// So many hours pass.
    Wait(u32),
}

/// One contract, and what was recorded on it.
pub struct Books {
    state: State,
    at: Timestamp,
    position: u64,
    recorded: Vec<DeliveryId>,
}

impl Books {
    pub fn new(figures: &PlanFigures) -> Self {
        let mut books = Self { state: State::new(Knowledge::Complete), at: at(), position: 0, recorded: Vec::new() };
        let mut facts = seed::people();
        facts.push(seed::venue_added(VENUE));
        facts.extend(seed::signed(CONTRACT, figures));
        facts.extend(seed::deposited(CONTRACT, DepositId::from_bits(1), figures, at()));
        books.apply(Who::System, &facts);
        books
    }

    pub fn contract(&self) -> &Contract {
        self.state.contracts.get(CONTRACT).unwrap()
    }

    fn apply(&mut self, who: Who, facts: &[Fact]) {
        for fact in facts {
            self.state.apply(self.position, self.at, who.actor(), fact);
            self.position += 1;
        }
        self.state.assert_invariants();
        self.state.keep();
    }

    pub fn run(&mut self, who: Who, command: &dyn Command) -> Result<(), Rejection> {
        let zone = zone();
        let party = match who {
            Who::Merchant => Some(Party::Merchant(MERCHANT)),
            Who::Consumer => Some(Party::Consumer(CONSUMER)),
            _ => None,
        };
        let context = Context {
            office: Name::parse("changning").unwrap(),
            origin: "notary.example/log/changning",
            at: self.at,
            actor: who.actor(),
            party,
            if_match: None,
            zone: &zone,
            calendar: built_in(),
        };
        let facts = command.decide(&self.state, &context)?.facts;
        self.apply(who, &facts);
        Ok(())
    }

    pub fn record(&mut self, used: Used) -> Result<(), Rejection> {
        let delivery = DeliveryId::from_bits(u128::from(self.position));
        let command = RecordDelivery { delivery, contract: CONTRACT, used, occurred_at: None, note: None };
        self.run(Who::Merchant, &command)?;
        self.recorded.push(delivery);
        Ok(())
    }

    pub fn step(&mut self, step: Step) -> Result<(), Rejection> {
        let pick = |books: &Self, index: usize| {
            let count = books.recorded.len().max(1);
            books.recorded.get(index % count).copied().unwrap_or(DeliveryId::from_bits(0))
        };
        match step {
            Step::Record(used) => self.record(used),
            Step::Void(index) => self.run(Who::Merchant, &void(pick(self, index))),
            Step::Reverse(index) => {
                let delivery = pick(self, index);
                self.run(Who::Consumer, &ConfirmDelivery { delivery })?;
                self.run(Who::Notary, &reverse(delivery))
            }
            Step::Contest(index) => {
                let (delivery, number) = (pick(self, index), self.position.into());
                let (dispute, freeze) = (DisputeId::from_bits(number), FreezeId::from_bits(number));
                self.run(Who::Consumer, &ContestDelivery { delivery, dispute, freeze, reason: seed::digest("why") })
            }
            Step::Wait(hours) => {
                self.at = self.at.plus_hours(hours);
                Ok(())
            }
        }
    }

    pub fn refund(&self, id: RefundId) -> &Refund {
        self.state.refunds.get(id).unwrap()
    }

    /// What a refund can take: what is held, and what waits for its answer still.
    pub fn free(&self) -> Amount {
        let waiting = |delivery: &&Delivery| delivery.state == DeliveryState::Pending && !delivery.window_over(self.at);
        let amounts = self.live().filter(waiting).map(|delivery| delivery.amount);
        amounts.fold(self.contract().held.amount().unwrap(), |sum, amount| sum.checked_add(amount).unwrap())
    }

    /// The deliveries that count.
    pub fn live(&self) -> impl Iterator<Item = &Delivery> {
        let deliveries = self.state.deliveries.iter().map(|(_, delivery)| delivery);
        deliveries.filter(|delivery| !matches!(delivery.state, DeliveryState::Voided | DeliveryState::Reversed))
    }
}

fn at() -> Timestamp {
    Timestamp::parse("2026-03-02T02:00:00Z").unwrap()
}
