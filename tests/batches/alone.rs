//! A line and the request it stands for are one and the same: permissions, answers, keys, money.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::domain::objects::Role;
use ticun::http::operations;
use ticun::http::permissions::ALL;

use super::support::books::holds;
use super::support::side::{Side, id};
use super::support::spec::DOCUMENT;
use super::support::{Reply, World};
use super::table::{Line, ROLES, Right, lines};
use super::writes::{Call, prepare};
use super::{contract_with, delivery, line, send, told};

const COMMANDS: &str = include_str!("../../api-spec/commands.csv");

#[test]
fn the_operations_of_a_batch_are_commands_with_their_paths_and_roles() {
    let commands = csv::Reader::from_reader(COMMANDS.as_bytes()).into_records().map(|row| row.expect("a row"));
    let commands: BTreeMap<String, (String, String)> =
        commands.map(|row| (row[0].to_owned(), (row[1].to_owned(), row[2].to_owned()))).collect();
    let mut senders: BTreeSet<&str> = BTreeSet::new();
    for operation in operations() {
        let (endpoint, roles) = &commands[operation.name];
        let parts = operation.path.split('/').map(|part| if part.starts_with('{') { "{id}" } else { part });
        assert_eq!(*endpoint, format!("POST {}", parts.collect::<Vec<_>>().join("/")));
        let declared: BTreeSet<&str> = operation.roles.iter().map(|role| role.as_str()).collect();
        assert_eq!(declared, roles.split('|').collect(), "{}", operation.name);
        senders.extend(declared);
    }
    let (_, may_send) = ALL.iter().find(|(name, _)| *name == "batch.send").expect("a permission");
    assert_eq!(senders, may_send.iter().map(|role: &Role| role.as_str()).collect());
    let described = DOCUMENT["components"]["schemas"]["BatchLine"]["properties"]["op"]["enum"].as_array();
    let described: Vec<&str> = described.expect("operations").iter().filter_map(Value::as_str).collect();
    let mut names: Vec<&str> = operations().map(|operation| operation.name).collect();
    names.sort_unstable();
    assert_eq!(described, names);
}

/// The line that stands for a call.
fn line_of(walked: &Line, call: &Call, key: &str) -> Value {
    let operation = operations().find(|operation| operation.name == walked.permission).expect("an operation");
    let mut body = call.body.clone();
    let given = operation.path.split('/').zip(call.path.split('/')).find(|(part, _)| part.starts_with('{'));
    if let Some((member, object)) = given {
        body[member.trim_matches(['{', '}'])] = json!(object);
    }
    line(operation.name, key, body)
}

async fn by_itself(world: &World, call: &Call, user: &str, key: &str) -> Reply {
    let ask = world.ask(Method::POST, call.path.clone()).by(user).key(key).json(&call.body);
    ask.without_replay().send().await
}

fn replayed(reply: &Reply) -> bool {
    reply.header("idempotency-replayed").is_some()
}

/// What must be the same however often and in whatever form something is asked.
fn lasting(status: &Value, body: &Value) -> (Value, Value) {
    let mut body = body.clone();
    if let Some(problem) = body.as_object_mut().filter(|body| body.contains_key("request_id")) {
        problem.remove("request_id");
    }
    (status.clone(), body)
}

fn user_of(side: &Side, role: &str) -> &'static str {
    match role {
        "consumer" => side.consumer_user,
        "merchant" => side.merchant_user,
        _ => "notary2",
    }
}

