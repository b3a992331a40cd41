//! The connection to the server is lost: for a moment, again and again, for long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use futures_util::future::join_all;
use ticun::ledger::Fault;
use ticun::store::head;
use ticun::store::pool::ReadPool;

use super::database::has_server;
use super::office::{Node, OFFICE, Office, at, is_done, keyed, registration};
use super::proxy::Proxy;

/// An office on the server; none, and a word about it, where there is no server.
fn on_server() -> Option<Office> {
    let found = has_server().then(Office::new);
    if found.is_none() {
        println!("skipped: TICUN_TEST_POSTGRES names no server");
    }
    found
}

/// Ends every connection to the database but the one that asks for it.
fn end_connections(office: &Office) {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    diesel::sql_query(sql).execute(&mut office.connection()).unwrap();
}

#[tokio::test]
async fn connections_that_are_ended_while_idle_are_replaced_and_nobody_notices() {
    let Some(office) = on_server() else { return };
    let node = office.node();
    let reads = ReadPool::open(&office.url, 2).unwrap();
    for number in 0..3 {
        end_connections(&office);
        assert!(is_done(&node.sequencer.submit(registration(number)).await));
        let read = reads.read(|connection| head::read(connection, OFFICE)).unwrap().unwrap();
        assert_eq!(read.next_position, u64::from(number) + 2);
    }
    assert!(node.sequencer.works(Duration::from_secs(5), at()).await);
    node.stop();
    office.check();
}

#[tokio::test]
async fn connections_that_are_ended_under_load_lose_and_double_nothing() {
    let Some(office) = on_server() else { return };
    let (node, other) = (office.node(), office.node());
    let office = Arc::new(office);
    let ended = Arc::clone(&office);
    let load = async {
        let mut answers = Vec::new();
        for round in 0..8 {
            let numbers = round * 20..round * 20 + 20;
            let all = numbers.map(|number| {
                let node = if number % 2 == 0 { &node } else { &other };
                node.sequencer.submit(registration(number))
            });
            answers.extend(join_all(all).await);
        }
        answers
    };
    let cuts = tokio::task::spawn_blocking(move || (0..12).for_each(|_| end_connections(&ended)));
    let (answers, cuts) = futures_util::future::join(load, cuts).await;
    cuts.unwrap();
    assert!(answers.iter().all(is_done), "{answers:?}");
    assert_eq!(office.requests().len(), 160);
    node.stop();
    other.stop();
    office.check();
}

#[tokio::test]
async fn commits_whose_answers_the_network_loses_are_carried_out_once() {
    let Some(office) = on_server() else { return };
    let proxy = Proxy::before(&office.url);
    let node = Node::over(office.writer_over(&proxy.url, Duration::from_secs(10)));
    for round in 0..4_u32 {
        proxy.lose_commits(1);
        let all = (0..10).map(|number| node.sequencer.submit(registration(round * 10 + number)));
        let answers = join_all(all).await;
        assert!(answers.iter().all(is_done), "{answers:?}");
        assert!(proxy.has_lost_all());
        assert_eq!(office.requests().len(), usize::try_from(round).unwrap() * 10 + 10);
    }
    node.stop();
    office.check();
}

#[tokio::test]
async fn a_short_outage_is_waited_out() {
    let Some(office) = on_server() else { return };
    let proxy = Proxy::before(&office.url);
    let node = Node::over(office.writer_over(&proxy.url, Duration::from_secs(10)));
    let reads = ReadPool::open(&proxy.url, 2).unwrap();
    proxy.cut();
    let mended = proxy.clone();
    let mending = tokio::task::spawn_blocking(move || {
        std::thread::park_timeout(Duration::from_millis(700));
        mended.mend();
    });
    let writes = join_all((0..20).map(|number| node.sequencer.submit(registration(number))));
    let read = tokio::task::spawn_blocking(move || reads.read(|connection| head::read(connection, OFFICE)));
    let (writes, read) = futures_util::future::join(writes, read).await;
    assert!(writes.iter().all(is_done), "{writes:?}");
    assert!(read.unwrap().unwrap().is_some());
    mending.await.unwrap();
    node.stop();
    office.check();
}

#[tokio::test]
async fn a_long_outage_is_told_at_once_and_ends_by_itself() {
    let Some(office) = on_server() else { return };
    let proxy = Proxy::before(&office.url);
    let node = Node::over(office.writer_over(&proxy.url, Duration::from_millis(300)));
    let reads = ReadPool::open_patient(&proxy.url, 2, Duration::from_millis(300)).unwrap();
    let works = || node.sequencer.works(Duration::from_secs(2), at());
    assert!(works().await);
    proxy.cut();
    assert_eq!(node.sequencer.submit(keyed(1, registration(1))).await, Err(Fault::Storage));
    let began = Instant::now();
    for _ in 0..50 {
        assert_eq!(node.sequencer.submit(keyed(1, registration(1))).await, Err(Fault::Storage));
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(!works().await);
    let read = || reads.read(|connection| head::read(connection, OFFICE));
    assert!(read().is_err());
    let began = Instant::now();
    assert!((0..20).all(|_| read().is_err()));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    proxy.mend();
    let began = Instant::now();
    while !works().await || read().is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "it never came back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_done(&node.sequencer.submit(keyed(1, registration(1))).await));
    assert_eq!(office.requests().len(), 1);
    node.stop();
    office.check();
}

#[tokio::test]
async fn a_service_that_stops_does_not_wait_for_a_database_that_is_away() {
    let Some(office) = on_server() else { return };
    let proxy = Proxy::before(&office.url);
    let node = Node::over(office.writer_over(&proxy.url, Duration::from_secs(60)));
    proxy.cut();
    let waiting = node.sequencer.clone();
    let asked = tokio::spawn(async move {
        // Only the queue is left of this handle while it waits.
        tokio::time::timeout(Duration::from_millis(300), waiting.submit(registration(1))).await
    });
    assert!(asked.await.unwrap().is_err(), "the writer is patient");
    let began = Instant::now();
    tokio::task::spawn_blocking(move || node.stop()).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_server_that_takes_no_writes_any_more_is_left_for_one_that_does() {
    let Some(office) = on_server() else { return };
    let name = office.url.rsplit('/').next().unwrap().to_owned();
    let mut connection = office.connection();
    let mut takes_writes = |word: &str| {
        let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = {word};");
        connection.batch_execute(&sql).unwrap();
    };
    // Every new session meets a standby's refusal.
    takes_writes("on");
    let mut writer = office.writer_over(&office.url, Duration::from_millis(200));
    assert_eq!(writer.process(&[&keyed(1, registration(1))]), [Err(Fault::Storage)]);
    takes_writes("off");
    let began = Instant::now();
    while !is_done(&writer.process(&[&keyed(1, registration(1))])[0]) {
        assert!(began.elapsed() < Duration::from_secs(10), "it never found the one that writes");
    }
    assert_eq!(office.requests().len(), 1);
    office.check();
}
