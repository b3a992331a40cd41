//! An office with one merchant and one consumer, whose log is written fact by fact.

use std::thread::JoinHandle;

use ticun::domain::account::{Account, transfer};
use ticun::domain::actor::Actor;
use ticun::domain::context::Context;
use ticun::domain::digest::Digest;
use ticun::domain::event::{
    ContractDrafted, ContractSigned, DeliveryConfirmed, DeliveryRecorded, DeliveryVoided, DepositCredited,
    DepositStarted, DisputeOpened, Fact, FreezeOpened, MerchantAdmitted, MerchantApplied, PayoutCreated, PayoutSettled,
    PlanApproved, PlanDrafted, RefundOrdered, RefundRequested, SettlementProposed, SettlementReleased,
    SuspenseReceived, UserRegistered, VenueAdded, VenueOpened,
};
use ticun::domain::id::{
    ConsumerId, ContractId, DeliveryId, DepositId, DisputeId, FreezeId, MerchantId, ObjectId, Party, PayoutId, PlanId,
    RefundId, RequestId, SettlementId, SuspenseId, UserId, VenueId,
};
use ticun::domain::money::{Amount, Delta};
use ticun::domain::name::Name;
use ticun::domain::objects::{
    AgeClass, Basis, CardClass, Cause, ConfirmedHow, CountSold, Figures, Live, Origin, PlanFigures, Role, Sold,
    SuspenseReason, Used,
};
use ticun::domain::packs::{Region, Sector, Version};
use ticun::domain::refund::Reason;
use ticun::domain::rejection::Rejection;
use ticun::domain::state::State;
use ticun::domain::statement::{Action, Review};
use ticun::domain::time::{Date, Timestamp};
use ticun::ledger::office::{self, Opening};
use ticun::ledger::{Answer, Command, Decided, Key, Options, Sequencer, Submission, records};
use ticun::store::records::{Record, RecordKind};
use ticun::store::{Connection, dialect};

use super::database;

pub const OFFICE: &str = "changning";
pub const MERCHANT: MerchantId = MerchantId::from_bits(1);
pub const OTHER_MERCHANT: MerchantId = MerchantId::from_bits(2);
pub const CONSUMER: ConsumerId = ConsumerId::from_bits(1);
pub const CONTRACT: ContractId = ContractId::from_bits(1);
pub const PLAN: PlanId = PlanId::from_bits(1);
pub const VENUE: VenueId = VenueId::from_bits(1);
pub const SETTLEMENT: SettlementId = SettlementId::from_bits(1);
pub const REFUND: RefundId = RefundId::from_bits(1);
pub const SUSPENSE: SuspenseId = SuspenseId::from_bits(1);
const HOUR_US: i64 = 3_600_000_000;

pub const fn at(hours: i64) -> Timestamp {
    Timestamp::from_micros(1_772_000_000_000_000 + hours * HOUR_US)
}

pub fn yuan(text: &str) -> Amount {
    Amount::parse(text).expect("an amount")
}

pub fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

pub fn bank() -> Account {
    Account::Bank(name("main"))
}

pub fn digest(text: &str) -> Digest {
    Digest::of(&[text.as_bytes()])
}

/// Writes facts as they come.
#[derive(Debug)]
struct Tell {
    facts: Vec<Fact>,
    shows: ObjectId,
}

impl Command for Tell {
    fn name(&self) -> &'static str {
        "test.tell"
    }

    fn keys(&self) -> Vec<Key> {
        let subjects = self.facts.iter().flat_map(|fact| fact.event.subjects());
        let accounts = self.facts.iter().flat_map(|fact| fact.postings.iter().map(|posting| posting.account));
        let named = |account: &Account| !matches!(account.to_string().split('/').count(), 3);
        subjects.filter_map(key).chain(accounts.filter(named).map(Key::Account)).collect()
    }

    fn decide(&self, _: &State, _: &Context<'_>) -> Result<Decided, Rejection> {
        Ok(Decided { facts: self.facts.clone(), shows: self.shows })
    }
}

