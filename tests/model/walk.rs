//! The walk: who there is, which step comes next, and how a step's outcome is judged.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::books::{Books, Contract, ContractState, HOUR_US, Merchant, Refusal};
use super::random::Random;
use super::support::{Reply, World, text};

pub const CONSUMERS: [&str; 2] = ["consumer1", "consumer2"];
pub const MERCHANTS: [&str; 2] = ["merchant1", "merchant2"];
pub const NOTARIES: [&str; 2] = ["notary1", "notary2"];
const CONTRACTS_MAX: usize = 14;
/// Price in fen and units of the plans: sums that divide, and sums that do not.
const PLANS: [(i64, i64, bool); 4] = [(200_000, 60, true), (10_001, 7, true), (13, 12, true), (99_999, 10, false)];

/// A plan on sale.
struct Offer {
    id: Value,
    merchant: usize,
    price: i64,
    units: i64,
    silence_confirms: bool,
}

pub struct Walk {
    pub world: World,
    pub books: Books,
    pub random: Random,
    /// The last check-in code of each contract, used or not.
    pub codes: BTreeMap<usize, (String, bool, i64)>,
    /// Numbers of bank accounts, each used once.
    pub accounts_made: u64,
    offers: Vec<Offer>,
    outcomes: BTreeMap<String, usize>,
}

/// Fen of a decimal amount.
pub fn fen(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no amount"));
    text.replace('.', "").parse().unwrap()
}

