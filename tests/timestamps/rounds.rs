//! The job: who is asked when, and what a round costs.

use std::sync::Arc;
use std::time::Instant;

use ticun::domain::time::Timestamp;
use ticun::http::server::block_on;
use ticun::jobs::{Outward, Timestamping};
use ticun::ledger::clock::wall;
use ticun::ledger::publication::timestamps::about;
use ticun::store::timestamps::{self, StoredTimestamp};

use super::asked::{authority, stamping};
use super::server::{Manner, Server};
use super::support::{Database, Node, OFFICE};
use super::tsa::{Keys, Tsa};

/// One round of asking; answers how many tokens were stored.
fn round(database: &Database, node: &Node, server: &Server, tsa: &Tsa, every_s: u32) -> usize {
    let stamping = stamping(database, node, vec![authority(&server.url, tsa.trusted())], every_s);
    block_on(async { Timestamping::new(stamping, &Outward::default()).round().await })
}

fn stored(database: &Database) -> Vec<StoredTimestamp> {
    timestamps::between(&mut database.writer(), OFFICE, 0, u64::MAX).expect("tokens")
}

/// Records a token as if it had been given so many minutes ago.
fn stamped_before(database: &Database, size: u64, minutes: i64) {
    let stamped_at = Timestamp::from_micros(wall().micros() - minutes * 60_000_000);
    let stored = StoredTimestamp { size, authority: "tsa".to_owned(), token: vec![0x30, 0], stamped_at };
    timestamps::record(&mut database.writer(), OFFICE, &stored).expect("recorded");
}

#[test]
fn a_log_that_grows_is_stamped_every_so_often_and_not_with_each_head() {
    let Some(tsa) = Tsa::new(Keys::P256).map(Arc::new) else { return };
    let server = Server::start(&tsa, Manner::Honest);
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    assert_eq!(round(&database, &node, &server, &tsa, 3600), 0, "there is no head yet");
    node.signed(1);
    assert_eq!(round(&database, &node, &server, &tsa, 3600), 1);
    assert_eq!(round(&database, &node, &server, &tsa, 3600), 0, "the head is stamped");
    node.register(0..5);
    node.signed(2);
    assert_eq!(round(&database, &node, &server, &tsa, 3600), 0, "the hour is not over");
    assert_eq!(server.asked(), 1);
    node.stop();

    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    stamped_before(&database, 1, 61);
    node.register(0..5);
    node.signed(2);
    assert_eq!(round(&database, &node, &server, &tsa, 7200), 0, "two hours are not over");
    assert_eq!(round(&database, &node, &server, &tsa, 3600), 1, "one is");
    let sizes: Vec<u64> = stored(&database).iter().map(|token| token.size).collect();
    assert_eq!((sizes, server.asked()), (vec![1, 6], 2));
    node.stop();
}

#[test]
fn a_head_that_rests_is_stamped_again_after_a_day() {
    let Some(tsa) = Tsa::new(Keys::P256).map(Arc::new) else { return };
    let server = Server::start(&tsa, Manner::Honest);
    for (hours, stored_then) in [(23, 0), (25, 1)] {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::in_folder(folder.path());
        let mut node = Node::start(&database, "one");
        node.signed(1);
        stamped_before(&database, 1, 60 * hours);
        assert_eq!(round(&database, &node, &server, &tsa, 3600), stored_then, "{hours} hours");
        let named = about(&mut database.writer(), OFFICE, 1).expect("tokens");
        let names: Vec<String> = named.iter().map(|token| token.name.to_string()).collect();
        assert_eq!(names, ["1.tsa.tsr", "1.tsa.2.tsr"][..=stored_then]);
        node.stop();
    }
}

#[test]
fn of_two_nodes_one_asks() {
    let Some(tsa) = Tsa::new(Keys::P256).map(Arc::new) else { return };
    let server = Server::start(&tsa, Manner::Page);
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut one = Node::start(&database, "one");
    let two = Node::start(&database, "two");
    one.signed(1);
    assert_eq!((round(&database, &one, &server, &tsa, 1), server.asked()), (0, 1), "it got no token");
    server.behave(Manner::Honest);
    assert_eq!((round(&database, &two, &server, &tsa, 1), server.asked()), (0, 1), "the right is the other's");
    assert_eq!((round(&database, &one, &server, &tsa, 1), server.asked()), (1, 2));
    one.stop();
    two.stop();
}

#[test]
fn an_authority_that_is_slow_silent_or_senseless_costs_a_few_seconds_and_stores_nothing() {
    let Some(tsa) = Tsa::new(Keys::P256).map(Arc::new) else { return };
    let server = Server::start(&tsa, Manner::Garbage);
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    node.signed(1);
    for manner in [Manner::Garbage, Manner::Endless, Manner::Page] {
        server.behave(manner);
        assert_eq!(round(&database, &node, &server, &tsa, 1), 0, "{manner:?}");
    }
    server.behave(Manner::Slow);
    let started = Instant::now();
    assert_eq!(round(&database, &node, &server, &tsa, 1), 0);
    assert!((4..9).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    let gone = Server { url: "http://127.0.0.1:9/tsa".to_owned(), ..Server::start(&tsa, Manner::Honest) };
    assert_eq!(round(&database, &node, &gone, &tsa, 1), 0);
    assert_eq!(stored(&database), []);
    // Business went on all the while.
    node.register(0..3);
    node.stop();
}