fn key(subject: ObjectId) -> Option<Key> {
    Some(match subject {
        ObjectId::UserId(id) => Key::User(id),
        ObjectId::MerchantId(id) => Key::Merchant(id),
        ObjectId::ConsumerId(id) => Key::Consumer(id),
        ObjectId::VenueId(id) => Key::Venue(id),
        ObjectId::PlanId(id) => Key::Plan(id),
        ObjectId::ContractId(id) => Key::Contract(id),
        ObjectId::DepositId(id) => Key::Deposit(id),
        ObjectId::DeliveryId(id) => Key::Delivery(id),
        ObjectId::SettlementId(id) => Key::Settlement(id),
        ObjectId::PayoutId(id) => Key::Payout(id),
        ObjectId::ReturnId(id) => Key::PayoutReturn(id),
        ObjectId::RefundId(id) => Key::Refund(id),
        ObjectId::FreezeId(id) => Key::Freeze(id),
        ObjectId::DisputeId(id) => Key::Dispute(id),
        ObjectId::ProposalId(id) => Key::Proposal(id),
        ObjectId::EvidenceId(id) => Key::Evidence(id),
        ObjectId::SuspenseId(id) => Key::Suspense(id),
        ObjectId::RunId(id) => Key::Run(id),
        ObjectId::LogKeyId(id) => Key::LogKey(id),
        ObjectId::RulesId(id) => Key::Rules(id),
        ObjectId::AlarmId(id) => Key::Alarm(id),
        ObjectId::RequestId(_) => return None,
    })
}

/// An office on temporary data.
pub struct World {
    folder: tempfile::TempDir,
    sequencer: Option<(Sequencer, JoinHandle<()>)>,
    requests: u128,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = database::url_in(folder.path());
        let mut connection = dialect::open_writer(&url).expect("a database");
        dialect::migrate(&mut connection).expect("tables");
        let opening = Opening {
            name: name(OFFICE),
            origin: "ticun.example/log/changning".to_owned(),
            key: None,
            mode: "live".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            rule_packs: Default::default(),
            predecessor: None,
            at: at(0),
            request: RequestId::from_bits(0),
        };
        let office = office::create(&mut connection, &opening).expect("an office");
        let sequencer = Sequencer::start(&url, office, Options::default()).expect("a writer");
        Self { folder, sequencer: Some(sequencer), requests: 0 }
    }

    /// The office with everything that `tell_story` tells.
    pub fn with_story() -> Self {
        let mut world = Self::new();
        tell_story(&mut world);
        world
    }

    pub fn url(&self) -> String {
        database::url_in(self.folder.path())
    }

    pub fn connection(&self) -> Connection {
        dialect::open_writer(&self.url()).expect("a database")
    }

    /// Writes facts in one batch at an hour; answers the position of the last one.
    pub fn tell(&mut self, hour: i64, shows: impl Into<ObjectId>, facts: Vec<Fact>) -> u64 {
        self.tell_with(hour, shows, facts, Vec::new())
    }

    pub fn tell_with(&mut self, hour: i64, shows: impl Into<ObjectId>, facts: Vec<Fact>, records: Vec<Record>) -> u64 {
        self.requests += 1;
        let command = Tell { facts, shows: shows.into() };
        let request = RequestId::from_bits(self.requests);
        let mut submission = Submission::new(Box::new(command), Actor::System, request, at(hour));
        submission.records = records;
        let (sequencer, _) = self.sequencer.as_ref().expect("a writer");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        match runtime.block_on(sequencer.submit(submission)).expect("an answer") {
            Answer::Written { position: Some(position), .. } => position,
            other => panic!("not written: {other:?}"),
        }
    }

    /// Stops the writer, and copies the database.
    pub fn copy(&mut self, name: &str) -> String {
        if let Some((sequencer, thread)) = self.sequencer.take() {
            drop(sequencer);
            thread.join().expect("the writer ends well");
        }
        database::copy(self.folder.path(), name)
    }
}

pub fn figures() -> PlanFigures {
    PlanFigures {
        arbitration: false,
        card_class: CardClass::Visit,
        confirm_window_hours: 72,
        lease_ends_on: None,
        price: yuan("2000.00"),
        sector: Sector::parse("other").expect("a sector"),
        silence_confirms: true,
        sold: Sold::Count(CountSold { bonus_units: 0, list_price: Some(yuan("50.00")), units: 60 }),
        validity_days: 365,
    }
}

