//! How a batch flows: replies while lines still come, a bounded number of lines under way, room for everybody else, and
//! an end whenever the caller leaves.

use std::time::Duration;

use actix_web::http::Method;
use futures_util::future::join;
use serde_json::{Value, json};
use ticun::cli::config::Settings;

use super::support::World;
use super::support::books::holds;
use super::support::held::{hold, sequencer};
use super::support::side::{Side, id};
use super::wire::Wire;
use super::{body, contract_with, delivery, send, told};

/// Waits until something stays as it is for a while; answers what it is.
async fn settled<T: PartialEq>(mut look: impl FnMut() -> T) -> T {
    let mut last = look();
    let mut same = 0;
    while same < 20 {
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
        let now = look();
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    last
}

async fn used(world: &World, side: &Side, contract: &Value) -> Value {
    world.get(side.consumer_user, format!("/v1/contracts/{}", id(contract))).await["units"]["used"].clone()
}

fn deliveries(contract: &Value, count: usize) -> Vec<Value> {
    (0..count).map(|number| delivery(contract, &format!("line-{number}"))).collect()
}

#[actix_web::test]
async fn each_line_is_answered_before_the_next_one_is_sent() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let mut wire = Wire::open(&world, side.merchant_user).await;
    for (number, line) in deliveries(&contract, 5).iter().enumerate() {
        let bytes = body(std::slice::from_ref(line));
        let (start, end) = bytes.split_at(bytes.len() / 2);
        wire.send(start).await;
        wire.send(end).await;
        let reply = wire.next().await.expect("a reply");
        assert_eq!((told(&reply), &reply["line"]), ((201, ""), &json!(number + 1)));
    }
    wire.finish().await;
    assert!(wire.rest().await.is_empty());
}

#[actix_web::test]
async fn a_long_batch_leaves_most_of_the_queue_to_others_and_ends_once_the_writer_goes_on() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = contract_with(&world, &side, 5000).await;
    world.token(side.merchant_user).await;
    let held = hold(&world).await;
    let lines = deliveries(&contract, 3000);
    let batch = send(&world, side.merchant_user, &lines);
    let others = async {
        let waiting = settled(|| sequencer(&world).waiting()).await;
        // The service's own timers may wait, too.
        assert!((1000..=1040).contains(&waiting), "{waiting} lines of one batch wait");
        let plan = world.plan().await;
        let buy = world.ask(Method::POST, "/v1/contracts").by(side.consumer_user).json(&json!({"plan_id": plan["id"]}));
        let release = async {
            while sequencer(&world).waiting() <= waiting {
                actix_web::rt::time::sleep(Duration::from_millis(5)).await;
            }
            drop(held);
        };
        join(buy.send(), release).await.0
    };
    let (replies, bought) = join(batch, others).await;
    assert_eq!(bought.status, 201, "{bought:?}");
    assert!(replies.iter().all(|reply| told(reply) == (201, "")));
    assert_eq!(used(&world, &side, &contract).await, 3000);
}

#[actix_web::test]
async fn where_the_queue_is_short_lines_wait_and_requests_by_themselves_still_get_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start_with(folder, Settings { queue_max: Some(4), ..Settings::default() }).await;
    let side = Side::first(&world).await;
    let contract = contract_with(&world, &side, 5000).await;
    let lines = deliveries(&contract, 300);
    let (one, other) = lines.split_at(150);
    let plan = world.plan().await;
    let buying = async {
        for _ in 0..5 {
            world.post(side.consumer_user, "/v1/contracts", json!({"plan_id": plan["id"]})).await;
        }
    };
    let batches = join(send(&world, side.merchant_user, one), send(&world, side.merchant_user, other));
    let ((one, other), ()) = join(batches, buying).await;
    assert!(one.iter().chain(&other).all(|reply| told(reply) == (201, "")));
    assert_eq!(used(&world, &side, &contract).await, 300);
}

/// How many lines were answered since the process began.
async fn answered(world: &World) -> u64 {
    let metrics = world.ask(Method::GET, "/metrics").send().await.text;
    let line = metrics.lines().find_map(|line| line.strip_prefix("ticun_batch_lines_total "));
    line.map_or(0, |count| count.parse().expect("a number"))
}

#[actix_web::test]
async fn a_caller_that_does_not_read_is_not_read_either() {
    let world = World::start().await;
    let before = answered(&world).await;
    let mut wire = Wire::open(&world, "merchant1").await;
    // Such a line is short, and its reply is long.
    let lines = "{\"op\":\"none\",\"idempotency_key\":\"1\",\"body\":{}}\n".repeat(9_999);
    wire.send(lines.as_bytes()).await;
    wire.finish().await;
    let mut last = answered(&world).await;
    loop {
        actix_web::rt::time::sleep(Duration::from_millis(200)).await;
        let now = answered(&world).await;
        if now == last {
            break;
        }
        last = now;
    }
    assert!(last - before < 9_000, "{} lines were answered to nobody", last - before);
    let rest = wire.rest().await;
    assert_eq!(rest.len(), 9_999);
    assert!(rest.iter().all(|reply| told(reply) == (422, "batch_op_unknown")));
}

#[actix_web::test]
async fn what_was_handed_in_is_done_when_the_caller_leaves_and_the_same_keys_do_the_rest() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = contract_with(&world, &side, 1000).await;
    let lines = deliveries(&contract, 200);
    let bytes = body(&lines);
    let held = hold(&world).await;
    let mut wire = Wire::open(&world, side.merchant_user).await;
    // The last of these lines is whole but for what ends it.
    let sent: usize = body(&lines[..50]).len() - 1;
    wire.send(&bytes[..sent]).await;
    let waiting = settled(|| sequencer(&world).waiting()).await;
    // What the service writes by itself may wait there, too.
    assert!(waiting >= 49, "{waiting}");
    drop(wire);
    drop(held);
    settled(|| sequencer(&world).waiting()).await;
    assert_eq!(used(&world, &side, &contract).await, 49);
    let replies = send(&world, side.merchant_user, &lines).await;
    assert!(replies.iter().all(|reply| told(reply) == (201, "")));
    assert_eq!(used(&world, &side, &contract).await, 200);
    holds(&world);
}
