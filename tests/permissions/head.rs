//! HEAD is answered on every path that knows GET: the same, without the body.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use actix_web::http::Method;
use ticun::cli::keys::make_log_key;
use ticun::domain::actor::Actor;
use ticun::domain::id::RequestId;
use ticun::ledger::commands::log::{AddLogKey, RetireLogKey};
use ticun::ledger::{Command, Submission};
use ticun::log::key::VerifierKey;

use super::reads::Shelf;
use super::support::side::Side;
use super::support::{Reply, World};
use super::table::{PUBLIC, lines};
use super::{nameless, open_call, routed, user_of};

/// What two answers to the same question share: all but the time and the request's own number.
fn lasting(reply: &Reply) -> BTreeMap<&str, &str> {
    let own = |name: &str| ["date", "x-request-id"].contains(&name);
    let headers = reply.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    headers.filter(|(name, _)| !own(name)).collect()
}

/// Asks for a path with GET and with HEAD, and compares; answers the status.
async fn compare(world: &World, path: &str, user: Option<&str>) -> u16 {
    let ask = |method: Method| match user {
        Some(user) => world.ask(method, path).by(user),
        None => world.ask(method, path),
    };
    let read = ask(Method::GET).send().await;
    let head = ask(Method::HEAD).send().await;
    assert!(head.text.is_empty() && !read.text.is_empty(), "{path}: {head:?}");
    let (mut expected, mut found) = (lasting(&read), lasting(&head));
    assert!(found["content-length"] != "0", "{path}: {head:?}");
    if path == "/metrics" {
        // Each request is measured, so that the next text may be longer.
        expected.remove("content-length");
        found.remove("content-length");
    }
    assert_eq!((head.status, found), (read.status, expected), "{path}");
    read.status
}

#[actix_web::test]
async fn every_read_is_answered_to_head_as_to_get_but_for_the_body() {
    let world = World::start().await;
    let (side, other) = (Side::first(&world).await, Side::second(&world).await);
    let shelf = Shelf::of(&world, &side).await;
    let mut statuses = BTreeMap::new();
    let mut asked = 0;
    for operation in routed().iter().filter(|operation| operation.starts_with("GET ")) {
        asked += 1;
        let line = lines().into_iter().find(|line| nameless(&line.operation()) == nameless(operation));
        let mut statuses_of = Vec::new();
        if let Some(line) = line {
            for (role, _) in line.granted() {
                let path = shelf.path(&line, role);
                statuses_of.push(compare(&world, &path, Some(user_of(&side, role))).await);
                statuses_of.push(compare(&world, &path, Some(user_of(&other, role))).await);
            }
            let path = shelf.path(&line, "merchant");
            statuses_of.push(compare(&world, &path, None).await);
            statuses_of.push(compare(&world, &path, Some("mediator1")).await);
        } else {
            assert!(PUBLIC.iter().any(|open| nameless(open) == nameless(operation)), "{operation}");
            let (path, _) = open_call(&world, &side, operation).await;
            statuses_of.push(compare(&world, &path, None).await);
        }
        assert!(statuses_of.contains(&200), "{operation}: {statuses_of:?}");
        for status in statuses_of {
            *statuses.entry(status).or_insert(0) += 1;
        }
    }
    assert!(asked > 40, "the route table is read: {asked}");
    assert_eq!(statuses.keys().copied().collect::<Vec<_>>(), [200, 401, 403, 404], "{statuses:?}");
}

#[actix_web::test]
async fn a_path_that_only_takes_writes_refuses_head_and_says_so() {
    let world = World::start().await;
    let mut refused = 0;
    let routes = routed();
    let paths = routes.iter().filter_map(|operation| operation.split_once(' ')).map(|(_, path)| path);
    for path in paths.filter(|path| !routes.contains(&format!("GET {path}"))) {
        let reply = world.ask(Method::HEAD, path).send().await;
        assert_eq!((reply.status, reply.text.as_str()), (405, ""), "{path}: {reply:?}");
        let own = routes.iter().filter_map(|operation| operation.strip_suffix(&format!(" {path}")));
        assert_eq!(reply.headers["allow"], own.collect::<Vec<_>>().join(", "), "{path}");
        refused += 1;
    }
    assert!(refused > 20, "the route table is read: {refused}");
    let nowhere = world.ask(Method::HEAD, "/v1/nowhere").send().await;
    assert_eq!((nowhere.status, nowhere.text.as_str()), (404, ""), "{nowhere:?}");
}

/// The client above leaves out what it does not expect: this one takes every byte that comes.
#[actix_web::test]
async fn no_byte_follows_the_headers_of_an_answer_to_head() {
    let world = World::start().await;
    let address = world.running().address;
    for (path, status, size) in [
        ("/healthz", "200", "content-length: 3\r\n"),
        ("/openapi.yaml", "200", "content-length: "),
        ("/v1/me", "401", "content-length: "),
    ] {
        let asked = format!("HEAD {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        let answer = actix_web::web::block(move || {
            let mut stream = TcpStream::connect(address)?;
            stream.write_all(asked.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).map(|_| answer)
        });
        let answer = answer.await.expect("a thread").expect("an answer");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(size), "{answer}");
        assert_eq!(answer.find("\r\n\r\n"), Some(answer.len() - 4), "{answer}");
    }
}

/// Replaces the key of the log, so that there is a head that hands over.
pub async fn change_log_key(world: &World) {
    let sequencer = world.running().offices.values().next().expect("an office");
    let office = sequencer.office();
    let old = VerifierKey::parse(office.key.as_deref().expect("a key")).expect("a verifier key");
    let key = make_log_key(&world.config.data, office.name, old.name().clone()).expect("a key");
    let commands: [Box<dyn Command>; 2] = [Box::new(AddLogKey { key }), Box::new(RetireLogKey { key: old })];
    for command in commands {
        let now = world.running().clock.now();
        let submission = Submission::new(command, Actor::System, RequestId::from_bits(1), now);
        sequencer.submit(submission).await.expect("an answer");
        world.published().await;
    }
}
