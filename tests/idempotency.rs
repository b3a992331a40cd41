//! A key stands for one request of one user for ever: its reply is given again, and nothing is done twice.

#![cfg(test)]

#[path = "idempotency/channels.rs"]
mod channels;
#[path = "idempotency/edge.rs"]
mod edge;
#[path = "idempotency/sessions.rs"]
mod sessions;
mod support;
#[allow(dead_code, reason = "the walk of permissions uses the rest")]
#[path = "permissions/table.rs"]
mod table;
#[path = "permissions/writes.rs"]
mod writes;

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::side::{Side, account, id, plan_body};
use support::{Reply, World};
use table::{Line, lines};
use writes::{Call, prepare};

/// One request under one key.
pub struct Keyed {
    method: Method,
    path: String,
    user: String,
    key: String,
    body: Value,
    revision: Option<Value>,
}

impl Keyed {
    /// A POST.
    pub fn post(user: &str, path: impl Into<String>, key: &str, body: Value) -> Self {
        let (user, key) = (user.to_owned(), key.to_owned());
        Self { method: Method::POST, path: path.into(), user, key, body, revision: None }
    }

    fn of(line: &Line, call: Call, user: &str, key: &str) -> Self {
        let method = Method::from_bytes(line.method.as_bytes()).expect("a method");
        let user = call.user.unwrap_or_else(|| user.to_owned());
        Self { method, path: call.path, user, key: key.to_owned(), body: call.body, revision: call.revision }
    }

    /// Sends it, once.
    pub async fn send(&self, world: &World) -> Reply {
        let ask = world.ask(self.method.clone(), self.path.clone()).by(&self.user).key(&self.key).json(&self.body);
        let ask = match &self.revision {
            Some(revision) => ask.reviewed(revision),
            None => ask,
        };
        ask.without_replay().send().await
    }
}

/// True for an answer that was given before.
pub fn replayed(reply: &Reply) -> bool {
    reply.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

/// What must be the same each time an answer is given.
fn lasting(reply: &Reply) -> (u16, Value, Option<String>, Option<String>) {
    let mut body = reply.body.clone();
    if let Some(problem) = body.as_object_mut().filter(|body| body.contains_key("request_id")) {
        problem.remove("request_id");
    }
    let header = |name: &str| reply.headers.get(name).cloned();
    (reply.status, body, header("etag"), header("ticun-log-position"))
}

async fn how_many(world: &World, user: &str, path: &str) -> usize {
    world.get(user, format!("{path}?limit=100")).await["data"].as_array().map_or(0, Vec::len)
}

#[actix_web::test]
async fn every_reply_is_the_same_after_the_objects_have_changed_and_after_a_restart() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let mut given = Vec::new();
    let keyless = ["refund.calculate", "batch.send"];
    for line in lines().iter().filter(|line| line.writes() && !keyless.contains(&line.permission)) {
        for (role, _) in line.granted() {
            let user = match role {
                "consumer" => side.consumer_user,
                "merchant" => side.merchant_user,
                "operator" => "operator1",
                "mediator" => "mediator1",
                "arbitrator" => "arbitrator1",
                _ => "notary2",
            };
            let call = prepare(&world, line, &side, role).await;
            let keyed = Keyed::of(line, call, user, &format!("{}/{role}", line.permission));
            let reply = keyed.send(&world).await;
            assert!((200..300).contains(&reply.status) && !replayed(&reply), "{line:?} {reply:?}");
            given.push((keyed, reply));
        }
    }
    world.advance("P30D").await;
    for (keyed, first) in &given {
        let again = keyed.send(&world).await;
        assert_eq!((lasting(&again), replayed(&again)), (lasting(first), true), "{}", keyed.key);
    }
    let world = world.restart().await;
    for (keyed, first) in &given {
        let again = keyed.send(&world).await;
        assert_eq!((lasting(&again), replayed(&again)), (lasting(first), true), "{} restarted", keyed.key);
    }
}

#[actix_web::test]
async fn a_new_version_is_answered_again_although_the_change_would_not_fit_the_plan_of_today() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let plan = side.plan_in(&world, "draft").await;
    let change = |key: &str, body: Value| Keyed {
        method: Method::PATCH,
        ..Keyed::post(side.merchant_user, format!("/v1/plans/{}", id(&plan)), key, body)
    };
    let large = change("large", json!({"count": {"units": 100_000, "bonus_units": 0}}));
    let first = large.send(&world).await;
    assert_eq!(first.status, 200, "{first:?}");
    let small = change("small", json!({"price": "1.00", "count": {"units": 10, "bonus_units": 0}}));
    assert_eq!(small.send(&world).await.status, 200);
    let again = large.send(&world).await;
    assert_eq!((lasting(&again), replayed(&again)), (lasting(&first), true));
    let other = change("large", json!({"count": {"units": 90_000, "bonus_units": 0}}));
    assert_eq!(other.send(&world).await.problem(), (422, "idempotency_key_reused".to_owned()));
    let fresh = change("fresh", json!({"count": {"units": 100_000, "bonus_units": 0}}));
    assert_eq!(fresh.send(&world).await.problem(), (422, "price_too_small".to_owned()));
}

