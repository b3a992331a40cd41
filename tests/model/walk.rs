//! The walk: who there is, which step comes next, and how a step's outcome is judged.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::books::{Books, ContractState, Merchant, Refusal};
use super::disputes::Quarrel;
use super::kinds::Kind;
use super::random::Random;
use super::support::signer::Signer;
use super::support::{Reply, World, text};

pub const CONSUMERS: [&str; 2] = ["consumer1", "consumer2"];
pub const MERCHANTS: [&str; 2] = ["merchant1", "merchant2"];
/// The second one has a key, and signs every decision.
pub const NOTARIES: [&str; 2] = ["notary1", "notary2"];
/// Contracts that are being used at a time.
const ACTIVE_MAX: usize = 12;
/// The plans: sums that divide and sums that do not, and two of whose refunds one notary alone can rarely decide.
const PLANS: [Plan; 9] = [
    Plan { kind: Kind::Count, price: 200_000, units: 60, list_price: Some(5000), silence_confirms: true },
    Plan { kind: Kind::Count, price: 10_001, units: 7, list_price: None, silence_confirms: true },
    Plan { kind: Kind::Count, price: 13, units: 12, list_price: Some(1), silence_confirms: true },
    Plan { kind: Kind::Count, price: 99_999, units: 10, list_price: Some(10_100), silence_confirms: false },
    Plan { kind: Kind::Count, price: 3_000_001, units: 11, list_price: Some(300_000), silence_confirms: true },
    Plan { kind: Kind::Count, price: 4_000_000, units: 30, list_price: None, silence_confirms: false },
    Plan { kind: Kind::StoredValue, price: 200_000, units: 300_000, list_price: Some(1), silence_confirms: true },
    Plan { kind: Kind::StoredValue, price: 99_999, units: 99_999, list_price: Some(1), silence_confirms: false },
    Plan { kind: Kind::Course, price: 100_003, units: 9, list_price: None, silence_confirms: true },
];

/// What is sold, in fen and units.
#[derive(Clone, Copy)]
struct Plan {
    kind: Kind,
    price: i64,
    units: i64,
    list_price: Option<i64>,
    silence_confirms: bool,
}

/// A plan on sale.
pub struct Offer {
    pub id: Value,
    pub merchant: usize,
    pub kind: Kind,
    pub price: i64,
    pub units: i64,
    pub list_price: Option<i64>,
    pub silence_confirms: bool,
}

/// A check-in code: when it was issued, and how often the contract had passed on by then.
#[derive(Clone)]
pub struct Code {
    pub code: String,
    pub used: bool,
    pub issued: i64,
    pub transfers: usize,
}