pub fn amount(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Microseconds of a time.
pub fn micros(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no time"));
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

impl Walk {
    pub async fn start(seed: u64) -> Self {
        let world = World::start().await;
        let mut walk = Self {
            world,
            books: Books { accounts: vec![1, 2], owed: vec![0, 0], ..Books::default() },
            random: Random(seed),
            codes: BTreeMap::new(),
            accounts_made: 10,
            offers: Vec::new(),
            outcomes: BTreeMap::new(),
        };
        walk.open_merchants().await;
        for (number, (price, units, silence_confirms)) in PLANS.into_iter().enumerate() {
            walk.put_on_sale(number % 2, price, units, silence_confirms).await;
        }
        walk.advance("PT0S").await;
        walk
    }

    /// The demo's second merchant has only applied: it is admitted, and names an account.
    async fn open_merchants(&mut self) {
        let second = text(&self.world.get("merchant2", "/v1/me").await, "party");
        let path = format!("/v1/merchants/{second}");
        self.world.post("operator1", format!("{path}/review"), json!({})).await;
        self.world.post("notary1", format!("{path}/admit"), json!({})).await;
        let first = text(&self.world.get("merchant1", "/v1/me").await, "party");
        let account = self.new_account();
        let set = self.world.ask(Method::PUT, "/v1/payout-accounts").by("merchant2").json(&account).send().await;
        assert_eq!(set.status, 200, "{set:?}");
        self.books.merchants = [first, second].map(|id| Merchant { id, ..Merchant::default() }).into();
    }

    async fn put_on_sale(&mut self, merchant: usize, price: i64, units: i64, silence_confirms: bool) {
        let plan = json!({
            "name": "次卡", "kind": "count", "price": amount(price), "currency": "CNY",
            "count": {"units": units, "bonus_units": 0}, "validity_days": 365, "sector": "fitness",
            "terms": "未使用部分可随时申请退款，按实际使用次数结算。", "card_class": "stored_value",
            "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": silence_confirms}
        });
        let user = MERCHANTS[merchant];
        let drafted = self.world.post(user, "/v1/plans", plan).await;
        let path = format!("/v1/plans/{}", text(&drafted, "id"));
        let submitted = self.world.post(user, format!("{path}/submit"), json!({})).await;
        self.world.decide("notary1", format!("{path}/approve"), &submitted["revision"], json!({})).await;
        self.offers.push(Offer { id: drafted["id"].clone(), merchant, price, units, silence_confirms });
    }

    /// An account that nobody has named before.
    pub fn new_account(&mut self) -> Value {
        self.accounts_made += 1;
        let number = format!("62220210011{:08}", self.accounts_made);
        json!({"holder_name": "户主", "bank_name": "示范银行", "account_number": number})
    }

    /// One random step, compared.
    pub async fn step(&mut self, number: usize) {
        let about = match self.random.below(100) {
            _ if self.books.contracts.len() < 2 => self.open_contract().await,
            0..8 if self.books.contracts.len() < CONTRACTS_MAX => self.open_contract().await,
            0..11 => self.pay_twice().await,
            11..35 => self.record().await,
            35..42 => self.check_in().await,
            42..52 => self.confirm().await,
            52..58 => self.contest().await,
            58..63 => self.void().await,
            63..69 => self.reverse().await,
            69..74 => self.propose().await,
            74..80 => self.judge_settlement().await,
            80..84 => self.request_refund().await,
            84..86 => self.answer_refund().await,
            86..90 => self.decide_refund().await,
            90..92 => self.end_refund().await,
            92..96 => self.bank_answers().await,
            96..98 => self.name_new_account().await,
            _ => {
                let duration = ["PT1H", "PT11H", "PT25H", "P2DT2H", "P4D", "P12D"][self.random.below(6)];
                self.advance(duration).await;
                None
            }
        };
        self.compare(number, about).await;
    }

    /// Moves the clock; the books follow what became due.
    pub async fn advance(&mut self, duration: &str) {
        let body = json!({"advance": duration});
        let reply = self.world.ask(Method::POST, "/demo/clock").json(&body).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        self.books.now = micros(&reply.body["now"]);
        self.books.lapse();
    }

    /// A write whose outcome the model foretells: answers the body of a success.
    pub async fn write(
        &mut self,
        user: &str,
        path: String,
        reviewed: Option<u64>,
        body: Value,
        expected: Result<(), Refusal>,
    ) -> Option<Value> {
        let mut ask = self.world.ask(Method::POST, path.clone()).by(user).json(&body);
        if let Some(revision) = reviewed {
            ask = ask.reviewed(&json!(revision));
        }
        let reply = ask.send().await;
        self.judge(&format!("{user} {path} {body}"), &reply, expected)
    }

    /// What the bank says.
    pub async fn bank(&mut self, what: &str, id: &str, outcome: &str, expected: Result<(), Refusal>) {
        let reply = self.world.bank(what, &json!(id), outcome).await;
        self.judge(&format!("bank {what} {outcome}"), &reply, expected);
    }

    fn judge(&mut self, what: &str, reply: &Reply, expected: Result<(), Refusal>) -> Option<Value> {
        let found = if (200..300).contains(&reply.status) { Ok(()) } else { Err(reply.problem().1) };
        let as_expected = found == expected.map_err(str::to_owned);
        assert!(as_expected, "{what}: expected {expected:?}, got {reply:?}");
        let verb = what.split_whitespace().nth(1).unwrap_or_default().rsplit('/').next().unwrap_or_default();
        *self.outcomes.entry(format!("{verb} {}", expected.err().unwrap_or("done"))).or_default() += 1;
        found.is_ok().then(|| reply.body.clone())
    }

    /// What came of the walk, so that one sees which refusals it met.
    pub fn summary(&self) -> String {
        let lines = self.outcomes.iter().map(|(what, count)| format!("{count:>5} {what}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A contract from its draft to its deposit.
    async fn open_contract(&mut self) -> Option<usize> {
        let (consumer, offer) = (self.random.below(2), self.random.below(self.offers.len()));
        let Offer { ref id, merchant, price, units, silence_confirms } = self.offers[offer];
        let user = CONSUMERS[consumer];
        let contract = self.world.post(user, "/v1/contracts", json!({"plan_id": id})).await;
        let path = format!("/v1/contracts/{}", text(&contract, "id"));
        let terms = json!({"terms_sha256": contract["terms_sha256"]});
        self.world.post(user, format!("{path}/sign"), terms.clone()).await;
        self.world.post(MERCHANTS[merchant], format!("{path}/sign"), terms).await;
        let deposit = self.world.post(user, format!("{path}/deposits"), json!({"channel": "sandbox"})).await;
        self.bank("deposits", &text(&deposit, "id"), "paid", Ok(())).await;
        let active = self.world.get(user, path).await;
        self.books.bank += price;
        self.books.contracts.push(Contract {
            id: text(&contract, "id"),
            consumer,
            merchant,
            state: ContractState::Active,
            price,
            units,
            silence_confirms,
            cooling_off_until: micros(&active["cooling_off_until"]),
            used: 0,
            released: 0,
            held: price,
            pending: 0,
            frozen: 0,
            to_merchant: 0,
            refunded: 0,
            open_refund: None,
        });
        assert!(
            self.books.contracts.iter().all(|contract| contract.cooling_off_until > self.books.now - 1000 * HOUR_US)
        );
        Some(self.books.contracts.len() - 1)
    }

    /// A deposit paid a second time stays in the bank and goes to suspense.
    async fn pay_twice(&mut self) -> Option<usize> {
        let contract = self.random.below(self.books.contracts.len());
        let Contract { ref id, consumer, price, .. } = self.books.contracts[contract];
        let deposits = self.world.get(CONSUMERS[consumer], format!("/v1/contracts/{id}/deposits")).await;
        let deposit = text(&deposits["data"][0], "id");
        self.bank("deposits", &deposit, "paid", Ok(())).await;
        self.books.bank += price;
        self.books.suspense += price;
        Some(contract)
    }
}