pub fn drafted(contract: ContractId, consumer: ConsumerId, merchant: MerchantId) -> Fact {
    let (terms_sha256, terms_sm3) = (digest("terms"), digest("sm3"));
    Fact::plain(ContractDrafted {
        consumer,
        contract,
        figures: figures(),
        holder_age: AgeClass::Undeclared,
        merchant,
        plan: PLAN,
        plan_version: 1,
        rules_pack: Name::parse("national").expect("a name"),
        rules_version: Version::parse("2025.1").expect("an edition"),
        terms_sha256,
        terms_sm3,
    })
}

pub fn registered(consumer: ConsumerId, user: u128) -> Fact {
    let user = UserId::from_bits(user);
    Fact::plain(UserRegistered { party: Some(Party::Consumer(consumer)), profile: None, role: Role::Consumer, user })
}

pub fn applied(merchant: MerchantId, user: u128) -> Vec<Fact> {
    let user = UserId::from_bits(user);
    vec![
        Fact::plain(UserRegistered { party: None, profile: None, role: Role::Merchant, user }),
        Fact::plain(MerchantApplied {
            merchant,
            profile: digest("profile"),
            region: Region::parse("110000").expect("a region"),
            user,
        }),
    ]
}

pub fn recorded(delivery: DeliveryId, contract: ContractId, consumer: ConsumerId, hour: i64) -> Fact {
    let amount = yuan("33.33");
    let event = DeliveryRecorded {
        amount,
        checkin: None,
        confirm_by: at(hour + 72),
        consumer,
        contract,
        delivery,
        merchant: MERCHANT,
        note: None,
        occurred_at: at(hour),
        used: Used::Units(1),
    };
    Fact::moving(event, transfer(Account::ContractHeld(contract), Account::ContractPending(contract), amount))
}

pub fn confirmed(delivery: DeliveryId, contract: ContractId, consumer: ConsumerId, hour: i64) -> Fact {
    let amount = yuan("33.33");
    let event = DeliveryConfirmed {
        amount,
        consumer,
        contract,
        delivery,
        how: ConfirmedHow::Consumer,
        matures_at: at(hour + 48),
        merchant: MERCHANT,
        origin: Origin::Pending,
    };
    Fact::moving(event, transfer(Account::ContractPending(contract), Account::MerchantPayable(MERCHANT), amount))
}

/// From signing to credit.
pub fn signed_and_paid(contract: ContractId, consumer: ConsumerId, deposit: DepositId, hour: i64) -> Vec<Fact> {
    let amount = yuan("2000.00");
    let signed = |by| {
        let (terms_sha256, terms_sm3) = (digest("terms"), digest("sm3"));
        let event = ContractSigned {
            arbitration: false,
            by,
            consumer,
            contract,
            merchant: MERCHANT,
            silence_confirms: true,
            terms_sha256,
            terms_sm3,
        };
        Fact::plain(event)
    };
    let (channel, expires_at) = (name("sandbox"), at(hour + 2));
    let started = DepositStarted { amount, channel, consumer, contract, deposit, expires_at, merchant: MERCHANT };
    let credited = DepositCredited {
        amount,
        consumer,
        contract,
        cooling_off_until: at(hour + 24 * 8),
        deposit,
        ends_on: Date::new(2027, 3, 1).expect("a day"),
        merchant: MERCHANT,
        paid_on: Date::new(2026, 3, 1).expect("a day"),
        transaction: digest(&deposit.to_string()),
    };
    vec![
        signed(Party::Consumer(consumer)),
        signed(Party::Merchant(MERCHANT)),
        Fact::plain(started),
        Fact::moving(credited, transfer(bank(), Account::ContractHeld(contract), amount)),
    ]
}

