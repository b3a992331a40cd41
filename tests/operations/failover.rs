//! Two nodes on a PostgreSQL server with a synchronous standby: the primary dies under load, the standby takes over, and
//! nobody who runs the service does anything.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::rt::{spawn, time::sleep};
use diesel::RunQueryDsl as _;
use diesel::dsl::sql;
use diesel::sql_types::Bool;
use serde_json::json;
use tempfile::TempDir;
use ticun::store::dialect;

use super::process::{Caller, Process, comes_true, done, text, with_keys_of};
use super::server::{Pair, is_missing};

const CLIENTS_PER_NODE: usize = 3;
/// Acknowledged deliveries before the primary dies, and after the standby has taken over.
const DELIVERIES_BEFORE: usize = 60;
const DELIVERIES_AFTER: usize = 60;
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// What all clients share: each key with what it was acknowledged as.
#[derive(Default)]
struct Load {
    acknowledged: RefCell<BTreeMap<String, (String, u64)>>,
    retries: Cell<u32>,
    longest_wait: Cell<Duration>,
    is_over: Cell<bool>,
}

impl Load {
    fn count(&self) -> usize {
        self.acknowledged.borrow().len()
    }

    /// Records one delivery after another, each sent under its key until it is acknowledged.
    async fn client(self: Rc<Self>, caller: Rc<Caller>, token: String, contract: String, number: usize) {
        for count in 0_u32.. {
            if self.is_over.get() {
                return;
            }
            let key = format!("failover-{number}-{count}");
            let began = Instant::now();
            let acknowledged = self.until_acknowledged(&caller, &token, &contract, &key).await;
            self.longest_wait.set(self.longest_wait.get().max(began.elapsed()));
            self.acknowledged.borrow_mut().insert(key, acknowledged);
        }
    }

    async fn until_acknowledged(&self, caller: &Caller, token: &str, contract: &str, key: &str) -> (String, u64) {
        let path = format!("/v1/contracts/{contract}/deliveries");
        loop {
            match caller.send(Some(token), &path, key, &json!({"units": 1})).await {
                Some((201, body)) => {
                    return (text(&body, "id"), body["log_position"].as_u64().expect("a position"));
                }
                // The service must say that it is not there, and never refuse.
                Some((status, body)) => assert!(status >= 500, "{status} {body}"),
                None => {}
            }
            self.retries.set(self.retries.get() + 1);
            sleep(RETRY_AFTER).await;
        }
    }
}

fn node(data: &Path, url: &str) -> Process {
    Process::start(&[
        "demo",
        "--data",
        data.to_str().expect("a path is text"),
        "--database",
        url,
        "--read-connections",
        "2",
    ])
}

#[actix_web::test]
async fn no_acknowledged_write_is_lost_or_doubled_when_the_primary_dies_and_the_standby_takes_over() {
    if is_missing() {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let pair = Pair::start();
    let url = pair.url();
    let mut writer = dialect::open_writer(&url).expect("the primary");
    let waits = diesel::select(sql::<Bool>("current_setting('statement_timeout') = '0'")).get_result(&mut writer);
    assert_eq!(waits, Ok(true), "a commit waits for the standby without end");
    drop(writer);
    let first = node(&one, &url);
    with_keys_of(&one, &two);
    let second = node(&two, &url);
    let callers = [Rc::new(Caller::of(&first)), Rc::new(Caller::of(&second))];
    let contract = callers[0].contract().await;
    let token = callers[0].token("merchant1").await;
    let load = Rc::new(Load::default());
    let clients: Vec<_> = (0..2 * CLIENTS_PER_NODE)
        .map(|number| {
            let caller = Rc::clone(&callers[number % 2]);
            spawn(Rc::clone(&load).client(caller, token.clone(), contract.clone(), number))
        })
        .collect();
    comes_true("deliveries are acknowledged", async || load.count() >= DELIVERIES_BEFORE).await;
    let (standby, _servers) = pair.kill_primary();
    let died = Instant::now();
    for caller in &callers {
        comes_true("/readyz says that the database is gone", async || caller.get("/readyz").await.0 == 503).await;
        assert_eq!(caller.get("/healthz").await.0, 200, "the process itself is well");
    }
    let before = load.count();
    let gone_for = died.elapsed();
    // This is what an operator does, or Patroni.
    standby.run(&["SELECT pg_promote()"]);
    for caller in &callers {
        comes_true("/readyz says that the database is back", async || caller.is_ready().await).await;
    }
    comes_true("deliveries are acknowledged again", async || load.count() >= before + DELIVERIES_AFTER).await;
    load.is_over.set(true);
    for client in clients {
        client.await.expect("every client has its answer");
    }
    assert!(load.longest_wait.get() >= gone_for, "somebody was under way when the primary died");
    check(&load, &callers, &token, &contract).await;
    // The log is published again by whichever node holds the lease.
    let newest = load.acknowledged.borrow().values().map(|(_, position)| *position).max().expect("deliveries");
    comes_true("the log is published", async || published(&callers[0]).await > newest).await;
    first.stop();
    second.stop();
    let out = folder.path().join("out");
    let out = out.to_str().expect("a path is text");
    done(&["books", "check", "--database", &url]);
    done(&["audit", "export", out, "--database", &url]);
    let verdict = done(&["audit", "verify", out, "--replay", "--json"]).json();
    assert_eq!(verdict["verdict"], "good", "{verdict}");
    println!("{} deliveries, {} sent again; {} entries", load.count(), load.retries.get(), verdict["size"]);
}

/// Every write that was acknowledged is there as it was, once, whichever node is asked.
async fn check(load: &Rc<Load>, callers: &[Rc<Caller>; 2], token: &str, contract: &str) {
    let acknowledged = load.acknowledged.borrow().clone();
    for (number, (key, before)) in acknowledged.iter().enumerate() {
        let again = load.until_acknowledged(&callers[number % 2], token, contract, key).await;
        assert_eq!(again, *before, "{key} has another answer after the failover");
    }
    let mut positions: Vec<u64> = acknowledged.values().map(|(_, position)| *position).collect();
    positions.sort_unstable();
    positions.dedup();
    assert_eq!(positions.len(), acknowledged.len(), "two writes share a position");
    for caller in callers {
        let found = caller.get_as(token, &format!("/v1/contracts/{contract}")).await;
        assert_eq!(found["units"]["used"], json!(acknowledged.len()), "{found}");
    }
}

/// The size of the newest head.
async fn published(caller: &Caller) -> u64 {
    let (status, text) = caller.get("/log/changning/checkpoint").await;
    let size = text.lines().nth(1).and_then(|line| line.parse().ok());
    if status == 200 { size.expect("a size") } else { 0 }
}
