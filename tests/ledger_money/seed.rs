//! Facts that the commands under test take for granted: people, contracts, deposits.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use ticun::domain::account::{Account, transfer};
use ticun::domain::calendar::{built_in, cooling_off_ends};
use ticun::domain::context::Context;
use ticun::domain::digest::Digest;
use ticun::domain::event::{
    CheckinIssued, ContractDrafted, ContractSigned, DepositCredited, DepositStarted, Fact, MerchantAdmitted,
    MerchantApplied, MerchantReviewed, PayoutAccountSet, UserRegistered, VenueAdded,
};
use ticun::domain::id::{
    ConsumerId, ContractId, DepositId, MerchantId, ObjectId, Party, PlanId, RequestId, UserId, VenueId,
};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::{
    AgeClass, CardClass, CountSold, CourseSold, GiftSold, LessonsUsed, MilestoneSold, PeriodSold, PlanFigures, Role,
    Sold, StoredValueSold, Used, ValueUsed,
};
use ticun::domain::packs::{Region, Sector, Version};
use ticun::domain::refund::Granularity;
use ticun::domain::rejection::Rejection;
use ticun::domain::state::State;
use ticun::domain::time::{Date, Timestamp};
use ticun::ledger::office::Opening;
use ticun::ledger::{Command, Decided, Key};

pub const MERCHANT: MerchantId = MerchantId::from_bits(1);
pub const CONSUMER: ConsumerId = ConsumerId::from_bits(2);
pub const STRANGER: ConsumerId = ConsumerId::from_bits(3);

pub fn bank() -> Name {
    Name::parse("sandbox").unwrap()
}

pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

/// An office that is opened at this moment.
pub fn opening(at: Timestamp) -> Opening {
    Opening {
        name: Name::parse("changning").unwrap(),
        origin: "example.org/log/changning".to_owned(),
        key: None,
        mode: "demo".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        rule_packs: BTreeMap::new(),
        predecessor: None,
        at,
        request: RequestId::from_bits(1),
    }
}

pub fn yuan(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub fn digest(text: &str) -> Digest {
    Digest::of(&[text.as_bytes()])
}

/// A command that states facts as they are.
#[derive(Debug)]
pub struct Seed {
    pub facts: Vec<Fact>,
    pub shows: ObjectId,
}

impl Command for Seed {
    fn name(&self) -> &'static str {
        "test.seed"
    }

    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![Key::Merchant(MERCHANT), Key::Consumer(CONSUMER), Key::Consumer(STRANGER)];
        keys.push(Key::Account(Account::Bank(bank())));
        keys
    }

    fn decide(&self, _: &State, _: &Context<'_>) -> Result<Decided, Rejection> {
        Ok(Decided { facts: self.facts.clone(), shows: self.shows })
    }
}

/// Every user of the tests, by number.
pub const USERS: &[(u128, Role, Option<Party>)] = &[
    (11, Role::Merchant, None),
    (12, Role::Consumer, Some(Party::Consumer(CONSUMER))),
    (13, Role::Consumer, Some(Party::Consumer(STRANGER))),
    (14, Role::Notary, None),
    (15, Role::Notary, None),
    (16, Role::Operator, None),
];

/// The users, and a merchant that waits to be admitted.
pub fn people() -> Vec<Fact> {
    let registered = USERS.iter().map(|(number, role, party)| {
        Fact::plain(UserRegistered { party: *party, profile: None, role: *role, user: UserId::from_bits(*number) })
    });
    let mut facts: Vec<Fact> = registered.collect();
    facts.push(Fact::plain(MerchantApplied {
        merchant: MERCHANT,
        profile: digest("merchant"),
        region: Region::parse("110000").expect("a region"),
        user: UserId::from_bits(11),
    }));
    facts
}

/// The merchant may sell.
pub fn admitted() -> Vec<Fact> {
    vec![
        Fact::plain(MerchantReviewed { merchant: MERCHANT, note: None }),
        Fact::plain(MerchantAdmitted { merchant: MERCHANT }),
    ]
}

/// A party has a bank account.
pub fn account_set(party: Party) -> Fact {
    Fact::plain(PayoutAccountSet { account: digest(&party.to_string()), party })
}

/// What a contract of the tests says.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub price: &'static str,
    pub units: u64,
    pub silence_confirms: bool,
}

/// The sixty swims of the main job.
pub const SWIMS: Terms = Terms { price: "2000.00", units: 60, silence_confirms: true };

impl From<Terms> for PlanFigures {
    fn from(terms: Terms) -> Self {
        let sold = Sold::Count(CountSold { bonus_units: 0, list_price: None, units: terms.units });
        Self { silence_confirms: terms.silence_confirms, ..selling(terms.price, sold) }
    }
}

