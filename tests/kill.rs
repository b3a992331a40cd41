//! The process is killed in the middle of load, again and again: what was acknowledged is there, once.

#![cfg(test)]

#[path = "support/database.rs"]
mod database;
#[path = "kill/nodes.rs"]
mod nodes;

use std::cell::{Cell, RefCell};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt::{spawn, time::sleep};
use awc::Client;
use serde_json::{Value, json};
use ticun::ledger::clock::Entropy;

const ROUNDS: u32 = 20;
const CLIENTS: usize = 6;
const CONTRACTS: usize = 3;
const READY_TRIES_MAX: u32 = 200;
const KILL_AFTER_MS_MAX: u64 = 250;

/// A demo that runs as a process of its own.
struct Process {
    child: Child,
    base: String,
}

impl Process {
    /// Starts it on the files in `folder` and waits until it is ready.
    async fn start(folder: &Path, http: &Client) -> Self {
        Self::start_on(folder, None, http).await
    }

    /// The same with its books in a database elsewhere.
    async fn start_on(folder: &Path, database: Option<&str>, http: &Client) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticun"));
        command.args(["demo", "--workers", "2", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut told = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = told.find_map(|line| line.ok().filter(|line| line.contains(" at http://"))).expect("its address");
        let base = line.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();
        // Whatever else it says is read, or it would end for want of a listener.
        std::thread::spawn(move || told.for_each(drop));
        // From here on dropping it ends the process.
        let process = Self { child, base };
        for _ in 0..READY_TRIES_MAX {
            let answer = http.get(format!("{}/readyz", process.base)).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return process;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("{} never became ready", process.base);
    }

    /// SIGKILL: nothing is finished, nothing is flushed.
    fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Only a test that fails leaves it running.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// An answered write: its status and body; none where the connection broke before the answer.
async fn post(http: &Client, url: &str, token: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
    let request = http.post(url).bearer_auth(token).insert_header(("Idempotency-Key", key));
    let mut answer = request.send_json(body).await.ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.json().await.ok()?))
}

async fn get(http: &Client, url: &str, token: &str) -> Value {
    let mut answer = http.get(url).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{url}");
    answer.json().limit(1 << 20).await.expect("JSON")
}

/// Everything needed to set the stage, where each write must succeed.
struct Stage<'a> {
    http: &'a Client,
    base: &'a str,
    keys: Cell<u32>,
}

impl Stage<'_> {
    async fn token(&self, username: &str) -> String {
        let body = json!({"username": username, "password": "ticun-demo"});
        let mut answer =
            self.http.post(format!("{}/v1/auth/token", self.base)).send_json(&body).await.expect("an answer");
        let tokens: Value = answer.json().await.expect("JSON");
        text(&tokens, "access_token")
    }

    async fn post(&self, token: &str, path: &str, reviewed: Option<&Value>, body: Value) -> Value {
        let key = format!("stage-{}", self.keys.replace(self.keys.get() + 1));
        let mut request = self.http.post(format!("{}{path}", self.base)).insert_header(("Idempotency-Key", key));
        if let Some(revision) = reviewed {
            request = request.insert_header(("If-Match", format!("\"r{revision}\"")));
        }
        let mut answer = request.bearer_auth(token).send_json(&body).await.expect("an answer");
        let status = answer.status();
        let body: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    /// Contracts on a plan that no load uses up; answers their ids.
    async fn contracts(&self, merchant: &str) -> Vec<String> {
        let plan = json!({
            "name": "十万次游泳卡", "kind": "count", "price": "10000.00", "currency": "CNY",
            "count": {"units": 100_000, "bonus_units": 0}, "validity_days": 365, "sector": "other",
            "terms": "每次使用扣一次，未使用部分可随时申请退款。", "card_class": "stored_value",
            "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
        });
        let plan = self.post(merchant, "/v1/plans", None, plan).await;
        let path = format!("/v1/plans/{}", text(&plan, "id"));
        let submitted = self.post(merchant, &format!("{path}/submit"), None, json!({})).await;
        let notary = self.token("notary1").await;
        self.post(&notary, &format!("{path}/approve"), Some(&submitted["revision"]), json!({})).await;
        let consumer = self.token("consumer1").await;
        let mut ids = Vec::new();
        for _ in 0..CONTRACTS {
            let contract = self.post(&consumer, "/v1/contracts", None, json!({"plan_id": plan["id"]})).await;
            let path = format!("/v1/contracts/{}", text(&contract, "id"));
            let terms = json!({"terms_sha256": contract["terms_sha256"]});
            self.post(&consumer, &format!("{path}/sign"), None, terms.clone()).await;
            self.post(merchant, &format!("{path}/sign"), None, terms).await;
            let deposit = self.post(&consumer, &format!("{path}/deposits"), None, json!({"channel": "sandbox"})).await;
            let pay = format!("/demo/bank/deposits/{}", text(&deposit, "id"));
            self.post(&consumer, &pay, None, json!({"outcome": "paid"})).await;
            ids.push(text(&contract, "id"));
        }
        ids
    }
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {value}")).to_owned()
}

