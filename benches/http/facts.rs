//! The facts that books are filled with: people, active contracts, and codes that holders show.

#![expect(clippy::expect_used, reason = "the names written here are names")]

use ticun::domain::account::{Account, transfer};
use ticun::domain::context::Context;
use ticun::domain::digest::Digest;
use ticun::domain::event::{
    CheckinIssued, ContractDrafted, ContractSigned, DepositCredited, DepositStarted, Fact, MerchantAdmitted,
    MerchantApplied, MerchantReviewed, UserRegistered,
};
use ticun::domain::id::{ConsumerId, ContractId, DepositId, MerchantId, ObjectId, Party, PlanId, RequestId, UserId};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::{AgeClass, CardClass, CountSold, PlanFigures, Role, Sold};
use ticun::domain::packs::{Region, Sector, Version};
use ticun::domain::rejection::Rejection;
use ticun::domain::state::State;
use ticun::domain::time::Timestamp;
use ticun::ledger::clock::Entropy;
use ticun::ledger::{Command, Decided, Key};

/// Consumers in the books.
pub const CONSUMERS: u128 = 1_000;
/// What each contract costs, in fen.
pub const PRICE_FEN: i64 = 10_000_000;
/// So many that no run uses a contract up.
const UNITS: u64 = 10_000_000;
/// Users who are no merchant's and no consumer's are counted from here.
const STAFF: u128 = 1 << 30;

/// States facts as they are.
#[derive(Debug)]
pub struct Seed {
    pub facts: Vec<Fact>,
    pub shows: ObjectId,
    pub keys: Vec<Key>,
}

impl Command for Seed {
    fn name(&self) -> &'static str {
        "bench.seed"
    }

    fn keys(&self) -> Vec<Key> {
        self.keys.clone()
    }

    fn decide(&self, _: &State, _: &Context<'_>) -> Result<Decided, Rejection> {
        Ok(Decided { facts: self.facts.clone(), shows: self.shows })
    }
}

/// What every object's id is counted from: UUIDv7s of one moment, in order.
#[derive(Clone, Copy)]
pub struct Ids {
    pub first: u128,
    pub now: Timestamp,
    pub merchants: u128,
}

impl Ids {
    /// Those of new books.
    pub fn new(now: Timestamp, merchants: u128) -> Self {
        Self { first: Entropy::default().id(now) >> 32 << 32, now, merchants }
    }

    /// A contract by its number.
    pub const fn contract(self, number: u128) -> ContractId {
        ContractId::from_bits(self.first + number)
    }

    /// Whose contract it is.
    pub const fn merchant(self, contract: u128) -> MerchantId {
        MerchantId::from_bits(self.first + contract % self.merchants)
    }

    /// Who has bought it.
    pub const fn consumer(self, contract: u128) -> ConsumerId {
        ConsumerId::from_bits(self.first + contract % CONSUMERS)
    }

    /// The user who acts for a merchant.
    pub const fn merchant_user(self, merchant: u128) -> UserId {
        UserId::from_bits(self.first + merchant)
    }

    /// The user of a contract's consumer.
    pub const fn consumer_user(self, contract: u128) -> UserId {
        UserId::from_bits(self.first + self.merchants + contract % CONSUMERS)
    }

    /// Somebody of the office.
    pub const fn staff(self, number: u128) -> UserId {
        UserId::from_bits(self.first + STAFF + number)
    }

    pub fn request(self) -> RequestId {
        RequestId::from_bits(Entropy::default().id(self.now))
    }
}

/// The code with which the delivery of a number is confirmed at once.
pub fn code(number: u64) -> String {
    format!("bench-{number}")
}

/// Somebody of the office, in a role.
pub fn staff(ids: Ids, number: u128, role: Role) -> Seed {
    user(ids.staff(number), role)
}

/// A user who is nobody's yet.
pub fn user(user: UserId, role: Role) -> Seed {
    let registered = UserRegistered { party: None, profile: None, role, user };
    Seed { facts: vec![Fact::plain(registered)], shows: user.into(), keys: vec![Key::User(user)] }
}

/// A merchant who has been admitted, and its user.
pub fn merchant(ids: Ids, number: u128) -> Seed {
    let (merchant, user) = (ids.merchant(number), ids.merchant_user(number));
    let registered = UserRegistered { party: None, profile: None, role: Role::Merchant, user };
    let applied = MerchantApplied {
        merchant,
        profile: Digest::of(&[b"profile"]),
        region: Region::parse("110000").expect("a region"),
        user,
    };
    let facts = vec![
        Fact::plain(registered),
        Fact::plain(applied),
        Fact::plain(MerchantReviewed { merchant, note: None }),
        Fact::plain(MerchantAdmitted { merchant }),
    ];
    Seed { facts, shows: merchant.into(), keys: vec![Key::Merchant(merchant), Key::User(user)] }
}

