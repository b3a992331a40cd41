//! Bodies, queries and headers that are wrong in themselves.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::plan;
use crate::support::{Ask, Reply, World};

fn drafting<'a>(world: &'a World, body: &[u8]) -> Ask<'a> {
    world.ask(Method::POST, "/v1/plans").by("merchant1").bytes(body)
}

async fn drafted(world: &World, body: &Value) -> Reply {
    drafting(world, body.to_string().as_bytes()).send().await
}

fn is(reply: &Reply, status: u16, code: &str, pointer: &str) {
    assert_eq!(reply.problem(), (status, code.to_owned()), "{reply:?}");
    assert_eq!(reply.body["errors"][0]["pointer"], pointer, "{reply:?}");
}

#[actix_web::test]
async fn money_has_one_form_only() {
    let world = World::start().await;
    for number in [json!(2000), json!(2000.5), json!(null), json!(["2000.00"]), json!({"amount": "1.00"}), json!(true)]
    {
        let mut plan = plan();
        plan["price"] = number;
        is(&drafted(&world, &plan).await, 400, "invalid_request", "/price");
    }
    let forms = [
        "",
        "1",
        "1.0",
        "1.000",
        "1,000.00",
        "01.00",
        "00.10",
        ".50",
        "1.",
        "+1.00",
        "-1.00",
        "-0.00",
        "1e3",
        "1.0e3",
        " 1.00",
        "1.00 ",
        "1.00CNY",
        "１.００",
        "NaN",
        "inf",
        "0x10.00",
        "10000000000000.00",
        "99999999999999999999.00",
    ];
    for text in forms {
        let mut plan = plan();
        plan["price"] = json!(text);
        is(&drafted(&world, &plan).await, 422, "invalid_value", "/price");
    }
    let mut largest = plan();
    largest["price"] = json!("9999999999999.99");
    assert_eq!(drafted(&world, &largest).await.body["price"], "9999999999999.99");
}

#[actix_web::test]
async fn fields_are_known_present_and_of_their_type() {
    let world = World::start().await;
    let cases = [
        ("colour", json!("red"), 400, "invalid_request", "/colour"),
        ("name", json!(7), 400, "invalid_request", "/name"),
        ("name", json!(""), 422, "invalid_value", "/name"),
        ("name", json!("   "), 422, "invalid_value", "/name"),
        ("name", json!("长".repeat(101)), 422, "invalid_value", "/name"),
        ("name", json!("a\u{0}b"), 422, "invalid_value", "/name"),
        ("currency", json!("USD"), 422, "wrong_currency", "/currency"),
        ("currency", json!("cny"), 422, "wrong_currency", "/currency"),
        ("kind", json!("lottery"), 422, "invalid_value", "/kind"),
        ("validity_days", json!(0), 422, "invalid_value", "/validity_days"),
        ("validity_days", json!(3651), 422, "invalid_value", "/validity_days"),
        ("validity_days", json!(-1), 422, "invalid_value", "/validity_days"),
        ("validity_days", json!(1.5), 400, "invalid_request", "/validity_days"),
        ("validity_days", json!("365"), 400, "invalid_request", "/validity_days"),
        ("count", json!({"units": 0, "bonus_units": 0}), 422, "invalid_value", "/count/units"),
        ("count", json!({"units": 1, "bonus_units": 0, "more": 1}), 400, "invalid_request", "/count/more"),
        ("count", json!({"units": 1}), 400, "invalid_request", "/count"),
        ("list_price", json!("0.00"), 422, "invalid_value", "/list_price"),
        ("venue_ids", json!(["ven_x"]), 422, "invalid_value", "/venue_ids/0"),
        ("card_class", json!("gold"), 422, "invalid_value", "/card_class"),
    ];
    for (field, value, status, code, pointer) in cases {
        let mut plan = plan();
        plan[field] = value;
        is(&drafted(&world, &plan).await, status, code, pointer);
    }
    let mut plan = plan();
    plan.as_object_mut().expect("an object").remove("price");
    let reply = drafted(&world, &plan).await;
    assert_eq!(reply.problem(), (400, "invalid_request".to_owned()));
}