/// A write that the service has answered, or whose answer was lost.
#[derive(Clone, Debug)]
struct Sent {
    contract: usize,
    key: String,
    /// Id and position, once acknowledged.
    acknowledged: Option<(String, u64)>,
}

fn acknowledged((status, body): (u16, Value)) -> (String, u64) {
    assert_eq!(status, 201, "{body}");
    (text(&body, "id"), body["log_position"].as_u64().expect("a position"))
}

/// What all clients share.
struct Load {
    http: Client,
    base: String,
    token: String,
    contracts: Vec<String>,
    sent: RefCell<Vec<Sent>>,
}

impl Load {
    async fn record(&self, contract: usize, key: &str) -> Option<(String, u64)> {
        let url = format!("{}/v1/contracts/{}/deliveries", self.base, self.contracts[contract]);
        post(&self.http, &url, &self.token, key, &json!({"units": 1})).await.map(acknowledged)
    }

    /// Records deliveries until the service is gone.
    async fn client(self: Rc<Self>, round: u32, number: usize) {
        for count in 0_u32.. {
            let (contract, key) = (number % CONTRACTS, format!("kill-{round}-{number}-{count}"));
            let acknowledged = self.record(contract, &key).await;
            let gone = acknowledged.is_none();
            self.sent.borrow_mut().push(Sent { contract, key, acknowledged });
            if gone {
                return;
            }
        }
    }

    /// Sends every `step`th write again; each must be there once, as it was acknowledged.
    async fn check(self: Rc<Self>, from: usize, step: usize) {
        let count = self.sent.borrow().len();
        for index in (from..count).step_by(step) {
            let Sent { contract, key, acknowledged } = self.sent.borrow()[index].clone();
            let again = self.record(contract, &key).await.expect("an answer");
            let before = acknowledged.unwrap_or_else(|| again.clone());
            assert_eq!(again, before, "{key} has another answer after the kill");
            let url = format!("{}/v1/deliveries/{}", self.base, again.0);
            let delivery = get(&self.http, &url, &self.token).await;
            assert_eq!(delivery["contract_id"], self.contracts[contract], "{key} is another contract's");
            self.sent.borrow_mut()[index].acknowledged = Some(again);
        }
    }

    /// No write stands twice: ids and positions differ, and every contract has used as many units as it was sent.
    async fn check_totals(&self) {
        let sent = self.sent.borrow().clone();
        let mut positions: Vec<u64> = sent.iter().filter_map(|sent| Some(sent.acknowledged.as_ref()?.1)).collect();
        positions.sort_unstable();
        positions.dedup();
        assert_eq!(positions.len(), sent.len(), "two writes share a position");
        for (number, contract) in self.contracts.iter().enumerate() {
            let contract = get(&self.http, &format!("{}/v1/contracts/{contract}", self.base), &self.token).await;
            let expected = sent.iter().filter(|sent| sent.contract == number).count();
            assert_eq!(contract["units"]["used"], json!(expected), "{contract}");
        }
    }
}

/// SplitMix64.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn seed() -> u64 {
    let given = std::env::var("TICUN_SEED").ok().map(|text| text.parse().expect("TICUN_SEED is a number"));
    let seed = given.unwrap_or_else(|| u64::from_le_bytes(Entropy::default().bytes()));
    println!("TICUN_SEED={seed}");
    seed
}

#[actix_web::test]
async fn no_acknowledged_write_is_lost_or_doubled_when_the_process_is_killed_under_load() {
    if database::is_on_server("several nodes are killed there, and this one has files of its own") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let http = Client::builder().timeout(Duration::from_secs(20)).finish();
    let mut seed = seed();
    let mut process = Process::start(folder.path(), &http).await;
    let stage = Stage { http: &http, base: &process.base, keys: Cell::new(0) };
    let token = stage.token("merchant1").await;
    let contracts = stage.contracts(&token).await;
    let mut sent = Vec::new();
    for round in 0..ROUNDS {
        let known = sent.len();
        let load = Rc::new(Load {
            http: http.clone(),
            base: process.base.clone(),
            token: token.clone(),
            contracts: contracts.clone(),
            sent: RefCell::new(sent),
        });
        let clients: Vec<_> = (0..CLIENTS).map(|number| spawn(Rc::clone(&load).client(round, number))).collect();
        sleep(Duration::from_millis(next(&mut seed) % KILL_AFTER_MS_MAX)).await;
        process.kill();
        for client in clients {
            client.await.expect("a client ends when the service is gone");
        }
        process = Process::start(folder.path(), &http).await;
        let after = Rc::new(Load {
            http: http.clone(),
            base: process.base.clone(),
            token: token.clone(),
            contracts: contracts.clone(),
            sent: RefCell::new(load.sent.take()),
        });
        let checks: Vec<_> =
            (0..CLIENTS).map(|number| spawn(Rc::clone(&after).check(known + number, CLIENTS))).collect();
        for check in checks {
            check.await.expect("every write is found again");
        }
        after.check_totals().await;
        sent = after.sent.take();
    }
    println!("{} deliveries survived {ROUNDS} kills", sent.len());
    process.kill();
    let checked =
        Command::new(env!("CARGO_BIN_EXE_ticun")).args(["books", "check", "--data"]).arg(folder.path()).output();
    let checked = checked.expect("the check runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
