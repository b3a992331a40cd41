//! The process is killed in the middle of load, again and again: what was acknowledged is there, once.

#![cfg(test)]

#[path = "support/database.rs"]
mod database;
#[path = "kill/nodes.rs"]
mod nodes;
#[path = "support/process.rs"]
mod process;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt::{
    spawn,
    time::{sleep, timeout},
};
use awc::Client;
use process::{Caller, Process, comes_true, done, text};
use serde_json::{Value, json};
use ticun::ledger::clock::Entropy;

const ROUNDS: u32 = 20;
const CLIENTS: usize = 6;
const CONTRACTS: usize = 3;
const READY_WITHIN: Duration = Duration::from_secs(2);
const KILL_AFTER_MS_MAX: u64 = 250;

/// Starts a demo on the files in `folder`, with its books in another database if one is named, and waits until it is
/// ready.
async fn start(folder: &Path, database: Option<&str>) -> Process {
    let folder = folder.to_str().expect("a path is text");
    let elsewhere = database.map(|database| ["--database", database]);
    let process = Process::start(&[&["demo", "--data", folder], elsewhere.as_slice().as_flattened()].concat());
    let caller = Caller::of(&process);
    let ready = comes_true("it is ready", async || caller.is_ready().await);
    timeout(READY_WITHIN, ready).await.expect("it is ready soon");
    process
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
    let mut process = start(folder.path(), None).await;
    let stage = Caller::of(&process);
    let token = stage.token("merchant1").await;
    let contracts = stage.contracts(CONTRACTS).await;
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
        process = start(folder.path(), None).await;
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
    done(&["books", "check", "--data", folder.path().to_str().expect("a path is text")]);
}
