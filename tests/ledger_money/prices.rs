//! The amounts of a contract's deliveries, under any sequence of recording, voiding and reversing.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{collection, prop_assert, prop_assert_eq, proptest};
use ticun::domain::calendar::built_in;
use ticun::domain::context::Context;
use ticun::domain::id::{ContractId, DeliveryId, DepositId, Party};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::DeliveryState;
use ticun::domain::rejection::Rejection;
use ticun::domain::state::State;
use ticun::domain::table::Knowledge;
use ticun::domain::time::Timestamp;
use ticun::ledger::Command;
use ticun::ledger::commands::deliveries::{ConfirmDelivery, RecordDelivery};

use super::deliveries::void;
use super::reversals::reverse;
use super::seed::{self, CONSUMER, MERCHANT, SWIMS, yuan, zone};
use super::world::Who;

const CONTRACT: ContractId = ContractId::from_bits(7);

#[derive(Clone, Copy, Debug)]
enum Step {
    Record(u64),
    Void(usize),
    Reverse(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (1_u64..=7).prop_map(Step::Record),
        1 => any::<usize>().prop_map(Step::Void),
        1 => any::<usize>().prop_map(Step::Reverse),
        1 => Just(Step::Record(1)),
    ];
    collection::vec(step, 0..120)
}

/// The books without a database: commands are pure.
struct Books {
    state: State,
    position: u64,
    recorded: Vec<DeliveryId>,
}

impl Books {
    fn new() -> Self {
        let mut books = Self { state: State::new(Knowledge::Complete), position: 0, recorded: Vec::new() };
        let mut facts = seed::people();
        facts.extend(seed::signed(CONTRACT, SWIMS));
        facts.extend(seed::deposited(CONTRACT, DepositId::from_bits(1), SWIMS, at()));
        books.apply(Who::System, &facts);
        books
    }

    fn apply(&mut self, who: Who, facts: &[ticun::domain::event::Fact]) {
        for fact in facts {
            self.state.apply(self.position, at(), who.actor(), fact);
            self.position += 1;
        }
        self.state.assert_invariants();
        self.state.keep();
    }

    fn run(&mut self, who: Who, command: &dyn Command) -> Result<(), Rejection> {
        let zone = zone();
        let party = match who {
            Who::Merchant => Some(Party::Merchant(MERCHANT)),
            Who::Consumer => Some(Party::Consumer(CONSUMER)),
            _ => None,
        };
        let context = Context {
            office: Name::parse("changning").unwrap(),
            origin: "notary.example/log/changning",
            at: at(),
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

    fn record(&mut self, units: u64) -> Result<(), Rejection> {
        let delivery = DeliveryId::from_bits(u128::from(self.position));
        let command = RecordDelivery { delivery, contract: CONTRACT, units, occurred_at: None, note: None };
        self.run(Who::Merchant, &command)?;
        self.recorded.push(delivery);
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), Rejection> {
        let pick = |books: &Self, index: usize| {
            let count = books.recorded.len().max(1);
            books.recorded.get(index % count).copied().unwrap_or(DeliveryId::from_bits(0))
        };
        match step {
            Step::Record(units) => self.record(units),
            Step::Void(index) => self.run(Who::Merchant, &void(pick(self, index))),
            Step::Reverse(index) => {
                let delivery = pick(self, index);
                self.run(Who::Consumer, &ConfirmDelivery { delivery })?;
                self.run(Who::Notary, &reverse(delivery))
            }
        }
    }

    /// The sum of all deliveries that count, and their units.
    fn live(&self) -> (Amount, u64) {
        let live = self
            .state
            .deliveries
            .iter()
            .map(|(_, delivery)| delivery)
            .filter(|delivery| !matches!(delivery.state, DeliveryState::Voided | DeliveryState::Reversed));
        live.fold((Amount::ZERO, 0), |(sum, units), delivery| {
            (sum.checked_add(delivery.amount).unwrap(), units + delivery.units)
        })
    }
}

fn at() -> Timestamp {
    Timestamp::parse("2026-03-02T02:00:00Z").unwrap()
}

proptest! {
    #[test]
    fn deliveries_never_sum_above_the_price_and_reach_it_exactly_with_the_last_unit(steps in steps()) {
        let mut books = Books::new();
        for step in steps {
            // Some steps cannot be done; what counts is that nothing they leave behind is wrong.
            let refused = books.step(step).err();
            let (sum, units) = books.live();
            prop_assert!(sum <= yuan("2000.00"), "{sum} after {step:?} ({refused:?})");
            prop_assert!(units < 60 || sum == yuan("2000.00"));
            let contract = books.state.contracts.get(CONTRACT).unwrap();
            prop_assert_eq!((contract.amount_live, contract.units_live), (sum, units));
        }
        while books.live().1 < 60 {
            books.record(1).unwrap();
        }
        prop_assert_eq!(books.live().0, yuan("2000.00"));
        prop_assert_eq!(books.record(1), Err(Rejection::UnitsExhausted { remaining: 0 }));
    }
}
