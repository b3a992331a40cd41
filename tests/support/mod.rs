//! A whole service for tests: its own database, its own port, a clock that moves on demand, and users that sign in.
//!
//! Every successful write is sent twice, so that every reply in every test is also checked against its replay; every
//! reply is checked against the API's description.

#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod books;
pub mod cases;
pub mod database;
pub mod held;
pub mod orders;
pub mod side;
pub mod signer;
pub mod spec;
pub mod tokens;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use actix_web::http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use ticun::cli::boot::{self, Mode, Running};
use ticun::cli::config::{Config, Settings};
use ticun::cli::offices::{Made, open};
use ticun::cli::seed::{self, PASSWORD};
use ticun::domain::name::Name;
use ticun::domain::time::{Date, Timestamp};
use ticun::http::channels::{SIGNATURE_HEADER, Sandbox, TIME_HEADER};
use ticun::http::demo::CLOCK_SETTING;
use ticun::ledger::audit::replay::Auditor;
use ticun::ledger::clock::wall;
use ticun::ledger::entry::Entry;
use ticun::store::{dialect, entries, head, settings};

/// A service that runs for one test.
pub struct World {
    /// Its files.
    pub folder: TempDir,
    /// How it was started.
    pub config: Config,
    /// Where it listens.
    pub base: String,
    running: Option<Running>,
    http: awc::Client,
    tokens: RefCell<HashMap<String, String>>,
    keys: Cell<u64>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HashMap<String, String>,
    /// Its body; null where it is no JSON.
    pub body: Value,
    /// Its body as text.
    pub text: String,
    /// Its body as it came.
    pub bytes: Vec<u8>,
}

/// A request being put together.
pub struct Ask<'a> {
    world: &'a World,
    method: Method,
    path: String,
    user: Option<String>,
    token: Option<String>,
    headers: Vec<(String, String)>,
    key: Option<String>,
    body: Option<Vec<u8>>,
    keyed: bool,
    replayed: bool,
    alone: bool,
}

/// What the sandbox bank signs its notices with.
pub const BANK_SECRET: &str = "a secret that only the tests and their bank share";

impl World {
    /// Asserts that the verifier's rules allow every entry that this service has written.
    pub fn is_allowed_by_the_rules(&self) {
        let mut connection = dialect::open_reader(&self.config.database).expect("the database");
        let mut auditor = Auditor::default();
        let mut next = 0;
        loop {
            let page = entries::from(&mut connection, "changning", next, 1000).expect("entries");
            for stored in &page {
                let entry = Entry::parse(&stored.bytes).expect("an entry");
                let allowed = auditor.entry(&entry);
                assert_eq!(allowed, Ok(()), "{}", String::from_utf8_lossy(&stored.bytes));
            }
            match page.last() {
                Some(newest) => next = newest.position + 1,
                None => return,
            }
        }
    }

