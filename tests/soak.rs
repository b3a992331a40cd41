//! The service beyond what it can take, for a while: memory stays flat, only known answers are given, health is told
//! quickly all the time, and what was acknowledged is there once.
//!
//! `TICUN_SOAK_S` says for how many seconds, and `TICUN_SOAK_BINARY` which program; `scripts/soak` sets both.

#![cfg(test)]
#![expect(clippy::float_arithmetic, clippy::as_conversions, reason = "memory and its growth are not money")]

#[path = "support/process.rs"]
mod process;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::rt::{spawn, time::sleep};
use awc::Client;
use process::{Caller, PROGRAM, Process};
use serde_json::{Value, json};

/// For how long, where nothing else is asked for.
const SHORT_S: u64 = 6;
/// How many commands may wait: fewer than there are clients.
const QUEUE_MAX: usize = 16;
const CLIENTS: usize = 64;
const CONTRACTS: usize = 8;
const LINES_OF_A_BATCH: usize = 200;
/// How much memory may have been added by the end, as the line through all samples after the first third tells it.
const GROWTH_BYTES_MAX: f64 = 24.0 * 1024.0 * 1024.0;
/// The slowest answer to a question about health, which has to wait for a processor like everybody else.
const HEALTH_WITHIN: Duration = Duration::from_secs(3);

/// A service that can take little.
fn start(folder: &Path) -> Process {
    let program = std::env::var("TICUN_SOAK_BINARY").unwrap_or_else(|_| PROGRAM.to_owned());
    let (folder, queue_max) = (folder.to_str().expect("a path is text"), QUEUE_MAX.to_string());
    // Objects that are remembered are memory that grows for good reason, so that they are few here.
    let few = ["--hot-objects-max", "500", "--queue-max", &queue_max];
    Process::start_program(&program, &[&["demo", "--log", "warn", "--data", folder][..], &few].concat())
}

/// A process's resident memory in bytes, as Linux tells it.
fn memory(process: &Process) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1024.0
}

/// What all clients share.
struct Load {
    http: Client,
    base: String,
    keys: Cell<u64>,
    acknowledged: Cell<u64>,
    refused: Cell<u64>,
    over: Cell<bool>,
    slowest_health: Cell<Duration>,
    memory: RefCell<Vec<(f64, f64)>>,
}

impl Load {
    fn key(&self) -> String {
        self.keys.set(self.keys.get() + 1);
        format!("soak-{}", self.keys.get())
    }

