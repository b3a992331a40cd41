//! Ten thousand contracts, and a process that is killed while it gives their money back.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use actix_web::rt::time::sleep;
use awc::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use ticun::cli::seed as demo;

use super::seed;
use super::support::World;
use super::support::side::{Side, id};
use super::{at, class, holds};

const CONTRACTS: usize = 10_000;
const KILLS: usize = 3;

/// A demo that runs as a process of its own.
struct Process {
    child: Child,
    base: String,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ticun"));
        command.args(["demo", "--workers", "2", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut told = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = told.find_map(|line| line.ok().filter(|line| line.contains(" at http://"))).expect("its address");
        let base = line.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();
        // Whatever else it says is read, or it would end for want of a listener.
        std::thread::spawn(move || told.for_each(drop));
        Self { child, base }
    }

    async fn token(&self, http: &Client, user: &str) -> String {
        let body = json!({"username": user, "password": "ticun-demo"});
        let mut answer = http.post(format!("{}/v1/auth/token", self.base)).send_json(&body).await.expect("an answer");
        let tokens: Value = answer.json().await.expect("JSON");
        tokens["access_token"].as_str().expect("a token").to_owned()
    }

    async fn run(&self, http: &Client, token: &str, run: &str) -> Value {
        let url = format!("{}/v1/default-runs/{run}", self.base);
        let mut answer = http.get(url).bearer_auth(token).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Waits until the run has come further than `done`, or is done; answers how far.
    async fn further(&self, http: &Client, token: &str, run: &str, done: u64) -> u64 {
        loop {
            let now = self.run(http, token, run).await;
            let reached = now["progress"]["done"].as_u64().expect("a count");
            if reached > done || now["state"] == "done" {
                return reached;
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Process {
    /// SIGKILL: nothing is finished, nothing is flushed.
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Ten thousand contracts of a merchant whose default can be approved; answers the run, and what others hold.
async fn prepare(folder: TempDir) -> (TempDir, Value, String) {
    let world = World::start_in(folder).await;
    let side = Side::first(&world).await;
    // `ticun demo` goes on with this folder, and adds contracts of others, which keep what they hold.
    demo::add_examples(world.running(), &world.base).await.expect("a demo's examples");
    let others = class(&world, "contract/held").await;
    assert_eq!(seed::contracts(&world, &side, CONTRACTS - 1).await, CONTRACTS);
    let run = side.propose_default(&world).await;
    world.advance("P20D").await;
    let folder = world.stop().await;
    (folder, run, others)
}

#[actix_web::test]
async fn ten_thousand_contracts_are_refunded_once_although_the_process_is_killed_again_and_again() {
    let (folder, run, others) = prepare(tempfile::tempdir().expect("a folder")).await;
    let http = Client::builder().timeout(Duration::from_secs(30)).finish();
    let mut process = Process::start(folder.path());
    let token = process.token(&http, "notary2").await;
    let approve = http.post(format!("{}{}/approve", process.base, at("default-runs", &run)));
    let approve = approve.bearer_auth(&token).insert_header(("Idempotency-Key", "approve"));
    let revision = format!("\"r{}\"", run["revision"]);
    let answer = approve.insert_header(("If-Match", revision)).send_json(&json!({})).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let mut reached = 0;
    for _ in 0..KILLS {
        reached = process.further(&http, &token, &id(&run), reached).await;
        drop(process);
        process = Process::start(folder.path());
        let again = process.run(&http, &token, &id(&run)).await["progress"]["done"].as_u64().expect("a count");
        assert!(again >= reached, "it goes on behind what was done: {again} after {reached}");
    }
    assert!(reached > 0 && reached < 10_000, "killed half-way: {reached}");
    while process.run(&http, &token, &id(&run)).await["state"] != "done" {
        sleep(Duration::from_millis(20)).await;
    }
    drop(process);

    let world = World::start_in(folder).await;
    let done = world.found("/v1/default-runs", &run, "done").await;
    let (count, sum) = (json!(CONTRACTS), json!("20000000.00"));
    let progress = &done["progress"];
    assert_eq!((&progress["total"], &progress["done"], &progress["refunds"]), (&count, &count, &count));
    assert_eq!((&progress["refunded"], &done["amount"]), (&sum, &sum));
    assert_eq!(class(&world, "consumer/refund").await, sum);
    assert_eq!(class(&world, "contract/held").await, others);
    holds(&world);
}
