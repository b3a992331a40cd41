//! A payment channel belongs to one office of a service: its money is that office's, and nobody else pays by it.

#![cfg(test)]

#[allow(dead_code, reason = "the tests of the ledger use the rest")]
#[path = "books/mod.rs"]
mod books;
#[path = "support/database.rs"]
mod database;

use std::path::PathBuf;

use books::Books;
use serde_json::{Value, json};
use ticun::cli::Failure;
use ticun::cli::boot::{self, Mode, Running};
use ticun::cli::config::Settings;
use ticun::cli::keys;
use ticun::cli::offices::{Made, open};
use ticun::domain::actor::Actor;
use ticun::domain::id::ContractId;
use ticun::domain::objects::{Role, SuspenseReason};
use ticun::http::auth::TokenKeys;
use ticun::http::channels::{SIGNATURE_HEADER, Sandbox, TIME_HEADER};
use ticun::http::server::block_on;
use ticun::ledger::books::trial_balance;
use ticun::ledger::clock::wall;
use ticun::store::dialect;
use ticun::store::queries::{self, Page, SuspenseFilter};

const SECRET: &str = "a secret that only the tests and their bank share";

/// Two offices in one database; the first one has a contract that waits for its money.
struct Offices {
    books: Books,
    data: PathBuf,
    consumer: Actor,
    contract: ContractId,
}

impl Offices {
    fn open() -> Self {
        let mut books = Books::open();
        let (seller, _) = books.merchant("merchant1");
        let consumer = books.user("consumer1", Role::Consumer);
        let plan = books.plan(seller);
        let contract = books.signed(consumer, seller, plan);
        let data = books.folder().to_owned();
        let offices = Self { books, data, consumer, contract };
        let made = Made {
            name: books::name("jingan"),
            domain: "jingan.example",
            time_zone: "Asia/Shanghai",
            mode: "live",
            at: wall(),
            predecessor: None,
        };
        let config = offices.settings(None).over(Settings::default()).expect("settings");
        open(&config, &made).expect("a second office");
        offices
    }

    fn settings(&self, sandbox_office: Option<&str>) -> Settings {
        Settings {
            listen: Some(([127, 0, 0, 1], 0).into()),
            data: Some(self.data.clone()),
            database: Some(self.books.url().to_owned()),
            sandbox_secret: Some(SECRET.to_owned()),
            sandbox_office: sandbox_office.map(str::to_owned),
            workers: Some(1),
            ..Settings::default()
        }
    }

    /// A service for both, started with these settings.
    async fn serve(&self, settings: Settings) -> Result<Service, Failure> {
        let config = settings.over(Settings::default()).expect("settings");
        let running = boot::start(&config, Mode::Live).await?;
        let token_keys = TokenKeys::from_pkcs8(&keys::signing_key(&self.data, "tokens")?)?;
        let Actor::User { id, role } = self.consumer else { panic!("a consumer is a user") };
        let token = token_keys.issue(id, role, books::name("changning"), None, "made-by-a-test".to_owned());
        let base = format!("http://{}", running.address);
        let contract = self.contract;
        Ok(Service { running, base, http: awc::Client::default(), token: token.expect("a token"), contract })
    }

    /// Why each receipt of an office matches nothing, and the office's money in the bank.
    fn received(&self, office: &str) -> (Vec<SuspenseReason>, String) {
        let mut connection = dialect::open_reader(self.books.url()).expect("the database");
        let page = Page { after: None, limit: 100 };
        let listed = queries::suspense(&mut connection, office, &SuspenseFilter::default(), &page).expect("a list");
        let balance = trial_balance(&mut connection, office, None).expect("a read").expect("books");
        (listed.items.into_iter().map(|one| one.reason).collect(), balance.total_assets.to_string())
    }
}

struct Service {
    running: Running,
    base: String,
    http: awc::Client,
    token: String,
    contract: ContractId,
}