    /// Records deliveries one after the other, and tries again where the queue is full.
    async fn client(self: Rc<Self>, token: String, contract: String) {
        let url = format!("{}/v1/contracts/{contract}/deliveries", self.base);
        while !self.over.get() {
            let key = self.key();
            loop {
                let request = self.http.post(&url).bearer_auth(&token).insert_header(("Idempotency-Key", key.as_str()));
                let answer = request.send_json(&json!({"units": 1})).await.expect("an answer");
                if answer.status() == 201 {
                    self.acknowledged.set(self.acknowledged.get() + 1);
                    break;
                }
                assert_eq!(answer.status(), 503, "{answer:?}");
                assert!(answer.headers().contains_key("Retry-After"), "{answer:?}");
                self.refused.set(self.refused.get() + 1);
                sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Sends one batch after the other; no line of them is refused.
    async fn batches(self: Rc<Self>, token: String, contract: String) {
        while !self.over.get() {
            let line = |key: String| {
                let body = json!({"contract_id": contract, "units": 1});
                format!("{}\n", json!({"op": "delivery.record", "idempotency_key": key, "body": body}))
            };
            let lines: String = (0..LINES_OF_A_BATCH).map(|_| line(self.key())).collect();
            let request = self.http.post(format!("{}/v1/batches", self.base)).bearer_auth(&token);
            let request = request.insert_header(("Content-Type", "application/x-ndjson"));
            let mut answer = request.send_body(lines).await.expect("an answer");
            assert_eq!(answer.status(), 200);
            let replies = answer.body().limit(8 << 20).await.expect("replies");
            let recorded = String::from_utf8_lossy(&replies).matches("\"status\":201,").count();
            assert_eq!(recorded, LINES_OF_A_BATCH, "{}", String::from_utf8_lossy(&replies));
            self.acknowledged.set(self.acknowledged.get() + LINES_OF_A_BATCH as u64);
        }
    }

    async fn health(self: Rc<Self>) {
        while !self.over.get() {
            let started = Instant::now();
            let answer = self.http.get(format!("{}/healthz", self.base)).send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            self.slowest_health.set(self.slowest_health.get().max(started.elapsed()));
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// How fast the second of each pair grows with the first: the slope of the line with the least squares.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|sample| sample.0), mean(|sample| sample.1));
    let both: f64 = samples.iter().map(|sample| (sample.0 - x) * (sample.1 - y)).sum();
    let square: f64 = samples.iter().map(|sample| (sample.0 - x).powi(2)).sum();
    both / square
}

#[actix_web::test]
async fn more_load_than_the_service_can_take_changes_nothing_but_the_waiting() {
    let seconds = std::env::var("TICUN_SOAK_S").ok().and_then(|text| text.parse().ok()).unwrap_or(SHORT_S);
    let folder = tempfile::tempdir().expect("a folder");
    let process = start(folder.path());
    let stage = Caller::of(&process);
    let load = Rc::new(Load {
        http: Client::builder().timeout(Duration::from_secs(60)).finish(),
        base: process.base.clone(),
        keys: Cell::default(),
        acknowledged: Cell::default(),
        refused: Cell::default(),
        over: Cell::default(),
        slowest_health: Cell::default(),
        memory: RefCell::default(),
    });
    let merchant = stage.token("merchant1").await;
    let contracts = stage.contracts(CONTRACTS).await;
    let contract = |number: usize| contracts[number % CONTRACTS].clone();
    let mut tasks: Vec<_> =
        (0..CLIENTS).map(|number| spawn(Rc::clone(&load).client(merchant.clone(), contract(number)))).collect();
    tasks.push(spawn(Rc::clone(&load).batches(merchant.clone(), contract(0))));
    tasks.push(spawn(Rc::clone(&load).health()));
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(seconds) {
        sleep(Duration::from_millis(200)).await;
        load.memory.borrow_mut().push((started.elapsed().as_secs_f64(), memory(&process)));
    }
    load.over.set(true);
    for task in tasks {
        task.await.expect("a client that saw nothing else");
    }
    let (acknowledged, refused) = (load.acknowledged.get(), load.refused.get());
    let mut used = 0;
    for contract in &contracts {
        let request = load.http.get(format!("{}/v1/contracts/{contract}", load.base)).bearer_auth(&merchant);
        let found: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        used += found["units"]["used"].as_u64().expect("a number");
    }
    let samples = load.memory.borrow();
    let growth = slope(&samples[samples.len() / 3..]) * seconds as f64;
    let health = load.slowest_health.get();
    let (first, last) = (samples[samples.len() / 3].1, samples[samples.len() - 1].1);
    println!(
        "{seconds} s: {acknowledged} recorded, {refused} told to come again, slowest health {health:?}, memory \
         {:.1} MiB after a third and {:.1} MiB at the end, {:.1} MiB of growth by its slope",
        first / 1_048_576.0,
        last / 1_048_576.0,
        growth / 1_048_576.0
    );
    assert_eq!(used, acknowledged, "what was acknowledged is there, and nothing else");
    assert!(refused > 0, "the load was not more than the service can take");
    assert!(health < HEALTH_WITHIN, "{health:?}");
    assert!(growth < GROWTH_BYTES_MAX, "memory grows by {growth} bytes: {samples:?}");
}