    /// A demo office with its users, its merchant and its plan.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Self::start_in(folder).await
    }

    /// The same in a folder that may hold an earlier one.
    pub async fn start_in(folder: TempDir) -> Self {
        Self::start_with(folder, Settings::default()).await
    }

    /// A demo office on a day of its own, so that what a test says does not depend on the day on which it runs.
    pub async fn start_on(day: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let at = Date::parse(day).expect("a day").starts_at(&jiff::tz::TimeZone::UTC);
        Self::start_at(folder, Settings::default(), Some(at)).await
    }

    /// The same with settings of one's own.
    pub async fn start_with(folder: TempDir, settings: Settings) -> Self {
        Self::start_at(folder, settings, None).await
    }

    async fn start_at(folder: TempDir, settings: Settings, on: Option<Timestamp>) -> Self {
        let settings = Settings {
            listen: Some(([127, 0, 0, 1], 0).into()),
            data: Some(folder.path().to_owned()),
            database: Some(database::url_in(folder.path())),
            sandbox_secret: Some(BANK_SECRET.to_owned()),
            workers: Some(2),
            ..settings
        };
        let config = settings.over(Settings::default()).expect("settings");
        if boot::prepare(&config.database).expect("tables").is_empty() {
            let name = Name::parse("changning").expect("a name");
            let made = Made {
                name,
                domain: "demo.example",
                time_zone: "Asia/Shanghai",
                mode: "demo",
                at: on.unwrap_or_else(wall),
                predecessor: None,
            };
            open(&config, &made).expect("an office");
            if let Some(at) = on {
                let mut connection = dialect::open_writer(&config.database).expect("the database");
                let offset = (at.micros() - wall().micros()).to_string();
                settings::write(&mut connection, "changning", CLOCK_SETTING, &offset).expect("a clock");
            }
        }
        let running = boot::start(&config, Mode::Demo).await.expect("a service");
        let base = format!("http://{}", running.address);
        seed::seed(&running, &base).await.expect("a demo's contents");
        Self {
            folder,
            config,
            base,
            running: Some(running),
            http: awc::Client::builder().timeout(std::time::Duration::from_secs(30)).finish(),
            tokens: RefCell::default(),
            keys: Cell::new(0),
        }
    }

    /// Stops the service gracefully and starts it again on the same files.
    pub async fn restart(self) -> Self {
        self.restart_with(Settings::default()).await
    }

    /// The same with settings of one's own.
    pub async fn restart_with(mut self, settings: Settings) -> Self {
        let running = self.running.take().expect("it runs");
        running.stop().await.expect("a graceful stop");
        let world = Self::start_with(self.folder, settings).await;
        world.keys.set(self.keys.get());
        world
    }

    /// Stops the service gracefully; answers its files.
    pub async fn stop(mut self) -> TempDir {
        self.running.take().expect("it runs").stop().await.expect("a graceful stop");
        self.folder
    }

    /// Stops it, changes something about its files, and starts it again.
    pub async fn restart_after(mut self, change: impl FnOnce()) -> Self {
        self.running.take().expect("it runs").stop().await.expect("a graceful stop");
        change();
        let world = Self::start_with(self.folder, Settings::default()).await;
        world.keys.set(self.keys.get());
        world
    }

    /// The running service.
    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs")
    }

    /// A request.
    pub fn ask(&self, method: Method, path: impl Into<String>) -> Ask<'_> {
        Ask {
            world: self,
            method,
            path: path.into(),
            user: None,
            token: None,
            headers: Vec::new(),
            key: None,
            body: None,
            keyed: true,
            replayed: true,
            alone: false,
        }
    }

    /// A read by a user, which must succeed.
    pub async fn get(&self, user: &str, path: impl Into<String>) -> Value {
        let reply = self.ask(Method::GET, path).by(user).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body
    }

    /// A write by a user, which must succeed.
    pub async fn post(&self, user: &str, path: impl Into<String>, body: Value) -> Value {
        let reply = self.ask(Method::POST, path).by(user).json(&body).send().await;
        assert!((200..300).contains(&reply.status), "{reply:?}");
        reply.body
    }

    /// A write by a user who reviewed a revision, which must succeed.
    pub async fn decide(&self, user: &str, path: impl Into<String>, revision: &Value, body: Value) -> Value {
        let reply = self.ask(Method::POST, path).by(user).reviewed(revision).json(&body).send().await;
        assert!((200..300).contains(&reply.status), "{reply:?}");
        reply.body
    }

    /// A write by a user, which must be refused; answers the status and the code.
    pub async fn refused(&self, user: &str, path: impl Into<String>, body: Value) -> (u16, String) {
        self.ask(Method::POST, path).by(user).json(&body).send().await.problem()
    }

    /// A user's token.
    pub async fn token(&self, user: &str) -> String {
        if let Some(token) = self.tokens.borrow().get(user) {
            return token.clone();
        }
        let body = json!({"username": user, "password": PASSWORD});
        let reply = self.ask(Method::POST, "/v1/auth/token").json(&body).without_replay().send().await;
        let token = reply.body["access_token"].as_str().expect("a token").to_owned();
        self.tokens.borrow_mut().insert(user.to_owned(), token.clone());
        token
    }

    /// Moves the clock, and waits for what became due.
    pub async fn advance(&self, duration: &str) {
        let reply = self.ask(Method::POST, "/demo/clock").json(&json!({"advance": duration})).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    /// Tells the bank how something ended.
    pub async fn bank(&self, what: &str, id: &Value, outcome: &str) -> Reply {
        let path = format!("/demo/bank/{what}/{}", id.as_str().expect("an id"));
        self.ask(Method::POST, path).json(&json!({"outcome": outcome})).send().await
    }

    /// The sandbox bank's signature under a body at a time.
    pub fn signature(&self, time: &str, body: &Value) -> String {
        let name = |text| Name::parse(text).expect("a name");
        let bank = Sandbox::new(name("sandbox"), name("changning"), BANK_SECRET.as_bytes());
        bank.sign(time, body.to_string().as_bytes())
    }

    /// A signed notice of the sandbox bank.
    pub async fn notify(&self, body: &Value) -> Reply {
        let time = wall().to_string();
        let ask = self.ask(Method::POST, "/v1/channels/sandbox/notifications").json(body);
        ask.header(TIME_HEADER, &time).header(SIGNATURE_HEADER, &self.signature(&time, body)).send().await
    }

    /// Waits until a signed head covers everything written so far.
    pub async fn published(&self) {
        let offices = &self.running().offices;
        for sequencer in offices.values() {
            let position = self.newest_position(sequencer.office().name.as_str());
            let mut published = sequencer.standing().published();
            published.wait_for(|size| *size > position).await.expect("a publisher");
        }
    }

    fn newest_position(&self, office: &str) -> u64 {
        let mut connection = dialect::open_reader(&self.config.database).expect("the database");
        let head = head::read(&mut connection, office).expect("a read").expect("an office");
        head.next_position - 1
    }

    /// The demo's plan on sale.
    pub async fn plan(&self) -> Value {
        self.get("consumer1", "/v1/plans").await["data"][0].clone()
    }

    /// A contract of `consumer` with the demo's merchant: signed by both, paid, active.
    pub async fn active_contract(&self, consumer: &str) -> Value {
        let plan = self.plan().await;
        let contract = self.post(consumer, "/v1/contracts", json!({"plan_id": plan["id"]})).await;
        let path = format!("/v1/contracts/{}", contract["id"].as_str().expect("an id"));
        let terms = json!({"terms_sha256": contract["terms_sha256"]});
        self.post(consumer, format!("{path}/sign"), terms.clone()).await;
        self.post("merchant1", format!("{path}/sign"), terms).await;
        let deposit = self.post(consumer, format!("{path}/deposits"), json!({"channel": "sandbox"})).await;
        assert_eq!(self.bank("deposits", &deposit["id"], "paid").await.status, 200);
        self.get(consumer, path).await
    }

    fn fresh_key(&self) -> String {
        let next = self.keys.get() + 1;
        self.keys.set(next);
        format!("key-{next}")
    }
}

