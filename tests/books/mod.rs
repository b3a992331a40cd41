//! An office of its own for each test: a fresh database, the real sequencer, a clock that the test turns.

use std::path::Path;

use tempfile::TempDir;
use ticun::cli::keys;
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::id::{ConsumerId, ContractId, DepositId, MerchantId, PlanId, RequestId, SuspenseId, UserId};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::{AgeClass, CardClass, Contract, CountSold, PlanFigures, Role, Sold};
use ticun::domain::packs::{Region, Sector};
use ticun::domain::time::Timestamp;
use ticun::ledger::commands::contracts::{DraftContract, SignContract};
use ticun::ledger::commands::deposits::{ReceiveDeposit, StartDeposit};
use ticun::ledger::commands::merchants::{AdmitMerchant, ApplyAsMerchant, ReviewMerchant};
use ticun::ledger::commands::plans::{ApprovePlan, DraftPlan, SubmitPlan};
use ticun::ledger::commands::users::RegisterUser;
use ticun::ledger::office::{self, Opening};
use ticun::ledger::rebuild::Object;
use ticun::ledger::{Answer, Command, Options, Sequencer, Submission};
use ticun::log::key::{Algorithm, KeyName, SigningKey};
use ticun::store::credentials::Credential;
use ticun::store::dialect;
use tokio::runtime::Runtime;

/// The office and the people of a test.
pub struct Books {
    pub now: Timestamp,
    pub operator: Actor,
    pub notary: Actor,
    pub bank: Actor,
    runtime: Runtime,
    sequencer: Sequencer,
    last_id: u128,
    url: String,
    folder: TempDir,
}

/// A digest of a word, for everything that only commits to something.
pub fn digest(word: &str) -> Digest {
    Digest::of(&[word.as_bytes()])
}

pub fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

pub fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// Sixty swims for 2000.00.
pub fn figures() -> PlanFigures {
    PlanFigures {
        arbitration: false,
        card_class: CardClass::Visit,
        confirm_window_hours: 72,
        lease_ends_on: None,
        price: amount("2000.00"),
        sector: Sector::parse("other").expect("a sector"),
        silence_confirms: true,
        sold: Sold::Count(CountSold { bonus_units: 0, list_price: Some(amount("50.00")), units: 60 }),
        validity_days: 365,
    }
}

/// Checks that an answer is the refusal with this code.
#[track_caller]
pub fn refused(answer: Answer, code: &str) {
    let Answer::Rejected(rejection) = answer else { panic!("expected {code}, found {answer:?}") };
    assert_eq!(rejection.code(), code, "{rejection:?}");
}

/// The object that a command left.
#[track_caller]
pub fn done(answer: Answer) -> Object {
    let Answer::Written { object, .. } = answer else { panic!("expected that it was done, found {answer:?}") };
    *object
}

/// The contract that a command left.
#[track_caller]
pub fn contract(answer: Answer) -> Contract {
    let Object::Contract(contract) = done(answer) else { panic!("expected a contract") };
    *contract
}

