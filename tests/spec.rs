//! The description of the API holds: it has the routes of the service, its examples work, and its judge can see.

#![cfg(test)]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix_web::http::Method;
use serde_json::{Value, json};
use support::spec::{DOCUMENT, OPERATIONS, Operation, against, judge, resolve};
use support::{Reply, World};

/// Who may send each write, by `METHOD /path`, as commands.csv has it.
fn roles() -> BTreeMap<String, String> {
    let table = include_str!("../api-spec/commands.csv");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.expect("a row");
        let role = row[2].split('|').next().unwrap_or_default().to_owned();
        (row[1].to_owned(), role)
    };
    rows.records().map(row).collect()
}

/// The routes of the service, as its route table is written.
fn routes() -> BTreeSet<String> {
    let table = include_str!("../src/http/routes.rs");
    let mut found = BTreeSet::new();
    for line in table.lines().map(str::trim).filter(|line| line.starts_with("\"/") && line.ends_with(';')) {
        let (path, methods) = line.trim_start_matches('"').split_once("\" ").expect("a path and its methods");
        let path = path.replace(":.+}", "}");
        for method in methods.split(", ") {
            let method = method.split(' ').next().unwrap_or_default();
            found.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    found
}

#[test]
fn every_route_is_described_and_everything_described_is_a_route() {
    let described: BTreeSet<String> =
        OPERATIONS.iter().map(|operation| format!("{} {}", operation.method, operation.template)).collect();
    let routes = routes();
    let missing: Vec<_> = routes.difference(&described).collect();
    let invented: Vec<_> = described.difference(&routes).collect();
    assert!(routes.len() > 80, "the route table is read: {routes:?}");
    assert!(missing.is_empty() && invented.is_empty(), "not described: {missing:?}; no routes: {invented:?}");
}

#[test]
fn every_write_in_the_table_of_commands_is_described() {
    let described: BTreeSet<String> =
        OPERATIONS.iter().map(|operation| format!("{} {}", operation.method, operation.template)).collect();
    let rows = roles();
    let lost: Vec<_> = rows.keys().filter(|row| row.contains(' ') && !described.contains(*row)).collect();
    assert!(lost.is_empty(), "commands without an operation: {lost:?}");
}

#[test]
fn the_words_of_the_description_are_the_words_of_the_ledger() {
    let described: BTreeSet<&str> = DOCUMENT["components"]["schemas"]["EventKind"]["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let known: BTreeSet<&str> = ticun::domain::event::Event::KINDS.iter().copied().collect();
    assert_eq!(described, known);
}

/// A way to spoil a reply.
type Spoil = fn(&mut Reply);

/// A reply to `GET /v1/me` that is as described.
fn good() -> Reply {
    let body = json!({
        "id": "usr_01kjkehjm0eggb40vwnx72qmm7", "username": "consumer1", "role": "consumer", "office": "changning",
        "party": "csm_01kjkehjm0ehcvcc16xcrhm52n", "signing_key": null, "permissions": ["contract.draft"]
    });
    let headers = [("content-type", "application/json"), ("x-request-id", "req_01kjyq1780eyxr2x2bhp82wen7")];
    let headers: HashMap<_, _> = headers.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    Reply { status: 200, headers, text: body.to_string(), bytes: body.to_string().into_bytes(), body }
}

fn refusal(code: &str, status: u16) -> Reply {
    let mut reply = good();
    reply.status = status;
    reply.headers.insert("content-type".to_owned(), "application/problem+json".to_owned());
    reply.headers.insert("www-authenticate".to_owned(), "Bearer".to_owned());
    reply.body = json!({
        "type": format!("/problems/{code}"), "title": "t", "status": status, "detail": "d", "instance": "/v1/me",
        "code": code, "request_id": "req_01kjyq1780eyxr2x2bhp82wen7"
    });
    reply
}

#[test]
fn a_reply_that_is_not_as_described_is_noticed() {
    assert_eq!(judge("GET", "/v1/me", &good()), Vec::<String>::new());
    assert_eq!(judge("GET", "/v1/me?x=1", &refusal("token_expired", 401)), Vec::<String>::new());
    let plant: [(&str, Spoil); 13] = [
        ("a status", |reply| reply.status = 201),
        ("an unknown field", |reply| reply.body["secret"] = json!(1)),
        ("a missing field", |reply| reply.body = json!({"id": "usr_01kjkehjm0eggb40vwnx72qmm7"})),
        ("a wrong type", |reply| reply.body["permissions"] = json!("all")),
        ("a wrong word", |reply| reply.body["role"] = json!("king")),
        ("a missing header", |reply| drop(reply.headers.remove("x-request-id"))),
        ("a broken header", |reply| drop(reply.headers.insert("x-request-id".to_owned(), "1".to_owned()))),
        ("an undescribed header", |reply| drop(reply.headers.insert("etag".to_owned(), "\"r1\"".to_owned()))),
        ("a content type", |reply| drop(reply.headers.insert("content-type".to_owned(), "text/html".to_owned()))),
        ("an unknown code", |reply| *reply = refusal("out_of_luck", 401)),
        ("a code of another status", |reply| *reply = refusal("token_expired", 403)),
        ("a problem without its form", |reply| {
            *reply = refusal("token_expired", 401);
            reply.body["hint"] = json!("x");
        }),
        ("another path", |reply| {
            *reply = refusal("token_expired", 401);
            reply.body["instance"] = json!("/v1/you");
        }),
    ];
    for (what, planted) in plant {
        let mut reply = good();
        planted(&mut reply);
        assert!(!judge("GET", "/v1/me", &reply).is_empty(), "{what} goes unnoticed");
    }
    assert!(!judge("GET", "/v1/nowhere", &good()).is_empty(), "an unknown address goes unnoticed");
    assert!(!judge("DELETE", "/v1/me", &good()).is_empty(), "an unknown method goes unnoticed");
}

/// The examples of a media type with their names.
fn examples(media: &Value) -> Vec<(String, &Value)> {
    let named = media.get("examples").and_then(Value::as_object).into_iter().flatten();
    let named = named.map(|(name, example)| (name.clone(), &example["value"]));
    media.get("example").map(|example| ("example".to_owned(), example)).into_iter().chain(named).collect()
}

#[test]
fn every_example_is_valid_by_its_schema() {
    let mut findings = Vec::new();
    let mut look = |place: String, media: &'static Value| {
        let found = examples(media);
        if found.is_empty() {
            findings.push(format!("{place} has no example"));
        }
        for (name, example) in found {
            let wrong = against(&media["schema"], example);
            findings.extend(wrong.into_iter().map(|wrong| format!("{place} {name}: {wrong}")));
        }
    };
    for operation in OPERATIONS.iter() {
        let id = operation.id();
        for (kind, media) in operation.operation["requestBody"]["content"].as_object().into_iter().flatten() {
            look(format!("{id} {kind}"), media);
        }
        for (status, response) in operation.operation["responses"].as_object().into_iter().flatten() {
            let content = resolve(response).get("content").and_then(Value::as_object);
            for (kind, media) in content.into_iter().flatten() {
                look(format!("{id} {status} {kind}"), media);
            }
        }
        for parameter in operation.parameters().into_iter().filter(|parameter| parameter["in"] == "path") {
            look(format!("{id} {}", parameter["name"]), parameter);
        }
    }
    findings.sort();
    findings.dedup();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn every_problem_shown_as_an_example_says_what_the_table_says() {
    for (name, response) in DOCUMENT["components"]["responses"].as_object().expect("responses") {
        let example = &response["content"]["application/problem+json"]["example"];
        let code = example["code"].as_str().unwrap_or_default();
        let kind = ticun::http::problems::find(code).unwrap_or_else(|| panic!("{name} shows an unknown code: {code}"));
        assert_eq!(example["title"].as_str(), Some(kind.title_en.as_str()), "{name}");
        assert_eq!(example["status"], kind.status, "{name}");
    }
}

/// Who sends an operation, where it needs somebody.
fn sender(operation: &Operation, roles: &BTreeMap<String, String>) -> Option<&'static str> {
    let public = operation.operation.get("security").is_some_and(|security| security == &json!([]));
    let role = roles.get(&format!("{} {}", operation.method, operation.template)).map(String::as_str);
    let users =
        [("operator", "operator1"), ("notary", "notary1"), ("merchant", "merchant1"), ("consumer", "consumer1")];
    match role {
        _ if public => None,
        Some(role) => users.into_iter().find(|(name, _)| *name == role).map(|(_, user)| user),
        None if operation.template.starts_with("/v1/payout-accounts") => Some("consumer1"),
        None if operation.template.contains("/tile/") => Some("regulator1"),
        None => Some("notary1"),
    }
}

#[actix_web::test]
async fn every_request_shown_as_an_example_is_understood() {
    let world = World::start().await;
    let roles = roles();
    let mut sent = 0;
    for operation in OPERATIONS.iter() {
        let media = &operation.operation["requestBody"]["content"]["application/json"];
        for (name, example) in examples(media) {
            let reply = match operation.id() {
                "channel_notify" => world.notify(example).await,
                _ => send(&world, operation, sender(operation, &roles), Some(example)).await,
            };
            sent += 1;
            // What an example names does not exist here, so that the business may be refused, but never the form.
            let made_up_token = operation.id() == "auth_refresh" && reply.status == 401;
            let understood = matches!(reply.status, 200 | 201 | 204 | 404 | 409 | 412 | 422) || made_up_token;
            assert!(understood, "{} {name}: {reply:?}", operation.id());
            let value = reply.body["code"].as_str().is_some_and(|code| code == "invalid_value");
            assert!(!value, "{} {name}: {reply:?}", operation.id());
        }
    }
    assert!(sent > 45, "only {sent} examples were sent");
}

#[actix_web::test]
async fn every_operation_answers_as_described() {
    let world = World::start().await;
    let roles = roles();
    world.published().await;
    for operation in OPERATIONS.iter().filter(|operation| operation.method == "GET") {
        let user = sender(operation, &roles);
        let reply = send(&world, operation, user, None).await;
        let code = reply.body["code"].as_str().unwrap_or_default();
        assert!(
            !["route_not_found", "method_not_allowed", "forbidden"].contains(&code),
            "{}: {reply:?}",
            operation.id()
        );
        assert!(reply.status < 400 || reply.status == 404 || reply.status == 422, "{}: {reply:?}", operation.id());
    }
    for operation in OPERATIONS.iter().filter(|operation| operation.operation.get("security").is_none()) {
        let reply = send(&world, operation, None, Some(&json!({}))).await;
        assert_eq!(reply.status, 401, "{} answers a stranger: {reply:?}", operation.id());
        let known = reply.body["code"] == "unauthenticated";
        assert!(known, "{}: {reply:?}", operation.id());
    }
}

async fn send(world: &World, operation: &Operation, user: Option<&str>, body: Option<&Value>) -> Reply {
    let method = Method::from_bytes(operation.method.as_bytes()).expect("a method");
    let required = |parameter: &&Value| parameter["in"] == "query" && parameter["required"] == true;
    let query = operation.parameters().into_iter().filter(required).map(|parameter| {
        format!("{}={}", support::text(parameter, "name"), support::spec::plain(&parameter["example"]))
    });
    let query: Vec<String> = query.collect();
    let path = operation.example_path();
    let path = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
    let mut ask = world.ask(method, path).reviewed(&json!(1));
    if let Some(user) = user {
        ask = ask.by(user);
    }
    if let Some(body) = body.filter(|_| operation.method != "GET") {
        ask = ask.json(body);
    }
    ask.without_replay().send().await
}
