//! Many contracts of a merchant, stated as facts by those whose facts they are: as lawful as one by one, and quicker.

use serde_json::Value;
use ticun::domain::account::{Account, transfer};
use ticun::domain::actor::Actor;
use ticun::domain::context::Context;
use ticun::domain::digest::Digest;
use ticun::domain::event::{ContractDrafted, ContractSigned, DepositCredited, DepositStarted, Fact};
use ticun::domain::id::{ConsumerId, ContractId, DepositId, MerchantId, ObjectId, Party, PlanId, RequestId, UserId};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::{AgeClass, Contract, Role};
use ticun::domain::rejection::Rejection;
use ticun::domain::state::State;
use ticun::ledger::clock::Entropy;
use ticun::ledger::{Answer, Command, Decided, Key, Submission};
use ticun::store::{dialect, objects};

use super::support::side::Side;
use super::support::{World, text};

/// Contracts in one command.
const AT_ONCE: usize = 100;

/// States facts as they are.
#[derive(Debug)]
struct Stated {
    facts: Vec<Fact>,
    shows: ObjectId,
    keys: Vec<Key>,
}

impl Command for Stated {
    fn name(&self) -> &'static str {
        "test.state"
    }

    fn keys(&self) -> Vec<Key> {
        self.keys.clone()
    }

    fn decide(&self, _: &State, _: &Context<'_>) -> Result<Decided, Rejection> {
        Ok(Decided { facts: self.facts.clone(), shows: self.shows })
    }
}

/// The people, and a contract after whose pattern all others are made.
struct Pattern {
    contract: Contract,
    merchant_user: Actor,
    consumer_user: Actor,
    channel: Name,
    bank: Account,
}

async fn actor(world: &World, user: &str, role: Role) -> Actor {
    let id = UserId::parse(&text(&world.get(user, "/v1/me").await, "id")).expect("an id");
    Actor::User { id, role }
}

/// Makes `count` contracts of the side active, paid in full; answers how many there are now with the first one.
pub async fn contracts(world: &World, side: &Side, count: usize) -> usize {
    let first: Value = side.contract_in(world, "active").await;
    let id = ContractId::parse(&text(&first, "id")).expect("an id");
    let mut connection = dialect::open_reader(&world.config.database).expect("the database");
    let contract = objects::contracts::load(&mut connection, "changning", &[id]).expect("a read").remove(0);
    let pattern = Pattern {
        contract,
        merchant_user: actor(world, side.merchant_user, Role::Merchant).await,
        consumer_user: actor(world, side.consumer_user, Role::Consumer).await,
        channel: Name::parse("sandbox").expect("a name"),
        bank: Account::Bank(Name::parse("changning").expect("a name")),
    };
    let entropy = Entropy::default();
    let now = world.running().clock.now();
    for from in (0..count).step_by(AT_ONCE) {
        let ids: Vec<u128> = (from..count.min(from + AT_ONCE)).map(|_| entropy.id(now)).collect();
        pattern.make(world, &ids).await;
    }
    count + 1
}

impl Pattern {
    async fn make(&self, world: &World, ids: &[u128]) {
        let (consumer, merchant, plan) = (self.contract.consumer, self.contract.merchant, self.contract.plan);
        let drafted = ids.iter().map(|id| self.drafted(ContractId::from_bits(*id), consumer, merchant, plan));
        let signs = |by| ids.iter().map(move |id| self.signed(ContractId::from_bits(*id), by));
        let keys = vec![Key::Merchant(merchant), Key::Consumer(consumer), Key::Plan(plan)];
        let facts = drafted.chain(signs(Party::Consumer(consumer))).collect();
        self.state(world, self.consumer_user, ids, facts, keys).await;
        let keys: Vec<Key> = ids.iter().map(|id| Key::Contract(ContractId::from_bits(*id))).collect();
        self.state(world, self.merchant_user, ids, signs(Party::Merchant(merchant)).collect(), keys.clone()).await;
        let started = ids.iter().map(|id| self.started(world, *id)).collect();
        self.state(world, self.consumer_user, ids, started, keys.clone()).await;
        let credited = ids.iter().map(|id| self.credited(*id)).collect();
        let keys = keys.into_iter().chain([Key::Account(self.bank)]).collect();
        self.state(world, Actor::Channel(self.channel), ids, credited, keys).await;
    }

    async fn state(&self, world: &World, actor: Actor, ids: &[u128], facts: Vec<Fact>, keys: Vec<Key>) {
        let sequencer = world.running().offices.values().next().expect("an office");
        let shows = ContractId::from_bits(ids[0]).into();
        let command = Box::new(Stated { facts, shows, keys });
        let submission = Submission::new(command, actor, RequestId::from_bits(ids[0]), world.running().clock.now());
        let answer = sequencer.submit(submission).await;
        assert!(matches!(answer, Ok(Answer::Written { .. })), "{answer:?}");
    }

    fn drafted(&self, contract: ContractId, consumer: ConsumerId, merchant: MerchantId, plan: PlanId) -> Fact {
        let Contract { figures, plan_version, rules_pack, rules_version, terms_sha256, terms_sm3, .. } =
            self.contract.clone();
        Fact::plain(ContractDrafted {
            consumer,
            contract,
            figures,
            holder_age: AgeClass::Undeclared,
            merchant,
            plan,
            plan_version,
            rules_pack,
            rules_version,
            terms_sha256,
            terms_sm3,
        })
    }

    fn signed(&self, contract: ContractId, by: Party) -> Fact {
        let Contract { consumer, merchant, terms_sha256, terms_sm3, .. } = self.contract.clone();
        Fact::plain(ContractSigned {
            arbitration: false,
            by,
            consumer,
            contract,
            merchant,
            silence_confirms: true,
            terms_sha256,
            terms_sm3,
        })
    }

    fn price(&self) -> Amount {
        self.contract.figures.price
    }

    fn started(&self, world: &World, id: u128) -> Fact {
        Fact::plain(DepositStarted {
            amount: self.price(),
            channel: self.channel,
            consumer: self.contract.consumer,
            contract: ContractId::from_bits(id),
            deposit: DepositId::from_bits(id),
            expires_at: world.running().clock.now().plus_hours(24),
            merchant: self.contract.merchant,
        })
    }

    fn credited(&self, id: u128) -> Fact {
        let contract = ContractId::from_bits(id);
        let event = DepositCredited {
            amount: self.price(),
            consumer: self.contract.consumer,
            contract,
            cooling_off_until: self.contract.cooling_off_until.expect("it is active"),
            deposit: DepositId::from_bits(id),
            ends_on: self.contract.ends_on.expect("it is active"),
            merchant: self.contract.merchant,
            paid_on: self.contract.paid_on.expect("it is active"),
            transaction: Digest::of(&[&id.to_be_bytes()]),
        };
        Fact::moving(event, transfer(self.bank, Account::ContractHeld(contract), self.price()))
    }
}