fn tell_story(world: &mut World) {
    let profile = records::commit(RecordKind::Profile, [7; 32], b"{\"name\":\"Li\"}".to_vec());
    let note = records::text([8; 32], "迟到");
    world.tell_with(1, CONSUMER, vec![registered(CONSUMER, 1)], vec![profile, note, records::terms(b"{}".to_vec())]);
    let mut merchants = applied(MERCHANT, 2);
    merchants.extend(applied(OTHER_MERCHANT, 3));
    world.tell(2, MERCHANT, merchants);
    world.tell(3, MERCHANT, vec![Fact::plain(MerchantAdmitted { merchant: MERCHANT })]);
    let lease_ends_on = Date::new(2030, 12, 31).expect("a day");
    let added = VenueAdded { lease_ends_on, merchant: MERCHANT, profile: digest("venue"), venue: VENUE };
    let opened = |day| VenueOpened { date: Date::new(2026, 3, day).expect("a day"), merchant: MERCHANT, venue: VENUE };
    world.tell(4, VENUE, vec![Fact::plain(added), Fact::plain(opened(1)), Fact::plain(opened(2))]);
    let (terms_sha256, terms_sm3) = (digest("terms"), digest("sm3"));
    let plan = PlanDrafted { figures: figures(), merchant: MERCHANT, plan: PLAN, terms_sha256, terms_sm3 };
    let approved = PlanApproved { merchant: MERCHANT, note: None, plan: PLAN, reason: None, reviewed: 2, version: 1 };
    world.tell(5, PLAN, vec![Fact::plain(plan), Fact::plain(approved)]);
    world.tell(6, CONTRACT, vec![drafted(CONTRACT, CONSUMER, MERCHANT)]);
    world.tell(7, CONTRACT, signed_and_paid(CONTRACT, CONSUMER, DepositId::from_bits(1), 7));
    let unmatched = SuspenseReceived {
        amount: yuan("5.00"),
        channel: name("sandbox"),
        deposit: Some(DepositId::from_bits(1)),
        reason: SuspenseReason::AlreadyPaid,
        suspense: SUSPENSE,
        transaction: digest("unmatched"),
    };
    world.tell(8, SUSPENSE, vec![Fact::moving(unmatched, transfer(bank(), Account::OfficeSuspense, yuan("5.00")))]);
    tell_deliveries(world);
    tell_payouts(world);
}

fn tell_deliveries(world: &mut World) {
    let [first, second, third, fourth] = [1, 2, 3, 4].map(DeliveryId::from_bits);
    world.tell(
        300,
        first,
        vec![
            recorded(first, CONTRACT, CONSUMER, 300),
            confirmed(first, CONTRACT, CONSUMER, 300),
            recorded(second, CONTRACT, CONSUMER, 300),
        ],
    );
    let amount = yuan("33.33");
    let (held, pending) = (Account::ContractHeld(CONTRACT), Account::ContractPending(CONTRACT));
    let voided = DeliveryVoided {
        amount,
        consumer: CONSUMER,
        contract: CONTRACT,
        delivery: second,
        merchant: MERCHANT,
        origin: Origin::Pending,
        reason: None,
    };
    world.tell(301, second, vec![Fact::moving(voided, transfer(pending, held, amount))]);
    world.tell(302, third, vec![recorded(third, CONTRACT, CONSUMER, 302)]);
    world.tell(303, third, contested(third, amount));
    world.tell(304, fourth, vec![recorded(fourth, CONTRACT, CONSUMER, 304)]);
    world.tell(305, fourth, vec![confirmed(fourth, CONTRACT, CONSUMER, 305)]);
}

/// A dispute over one delivery, and its freeze.
fn contested(delivery: DeliveryId, amount: Amount) -> Vec<Fact> {
    let (dispute, freeze) = (DisputeId::from_bits(1), FreezeId::from_bits(1));
    let opened = DisputeOpened {
        amount,
        by: Party::Consumer(CONSUMER),
        consumer: CONSUMER,
        contract: CONTRACT,
        deliveries: vec![delivery],
        dispute,
        freeze,
        held: Amount::ZERO,
        merchant: MERCHANT,
        negotiate_by: at(600),
        reason: digest("reason"),
        refund: None,
    };
    let frozen = FreezeOpened {
        cause: Cause::Dispute,
        consumer: Some(CONSUMER),
        contract: Some(CONTRACT),
        deliveries: vec![delivery],
        dispute: Some(dispute),
        freeze,
        held: Amount::ZERO,
        merchant: MERCHANT,
        payable: Amount::ZERO,
        pending: amount,
    };
    let moved = transfer(Account::ContractPending(CONTRACT), Account::ContractFrozen(CONTRACT), amount);
    vec![Fact::plain(opened), Fact::moving(frozen, moved)]
}

