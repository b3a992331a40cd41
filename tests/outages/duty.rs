//! A duty is one node's at a time, and another's when that one falls silent.

use ticun::domain::time::Timestamp;
use ticun::ledger::duty::Duty;
use ticun::store::leases;
use ticun::store::pool::ReadPool;

use super::office::{Node, OFFICE, Office};

fn seconds(count: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + count * 1_000_000)
}

fn duty(office: &Office, node: &Node, name: &str) -> Duty {
    let reads = ReadPool::open(&office.url, 1).unwrap();
    Duty::new("timers", name.to_owned(), node.sequencer.clone(), reads)
}

#[tokio::test]
async fn a_duty_is_taken_over_when_its_holder_falls_silent_or_gives_it_up() {
    let office = Office::new();
    let nodes = [office.node(), office.node(), office.node()];
    let [one, two, three] = ["one", "two", "three"];
    let one = duty(&office, &nodes[0], one);
    let (two, three) = (duty(&office, &nodes[1], two), duty(&office, &nodes[2], three));
    assert!(one.is_ours(seconds(0)).await.unwrap());
    for second in 0..20 {
        assert!(one.is_ours(seconds(second)).await.unwrap(), "who works keeps it: {second}");
        assert!(!two.is_ours(seconds(second)).await.unwrap(), "{second}");
        assert!(!three.is_ours(seconds(second)).await.unwrap(), "{second}");
    }
    // The first one falls silent; of the others one is faster.
    assert!(!two.is_ours(seconds(21)).await.unwrap());
    assert!(two.is_ours(seconds(27)).await.unwrap());
    assert!(!three.is_ours(seconds(27)).await.unwrap());
    // It wakes up, and has lost it; its clock does not help it.
    assert!(!one.is_ours(seconds(27)).await.unwrap());
    assert!(!one.is_ours(seconds(28)).await.unwrap());
    two.give_up(seconds(28)).await;
    assert!(three.is_ours(seconds(28)).await.unwrap(), "what is given up is free at once");
    let holder = leases::holder(&mut office.connection(), OFFICE, "timers").unwrap().unwrap();
    assert_eq!(holder.0, "three");
    assert!(leases::is_held(&mut office.connection(), OFFICE, "timers", 3).unwrap());
}

#[tokio::test]
async fn a_node_that_starts_again_takes_its_own_duty_at_once_under_a_new_number() {
    let office = Office::new();
    let node = office.node();
    let before = duty(&office, &node, "one");
    assert!(before.is_ours(seconds(0)).await.unwrap());
    let after = duty(&office, &node, "one");
    assert!(after.is_ours(seconds(1)).await.unwrap());
    assert!(leases::is_held(&mut office.connection(), OFFICE, "timers", 2).unwrap());
    assert!(before.is_ours(seconds(1)).await.unwrap(), "it does not know yet");
    assert!(!before.is_ours(seconds(4)).await.unwrap(), "the number tells it when it renews");
}
