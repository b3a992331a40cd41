//! An office on a temporary database, its people, and a clock that only the test moves.

use std::cell::{Cell, RefCell};
use std::path::Path;

use ticun::domain::account::Account;
use ticun::domain::actor::Actor;
use ticun::domain::id::{ContractId, DeliveryId, DepositId, Party, RefundId, RequestId, UserId};
use ticun::domain::money::Delta;
use ticun::domain::objects::{Consumer, Contract, Delivery, Merchant, Payout, PlanFigures, Refund, Settlement, Used};
use ticun::domain::rejection::Rejection;
use ticun::domain::rules::last_certain_day;
use ticun::domain::time::Timestamp;
use ticun::ledger::accruals::{all_due, post};
use ticun::ledger::check::check;
use ticun::ledger::commands::deliveries::{ConfirmDelivery, RecordDelivery};
use ticun::ledger::office::create;
use ticun::ledger::rebuild::{Object, rebuild};
use ticun::ledger::{Answer, Command, Options, Sequencer, Submission};
use ticun::store::queries::Page;
use ticun::store::{Connection, dialect, entries, objects, queries};

use super::seed::{self, CONSUMER, MERCHANT, Seed, USERS, bank, opening, zone};

/// Who acts in a test.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    Merchant,
    Consumer,
    Stranger,
    Notary,
    OtherNotary,
    Operator,
    Bank,
    System,
}

impl Who {
    pub fn actor(self) -> Actor {
        let user = |index: usize| {
            let (number, role, _) = USERS[index];
            Actor::User { id: UserId::from_bits(number), role }
        };
        match self {
            Self::Merchant => user(0),
            Self::Consumer => user(1),
            Self::Stranger => user(2),
            Self::Notary => user(3),
            Self::OtherNotary => user(4),
            Self::Operator => user(5),
            Self::Bank => Actor::Channel(bank()),
            Self::System => Actor::System,
        }
    }
}

pub struct World {
    sequencer: Option<Sequencer>,
    writer: Option<std::thread::JoinHandle<()>>,
    runtime: tokio::runtime::Runtime,
    /// Another node on the same database, which takes its turn where there is one.
    other: Option<(Sequencer, std::thread::JoinHandle<()>)>,
    turns: Cell<u32>,
    url: String,
    reader: RefCell<Connection>,
    now: Cell<Timestamp>,
    ids: Cell<u128>,
    _folder: tempfile::TempDir,
}

const OFFICE: &str = "changning";

/// Reads one object from the tables.
macro_rules! read {
    ($($name:ident($table:ident: $id:ident) -> $object:ident;)+) => { $(
        pub fn $name(&self, id: ticun::domain::id::$id) -> $object {
            objects::$table::load(&mut self.reader.borrow_mut(), OFFICE, &[id]).unwrap().remove(0)
        }
    )+ };
}

/// Runs a command that must be done, and gives the object it shows.
macro_rules! act {
    ($($name:ident -> $object:ident;)+) => { $(
        #[track_caller]
        pub fn $name(&self, who: Who, command: impl Command + 'static) -> $object {
            match self.run(who, command).unwrap() {
                Object::$object(object) => object,
                other => panic!("not what was expected: {other:?}"),
            }
        }
    )+ };
}

impl World {
    /// An office with its people, on a Monday at ten; the merchant is admitted and both parties have bank accounts.
    pub fn new() -> Self {
        let world = Self::bare();
        let mut facts = seed::admitted();
        facts.extend([Party::Merchant(MERCHANT), Party::Consumer(CONSUMER)].map(seed::account_set));
        world.seed(facts);
        world
    }

    /// The same with a merchant that nobody has reviewed, and without bank accounts.
    pub fn bare() -> Self {
        Self::bare_in(super::database::url_in)
    }