/// A consumer's user.
pub fn consumer(ids: Ids, number: u128) -> Seed {
    let (consumer, user) = (ids.consumer(number), ids.consumer_user(number));
    let registered =
        UserRegistered { party: Some(Party::Consumer(consumer)), profile: None, role: Role::Consumer, user };
    let keys = vec![Key::Consumer(consumer), Key::User(user)];
    Seed { facts: vec![Fact::plain(registered)], shows: user.into(), keys }
}

/// Many units of a sector that no pack limits.
pub fn figures(price: Amount) -> PlanFigures {
    PlanFigures {
        arbitration: false,
        card_class: CardClass::Visit,
        confirm_window_hours: 72,
        lease_ends_on: None,
        price,
        sector: Sector::parse("other").expect("a sector"),
        silence_confirms: true,
        sold: Sold::Count(CountSold { bonus_units: 0, list_price: None, units: UNITS }),
        validity_days: 365,
    }
}

/// Contracts of some numbers, as both have signed them, each with the deposit that makes it active.
pub fn contracts(ids: Ids, numbers: std::ops::Range<u128>) -> Seed {
    let bank = Account::Bank(Name::parse("sandbox").expect("a name"));
    let mut keys = vec![Key::Account(bank)];
    for number in numbers.clone() {
        keys.extend([Key::Merchant(ids.merchant(number)), Key::Consumer(ids.consumer(number))]);
    }
    let shows = ids.contract(numbers.start).into();
    Seed { facts: numbers.flat_map(|number| contract(ids, number)).collect(), shows, keys }
}

fn contract(ids: Ids, number: u128) -> [Fact; 5] {
    let contract = ids.contract(number);
    let deposit = DepositId::from_bits(ids.first + number);
    let (merchant, consumer) = (ids.merchant(number), ids.consumer(number));
    let price = Amount::from_fen(PRICE_FEN).unwrap_or_default();
    let (terms_sha256, terms_sm3) = (Digest::of(&[b"terms"]), Digest::sm3(b"terms"));
    let drafted = ContractDrafted {
        consumer,
        contract,
        figures: figures(price),
        holder_age: AgeClass::Undeclared,
        merchant,
        plan: PlanId::from_bits(ids.first),
        plan_version: 1,
        rules_pack: Name::parse("national").expect("a name"),
        rules_version: Version::parse("2025.1").expect("an edition"),
        terms_sha256,
        terms_sm3,
    };
    let signed = |by| {
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
    };
    let channel = Name::parse("sandbox").expect("a name");
    let expires_at = ids.now.plus_hours(24);
    let started = DepositStarted { amount: price, channel, consumer, contract, deposit, expires_at, merchant };
    let paid_on = ids.now.date(&jiff::tz::TimeZone::UTC);
    let credited = DepositCredited {
        amount: price,
        consumer,
        contract,
        cooling_off_until: ids.now.plus_hours(24 * 7),
        deposit,
        ends_on: paid_on.plus_days(365),
        merchant,
        paid_on,
        transaction: Digest::of(&[deposit.to_string().as_bytes()]),
    };
    [
        Fact::plain(drafted),
        signed(Party::Consumer(consumer)),
        signed(Party::Merchant(merchant)),
        Fact::plain(started),
        Fact::moving(credited, transfer(Account::Bank(channel), Account::ContractHeld(contract), price)),
    ]
}

/// Codes of some numbers, which the holders of so many contracts show in turn. They are good for a day.
pub fn codes(ids: Ids, numbers: std::ops::Range<u64>, contracts: u64) -> Seed {
    let mut facts = Vec::new();
    let mut keys = Vec::new();
    for number in numbers {
        let contract = u128::from(number % contracts);
        let code = Digest::of(&[code(number).as_bytes()]);
        facts.push(Fact::plain(CheckinIssued {
            code,
            consumer: ids.consumer(contract),
            contract: ids.contract(contract),
            expires_at: ids.now.plus_hours(24),
            merchant: ids.merchant(contract),
        }));
        keys.extend([Key::CheckinCode(code), Key::Contract(ids.contract(contract))]);
    }
    Seed { facts, shows: ids.contract(0).into(), keys }
}