pub struct Walk {
    pub world: World,
    pub books: Books,
    pub random: Random,
    /// The last check-in code of each contract, used or not.
    pub codes: BTreeMap<usize, Code>,
    /// The disputes over undelivered money that are open.
    pub quarrels: Vec<Quarrel>,
    /// Numbers of bank accounts, each used once.
    pub accounts_made: u64,
    pub offers: Vec<Offer>,
    signer: Signer,
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
            quarrels: Vec::new(),
            accounts_made: 10,
            offers: Vec::new(),
            signer: Signer::new(91),
            outcomes: BTreeMap::new(),
        };
        walk.open_merchants().await;
        assert_eq!(walk.signer.register(&walk.world, NOTARIES[1]).await.status, 200);
        for (number, plan) in PLANS.into_iter().enumerate() {
            walk.put_on_sale(number % 2, plan).await;
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

    async fn put_on_sale(&mut self, merchant: usize, plan: Plan) {
        let Plan { kind, price, units, list_price, silence_confirms } = plan;
        let sold = kind.sold(price, units, list_price);
        let mut plan = json!({
            "name": "卡", "price": amount(price), "currency": "CNY", "validity_days": 365, "sector": "other",
            "terms": "未使用部分可随时申请退款，按实际使用次数结算。", "card_class": "stored_value",
            "release": {"per": sold["per"], "confirm_window_hours": 72, "silence_confirms": silence_confirms}
        });
        for member in ["kind", "list_price", "count", "stored_value", "course"] {
            if !sold[member].is_null() {
                plan[member] = sold[member].clone();
            }
        }
        let user = MERCHANTS[merchant];
        let drafted = self.world.post(user, "/v1/plans", plan).await;
        let path = format!("/v1/plans/{}", text(&drafted, "id"));
        let submitted = self.world.post(user, format!("{path}/submit"), json!({})).await;
        self.world.decide("notary1", format!("{path}/approve"), &submitted["revision"], json!({})).await;
        let id = drafted["id"].clone();
        self.offers.push(Offer { id, merchant, kind, price, units, list_price, silence_confirms });
    }

    /// An account that nobody has named before.
    pub fn new_account(&mut self) -> Value {
        self.accounts_made += 1;
        let number = format!("62220210011{:08}", self.accounts_made);
        json!({"holder_name": "户主", "bank_name": "示范银行", "account_number": number})
    }

    /// One random step, compared.
    pub async fn step(&mut self, number: usize) {
        let active = self.books.in_states(&[ContractState::Active]).len();
        let about = match self.random.below(100) {
            _ if self.random.once_in(8) && self.books.merchants.iter().any(|merchant| merchant.run.is_some()) => {
                self.rescind_default().await
            }
            _ if active < 2 => self.open_contract().await,
            0..8 if active < ACTIVE_MAX => self.open_contract().await,
            0..12 => self.go_on().await,
            12..16 => self.bank_on_deposit().await,
            16..34 => self.record().await,
            34..40 => self.check_in().await,
            40..47 => self.confirm().await,
            47..50 => self.contest().await,
            51..53 => self.void().await,
            53..54 => self.give_up().await,
            54..56 => self.reverse().await,
            57..60 => self.propose().await,
            56..57 | 60..61 => self.pass_on().await,
            61..66 => self.judge_settlement().await,
            66..72 => self.request_refund().await,
            72..77 => self.answer_refund().await,
            77..83 => self.decide_refund().await,
            83..86 => self.part_refund().await,
            86..90 => self.approve_refund().await,
            90..91 => self.end_refund().await,
            91..95 => self.bank_answers().await,
            50..51 => self.open_quarrel().await,
            95..96 => self.name_new_account().await,
            96..97 => self.end_quarrel().await,
            97..98 => self.propose_default().await,
            _ => {
                let duration = ["PT1H", "PT11H", "PT25H", "P2DT2H", "P4D", "P12D"][self.random.below(6)];
                self.advance(duration).await;
                None
            }
        };
        // What a step has made due for the service's own timers is waited for: they may come at any moment.
        if !self.books.undisputed_refunds().is_empty() {
            self.advance("PT1S").await;
        }
        self.compare(number, about).await;
    }

    /// Moves the clock; the books follow what became due.
    pub async fn advance(&mut self, duration: &str) {
        let body = json!({"advance": duration});
        let reply = self.world.ask(Method::POST, "/demo/clock").json(&body).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        self.books.now = micros(&reply.body["now"]);
        self.books.lapse();
        self.books.expire_deposits();
        self.order_what_nobody_disputes().await;
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
        let body = if user == NOTARIES[1] { self.signed(&path, body).await } else { body };
        let mut ask = self.world.ask(Method::POST, path.clone()).by(user).json(&body);
        if let Some(revision) = reviewed {
            ask = ask.reviewed(&json!(revision));
        }
        let reply = ask.send().await;
        self.judge(&format!("{user} {path} {body}"), &reply, expected)
    }

    /// The body of a decision with the second notary's signature; what could not be decided has nothing to sign.
    async fn signed(&self, path: &str, mut body: Value) -> Value {
        let decided = path.rsplit_once('/').filter(|(object, verb)| {
            let on = ["/settlements/", "/refunds/", "/default-runs/"].into_iter().any(|kind| object.contains(kind));
            on && ["approve", "reject", "decide", "decline", "undisputed"].contains(verb)
        });
        let Some((object, verb)) = decided else { return body };
        let terms = ["amount", "basis", "document_sha256"].into_iter().filter(|_| verb == "decide");
        let terms = terms.filter_map(|term| body[term].as_str().map(|value| format!("&{term}={value}")));
        let action = if verb == "undisputed" { "order_undisputed" } else { verb };
        let statement = format!("{object}/decision-statement?action={action}{}", terms.collect::<String>());
        let reply = self.world.ask(Method::GET, statement).by(NOTARIES[1]).send().await;
        if reply.status == 200 {
            body["signature"] = self.signer.signature(&reply.bytes);
        }
        body
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
        let path = what.split_whitespace().nth(1).unwrap_or_default();
        let words: Vec<&str> =
            path.split('/').filter(|word| !word.is_empty() && !word.contains('_') && *word != "v1").collect();
        self.count(format!("{}: {}", words.join(" "), expected.err().unwrap_or("done")));
        found.is_ok().then(|| reply.body.clone())
    }

    pub fn count(&mut self, what: String) {
        *self.outcomes.entry(what).or_default() += 1;
    }

    /// What came of the walk, so that one sees which refusals it met.
    pub fn summary(&self) -> String {
        let lines = self.outcomes.iter().map(|(what, count)| format!("{count:>5} {what}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}