impl Service {
    /// The consumer sets out to pay by the sandbox.
    async fn pay(&self, key: &str, channel: &str) -> (u16, Value) {
        let url = format!("{}/v1/contracts/{}/deposits", self.base, self.contract);
        let request = self.http.post(url).bearer_auth(&self.token).insert_header(("Idempotency-Key", key));
        let mut answer = request.send_json(&json!({"channel": channel})).await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// The bank says that 2000.00 came in.
    async fn paid(&self, transaction: &str, reference: &Value) -> Value {
        let notice = json!({
            "kind": "deposit", "transaction_id": transaction, "reference": reference, "outcome": "paid",
            "amount": "2000.00", "currency": "CNY"
        });
        let time = wall().to_string();
        let bank = Sandbox::new(books::name("sandbox"), books::name("jingan"), SECRET.as_bytes());
        let signature = bank.sign(&time, notice.to_string().as_bytes());
        let request = self.http.post(format!("{}/v1/channels/sandbox/notifications", self.base));
        let request = request.insert_header((TIME_HEADER, time)).insert_header((SIGNATURE_HEADER, signature));
        let request = request.content_type("application/json");
        let mut answer = request.send_body(notice.to_string()).await.expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(answer.status().as_u16(), 200, "{body}");
        body["result"].clone()
    }

    async fn stop(self) {
        self.running.stop().await.expect("a graceful stop");
    }
}

#[test]
fn money_that_matches_nothing_is_the_office_s_whose_channel_it_came_by() {
    let offices = Offices::open();
    let nothing = || (Vec::new(), "0.00".to_owned());
    block_on(async {
        let service = offices.serve(offices.settings(Some("changning"))).await.expect("a service");
        let (status, deposit) = service.pay("first", "sandbox").await;
        assert_eq!((status, &deposit["payment"]["reference"]), (201, &deposit["id"]), "{deposit}");
        assert_eq!(service.paid("T-1", &json!("who knows")).await, "suspense");
        assert_eq!(offices.received("changning"), (vec![SuspenseReason::UnknownDeposit], "2000.00".to_owned()));
        assert_eq!(offices.received("jingan"), nothing());
        service.stop().await;

        // The bank of another office can neither credit this one's deposits nor bring it money.
        let service = offices.serve(offices.settings(Some("jingan"))).await.expect("a service");
        assert_eq!(service.paid("T-2", &deposit["id"]).await, "suspense");
        assert_eq!(service.paid("T-3", &json!("who knows")).await, "suspense");
        let unknown = vec![SuspenseReason::UnknownDeposit; 2];
        assert_eq!(offices.received("jingan"), (unknown, "4000.00".to_owned()));
        assert_eq!(offices.received("changning").1, "2000.00");
        service.stop().await;

        let service = offices.serve(offices.settings(Some("changning"))).await.expect("a service");
        assert_eq!(service.paid("T-4", &deposit["id"]).await, "applied");
        assert_eq!(offices.received("changning"), (vec![SuspenseReason::UnknownDeposit], "4000.00".to_owned()));
        service.stop().await;
    });
}

#[test]
fn a_deposit_that_was_started_is_answered_again_although_its_channel_is_gone() {
    let offices = Offices::open();
    block_on(async {
        let service = offices.serve(offices.settings(Some("changning"))).await.expect("a service");
        let (status, first) = service.pay("first", "sandbox").await;
        assert_eq!((status, &first["payment"]["channel"]), (201, &json!("sandbox")));
        service.stop().await;

        let closed = Settings { sandbox_secret: None, ..offices.settings(None) };
        for gone in [closed, offices.settings(Some("jingan"))] {
            let service = offices.serve(gone).await.expect("a service");
            let (status, again) = service.pay("first", "sandbox").await;
            // Nobody is sent to pay where no money can come in.
            let mut expected = first.clone();
            expected["payment"] = Value::Null;
            assert_eq!((status, again), (201, expected));
            let (status, fresh) = service.pay("fresh", "sandbox").await;
            assert_eq!((status, &fresh["code"]), (404, &json!("channel_unknown")), "{fresh}");
            let (status, other) = service.pay("first", "elsewhere").await;
            assert_eq!((status, &other["code"]), (422, &json!("idempotency_key_reused")), "{other}");
            service.stop().await;
        }

        let service = offices.serve(offices.settings(Some("changning"))).await.expect("a service");
        assert_eq!(service.pay("first", "sandbox").await, (201, first));
        let (status, refused) = service.pay("second", "sandbox").await;
        assert_eq!((status, &refused["code"]), (409, &json!("deposit_open")), "{refused}");
        service.stop().await;
    });
}

#[test]
fn a_service_of_several_offices_is_told_whose_channel_the_sandbox_is() {
    let offices = Offices::open();
    block_on(async {
        let unnamed = offices.serve(offices.settings(None)).await.err();
        assert!(matches!(&unnamed, Some(Failure::WrongUsage(why)) if why.contains("sandbox_office")), "{unnamed:?}");
        let unknown = offices.serve(offices.settings(Some("xuhui"))).await.err();
        assert!(matches!(&unknown, Some(Failure::CouldNot(why)) if why.contains("xuhui")), "{unknown:?}");
        let closed = Settings { sandbox_secret: None, ..offices.settings(None) };
        offices.serve(closed).await.expect("without a channel nothing needs to be told").stop().await;
    });
}
