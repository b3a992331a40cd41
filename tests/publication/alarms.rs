//! What is not as others rely on is told in the log: once when it has lasted, once when it is over, and never because of
//! the telling.

use std::sync::Arc;

use ticun::http::server::block_on;
use ticun::jobs::Alarms;
use ticun::ledger::check::check;
use ticun::ledger::clock::{Clock, Entropy};
use ticun::ledger::publication::alarms::{Patience, Watch};
use ticun::log::policy::Policy;
use ticun::store::entries;
use ticun::store::pool::ReadPool;

use super::support::{Database, Node, OFFICE, at, verifier_key};
use super::witness::{Manner, TestWitness};
use super::witnessing::round;

const PATIENCE: Patience = Patience { waiting_us: 60_000_000, age_us: 1_800_000_000 };

fn alarms(database: &Database, node: &Node, policy: &Policy) -> Alarms {
    let watch = Watch {
        sequencer: node.sequencer.clone(),
        reads: ReadPool::open(&database.url, 2).expect("connections"),
        policy: Arc::new(policy.clone()),
        patience: PATIENCE,
    };
    Alarms { watch, clock: Arc::new(Clock::shifted(0)), entropy: Entropy::default() }
}

/// Looks at a moment; answers how many alarms were raised or cleared by that.
fn look(alarms: &Alarms, seconds: i64) -> u64 {
    block_on(async { alarms.look(at(seconds)).await }).expect("an answer")
}

/// What the log tells of alarms, in its order.
fn told(database: &Database) -> Vec<String> {
    let all = entries::from(&mut database.writer(), OFFICE, 0, i64::MAX).expect("entries");
    let told = all.into_iter().filter(|entry| entry.kind.contains("alarm")).map(|entry| {
        let value: serde_json::Value = serde_json::from_slice(&entry.bytes).expect("JSON");
        assert_eq!(value["actor"]["role"], "system");
        assert_eq!(value["subjects"][0], value["data"]["alarm"]);
        format!("{} {}", entry.kind, value["data"]["about"].as_str().expect("a word"))
    });
    told.collect()
}

fn policy(witness: &TestWitness) -> Policy {
    let text = format!("log {}\n{}quorum w{}\n", verifier_key(), witness.line(), witness.seed);
    Policy::parse(text.as_bytes()).expect("a policy")
}

#[test]
fn a_missed_quorum_is_told_once_and_its_end_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let witness = TestWitness::start(21, Manner::Honest);
    let policy = policy(&witness);
    let mut node = Node::start(&database, "one");
    let alarms = alarms(&database, &node, &policy);
    node.signed(1);
    assert_eq!((look(&alarms, 2), look(&alarms, 60)), (0, 0), "it has not lasted");
    assert_eq!(look(&alarms, 61), 1);
    assert_eq!(told(&database), ["log.alarm_raised witness_quorum"]);
    // The alarm needs a head of its own, which nobody cosigns either; that is the same trouble.
    for second in [62, 200, 400] {
        node.register(u32::try_from(second).expect("small")..u32::try_from(second).expect("small") + 1);
        node.signed(second);
        assert_eq!(look(&alarms, second + 100), 0, "{second}");
    }
    assert!(round(&database, &node, &policy));
    assert_eq!(look(&alarms, 502), 1);
    assert_eq!(told(&database), ["log.alarm_raised witness_quorum", "log.alarm_cleared witness_quorum"]);
    for second in [503, 505, 507] {
        node.register(u32::try_from(second).expect("small")..u32::try_from(second).expect("small") + 1);
        node.signed(second);
        assert_eq!(look(&alarms, second + 1), 0, "a head that was just signed is nothing wrong");
        assert!(round(&database, &node, &policy));
    }
    assert_eq!(look(&alarms, 1000), 0);
    node.register(900..901);
    node.signed(1001);
    assert_eq!(look(&alarms, 1061), 1, "what begins anew is told anew");
    check(&mut database.writer(), OFFICE, &mut |_, _| {}).expect("good books");
    drop(alarms);
    node.stop();
}

#[test]
fn a_log_that_is_not_signed_or_not_cosigned_for_long_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    let without = alarms(&database, &node, &Policy::without_witnesses(Vec::new()));
    assert_eq!((look(&without, 59), look(&without, 60), look(&without, 300)), (0, 1, 0));
    node.signed(301);
    assert_eq!(look(&without, 302), 1);
    node.signed(303);
    assert_eq!(look(&without, 100_000), 0, "where no witness is asked, a quiet log is a good log");
    let told_first = ["log.alarm_raised checkpoint_freshness", "log.alarm_cleared checkpoint_freshness"];
    assert_eq!(told(&database), told_first);

    let witness = TestWitness::start(22, Manner::Lies);
    let with = alarms(&database, &node, &policy(&witness));
    assert_eq!(look(&with, 361), 1, "the quorum first");
    assert_eq!(look(&with, 2101), 1, "then its age");
    assert_eq!(told(&database)[2..], ["log.alarm_raised witness_quorum", "log.alarm_raised checkpoint_freshness"]);
    drop((without, with));
    node.stop();
}

#[test]
fn of_two_nodes_that_see_the_same_trouble_one_tells_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let (one, two) = (Node::start(&database, "one"), Node::start(&database, "two"));
    let policy = Policy::without_witnesses(Vec::new());
    let (first, second) = (alarms(&database, &one, &policy), alarms(&database, &two, &policy));
    assert_eq!((look(&first, 60), look(&second, 60)), (1, 0));
    let raised = |node: &Node| {
        use ticun::domain::id::{AlarmId, RequestId};
        use ticun::domain::objects::AlarmKind::CheckpointFreshness;
        let command = ticun::ledger::commands::log::RaiseAlarm {
            about: CheckpointFreshness,
            alarm: AlarmId::from_bits(7),
            since: at(0),
        };
        let actor = ticun::domain::actor::Actor::System;
        let submission = ticun::ledger::Submission::new(Box::new(command), actor, RequestId::from_bits(1), at(61));
        node.sequencer.submit_blocking(submission).expect("an answer")
    };
    // Even where both saw it before either wrote.
    let answer = raised(&two);
    assert!(matches!(answer, ticun::ledger::Answer::Written { position: None, .. }), "{answer:?}");
    assert_eq!(told(&database).len(), 1);
    drop((first, second));
    one.stop();
    two.stop();
}