#[actix_web::test]
async fn replies_about_money_that_came_and_went_are_the_same_afterwards() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let failed = side.failed_payout(&world, "merchant").await;
    let kept = side.contract_in(&world, "active").await;
    side.check_in(&world, &kept).await;
    let taken_back = side.delivery_in(&world, "confirmed").await;
    let merchant = format!("/v1/merchants/{}", side.merchant);
    let settlement = side.settlement_in(&world, "proposed").await;
    let mut given = Vec::new();
    let reason = || json!({"reason": "依规"});
    for (number, (user, path, body)) in [
        ("notary1", format!("{merchant}/suspend"), reason()),
        ("notary1", format!("{merchant}/reinstate"), json!({})),
        ("notary1", format!("/v1/deliveries/{}/reverse", id(&taken_back)), reason()),
        (side.merchant_user, format!("/v1/payouts/{}/new-account", id(&failed)), json!({"account": account()})),
        ("notary1", format!("/v1/settlements/{}/reject", id(&settlement)), reason()),
        ("notary1", "/v1/settlements".to_owned(), json!({"merchant_id": side.merchant})),
    ]
    .into_iter()
    .enumerate()
    {
        let revision = match path.contains("/reject") {
            true => {
                Some(world.get("notary1", format!("/v1/settlements/{}", id(&settlement))).await["revision"].clone())
            }
            false => None,
        };
        let keyed = Keyed { revision, ..Keyed::post(user, path, &format!("money-{number}"), body) };
        let reply = keyed.send(&world).await;
        assert!((200..300).contains(&reply.status), "{} {reply:?}", keyed.path);
        given.push((keyed, reply));
    }
    side.settlement_in(&world, "released").await;
    for (keyed, first) in &given {
        let again = keyed.send(&world).await;
        assert_eq!((lasting(&again), replayed(&again)), (lasting(first), true), "{}", keyed.path);
    }
}

#[actix_web::test]
async fn what_the_ledger_refused_stays_refused_under_its_key() {
    let world = World::start().await;
    let (side, other) = (Side::first(&world).await, Side::second(&world).await);
    let settlement = side.settlement_in(&world, "proposed").await;
    let approve = format!("/v1/settlements/{}/approve", id(&settlement));
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/contracts/{}", id(&contract));
    let stranger = other.merchant_user;
    let same_person = Keyed {
        revision: Some(settlement["revision"].clone()),
        ..Keyed::post("notary1", approve.clone(), "same", json!({}))
    };
    let stale = Keyed { revision: Some(json!(99)), ..Keyed::post("notary2", approve, "stale", json!({})) };
    let refusals = [
        (403, "same_person", same_person),
        (404, "not_found", Keyed::post(stranger, format!("{path}/deliveries"), "strange", json!({"units": 1}))),
        (409, "state_conflict", Keyed::post(side.consumer_user, format!("{path}/cancel"), "late", json!({}))),
        (412, "revision_mismatch", stale),
        (
            422,
            "units_exhausted",
            Keyed::post(side.merchant_user, format!("{path}/deliveries"), "many", json!({"units": 61})),
        ),
    ];
    let mut given = Vec::new();
    for (status, code, keyed) in refusals {
        let first = keyed.send(&world).await;
        assert_eq!(first.problem(), (status, code.to_owned()));
        assert!(!replayed(&first), "{first:?}");
        given.push((keyed, first));
    }
    let world = world.restart().await;
    for (keyed, first) in &given {
        let again = keyed.send(&world).await;
        assert_eq!((lasting(&again), replayed(&again)), (lasting(first), true));
    }
}

#[actix_web::test]
async fn a_refusal_is_kept_although_the_request_would_succeed_by_now() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "signed").await;
    let path = format!("/v1/contracts/{}", id(&contract));
    let early = Keyed::post(side.merchant_user, format!("{path}/deliveries"), "early", json!({"units": 1}));
    assert_eq!(early.send(&world).await.problem(), (409, "contract_not_active".to_owned()));
    let deposit = side.deposit(&world, &contract).await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    let again = early.send(&world).await;
    assert_eq!((again.problem(), replayed(&again)), ((409, "contract_not_active".to_owned()), true));
    let fresh = Keyed { key: "fresh".to_owned(), ..early };
    assert_eq!(fresh.send(&world).await.status, 201);
}