/// A year to use what is sold for a price.
pub fn selling(price: &str, sold: Sold) -> PlanFigures {
    PlanFigures {
        arbitration: false,
        card_class: CardClass::Visit,
        confirm_window_hours: 72,
        lease_ends_on: None,
        price: yuan(price),
        sector: Sector::parse("other").expect("a sector"),
        silence_confirms: true,
        sold,
        validity_days: 365,
    }
}

/// Money to spend, with a bonus and gift services by package price and units.
pub fn stored_value(price: &str, bonus: &str, gifts: &[(&str, u64)]) -> PlanFigures {
    let gifts = gifts.iter().map(|(price, units)| GiftSold { package_price: yuan(price), units: *units });
    let sold = StoredValueSold { bonus: yuan(bonus), gift_services: gifts.collect() };
    selling(price, Sold::StoredValue(sold))
}

/// Milestones by price and lessons.
pub fn course(price: &str, per_lesson: bool, milestones: &[(&str, u64)]) -> PlanFigures {
    let milestones = milestones.iter().map(|(price, lessons)| MilestoneSold { lessons: *lessons, price: yuan(price) });
    selling(price, Sold::Course(CourseSold { milestones: milestones.collect(), per_lesson }))
}

/// A term of so many days, which counts the days of these venues.
pub fn period(price: &str, days: u32, venues: &[VenueId]) -> PlanFigures {
    let sold = PeriodSold { granularity: Granularity::Day, venues: venues.iter().copied().collect() };
    PlanFigures { validity_days: days, ..selling(price, Sold::Period(sold)) }
}

/// A venue of the merchant.
pub fn venue_added(venue: VenueId) -> Fact {
    let lease_ends_on = Date::parse("2040-12-31").unwrap();
    Fact::plain(VenueAdded { lease_ends_on, merchant: MERCHANT, profile: digest("venue"), venue })
}

/// Value that was spent, where there is no other price.
pub fn value(charged: &str) -> Used {
    Used::Value(ValueUsed { list_value: None, value: yuan(charged) })
}

/// Lessons of a milestone.
pub fn lessons(milestone: u32, lessons: u64) -> Used {
    Used::Lessons(LessonsUsed { lessons, milestone })
}

/// A contract that both have signed.
pub fn signed(contract: ContractId, figures: &PlanFigures) -> Vec<Fact> {
    let (terms_sha256, terms_sm3) = (digest("terms"), digest("sm3"));
    let drafted = ContractDrafted {
        consumer: CONSUMER,
        contract,
        figures: figures.clone(),
        holder_age: AgeClass::Undeclared,
        merchant: MERCHANT,
        plan: PlanId::from_bits(1),
        plan_version: 1,
        rules_pack: Name::parse("national").expect("a name"),
        rules_version: Version::parse("2025.1").expect("an edition"),
        terms_sha256,
        terms_sm3,
    };
    let mut facts = vec![Fact::plain(drafted)];
    for by in [Party::Consumer(CONSUMER), Party::Merchant(MERCHANT)] {
        let silence_confirms = figures.silence_confirms;
        let (consumer, merchant) = (CONSUMER, MERCHANT);
        facts.push(Fact::plain(ContractSigned {
            arbitration: false,
            by,
            consumer,
            contract,
            merchant,
            silence_confirms,
            terms_sha256,
            terms_sm3,
        }));
    }
    facts
}

/// The deposit that makes a signed contract active at `at`.
pub fn deposited(contract: ContractId, deposit: DepositId, figures: &PlanFigures, at: Timestamp) -> Vec<Fact> {
    let (zone, amount, paid_on) = (zone(), figures.price, at.date(&zone()));
    let started = DepositStarted {
        amount,
        channel: bank(),
        consumer: CONSUMER,
        contract,
        deposit,
        expires_at: at.plus_hours(24),
        merchant: MERCHANT,
    };
    let credited = DepositCredited {
        amount,
        consumer: CONSUMER,
        contract,
        cooling_off_until: cooling_off_ends(paid_on, built_in()).plus_days(1).starts_at(&zone),
        deposit,
        ends_on: paid_on.plus_days(i64::from(figures.validity_days)),
        merchant: MERCHANT,
        paid_on,
        transaction: digest(&deposit.to_string()),
    };
    let postings = transfer(Account::Bank(bank()), Account::ContractHeld(contract), amount);
    vec![Fact::plain(started), Fact::moving(credited, postings)]
}

/// The holder's phone shows a code.
pub fn code_issued(contract: ContractId, code: Digest, at: Timestamp) -> Fact {
    let expires_at = at.plus_minutes(10);
    Fact::plain(CheckinIssued { code, consumer: CONSUMER, contract, expires_at, merchant: MERCHANT })
}
