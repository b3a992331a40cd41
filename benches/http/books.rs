//! The books under test: merchants, consumers and active contracts, stated as facts to a writer of our own.

#![expect(clippy::expect_used, reason = "the names written here are names")]

use std::path::Path;

use ticun::cli::config::{Config, Settings};
use ticun::cli::offices::Made;
use ticun::cli::{boot, keys, offices};
use ticun::domain::account::{Account, transfer};
use ticun::domain::actor::Actor;
use ticun::domain::context::Context;
use ticun::domain::digest::Digest;
use ticun::domain::event::{
    ContractDrafted, ContractSigned, DepositCredited, DepositStarted, Fact, MerchantAdmitted, MerchantApplied,
    MerchantReviewed, UserRegistered,
};
use ticun::domain::id::{ConsumerId, ContractId, DepositId, MerchantId, ObjectId, Party, PlanId, RequestId, UserId};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::{AgeClass, CardClass, CountSold, PlanFigures, Role, Sold};
use ticun::domain::packs::{Region, Sector, Version};
use ticun::domain::rejection::Rejection;
use ticun::domain::state::State;
use ticun::domain::time::Timestamp;
use ticun::http::auth::TokenKeys;
use ticun::ledger::clock::{Entropy, wall};
use ticun::ledger::{Answer, Command, Decided, Key, Options, Sequencer, Submission, office};
use ticun::store::dialect;
use tokio::task::JoinSet;

use super::load::Targets;
use super::progress;

const MERCHANTS: u128 = 50;
/// Consumers in the books.
pub const CONSUMERS: u128 = 1_000;
/// What each contract costs, in fen.
pub const PRICE_FEN: i64 = 10_000_000;
/// So many that no run uses a contract up.
const UNITS: u64 = 10_000_000;
const CONTRACTS_AT_ONCE: usize = 4_000;

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
    merchants: u128,
}

impl Ids {
    /// Whose contract it is.
    pub const fn merchant(self, contract: u128) -> MerchantId {
        MerchantId::from_bits(self.first + contract % self.merchants)
    }

    /// Who has bought it.
    pub const fn consumer(self, contract: u128) -> ConsumerId {
        ConsumerId::from_bits(self.first + contract % CONSUMERS)
    }

    fn request(self) -> RequestId {
        RequestId::from_bits(Entropy::default().id(self.now))
    }
}

/// New books in a folder.
pub struct Books {
    pub name: Name,
    pub ids: Ids,
    config: Config,
}

impl Books {
    /// Makes them, for so many merchants.
    pub fn open(folder: &Path, merchants: u128) -> Result<Self, String> {
        let settings = Settings { data: Some(folder.to_owned()), ..Settings::default() };
        let config = settings.over(Settings::default())?;
        let name = Name::parse("bench").ok_or("the office has a name")?;
        boot::prepare(&config.database)?;
        let now = wall();
        let (domain, time_zone) = ("bench.example", "Asia/Shanghai");
        let made = Made { name, domain, time_zone, mode: "live", at: now, predecessor: None };
        offices::open(&config, &made)?;
        let ids = Ids { first: Entropy::default().id(now) >> 32 << 32, now, merchants };
        Ok(Self { name, ids, config })
    }

    /// Writes their people and contracts, and then what is stated last.
    pub fn fill(&self, contracts: u128, last: Vec<Seed>) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
        runtime.block_on(fill(&self.config, self.ids, contracts, last))
    }

    /// A key that the service finds in its folder.
    pub fn signing_key(&self, name: &str) -> Result<Vec<u8>, String> {
        keys::signing_key(&self.config.data, name)
    }
}

/// Fills new books in `folder`; answers the targets of the load as JSON.
pub fn prepare(folder: &Path, contracts: u64) -> Result<Vec<u8>, String> {
    let books = Books::open(folder, MERCHANTS)?;
    books.fill(u128::from(contracts), Vec::new())?;
    let tokens = tokens(&books.config, books.name, books.ids)?;
    let first = books.ids.first.to_string();
    serde_json::to_vec(&Targets { contracts, first, tokens }).map_err(|error| error.to_string())
}

/// One token a merchant, signed with the key that the service finds in its folder.
fn tokens(config: &Config, office: Name, ids: Ids) -> Result<Vec<String>, String> {
    let token_keys = TokenKeys::from_pkcs8(&keys::signing_key(&config.data, "tokens")?)?;
    let token = |merchant: u128| {
        let party = Some(Party::Merchant(ids.merchant(merchant)));
        let jti = format!("bench-{merchant}");
        let user = UserId::from_bits(ids.first + merchant);
        token_keys.issue(user, Role::Merchant, office, party, jti).map_err(|problem| problem.to_string())
    };
    (0..MERCHANTS).map(token).collect()
}