    /// The same in the database that `url` names for a folder.
    pub fn bare_in(url: impl Fn(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = url(folder.path());
        let mut connection = dialect::open_writer(&url).unwrap();
        dialect::migrate(&mut connection).unwrap();
        let now = Timestamp::parse("2026-03-02T02:00:00Z").unwrap();
        let office = create(&mut connection, &opening(now)).unwrap();
        let (sequencer, writer) = Sequencer::start(&url, office, Options::default()).unwrap();
        let world = Self {
            sequencer: Some(sequencer),
            writer: Some(writer),
            runtime: tokio::runtime::Builder::new_current_thread().build().unwrap(),
            other: None,
            turns: Cell::new(0),
            url: url.clone(),
            reader: RefCell::new(dialect::open_reader(&url).unwrap()),
            now: Cell::new(now),
            ids: Cell::new(1000),
            _folder: folder,
        };
        world.seed(seed::people());
        world
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub fn wait_hours(&self, hours: u32) {
        self.now.set(self.now.get().plus_hours(hours));
    }

    /// Bits for a new id.
    pub fn bits(&self) -> u128 {
        self.ids.set(self.ids.get() + 1);
        self.ids.get()
    }

    #[track_caller]
    pub fn seed(&self, facts: Vec<ticun::domain::event::Fact>) {
        let shows = MERCHANT.into();
        self.run(Who::System, Seed { facts, shows }).unwrap();
    }

    /// Starts a second node: from now on commands go to one and the other, in no simple order.
    pub fn with_another_node(mut self) -> Self {
        let office = self.sequencer.as_ref().unwrap().office().clone();
        self.other = Some(Sequencer::start(&self.url, office, Options::default()).unwrap());
        self
    }

    #[track_caller]
    pub fn answer(&self, submission: Submission) -> Answer {
        self.turns.set(self.turns.get() + 1);
        let is_others = self.turns.get().wrapping_mul(2_654_435_769) >> 30 == 1;
        let node = match &self.other {
            Some((other, _)) if is_others => other,
            _ => self.sequencer.as_ref().unwrap(),
        };
        self.runtime.block_on(node.submit(submission)).unwrap()
    }

    #[track_caller]
    pub fn run(&self, who: Who, command: impl Command + 'static) -> Result<Object, Rejection> {
        self.run_reviewed(who, None, command)
    }

    /// Runs a command of someone who reviewed a revision.
    #[track_caller]
    pub fn run_reviewed(
        &self,
        who: Who,
        if_match: Option<u64>,
        command: impl Command + 'static,
    ) -> Result<Object, Rejection> {
        let request = RequestId::from_bits(self.bits());
        let mut submission = Submission::new(Box::new(command), who.actor(), request, self.now());
        submission.if_match = if_match;
        match self.answer(submission) {
            Answer::Written { object, position, .. } => {
                if let Some(position) = position
                    && !matches!(*object, Object::Merchant(_) | Object::Consumer(_))
                {
                    self.rebuilds(&object, position);
                }
                Ok(*object)
            }
            Answer::Rejected(rejection) => Err(rejection),
            other => panic!("not an answer of the ledger: {other:?}"),
        }
    }

    /// The reply to a repeated request is rebuilt from the log, and must be the same.
    #[track_caller]
    fn rebuilds(&self, object: &Object, position: u64) {
        let found = rebuild(&mut self.reader.borrow_mut(), OFFICE, object.id(), position).unwrap();
        assert_eq!(found.map(|(object, _)| object).as_ref(), Some(object));
    }

    #[track_caller]
    pub fn refused(&self, who: Who, command: impl Command + 'static) -> Rejection {
        self.run(who, command).unwrap_err()
    }

    read! {
        merchant_row(merchants: MerchantId) -> Merchant;
        consumer_row(consumers: ConsumerId) -> Consumer;
        contract(contracts: ContractId) -> Contract;
        delivery_row(deliveries: DeliveryId) -> Delivery;
        settlement_row(settlements: SettlementId) -> Settlement;
        payout_row(payouts: PayoutId) -> Payout;
        refund_row(refunds: RefundId) -> Refund;
    }

    act! {
        delivery -> Delivery;
        settlement -> Settlement;
        payout -> Payout;
    }

    #[track_caller]
    pub fn refund(&self, who: Who, command: impl Command + 'static) -> Refund {
        match self.run(who, command).unwrap() {
            Object::Refund(refund, _) => *refund,
            other => panic!("not what was expected: {other:?}"),
        }
    }

    pub fn merchant(&self) -> Merchant {
        self.merchant_row(MERCHANT)
    }

    /// A contract whose money has been credited.
    #[track_caller]
    pub fn active(&self, terms: impl Into<PlanFigures>) -> ContractId {
        let (contract, figures) = (ContractId::from_bits(self.bits()), terms.into());
        let mut facts = seed::signed(contract, &figures);
        facts.extend(seed::deposited(contract, DepositId::from_bits(self.bits()), &figures, self.now()));
        self.seed(facts);
        contract
    }

    pub fn recording(&self, contract: ContractId, units: u64) -> RecordDelivery {
        self.recording_use(contract, Used::Units(units))
    }

    pub fn recording_use(&self, contract: ContractId, used: Used) -> RecordDelivery {
        let delivery = DeliveryId::from_bits(self.bits());
        RecordDelivery { delivery, contract, used, occurred_at: None, note: None }
    }

    /// What a delivery that was just recorded releases.
    #[track_caller]
    pub fn released(&self, contract: ContractId, used: Used) -> String {
        self.delivery(Who::Merchant, self.recording_use(contract, used)).amount.to_string()
    }

    /// A delivery that waits for an answer.
    #[track_caller]
    pub fn pending(&self, contract: ContractId, units: u64) -> DeliveryId {
        self.delivery(Who::Merchant, self.recording(contract, units)).id
    }

    /// A delivery that the consumer has confirmed.
    #[track_caller]
    pub fn confirmed(&self, contract: ContractId, units: u64) -> DeliveryId {
        let delivery = self.pending(contract, units);
        self.delivery(Who::Consumer, ConfirmDelivery { delivery }).id
    }

    /// Balances of a contract: held, pending, frozen.
    pub fn balances(&self, contract: ContractId) -> [String; 3] {
        let contract = self.contract(contract);
        [contract.held, contract.pending, contract.frozen].map(|balance| balance.to_string())
    }

    /// What the merchant's period contracts have earned is posted; answers for how many there was something to post.
    #[track_caller]
    pub fn accrue(&self) -> usize {
        let sequencer = self.sequencer.as_ref().unwrap();
        let times = (None, self.now());
        let due = all_due(&mut self.reader.borrow_mut(), sequencer.office(), MERCHANT, times).unwrap();
        let count = due.len();
        let request = RequestId::from_bits(self.bits());
        self.runtime.block_on(async { post(sequencer, due, request, self.now()).await }).unwrap();
        count
    }

    pub fn ended_periods(&self) -> Vec<ContractId> {
        let day = last_certain_day(self.now(), &zone());
        queries::ended_periods(&mut self.reader.borrow_mut(), OFFICE, day, self.now(), 10).unwrap()
    }

    pub fn bank_balance(&self) -> Delta {
        let account = Account::Bank(bank());
        let found = objects::accounts::load(&mut self.reader.borrow_mut(), OFFICE, &[account]).unwrap();
        found.first().map_or(Delta::ZERO, |(_, balance)| balance.negated())
    }

    pub fn payable_refunds(&self) -> Vec<RefundId> {
        queries::payable_refunds(&mut self.reader.borrow_mut(), OFFICE, 10).unwrap()
    }

    /// The bytes of every entry.
    pub fn log(&self) -> Vec<String> {
        let all = entries::from(&mut self.reader.borrow_mut(), OFFICE, 0, i64::MAX).unwrap();
        all.into_iter().map(|entry| String::from_utf8(entry.bytes).unwrap()).collect()
    }

    /// Every balance that is not zero, by account.
    pub fn all_balances(&self) -> Vec<(Account, Delta)> {
        let page = Page { after: None, limit: 100_000 };
        queries::accounts(&mut self.reader.borrow_mut(), OFFICE, None, &page).unwrap().items
    }

    /// Invariant I5: replaying the log gives every row again.
    #[track_caller]
    pub fn replays(&self) {
        let checked = check(&mut self.reader.borrow_mut(), OFFICE, &mut |_, _| {});
        assert!(checked.is_ok(), "{checked:?}");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.replays();
        }
        if let Some((other, writer)) = self.other.take() {
            drop(other);
            writer.join().unwrap();
        }
        drop(self.sequencer.take());
        self.writer.take().unwrap().join().unwrap();
    }
}
