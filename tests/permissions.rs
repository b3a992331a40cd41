//! Every operation in the hands of every role: what it may do with its own, with a stranger's, and not at all.

#![cfg(test)]

#[path = "permissions/head.rs"]
mod head;
#[path = "permissions/reads.rs"]
mod reads;
mod support;
#[path = "permissions/table.rs"]
mod table;
#[path = "permissions/writes.rs"]
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use reads::{Shelf, pages};
use serde_json::{Value, json};
use support::side::Side;
use support::{Reply, World, text};
use table::{Line, PUBLIC, ROLES, Right, lines};
use ticun::cli::seed::PASSWORD;
use ticun::http::permissions::ALL;
use ticun::store::dialect;
use ticun::store::timestamps::{self, StoredTimestamp};
use writes::{Call, prepare};

const OPENAPI: &str = include_str!("../api-spec/openapi.yaml");
const COMMANDS: &str = include_str!("../api-spec/commands.csv");
const ROUTES: &str = include_str!("../src/http/routes.rs");

/// The user of a role on a side; who approves is the second notary, since the first one proposes.
fn user_of(side: &Side, role: &str) -> &'static str {
    match role {
        "consumer" => side.consumer_user,
        "merchant" => side.merchant_user,
        "operator" => "operator1",
        "notary" => "notary2",
        "mediator" => "mediator1",
        "arbitrator" => "arbitrator1",
        "regulator" => "regulator1",
        other => panic!("{other} is no role"),
    }
}