async fn fill(config: &Config, ids: Ids, contracts: u128, last: Vec<Seed>) -> Result<(), String> {
    let mut connection = dialect::open_writer(&config.database).map_err(|error| error.to_string())?;
    let office = office::open(&mut connection, "bench").map_err(|error| error.to_string())?;
    let options = Options { batch_max: 2_048, queue_max: CONTRACTS_AT_ONCE, ..Options::default() };
    let (sequencer, writer) = Sequencer::start(&config.database, office, options).map_err(|error| error.to_string())?;
    for merchant in 0..ids.merchants {
        state(&sequencer, ids, merchant_seed(ids, merchant)).await?;
    }
    let consumers: Vec<Seed> = (0..CONSUMERS).map(|consumer| consumer_seed(ids, consumer)).collect();
    state_all(&sequencer, ids, consumers).await?;
    let mut done = 0;
    while done < contracts {
        let until = contracts.min(done + u128::try_from(CONTRACTS_AT_ONCE).unwrap_or(1));
        state_all(&sequencer, ids, (done..until).map(|contract| contract_seed(ids, contract)).collect()).await?;
        done = until;
        if done.is_multiple_of(20_000) {
            progress(&format!("  {done} contracts"));
        }
    }
    for seed in last {
        state(&sequencer, ids, seed).await?;
    }
    drop(sequencer);
    if writer.join().is_err() {
        return Err("the writer ended by a panic".to_owned());
    }
    Ok(())
}

async fn state_all(sequencer: &Sequencer, ids: Ids, seeds: Vec<Seed>) -> Result<(), String> {
    let mut waiting = JoinSet::new();
    for seed in seeds {
        let sequencer = sequencer.clone();
        waiting.spawn(async move { state(&sequencer, ids, seed).await });
    }
    while let Some(ended) = waiting.join_next().await {
        ended.map_err(|error| error.to_string())??;
    }
    Ok(())
}

async fn state(sequencer: &Sequencer, ids: Ids, seed: Seed) -> Result<(), String> {
    let submission = Submission::new(Box::new(seed), Actor::System, ids.request(), ids.now);
    match sequencer.submit_patiently(submission).await.map_err(|fault| fault.to_string())? {
        Answer::Written { .. } => Ok(()),
        other => Err(format!("not written: {other:?}")),
    }
}

fn merchant_seed(ids: Ids, number: u128) -> Seed {
    let (merchant, user) = (ids.merchant(number), UserId::from_bits(ids.first + number));
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

fn consumer_seed(ids: Ids, number: u128) -> Seed {
    let (consumer, user) = (ids.consumer(number), UserId::from_bits(ids.first + MERCHANTS + number));
    let registered =
        UserRegistered { party: Some(Party::Consumer(consumer)), profile: None, role: Role::Consumer, user };
    let keys = vec![Key::Consumer(consumer), Key::User(user)];
    Seed { facts: vec![Fact::plain(registered)], shows: user.into(), keys }
}

/// Many units of a sector that no pack limits.
fn figures(price: Amount) -> PlanFigures {
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

/// A contract as both have signed it, and the deposit that makes it active.
fn contract_seed(ids: Ids, number: u128) -> Seed {
    let contract = ContractId::from_bits(ids.first + number);
    let deposit = DepositId::from_bits(ids.first + number);
    let (merchant, consumer) = (ids.merchant(number), ids.consumer(number));
    let price = Amount::from_fen(PRICE_FEN).unwrap_or_default();
    let (terms_sha256, terms_sm3) = (Digest::of(&[b"terms"]), Digest::sm3(b"terms"));
    let figures = figures(price);
    let plan = PlanId::from_bits(ids.first);
    let drafted = ContractDrafted {
        consumer,
        contract,
        figures,
        holder_age: AgeClass::Undeclared,
        merchant,
        plan,
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
    let Some(channel) = Name::parse("sandbox") else {
        return Seed { facts: Vec::new(), shows: contract.into(), keys: Vec::new() };
    };
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
    let bank = Account::Bank(channel);
    let facts = vec![
        Fact::plain(drafted),
        signed(Party::Consumer(consumer)),
        signed(Party::Merchant(merchant)),
        Fact::plain(started),
        Fact::moving(credited, transfer(bank, Account::ContractHeld(contract), price)),
    ];
    let keys = vec![Key::Merchant(merchant), Key::Consumer(consumer), Key::Account(bank)];
    Seed { facts, shows: contract.into(), keys }
}
