//! Witnesses are asked, and the newest head that enough of them have cosigned is shown.

use std::sync::Arc;
use std::time::Instant;

use diesel::connection::SimpleConnection as _;
use ticun::http::server::block_on;
use ticun::jobs::Witnessing;
use ticun::ledger::publication::choice;
use ticun::ledger::publication::witnesses::Witnesses;
use ticun::log::checkpoint::Checkpoint;
use ticun::log::files::TileFiles;
use ticun::log::key::KeyName;
use ticun::log::policy::{Policy, Quorum};
use ticun::store::checkpoints;
use ticun::store::pool::ReadPool;

use super::support::{Database, Node, OFFICE, ORIGIN, verifier_key};
use super::witness::{Manner, TestWitness};

fn policy(witnesses: &[&TestWitness], threshold: usize) -> Policy {
    let lines: String = witnesses.iter().map(|witness| witness.line()).collect();
    let names: Vec<String> = witnesses.iter().map(|witness| format!("w{}", witness.seed)).collect();
    let text = format!("log {}\n{lines}group all {threshold} {}\nquorum all\n", verifier_key(), names.join(" "));
    Policy::parse(text.as_bytes()).expect("a policy")
}

/// One round of asking; answers whether the newest head has its quorum.
pub fn round(database: &Database, node: &Node, policy: &Policy) -> bool {
    let witnesses = Witnesses {
        sequencer: node.sequencer.clone(),
        reads: ReadPool::open(&database.url, 2).expect("connections"),
        tiles: TileFiles::in_folder(&node.folder),
        policy: Arc::new(policy.clone()),
        origin: KeyName::parse(ORIGIN).expect("a name"),
    };
    block_on(async { Witnessing::new(witnesses).round().await })
}

/// The size that is shown to everybody, and whether its note has its quorum.
pub fn shown(database: &Database, policy: &Policy) -> Option<u64> {
    let note = choice::newest_by_policy(&mut database.writer(), OFFICE, policy).expect("the database")?;
    let judged = policy.judge(&note).expect("the log's signature");
    assert!(matches!(judged.quorum, Quorum::Met { .. }), "{judged:?}");
    Some(Checkpoint::parse(note.text()).expect("a checkpoint").size())
}

#[test]
fn every_witness_cosigns_and_the_head_that_meets_the_policy_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let (one, two) = (TestWitness::start(11, Manner::Honest), TestWitness::start(12, Manner::Honest));
    let policy = policy(&[&one, &two], 2);
    let mut node = Node::start(&database, "one");
    node.signed(1);
    assert_eq!(shown(&database, &policy), None, "nobody has cosigned yet");
    assert!(round(&database, &node, &policy));
    assert_eq!(shown(&database, &policy), Some(1));
    node.register(0..300);
    node.signed(2);
    assert_eq!(shown(&database, &policy), Some(1), "the newest is not cosigned yet");
    assert!(round(&database, &node, &policy));
    assert_eq!((shown(&database, &policy), one.size(), two.size()), (Some(301), 301, 301));
    assert_eq!((one.asked(), two.asked()), (2, 2), "no conflict was met");
    // Asked once more about the same head, as after a quiet time, they say so with a later time.
    assert!(round(&database, &node, &policy));
    assert_eq!((one.asked(), shown(&database, &policy)), (3, Some(301)));
    node.stop();
}

#[test]
fn a_witness_that_knows_another_size_is_asked_from_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let one = TestWitness::start(13, Manner::Honest);
    let policy = policy(&[&one], 1);
    let mut node = Node::start(&database, "one");
    node.register(0..100);
    node.signed(1);
    assert!(round(&database, &node, &policy));
    node.register(100..200);
    node.signed(2);
    // What the database knows of the witness is lost.
    database.tampering().batch_execute("DELETE FROM cosignatures;").expect("forgotten");
    assert!(round(&database, &node, &policy));
    assert_eq!((one.size(), one.asked()), (201, 3), "a conflict, and a proof from 101");
    node.stop();
}

#[test]
fn slow_lying_and_missing_witnesses_cost_a_second_and_no_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let (honest, slow) = (TestWitness::start(14, Manner::Honest), TestWitness::start(15, Manner::Slow));
    let lies = TestWitness::start(16, Manner::Lies);
    let mut gone = TestWitness::start(17, Manner::Honest);
    gone.url = "http://127.0.0.1:9/w".to_owned();
    let all = [&honest, &slow, &lies, &gone];
    let mut node = Node::start(&database, "one");
    node.signed(1);
    let started = Instant::now();
    assert!(!round(&database, &node, &policy(&all, 2)), "one of two is not enough");
    assert!(started.elapsed().as_millis() < 2500, "{:?}", started.elapsed());
    let lines = checkpoints::cosignatures(&mut database.writer(), OFFICE, 1).expect("lines");
    let names: Vec<&str> = lines.iter().map(|line| line.witness.as_str()).collect();
    assert_eq!(names, [honest.name.as_str()], "only what is good is stored");
    assert_eq!((shown(&database, &policy(&all, 2)), shown(&database, &policy(&all, 1))), (None, Some(1)));
    // Business went on all the while.
    node.register(0..3);
    node.stop();
}

#[test]
fn a_witness_that_has_seen_more_makes_the_office_read_only_by_our_own_signature() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    std::fs::create_dir_all(&first).and_then(|()| std::fs::create_dir_all(&second)).expect("folders");
    let one = TestWitness::start(18, Manner::Honest);
    let policy = policy(&[&one], 1);
    let database = Database::in_folder(&first);
    let mut node = Node::start(&database, "one");
    node.register(0..20);
    node.signed(1);
    assert!(round(&database, &node, &policy));
    node.stop();
    // An older copy, on a machine that never published: only the witness knows better.
    let copy = Database::in_folder(&second);
    let mut node = Node::start(&copy, "one");
    node.register(500..510);
    node.signed(1);
    assert!(!round(&copy, &node, &policy));
    let reason = node.sequencer.standing().read_only().expect("read-only");
    assert!(reason.contains("the database has 11 entries and 21 were published"), "{reason}");
    node.stop();
}

#[test]
fn a_witness_that_names_a_size_it_cannot_show_does_no_harm() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let one = TestWitness::start(19, Manner::Honest);
    one.seen.lock().expect("no panic").size = 1_000_000;
    let mut node = Node::start(&database, "one");
    node.signed(1);
    assert!(!round(&database, &node, &policy(&[&one], 1)));
    assert_eq!(node.sequencer.standing().read_only(), None);
    node.stop();
}