impl<'a> Ask<'a> {
    /// As one of the demo's users.
    pub fn by(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// With a token of one's own.
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// On a connection of its own: one that rests could be ended by the service just when it is used again.
    pub fn on_a_new_connection(mut self) -> Self {
        self.alone = true;
        self
    }

    /// With this idempotency key; without one, writes get a fresh one.
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// Having reviewed a revision.
    pub fn reviewed(self, revision: &Value) -> Self {
        let tag = format!("\"r{revision}\"");
        self.header("If-Match", &tag)
    }

    /// Without an idempotency key, though it needs one.
    pub fn without_key(mut self) -> Self {
        self.keyed = false;
        self
    }

    /// With a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self
    }

    /// With these bytes as its body.
    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.body = Some(body.to_vec());
        self
    }

    /// Not sent a second time.
    pub fn without_replay(mut self) -> Self {
        self.replayed = false;
        self
    }

    /// Sends it, and a successful write once more.
    pub async fn send(mut self) -> Reply {
        let write = !self.method.is_safe() && self.path.starts_with("/v1/");
        let keyless = ["/v1/auth/", "/v1/batches", "/v1/channels/", "/v1/refund-calculations"];
        let keyed = self.keyed && write && !keyless.iter().any(|start| self.path.starts_with(start));
        if keyed && self.key.is_none() {
            self.key = Some(self.world.fresh_key());
        }
        if let (Some(user), None) = (&self.user, &self.token) {
            self.token = Some(Box::pin(self.world.token(user)).await);
        }
        let reply = self.send_once().await;
        spec::check(self.method.as_str(), &self.path, &reply);
        if keyed && self.replayed && (200..300).contains(&reply.status) {
            let again = self.send_once().await;
            spec::check(self.method.as_str(), &self.path, &again);
            assert_eq!(again.status, reply.status, "a replay has another status: {again:?}");
            assert_eq!(again.body, reply.body, "a replay has another body");
            assert_eq!(again.headers.get("idempotency-replayed").map(String::as_str), Some("true"), "{again:?}");
            assert_eq!(again.headers.get("etag"), reply.headers.get("etag"), "a replay has another tag");
        }
        reply
    }

    async fn send_once(&self) -> Reply {
        let mut request = self.world.http.request(self.method.clone(), format!("{}{}", self.world.base, self.path));
        if self.alone {
            request = request.force_close();
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &self.key {
            request = request.insert_header(("Idempotency-Key", key.as_str()));
        }
        if self.body.is_some() {
            let lines = self.path == "/v1/batches";
            let kind = if lines { "application/x-ndjson" } else { "application/json" };
            request = request.insert_header(("Content-Type", kind));
        }
        for (name, value) in &self.headers {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        let mut answer = match &self.body {
            Some(body) => request.send_body(body.clone()).await.expect("an answer"),
            None => request.send().await.expect("an answer"),
        };
        let bytes = answer.body().limit(8 << 20).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let value = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        Reply {
            status: answer.status().as_u16(),
            headers: answer.headers().iter().map(|(name, text)| (name.as_str().to_owned(), value(text))).collect(),
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
            bytes: bytes.to_vec(),
        }
    }
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).cloned()
    }

    /// The status and code of a refusal.
    pub fn problem(&self) -> (u16, String) {
        let code = self.body["code"].as_str().unwrap_or_else(|| panic!("expected a problem: {self:?}"));
        (self.status, code.to_owned())
    }
}

/// The text of a field.
pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {value}")).to_owned()
}