impl Books {
    /// An office with an operator, a notary and a bank, on a Monday morning in Shanghai.
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = super::database::url_in(folder.path());
        let now = time("2026-03-02T02:00:00Z");
        let mut connection = dialect::open_writer(&url).unwrap();
        dialect::migrate(&mut connection).unwrap();
        let origin = "example.org/log/changning";
        let key = keys::signing_key(folder.path(), "log-changning").unwrap();
        let key = SigningKey::from_pkcs8(&key).unwrap();
        let key = key.verifier_key(KeyName::parse(origin).unwrap(), Algorithm::Ed25519).to_string();
        let opening = Opening {
            name: name("changning"),
            origin: origin.to_owned(),
            key: Some(key),
            mode: "demo".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            rule_packs: std::collections::BTreeMap::new(),
            predecessor: None,
            at: now,
            request: RequestId::from_bits(0),
        };
        let office = office::create(&mut connection, &opening).unwrap();
        let (sequencer, _thread) = Sequencer::start(&url, office, Options::default()).unwrap();
        let mut books = Self {
            now,
            operator: Actor::System,
            notary: Actor::System,
            bank: Actor::Channel(name("sandbox")),
            runtime: Runtime::new().unwrap(),
            sequencer,
            last_id: 0,
            url,
            folder,
        };
        books.operator = books.user("operator1", Role::Operator);
        books.notary = books.user("notary1", Role::Notary);
        books
    }

    pub fn next_id(&mut self) -> u128 {
        self.last_id += 1;
        self.last_id
    }

    /// Its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database, for a look at what was written.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Submits a command and waits for the answer.
    pub fn submit(&mut self, actor: Actor, command: impl Command + 'static) -> Answer {
        self.submit_reviewed(actor, None, command)
    }

    /// Submits a command that names the revision reviewed.
    pub fn submit_reviewed(&mut self, actor: Actor, if_match: Option<u64>, command: impl Command + 'static) -> Answer {
        let request = RequestId::from_bits(self.next_id());
        let mut submission = Submission::new(Box::new(command), actor, request, self.now);
        submission.if_match = if_match;
        self.runtime.block_on(self.sequencer.submit(submission)).unwrap()
    }

    /// Registers a user with a credential.
    pub fn register(&mut self, actor: Actor, username: &str, role: Role) -> (UserId, Answer) {
        let user = UserId::from_bits(self.next_id());
        let consumer = (role == Role::Consumer).then(|| ConsumerId::from_bits(self.next_id()));
        let login = digest(username);
        let command = RegisterUser { user, role, consumer, login, profile: Some(digest("profile")) };
        let mut submission = Submission::new(Box::new(command), actor, RequestId::from_bits(self.next_id()), self.now);
        let password_hash = "none".to_owned();
        submission.credential = Some(Credential { login, user, username: username.to_owned(), password_hash });
        (user, self.runtime.block_on(self.sequencer.submit(submission)).unwrap())
    }

    /// A registered user as who acts.
    pub fn user(&mut self, username: &str, role: Role) -> Actor {
        let (id, answer) = self.register(Actor::System, username, role);
        done(answer);
        Actor::User { id, role }
    }

    /// A user who has applied as a merchant.
    pub fn applicant(&mut self, username: &str) -> (Actor, MerchantId) {
        let user = self.user(username, Role::Merchant);
        let merchant = MerchantId::from_bits(self.next_id());
        done(self.submit(
            user,
            ApplyAsMerchant { merchant, profile: digest("merchant"), region: Region::parse("110000").unwrap() },
        ));
        (user, merchant)
    }

    /// An admitted merchant.
    pub fn merchant(&mut self, username: &str) -> (Actor, MerchantId) {
        let (user, merchant) = self.applicant(username);
        done(self.submit(self.operator, ReviewMerchant { merchant, note: None }));
        done(self.submit(self.notary, AdmitMerchant { merchant }));
        (user, merchant)
    }

    /// A plan on sale.
    pub fn plan(&mut self, merchant: Actor) -> PlanId {
        let plan = PlanId::from_bits(self.next_id());
        done(self.submit(
            merchant,
            DraftPlan {
                plan,
                figures: figures(),
                venues: Vec::new(),
                terms_sha256: digest("terms"),
                terms_sm3: digest("sm3"),
            },
        ));
        done(self.submit(merchant, SubmitPlan::of(plan, 1, "可退。")));
        done(self.submit_reviewed(self.notary, Some(2), ApprovePlan { plan, note: None, reason: None }));
        plan
    }

    /// A contract that nobody has signed.
    pub fn draft(&mut self, consumer: Actor, plan: PlanId) -> ContractId {
        let contract = ContractId::from_bits(self.next_id());
        done(self.submit(consumer, DraftContract { contract, plan, consumer: None, holder_age: AgeClass::Undeclared }));
        contract
    }

    pub fn sign(&mut self, actor: Actor, contract: ContractId) -> Answer {
        self.submit(
            actor,
            SignContract {
                contract,
                terms_sha256: digest("terms"),
                terms_sm3: None,
                silence_confirms: None,
                arbitration: None,
            },
        )
    }

    /// A contract that both have signed.
    pub fn signed(&mut self, consumer: Actor, merchant: Actor, plan: PlanId) -> ContractId {
        let contract = self.draft(consumer, plan);
        done(self.sign(consumer, contract));
        done(self.sign(merchant, contract));
        contract
    }

    /// A deposit that awaits payment.
    pub fn deposit(&mut self, consumer: Actor, contract: ContractId) -> DepositId {
        let deposit = DepositId::from_bits(self.next_id());
        done(self.submit(consumer, StartDeposit { deposit, contract, channel: name("sandbox") }));
        deposit
    }

    /// The bank reports a payment.
    pub fn pay(&mut self, transaction: &str, deposit: Option<DepositId>, text: &str) -> Answer {
        let receipt = ReceiveDeposit {
            transaction: digest(transaction),
            deposit,
            amount: amount(text),
            paid_at: None,
            bank: name("escrow"),
            suspense: SuspenseId::from_bits(self.next_id()),
        };
        self.submit(self.bank, receipt)
    }
}