pub fn proposed(amount: Amount, count: u64) -> Fact {
    Fact::plain(SettlementProposed {
        amount,
        count,
        cutoff: at(400),
        merchant: MERCHANT,
        returned: Delta::ZERO,
        settlement: SETTLEMENT,
        since: Timestamp::from_micros(0),
    })
}

fn paid(payout: u128, payee: Party, amount: Amount, owed: Account) -> [Fact; 2] {
    let is_refund = payee.consumer().is_some();
    let payout = PayoutId::from_bits(payout);
    let contract = is_refund.then_some(CONTRACT);
    let refund = is_refund.then_some(REFUND);
    let settlement = (!is_refund).then_some(SETTLEMENT);
    let account = digest("account");
    let created = PayoutCreated { account, amount, contract, payee, payout, refund, settlement };
    let transaction = digest(&payout.to_string());
    let settled = PayoutSettled { amount, contract, payee, payout, refund, settlement, transaction };
    [Fact::plain(created), Fact::moving(settled, transfer(owed, bank(), amount))]
}

/// What was reviewed; the check of the books does not ask at which entry.
fn review(action: Action, amount: Amount, payee: Party) -> Review {
    Review { action, amount, payee, position: 1, revision: 1 }
}

fn tell_payouts(world: &mut World) {
    let amount = yuan("66.66");
    world.tell(400, SETTLEMENT, vec![proposed(amount, 2)]);
    let (payable, payout) = (Account::MerchantPayable(MERCHANT), Account::MerchantPayout(MERCHANT));
    let released = SettlementReleased {
        amount,
        count: 2,
        cutoff: at(400),
        merchant: MERCHANT,
        returned: Delta::ZERO,
        review: review(Action::ApproveSettlement, amount, Party::Merchant(MERCHANT)),
        settlement: SETTLEMENT,
        signature: None,
    };
    let [created, settled] = paid(1, Party::Merchant(MERCHANT), amount, payout);
    let released = Fact::moving(released, transfer(payable, payout, amount));
    world.tell(401, SETTLEMENT, vec![released, created, settled]);

    let amount = yuan("1900.01");
    let figures = Figures { live: Live::Units(2), needs_decision: false, refund: amount, used: yuan("66.66") };
    let requested = RefundRequested {
        agreed: None,
        answer_by: Some(at(500)),
        claim_by: None,
        claims: None,
        consumer: CONSUMER,
        contract: CONTRACT,
        document_sha256: None,
        document_sm3: None,
        figures,
        merchant: MERCHANT,
        note: None,
        prior_same_service: false,
        reason: Reason::MerchantBreach,
        refund: REFUND,
        requested_on: Date::new(2026, 3, 14).expect("a day"),
    };
    world.tell(410, REFUND, vec![Fact::plain(requested)]);
    let ordered = RefundOrdered {
        amount,
        basis: Basis::Consent,
        consumer: CONSUMER,
        contested: None,
        contract: CONTRACT,
        document_sha256: None,
        document_sm3: None,
        merchant: MERCHANT,
        merchant_share: Amount::ZERO,
        pay_by: at(411 + 24 * 15),
        reason: None,
        refund: REFUND,
        review: review(Action::DecideRefund, amount, Party::Consumer(CONSUMER)),
        shortfall: Amount::ZERO,
        signature: None,
    };
    let owed = Account::ConsumerRefund(CONSUMER);
    let postings = transfer(Account::ContractHeld(CONTRACT), owed, amount);
    let [created, settled] = paid(2, Party::Consumer(CONSUMER), amount, owed);
    world.tell(411, REFUND, vec![Fact::moving(ordered, postings), created]);
    world.tell(412, PayoutId::from_bits(2), vec![settled]);
}