/// The operations of the API's description.
fn described() -> BTreeSet<String> {
    let spec: Value = serde_norway::from_str(OPENAPI).expect("the description is YAML");
    let methods = ["get", "post", "put", "patch", "delete"];
    let paths = spec["paths"].as_object().expect("paths");
    let of = |(path, item): (&String, &Value)| {
        let present = methods.iter().filter(|method| item.get(**method).is_some());
        present.map(|method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// The operations of the route table.
fn routed() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in ROUTES.lines().map(str::trim).filter(|line| line.starts_with("\"/")) {
        let (path, methods) = line.trim_start_matches('"').split_once('"').expect("a path in quotes");
        let path = path.replace(":.+}", "}");
        for method in methods.trim_end_matches(';').split(',') {
            let verb = method.split_whitespace().next().expect("a method");
            found.insert(format!("{} {path}", verb.to_uppercase()));
        }
    }
    found
}

/// An operation without the names of its parameters, which each table is free to choose.
fn nameless(operation: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    operation.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn no_route_is_left_out_of_the_walk() {
    let open = PUBLIC.into_iter().map(nameless);
    let walked: BTreeSet<String> = lines().iter().map(|line| nameless(&line.operation())).chain(open).collect();
    let known: BTreeSet<String> = described().union(&routed()).map(|operation| nameless(operation)).collect();
    let untested: Vec<_> = known.difference(&walked).collect();
    assert!(untested.is_empty(), "routes that no line walks: {untested:?}");
    let gone: Vec<_> = walked.difference(&known).collect();
    assert!(gone.is_empty(), "lines without a route: {gone:?}");
}

#[test]
fn the_table_agrees_with_the_permissions_and_the_commands() {
    let mut seen = BTreeMap::new();
    for line in lines() {
        let roles: BTreeSet<&str> = line.granted().map(|(role, _)| role).collect();
        let before = seen.entry(line.permission).or_insert_with(|| roles.clone());
        assert_eq!(*before, roles, "{line:?}");
    }
    let declared = ALL.iter().map(|(name, roles)| (*name, roles.iter().map(|role| role.as_str()).collect()));
    assert_eq!(seen, declared.collect::<BTreeMap<_, BTreeSet<&str>>>());
    let commands = csv::Reader::from_reader(COMMANDS.as_bytes()).into_records().map(|row| row.expect("a row"));
    for row in commands.filter(|row| row[1].contains(" /v1/") && &row[2] != "anyone") {
        let line = lines().into_iter().find(|line| line.operation() == row[1]);
        let line = line.unwrap_or_else(|| panic!("no line for {row:?}"));
        assert_eq!(line.permission, &row[0]);
        assert_eq!(seen[line.permission], row[2].split('|').collect(), "{row:?}");
    }
}

async fn make(world: &World, line: &Line, call: &Call, user: Option<&str>) -> Reply {
    let method = Method::from_bytes(line.method.as_bytes()).expect("a method");
    let mut ask = world.ask(method, call.path.clone()).json(&call.body);
    if let Some(revision) = &call.revision {
        ask = ask.reviewed(revision);
    }
    match user {
        Some(user) => ask.by(user).send().await,
        None => ask.send().await,
    }
}

/// Lets everyone try one operation on objects of `side`; those of `other` are the strangers.
async fn walk_write(world: &World, line: &Line, side: &Side, other: &Side) {
    let (first, _) = line.granted().next().expect("somebody may");
    let call = prepare(world, line, side, first).await;
    assert_eq!(make(world, line, &call, None).await.problem(), (401, "unauthenticated".to_owned()), "{line:?}");
    for (role, right) in ROLES.into_iter().zip(line.rights) {
        if right == Right::Denied {
            let reply = make(world, line, &call, Some(user_of(side, role))).await;
            assert_eq!(reply.problem(), (403, "forbidden".to_owned()), "{role} {line:?}");
        }
    }
    let mut ready = Some(call);
    for (role, right) in line.granted() {
        let call = match ready.take() {
            Some(call) => call,
            None => prepare(world, line, side, role).await,
        };
        if right == Right::Own {
            let reply = make(world, line, &call, Some(user_of(other, role))).await;
            assert_eq!(reply.status, 404, "a strange {role}: {line:?} {reply:?}");
        }
        let user = call.user.clone().unwrap_or_else(|| user_of(side, role).to_owned());
        let reply = make(world, line, &call, Some(&user)).await;
        assert!((200..300).contains(&reply.status), "{user}: {line:?} {reply:?}");
    }
}

#[actix_web::test]
async fn every_write_on_the_first_side_is_done_by_those_who_may_and_nobody_else() {
    let world = World::start().await;
    let (first, second) = (Side::first(&world).await, Side::second(&world).await);
    for line in lines().iter().filter(|line| line.writes()) {
        walk_write(&world, line, &first, &second).await;
    }
}

#[actix_web::test]
async fn every_write_on_the_second_side_is_done_by_those_who_may_and_nobody_else() {
    let world = World::start().await;
    let (first, second) = (Side::first(&world).await, Side::second(&world).await);
    for line in lines().iter().filter(|line| line.writes()) {
        walk_write(&world, line, &second, &first).await;
    }
}

/// One of the two sides: its people and its objects.
type Half = (Side, Shelf);

async fn read(world: &World, path: String, user: Option<&str>) -> Reply {
    match user {
        Some(user) => world.ask(Method::GET, path).by(user).send().await,
        None => world.ask(Method::GET, path).send().await,
    }
}

async fn walk_read(world: &World, line: &Line, (side, shelf): &Half, (other, _): &Half) {
    let reply = read(world, shelf.path(line, "merchant"), None).await;
    assert_eq!(reply.problem(), (401, "unauthenticated".to_owned()), "{line:?}");
    for (role, right) in ROLES.into_iter().zip(line.rights) {
        let path = shelf.path(line, role);
        let own = read(world, path.clone(), Some(user_of(side, role))).await;
        let strange = read(world, path.clone(), Some(user_of(other, role))).await;
        let expected = match right {
            Right::Denied => (403, 403),
            Right::Own => (200, 404),
            Right::All | Right::OwnList => (200, 200),
        };
        assert_eq!((own.status, strange.status), expected, "{role} {line:?} {own:?} {strange:?}");
        if right == Right::OwnList {
            let party = if role == "merchant" { &side.merchant } else { &side.consumer };
            let found = pages(world, user_of(side, role), &path).await;
            assert!(!found.is_empty(), "{role} sees nothing: {line:?}");
            for one in found {
                assert!(one.to_string().contains(party.as_str()), "{role} sees a stranger's: {line:?} {one}");
            }
        }
    }
}

/// Whoever reads everything finds both sides' objects in a list.
async fn walk_list_of_all(world: &World, line: &Line, halves: [&Half; 2]) {
    let parties = ["venue.read", "contract.read", "deposit.read", "delivery.read", "settlement.read", "refund.read"];
    let lists = !line.path.contains('{') && parties.contains(&line.permission);
    for (role, _) in line.granted().filter(|(_, right)| lists && *right == Right::All) {
        let found = Value::from(pages(world, user_of(&halves[0].0, role), line.path).await).to_string();
        for (side, _) in halves {
            assert!(found.contains(&side.merchant), "{role} misses {}: {line:?}", side.merchant);
        }
    }
}

#[actix_web::test]
async fn every_read_shows_each_role_what_is_its_business_and_nothing_else() {
    let world = World::start().await;
    let (first, second) = (Side::first(&world).await, Side::second(&world).await);
    let shelf = Shelf::of(&world, &first).await;
    let first = (first, shelf);
    let shelf = Shelf::of(&world, &second).await;
    let second = (second, shelf);
    for line in lines().iter().filter(|line| !line.writes()) {
        walk_read(&world, line, &first, &second).await;
        walk_read(&world, line, &second, &first).await;
        walk_list_of_all(&world, line, [&first, &second]).await;
    }
}

/// A body with which an open operation answers well, and its path.
async fn open_call(world: &World, side: &Side, operation: &str) -> (String, Option<Value>) {
    let (_, path) = operation.split_once(' ').expect("a method");
    let credentials = json!({"username": "consumer1", "password": PASSWORD});
    let body = match path {
        "/v1/auth/token" => credentials,
        "/v1/auth/refresh" | "/v1/auth/logout" => {
            let tokens = world.ask(Method::POST, "/v1/auth/token").json(&credentials).send().await;
            json!({"refresh_token": text(&tokens.body, "refresh_token")})
        }
        "/v1/registrations" => {
            json!({"kind": "consumer", "username": "passer.by", "password": PASSWORD, "name": "路人"})
        }
        "/demo/clock" => json!({"advance": "PT1S"}),
        "/demo/bank/deposits/{id}" => {
            let contract = side.contract_in(world, "signed").await;
            let deposit = side.deposit(world, &contract).await;
            return (path.replace("{id}", &text(&deposit, "id")), Some(json!({"outcome": "paid"})));
        }
        "/demo/bank/payouts/{id}" => {
            let refund = side.refund_in(world, "ordered").await;
            return (path.replace("{id}", &text(&refund, "payout_id")), Some(json!({"outcome": "settled"})));
        }
        "/log/{office}/consistency" => {
            world.published().await;
            return (path.replace("{office}", "changning") + "?from=1&to=2", None);
        }
        "/log/{office}/timestamps/{file}" => {
            let stored = StoredTimestamp {
                size: 1,
                authority: "tsa".to_owned(),
                token: vec![0x30, 0],
                stamped_at: world.running().clock.now(),
            };
            let mut connection = dialect::open_writer(&world.config.database).expect("the database");
            timestamps::record(&mut connection, "changning", &stored).expect("recorded");
            return ("/log/changning/timestamps/1.tsa.tsr".to_owned(), None);
        }
        "/log/{office}/handover/{number}" => {
            head::change_log_key(world).await;
            return ("/log/changning/handover/0".to_owned(), None);
        }
        _ => {
            world.published().await;
            let path = path.replace("{code}", "not_found").replace("{file}", "docs.js");
            return (path.replace("{office}", "changning"), None);
        }
    };
    (path.to_owned(), Some(body))
}

#[actix_web::test]
async fn what_is_open_to_everyone_needs_no_token() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for operation in PUBLIC.into_iter().filter(|one| !one.contains("/channels/")) {
        let (method, _) = operation.split_once(' ').expect("a method");
        let (path, body) = open_call(&world, &side, operation).await;
        let mut ask = world.ask(Method::from_bytes(method.as_bytes()).expect("a method"), path);
        if let Some(body) = &body {
            ask = ask.json(body);
        }
        let reply = ask.send().await;
        assert!((200..300).contains(&reply.status), "{operation}: {reply:?}");
    }
}

#[actix_web::test]
async fn a_channel_is_believed_by_its_signature_and_by_no_token() {
    let world = World::start().await;
    let notice = json!({
        "kind": "deposit", "transaction_id": "T1", "reference": "?", "outcome": "paid", "amount": "1.00", "currency": "CNY"
    });
    let path = "/v1/channels/sandbox/notifications";
    for user in [None, Some("notary1"), Some("operator1"), Some("regulator1")] {
        let ask = world.ask(Method::POST, path).json(&notice);
        let reply = match user {
            Some(user) => ask.by(user).send().await,
            None => ask.send().await,
        };
        assert_eq!(reply.problem(), (401, "bad_signature".to_owned()), "{user:?}");
    }
    let reply = world.notify(&notice).await;
    assert_eq!((reply.status, reply.body["result"].as_str()), (200, Some("suspense")));
}