#[actix_web::test]
async fn a_body_that_is_no_json_is_refused_with_its_place() {
    let world = World::start().await;
    let nested = format!("{{\"name\": {}1{}}}", "[".repeat(30_000), "]".repeat(30_000));
    let twice = format!("{} {{}}", plan());
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let cases: [(&[u8], u16, &str); 13] = [
        (b"{\"name\": \"x\"", 400, "malformed_json"),
        (b"{\"name\": \"x\",}", 400, "malformed_json"),
        (twice.as_bytes(), 400, "malformed_json"),
        (b"{'name': 'x'}", 400, "malformed_json"),
        (b"nonsense", 400, "malformed_json"),
        (b"{\"name\": \"x\", \"name\": \"y\"}", 400, "malformed_json"),
        (b"{\"count\": {\"units\": 1, \"units\": 2}}", 400, "malformed_json"),
        (b"{\"name\": \"\\ud83d\"}", 400, "malformed_json"),
        (b"{\"name\": \"\xff\xfe\"}", 400, "malformed_json"),
        (b"{\"name\": \"a\nb\"}", 400, "malformed_json"),
        (b"\xef\xbb\xbf{}", 400, "malformed_json"),
        (nested.as_bytes(), 400, "invalid_request"),
        (deep.as_bytes(), 400, "invalid_request"),
    ];
    for (body, status, code) in cases {
        let reply = drafting(&world, body).send().await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]);
        assert_eq!(reply.problem(), (status, code.to_owned()), "{shown}");
        assert!(reply.body["errors"][0]["pointer"].is_string(), "{shown}: {reply:?}");
    }
    for body in [&b"null"[..], b"[]", b"7", b"\"text\""] {
        let reply = drafting(&world, body).send().await;
        assert_eq!(reply.problem(), (400, "invalid_request".to_owned()), "{reply:?}");
    }
}

#[actix_web::test]
async fn the_size_and_the_type_of_a_body_are_limited() {
    let world = World::start().await;
    let mut largest = plan().to_string();
    let room = 64 * 1024 - largest.len();
    largest.push_str(&" ".repeat(room));
    assert_eq!(drafting(&world, largest.as_bytes()).send().await.status, 201);
    largest.push(' ');
    assert_eq!(drafting(&world, largest.as_bytes()).send().await.problem(), (413, "payload_too_large".to_owned()));
    let text = plan().to_string();
    for kind in ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonp", ""] {
        let reply = drafting(&world, text.as_bytes()).header("Content-Type", kind).send().await;
        assert_eq!(reply.problem(), (415, "unsupported_media_type".to_owned()), "{kind:?}");
    }
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        assert_eq!(drafting(&world, text.as_bytes()).header("Content-Type", kind).send().await.status, 201, "{kind:?}");
    }
}