#[actix_web::test]
async fn a_key_that_is_used_for_something_else_is_refused() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/contracts/{}/deliveries", id(&contract));
    let elsewhere = format!("/v1/contracts/{}/deliveries", id(&side.contract_in(&world, "active").await));
    let user = side.merchant_user;
    let first = Keyed::post(user, path.clone(), "k", json!({"units": 1}));
    assert_eq!(first.send(&world).await.status, 201);
    let others = [
        Keyed::post(user, path.clone(), "k", json!({"units": 2})),
        Keyed::post(user, path.clone(), "k", json!({"units": 1, "note": "一"})),
        Keyed::post(user, elsewhere, "k", json!({"units": 1})),
        Keyed { revision: Some(contract["revision"].clone()), ..Keyed::post(user, path, "k", json!({"units": 1})) },
        Keyed::post(user, "/v1/plans", "k", plan_body("2000.00")),
    ];
    for other in others {
        assert_eq!(other.send(&world).await.problem(), (422, "idempotency_key_reused".to_owned()));
    }
    assert!(replayed(&first.send(&world).await));
}

#[actix_web::test]
async fn white_space_and_the_order_of_names_make_no_other_request() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/contracts/{}/deliveries", id(&contract));
    let mut replies = Vec::new();
    for body in ["{\"units\":1,\"note\":\"一\"}", "{ \"note\" : \"\\u4e00\",\r\n\t\"units\" : 1 }\n"] {
        let ask = world.ask(Method::POST, path.clone()).by(side.merchant_user).key("spaced").bytes(body.as_bytes());
        replies.push(ask.without_replay().send().await);
    }
    assert_eq!((replies[0].status, lasting(&replies[0])), (201, lasting(&replies[1])));
    assert!(replayed(&replies[1]));
}

#[actix_web::test]
async fn the_same_key_of_another_user_is_another_key() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let body = json!({"plan_id": side.plan});
    let one = Keyed::post("consumer1", "/v1/contracts", "mine", body.clone()).send(&world).await;
    let two = Keyed::post("consumer2", "/v1/contracts", "mine", body).send(&world).await;
    assert_eq!((one.status, two.status, replayed(&two)), (201, 201, false));
    assert_ne!(one.body["id"], two.body["id"]);
}

#[actix_web::test]
async fn sixteen_twins_at_once_have_one_effect_and_one_answer() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let path = format!("/v1/contracts/{}/deliveries", id(&contract));
    let twin = Keyed::post(side.merchant_user, path.clone(), "twin", json!({"units": 1}));
    world.token(side.merchant_user).await;
    let replies = join_all((0..16).map(|_| twin.send(&world))).await;
    for reply in &replies {
        assert_eq!((reply.status, lasting(reply)), (201, lasting(&replies[0])));
    }
    assert_eq!(replies.iter().filter(|reply| !replayed(reply)).count(), 1);
    assert_eq!(how_many(&world, side.merchant_user, &path).await, 1);
    let exhausted = Keyed::post(side.merchant_user, path.clone(), "refused", json!({"units": 60}));
    let replies = join_all((0..16).map(|_| exhausted.send(&world))).await;
    for reply in &replies {
        assert_eq!(lasting(reply), lasting(&replies[0]));
        assert_eq!(reply.problem(), (422, "units_exhausted".to_owned()));
    }
    assert_eq!(how_many(&world, side.merchant_user, &path).await, 1);
}

#[actix_web::test]
async fn registrations_share_their_keys_and_are_answered_again() {
    let world = World::start().await;
    let body = |name: &str| json!({"kind": "consumer", "username": name, "password": "correct horse", "name": "新人"});
    let register = |name: &'static str| {
        let ask = world.ask(Method::POST, "/v1/registrations").key("r").json(&body(name));
        async move { ask.without_replay().send().await }
    };
    let replies = join_all((0..4).map(|_| register("anna"))).await;
    for reply in &replies {
        assert_eq!((reply.status, lasting(reply)), (201, lasting(&replies[0])));
    }
    assert_eq!(register("berta").await.problem(), (422, "idempotency_key_reused".to_owned()));
    let taken = world.ask(Method::POST, "/v1/registrations").key("r2").json(&body("anna"));
    assert_eq!(taken.send().await.problem(), (409, "username_taken".to_owned()));
}
