//! Three nodes on one database of a server, which are killed one after another while people go on with those that are
//! left.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::rt::{spawn, time::sleep};
use awc::Client;
use serde_json::json;
use ticun::store::{dialect, leases};

use super::process::{Caller, done, text, with_keys_of};
use super::{CONTRACTS, database, get, next, post, seed, start};

const NODES: usize = 3;
const CLIENTS: usize = 6;
const LASTS: Duration = Duration::from_secs(9);
const KILLED_EVERY_MS: u64 = 700;
/// Whoever is not answered for so long has found a service that hangs.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// What all clients share.
struct Load {
    http: Client,
    /// Where the nodes are; one that is dead keeps its address until it is there again.
    bases: RefCell<Vec<String>>,
    token: String,
    contracts: Vec<String>,
    random: Cell<u64>,
    is_over: Cell<bool>,
    /// Contract, id and position of each delivery, by its key.
    acknowledged: RefCell<BTreeMap<String, (usize, String, u64)>>,
    asked_again: Cell<u32>,
}

impl Load {
    fn below(&self, bound: usize) -> usize {
        let mut random = self.random.get();
        let number = next(&mut random);
        self.random.set(random);
        usize::try_from(number % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Sends one delivery to this node and that one until it is answered.
    async fn record(&self, contract: usize, key: &str) -> (String, u64) {
        let began = Instant::now();
        loop {
            let base = self.bases.borrow()[self.below(NODES)].clone();
            let url = format!("{base}/v1/contracts/{}/deliveries", self.contracts[contract]);
            match post(&self.http, &url, &self.token, key, &json!({"units": 1})).await {
                Some((201, body)) => {
                    return (text(&body, "id"), body["log_position"].as_u64().expect("a position"));
                }
                Some((503, _)) | None => self.asked_again.set(self.asked_again.get() + 1),
                Some((status, body)) => panic!("{status} {body}"),
            }
            assert!(began.elapsed() < ANSWER_MAX, "{key} is not answered by anybody");
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn client(self: Rc<Self>, number: usize) {
        for count in 0_u32.. {
            if self.is_over.get() {
                return;
            }
            let (contract, key) = (self.below(CONTRACTS), format!("nodes-{number}-{count}"));
            let (id, position) = self.record(contract, &key).await;
            // Now and then somebody asks once more, of whichever node.
            if self.below(8) == 0 {
                assert_eq!(self.record(contract, &key).await, (id.clone(), position), "{key} has another answer");
            }
            self.acknowledged.borrow_mut().insert(key, (contract, id, position));
        }
    }
}

/// Every acknowledged delivery is there once, as it was acknowledged, and nothing else is.
async fn check(load: &Rc<Load>) {
    let acknowledged = load.acknowledged.borrow().clone();
    for (key, (contract, id, position)) in acknowledged.iter().step_by(7) {
        assert_eq!(load.record(*contract, key).await, (id.clone(), *position), "{key} has another answer");
    }
    let mut positions: Vec<u64> = acknowledged.values().map(|(_, _, position)| *position).collect();
    positions.sort_unstable();
    positions.dedup();
    assert_eq!(positions.len(), acknowledged.len(), "two writes share a position");
    let base = load.bases.borrow()[0].clone();
    for (number, contract) in load.contracts.iter().enumerate() {
        let contract = get(&load.http, &format!("{base}/v1/contracts/{contract}"), &load.token).await;
        let expected = acknowledged.values().filter(|(of, _, _)| *of == number).count();
        assert_eq!(contract["units"]["used"], json!(expected), "{contract}");
    }
}

fn holder(url: &str) -> (String, bool) {
    let mut connection = dialect::open_reader(url).expect("the database");
    let (holder, until) = leases::holder(&mut connection, "changning", "timers").expect("a read").expect("a lease");
    (holder, until > ticun::ledger::clock::wall())
}

#[actix_web::test]
async fn three_nodes_that_are_killed_one_after_another_lose_and_double_nothing() {
    if !database::has_server() {
        println!("skipped: TICUN_TEST_POSTGRES names no server");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let url = database::url_in(folder.path());
    let http = Client::builder().timeout(Duration::from_secs(20)).finish();
    let folders: Vec<PathBuf> = (0..NODES).map(|number| folder.path().join(format!("node-{number}"))).collect();
    // The first one opens the office; the others need its keys.
    let mut nodes = vec![start(&folders[0], Some(&url)).await];
    for folder in &folders[1..] {
        with_keys_of(&folders[0], folder);
        nodes.push(start(folder, Some(&url)).await);
    }
    let stage = Caller::of(&nodes[0]);
    let token = stage.token("merchant1").await;
    let contracts = stage.contracts(CONTRACTS).await;
    let first_holder = holder(&url);
    let load = Rc::new(Load {
        http: http.clone(),
        bases: RefCell::new(nodes.iter().map(|node| node.base.clone()).collect()),
        token,
        contracts,
        random: Cell::new(seed()),
        is_over: Cell::new(false),
        acknowledged: RefCell::default(),
        asked_again: Cell::new(0),
    });
    let clients: Vec<_> = (0..CLIENTS).map(|number| spawn(Rc::clone(&load).client(number))).collect();
    let (began, mut kills) = (Instant::now(), 0_u32);
    while began.elapsed() < LASTS {
        sleep(Duration::from_millis(KILLED_EVERY_MS)).await;
        let victim = load.below(NODES);
        nodes.remove(victim).kill();
        kills += 1;
        let node = start(&folders[victim], Some(&url)).await;
        load.bases.borrow_mut()[victim].clone_from(&node.base);
        nodes.insert(victim, node);
    }
    load.is_over.set(true);
    for client in clients {
        client.await.expect("a client ends well");
    }
    check(&load).await;
    // The node with the timers is taken away for good, and they go on elsewhere.
    let (name, _) = holder(&url);
    let is_its =
        |folder: &PathBuf| fs::read_to_string(folder.join("log/changning/node")).is_ok_and(|node| node == name);
    nodes.remove(folders.iter().position(is_its).expect("one of the nodes")).kill();
    let began = Instant::now();
    while holder(&url).0 == name {
        assert!(began.elapsed() < Duration::from_secs(20), "nobody took over the timers");
        sleep(Duration::from_millis(50)).await;
    }
    assert!(first_holder.1 && holder(&url).1, "somebody has them");
    let (count, again) = (load.acknowledged.borrow().len(), load.asked_again.get());
    println!("{count} deliveries survived {kills} kills, {again} of them were asked for again");
    assert!(count > 50 && again > 0, "{count} {again}");
    drop(nodes);
    done(&["books", "check", "--database", &url]);
}