/// Everybody who may send batches tries one operation; what each is told, the request by itself is told again.
async fn walk(world: &World, walked: &Line, side: &Side, other: &Side) {
    for (role, right) in ROLES.into_iter().zip(walked.rights) {
        if !["consumer", "merchant", "notary"].contains(&role) {
            continue;
        }
        let granted = walked.granted().map(|(role, _)| role).next().expect("somebody may");
        let call = prepare(world, walked, side, if right == Right::Denied { granted } else { role }).await;
        let key = format!("{}/{role}", walked.permission);
        if right == Right::Own {
            let strange = format!("{key}/strange");
            let replies = send(world, user_of(other, role), &[line_of(walked, &call, &strange)]).await;
            assert_eq!(told(&replies[0]).0, 404, "{walked:?}");
            let alone = by_itself(world, &call, user_of(other, role), &strange).await;
            assert!(replayed(&alone), "{alone:?}");
        }
        let batch = [line_of(walked, &call, &key)];
        let first = send(world, user_of(side, role), &batch).await.remove(0);
        let alone = by_itself(world, &call, user_of(side, role), &key).await;
        assert_eq!(lasting(&json!(alone.status), &alone.body), lasting(&first["status"], &first["body"]), "{role}");
        if right == Right::Denied {
            assert_eq!(told(&first), (403, "forbidden"), "{role} {walked:?}");
            continue;
        }
        assert!(matches!(told(&first), (200 | 201, "")), "{role} {walked:?}: {first}");
        assert!(replayed(&alone), "{role} {walked:?}: {alone:?}");
        let again = send(world, user_of(side, role), &batch).await.remove(0);
        assert_eq!(again, first, "{role} {walked:?}");
    }
}

#[actix_web::test]
async fn every_operation_is_answered_to_each_role_as_its_request_is_under_the_same_key() {
    let world = World::start().await;
    let (side, other) = (Side::first(&world).await, Side::second(&world).await);
    let lines = lines();
    for operation in operations() {
        let walked = lines.iter().find(|line| line.permission == operation.name && line.writes()).expect("a line");
        walk(&world, walked, &side, &other).await;
    }
    holds(&world);
}

#[actix_web::test]
async fn what_was_asked_by_itself_is_remembered_in_a_batch_and_a_key_stands_for_one_request() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/contracts/{}/deliveries", id(&contract));
    let ask = world.ask(Method::POST, path).by(side.merchant_user).key("one").json(&json!({"units": 1, "note": "一"}));
    let alone = ask.without_replay().send().await;
    assert_eq!(alone.status, 201);
    let same = json!({"note": "一", "units": 1, "contract_id": contract["id"]});
    let other = json!({"note": "二", "units": 1, "contract_id": contract["id"]});
    let lines = [
        line("delivery.record", "one", same.clone()),
        line("delivery.record", "one", other),
        line("delivery.record", "two", same.clone()),
        line("delivery.record", "two", same),
    ];
    let replies = send(&world, side.merchant_user, &lines).await;
    assert_eq!((told(&replies[0]), &replies[0]["body"]), ((201, ""), &alone.body));
    assert_eq!(told(&replies[1]), (422, "idempotency_key_reused"));
    assert_eq!((told(&replies[2]), &replies[2]["body"]), ((201, ""), &replies[3]["body"]));
    assert_ne!(replies[2]["body"]["id"], alone.body["id"]);
    assert_eq!(world.get(side.consumer_user, format!("/v1/contracts/{}", id(&contract))).await["units"]["used"], 2);
}

#[actix_web::test]
async fn a_batch_moves_the_same_money_in_the_order_of_its_lines() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (one, many) = (contract_with(&world, &side, 40).await, contract_with(&world, &side, 40).await);
    let path = format!("/v1/contracts/{}/deliveries", id(&one));
    let mut alone = Vec::new();
    for number in 0..41 {
        let ask = world.ask(Method::POST, path.clone()).by(side.merchant_user).key(&format!("alone-{number}"));
        alone.push(ask.json(&json!({"units": 1})).without_replay().send().await);
    }
    let lines: Vec<Value> = (0..41).map(|number| delivery(&many, &format!("line-{number}"))).collect();
    let replies = send(&world, side.merchant_user, &lines).await;
    for (alone, reply) in alone.iter().zip(&replies) {
        assert_eq!((json!(alone.status), &alone.body["amount"]), (reply["status"].clone(), &reply["body"]["amount"]));
    }
    assert_eq!(told(&replies[40]), (422, "units_exhausted"));
    let positions: Vec<Option<u64>> =
        replies[..40].iter().map(|reply| reply["body"]["log_position"].as_u64()).collect();
    assert!(positions.is_sorted() && positions[0].is_some(), "{positions:?}");
    assert_eq!(money(&world, &side, &one).await, money(&world, &side, &many).await);
    holds(&world);
}

async fn money(world: &World, side: &Side, contract: &Value) -> (Value, Value) {
    let contract = world.get(side.consumer_user, format!("/v1/contracts/{}", id(contract))).await;
    (contract["balances"].clone(), contract["units"].clone())
}