#[actix_web::test]
async fn queries_are_known_and_given_once() {
    let world = World::start().await;
    let foreign = {
        world.post("merchant1", "/v1/plans", plan()).await;
        let page = world.get("notary1", "/v1/plans?limit=1").await;
        page["next_cursor"].as_str().expect("a next page").to_owned()
    };
    let cases = [
        ("/v1/plans?colour=red".to_owned(), "unknown_parameter", "?colour"),
        ("/v1/plans?merchant_id=me".to_owned(), "invalid_request", "?merchant_id"),
        ("/v1/plans?state=sold".to_owned(), "invalid_request", "?state"),
        ("/v1/plans?limit=0".to_owned(), "invalid_request", "?limit"),
        ("/v1/plans?limit=101".to_owned(), "invalid_request", "?limit"),
        ("/v1/plans?limit=-1".to_owned(), "invalid_request", "?limit"),
        ("/v1/plans?limit=ten".to_owned(), "invalid_request", "?limit"),
        ("/v1/plans?limit=1&limit=2".to_owned(), "invalid_request", "?limit"),
        ("/v1/plans?limit=".to_owned(), "invalid_request", "?limit"),
        ("/v1/events?limit=0".to_owned(), "invalid_request", "?limit"),
        ("/v1/events?limit=101".to_owned(), "invalid_request", "?limit"),
        ("/v1/events?kind=nothing.happened".to_owned(), "invalid_request", "?kind"),
        ("/v1/events?after=-1".to_owned(), "invalid_request", "?after"),
        ("/v1/deliveries?due_before=tomorrow".to_owned(), "invalid_request", "?due_before"),
        ("/v1/books/trial-balance?position=1&at=2026-01-01T00:00:00Z".to_owned(), "invalid_request", "?at"),
    ];
    for (path, code, pointer) in cases {
        let reply = world.ask(Method::GET, path.clone()).by("notary1").send().await;
        assert_eq!(reply.problem(), (400, code.to_owned()), "{path}");
        assert_eq!(reply.body["errors"][0]["pointer"], pointer, "{path}");
    }
    let cursors = [
        "/v1/plans?cursor=AAAA".to_owned(),
        "/v1/plans?cursor=%2F%2F".to_owned(),
        "/v1/plans?cursor=".to_owned(),
        format!("/v1/contracts?cursor={foreign}"),
        format!("/v1/plans?state=draft&cursor={foreign}"),
        format!("/v1/plans?cursor={foreign}A"),
    ];
    for path in cursors {
        let reply = world.ask(Method::GET, path.clone()).by("notary1").send().await;
        assert_eq!(reply.problem(), (400, "invalid_cursor".to_owned()), "{path}");
    }
    let next = world.get("notary1", format!("/v1/plans?cursor={foreign}")).await;
    assert_eq!(next["data"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn the_key_and_the_revision_of_a_write_have_one_form() {
    let world = World::start().await;
    let nothing = json!({});
    let approve = || {
        let path = "/v1/settlements/stl_00000000000000000000000000/approve";
        world.ask(Method::POST, path).by("notary1").json(&nothing)
    };
    let reply = approve().without_key().send().await;
    assert_eq!(reply.problem(), (400, "idempotency_key_missing".to_owned()));
    for key in ["", "two words", "键", &"k".repeat(201), "tab\tkey"] {
        let reply = approve().key(key).send().await;
        assert_eq!(reply.problem(), (400, "idempotency_key_invalid".to_owned()), "{key:?}");
    }
    let longest = approve().key(&"k".repeat(200)).reviewed(&json!(1)).send().await;
    assert_eq!(longest.problem(), (404, "not_found".to_owned()));
    assert_eq!(approve().send().await.problem(), (428, "precondition_required".to_owned()));
    for tag in
        ["", "r1", "\"1\"", "\"r\"", "\"r1", "W/\"r1\"", "*", "\"r1\", \"r2\"", "\"r-1\"", "\"r99999999999999999999\""]
    {
        let reply = approve().header("If-Match", tag).send().await;
        assert_eq!(reply.problem(), (400, "if_match_invalid".to_owned()), "{tag:?}");
    }
}

#[actix_web::test]
async fn a_key_stands_for_one_request_of_one_person() {
    let world = World::start().await;
    let plan = plan();
    let ask = |user: &str, body: &Value| world.ask(Method::POST, "/v1/plans").by(user).key("mine").json(body);
    let first = ask("merchant1", &plan).send().await;
    assert_eq!(first.status, 201);
    let mut other = plan.clone();
    other["name"] = json!("另一张卡");
    assert_eq!(ask("merchant1", &other).send().await.problem(), (422, "idempotency_key_reused".to_owned()));
    let elsewhere = world.ask(Method::POST, "/v1/venues").by("merchant1").key("mine");
    let venue = json!({"name": "馆", "address": "路", "lease_ends_on": "2031-12-31"});
    assert_eq!(elsewhere.json(&venue).send().await.problem(), (422, "idempotency_key_reused".to_owned()));
    let reviewed = ask("merchant1", &plan).reviewed(&json!(1)).send().await;
    assert_eq!(reviewed.problem(), (422, "idempotency_key_reused".to_owned()));
    let account = json!({"holder_name": "甲", "bank_name": "乙", "account_number": "6222021001100000025"});
    let another = world.ask(Method::PUT, "/v1/payout-accounts").by("consumer1").key("mine").json(&account).send().await;
    assert_eq!(another.status, 200, "{another:?}");
    let spaced = plan.to_string().replace(':', " : ");
    let same = world.ask(Method::POST, "/v1/plans").by("merchant1").key("mine").bytes(spaced.as_bytes());
    let same = same.without_replay().send().await;
    assert_eq!((same.status, &same.body), (201, &first.body));
}

#[actix_web::test]
async fn refusals_speak_the_language_and_carry_the_id_of_the_request() {
    let world = World::start().await;
    let ask = |language: &str| world.ask(Method::GET, "/v1/me").header("Accept-Language", language);
    for (language, title) in [
        ("zh", "需要有效的访问令牌"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "需要有效的访问令牌"),
        ("en", "A valid access token is required"),
        ("fr;q=0.9, zh;q=0.1", "需要有效的访问令牌"),
        ("en;q=0.2, zh;q=0.3", "需要有效的访问令牌"),
        ("de", "A valid access token is required"),
        (";;;,=", "A valid access token is required"),
    ] {
        assert_eq!(ask(language).send().await.body["title"], title, "{language}");
    }
    let given = "req_01kjyq1780eyxr2x2bhp82wen7";
    let echoed = ask("en").header("X-Request-Id", given).send().await;
    assert_eq!(echoed.headers["x-request-id"], given);
    for given in ["", "me", "req_x", "usr_01kjyq1780eyxr2x2bhp82wen7", "req_01KJYQ1780EYXR2X2BHP82WEN7 "] {
        let replaced = ask("en").header("X-Request-Id", given).send().await;
        assert_ne!(replaced.headers["x-request-id"], given);
    }
}

#[actix_web::test]
async fn unknown_addresses_and_methods_are_told_apart() {
    let world = World::start().await;
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/plan",
        "/v1/plans/",
        "/v2/plans",
        "/v1/me/x",
        "/log/changning/entry/",
        "/v1//plans",
        "/{odd}",
    ] {
        let reply = world.ask(Method::GET, path).send().await;
        assert_eq!(reply.problem(), (404, "route_not_found".to_owned()), "{path}");
    }
    for (method, path, allowed) in [
        (Method::DELETE, "/v1/plans", "GET, HEAD, POST"),
        (Method::PUT, "/v1/plans/pln_00000000000000000000000000", "GET, HEAD, PATCH"),
        (Method::GET, "/v1/auth/token", "POST"),
        (Method::POST, "/healthz", "GET, HEAD"),
    ] {
        let reply = world.ask(method, path).send().await;
        assert_eq!(reply.problem(), (405, "method_not_allowed".to_owned()), "{path}");
        assert_eq!(reply.headers["allow"], allowed, "{path}");
    }
}
