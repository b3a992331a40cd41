//! What is wrong with one line is that line's own, and limits are told by name.

use actix_web::http::Method;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::support::World;
use super::support::side::Side;
use super::wire::Wire;
use super::{contract_with, delivery, line, send, send_bytes, told};

const LINE_SIZE_BYTES_MAX: usize = 65_536;
const BATCH_SIZE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Lines that are wrong, with what each is told.
fn wrong(contract: &Value) -> Vec<(String, (u64, &'static str))> {
    let body = || json!({"contract_id": contract["id"], "units": 1});
    let with = |name: &str, value: Value| {
        let mut body = body();
        let key = format!("wrong/{name}/{value}");
        body[name] = value;
        line("delivery.record", &key, body).to_string()
    };
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let contract_id = contract["id"].as_str().expect("an id");
    vec![
        ("{".to_owned(), (400, "malformed_json")),
        ("nothing".to_owned(), (400, "malformed_json")),
        ("{} {}".to_owned(), (400, "invalid_request")),
        ("[]".to_owned(), (400, "invalid_request")),
        ("5".to_owned(), (400, "invalid_request")),
        (json!({"op": "delivery.record", "body": body()}).to_string(), (400, "idempotency_key_missing")),
        (line("delivery.record", "two words", body()).to_string(), (400, "idempotency_key_invalid")),
        (line("delivery.record", &"k".repeat(201), body()).to_string(), (400, "idempotency_key_invalid")),
        (json!({"op": "delivery.record", "idempotency_key": 5, "body": body()}).to_string(), (400, "invalid_request")),
        (json!({"op": "delivery.record", "idempotency_key": "1"}).to_string(), (400, "invalid_request")),
        (
            json!({"op": "delivery.record", "idempotency_key": "1", "body": body(), "if_match": 1}).to_string(),
            (400, "invalid_request"),
        ),
        (line("delivery.settle", "wrong", body()).to_string(), (422, "batch_op_unknown")),
        (line("refund.decide", "wrong", body()).to_string(), (422, "batch_op_unknown")),
        (line("delivery.confirm", "wrong", json!({"delivery_id": "x"})).to_string(), (403, "forbidden")),
        (line("delivery.record", "wrong", json!({"units": 1})).to_string(), (400, "invalid_request")),
        (line("delivery.record", "wrong", json!([])).to_string(), (400, "invalid_request")),
        (line("delivery.record", "wrong", Value::Null).to_string(), (400, "invalid_request")),
        (with("contract_id", json!("ctr_1")), (404, "not_found")),
        (with("contract_id", json!("ctr_00000000000000000000000000")), (404, "not_found")),
        (with("contract_id", json!(7)), (400, "invalid_request")),
        (with("units", json!("1")), (400, "invalid_request")),
        (with("units", json!(0)), (422, "invalid_value")),
        (with("unit", json!(1)), (400, "invalid_request")),
        (with("occurred_at", json!("2100-01-01T00:00:00Z")), (422, "occurred_in_future")),
        (with("units", json!(100_000)), (422, "units_exhausted")),
        (
            format!(
                r#"{{"op":"delivery.record","idempotency_key":"w","body":{{"contract_id":"{contract_id}","units":1,"units":2}}}}"#
            ),
            (400, "malformed_json"),
        ),
        (
            format!(
                r#"{{"op":"delivery.record","idempotency_key":"w","body":{{"contract_id":"{contract_id}","contract_id":"{contract_id}","units":1}}}}"#
            ),
            (400, "malformed_json"),
        ),
        (
            format!(
                r#"{{"op":"delivery.record","idempotency_key":"w","body":{{"contract_id":"{contract_id}","note":{deep}}}}}"#
            ),
            (400, "malformed_json"),
        ),
        (format!("{{\"op\":\"{}\"}}", "x".repeat(LINE_SIZE_BYTES_MAX)), (413, "payload_too_large")),
    ]
}

#[actix_web::test]
async fn a_line_that_is_wrong_is_told_what_its_request_would_be_and_hurts_no_other() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = contract_with(&world, &side, 1000).await;
    let wrong = wrong(&contract);
    let mut bytes = Vec::new();
    for (number, (text, _)) in wrong.iter().enumerate() {
        let key = format!("good-{number}");
        bytes.extend_from_slice(format!("{}\n{text}\n", delivery(&contract, &key)).as_bytes());
    }
    bytes.extend_from_slice(delivery(&contract, "last").to_string().as_bytes());
    let replies = send_bytes(&world, side.merchant_user, &bytes).await;
    assert_eq!(replies.len(), 2 * wrong.len() + 1);
    for (number, reply) in replies.iter().enumerate() {
        assert_eq!(reply["line"], number + 1);
        let (text, expected) = match number % 2 {
            0 => ("a good line", (201, "")),
            _ => (wrong[number / 2].0.as_str(), wrong[number / 2].1),
        };
        let start: String = text.chars().take(200).collect();
        assert_eq!(told(reply), expected, "{start}: {reply}");
    }
    let path = format!("/v1/contracts/{}", contract["id"].as_str().expect("an id"));
    let units = &world.get(side.consumer_user, path.clone()).await["units"];
    assert_eq!(units["used"], wrong.len() + 1);
    let named = |code: &str| replies.iter().find(|reply| reply["body"]["code"] == code).expect("a reply");
    assert_eq!(named("units_exhausted")["body"]["instance"], format!("{path}/deliveries"));
    assert_eq!(named("invalid_value")["body"]["errors"][0]["pointer"], "/units");
    assert_eq!(named("batch_op_unknown")["body"]["instance"], "/v1/batches");
    assert_eq!(named("batch_op_unknown")["body"]["allowed"][0], "delivery.record");
}

#[actix_web::test]
async fn lines_end_as_they_like_and_blank_ones_only_count() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let good = |key: &str| delivery(&contract, key).to_string();
    let padded = |key: &str, length: usize| {
        let line = good(key);
        format!("{line}{}", " ".repeat(length - line.len()))
    };
    let text = format!(
        "\n \t\r\n{}\r\n\n{}\n{}\n{}",
        good("a"),
        padded("b", LINE_SIZE_BYTES_MAX),
        padded("c", LINE_SIZE_BYTES_MAX + 1),
        good("d")
    );
    let replies = send_bytes(&world, side.merchant_user, text.as_bytes()).await;
    let seen: Vec<_> = replies.iter().map(|reply| (reply["line"].as_u64().expect("a number"), told(reply).0)).collect();
    assert_eq!(seen, [(3, 201), (5, 201), (6, 413), (7, 201)]);
    assert!(send_bytes(&world, side.merchant_user, b"").await.is_empty());
    assert!(send_bytes(&world, side.merchant_user, b"\n\n").await.is_empty());
}

#[actix_web::test]
async fn a_batch_has_ten_thousand_lines_and_no_more() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let good = |key: &str| format!("{}\n", delivery(&contract, key));
    let text = format!("{}{}{}{}", good("first"), "{}\n".repeat(9_998), good("10,000th"), good("10,001st"));
    let replies = send_bytes(&world, side.merchant_user, text.as_bytes()).await;
    assert_eq!(replies.len(), 10_001);
    let of = |number: usize| told(&replies[number - 1]);
    assert_eq!((of(1), of(2), of(9_999)), ((201, ""), (400, "invalid_request"), (400, "invalid_request")));
    assert_eq!((of(10_000), of(10_001)), ((201, ""), (413, "batch_too_large")));
    let path = format!("/v1/contracts/{}", contract["id"].as_str().expect("an id"));
    assert_eq!(world.get(side.consumer_user, path).await["units"]["used"], 2, "what was told 413 was not done");
}

#[actix_web::test]
async fn a_batch_has_eight_mebibytes_and_no_more() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let filler = format!("{}\n", "x".repeat(LINE_SIZE_BYTES_MAX - 1));
    let announced = filler.repeat(BATCH_SIZE_BYTES_MAX / filler.len()) + "\n";
    let ask = world.ask(Method::POST, "/v1/batches").by(side.merchant_user).bytes(announced.as_bytes());
    assert_eq!(ask.without_replay().send().await.problem(), (413, "batch_too_large".to_owned()));
    let mut wire = Wire::open(&world, side.merchant_user).await;
    wire.send(format!("{}\n", delivery(&contract, "first")).as_bytes()).await;
    assert_eq!(told(&wire.next().await.expect("a reply")), (201, ""));
    for _ in 0..BATCH_SIZE_BYTES_MAX / filler.len() - 1 {
        wire.send(filler.as_bytes()).await;
        assert_eq!(told(&wire.next().await.expect("a reply")), (400, "malformed_json"));
    }
    wire.send(filler.as_bytes()).await;
    let rest = wire.rest().await;
    assert_eq!((rest.len(), told(&rest[0])), (1, (413, "batch_too_large")), "{rest:?}");
    assert_eq!(rest[0]["line"], BATCH_SIZE_BYTES_MAX / filler.len() + 1);
}

#[actix_web::test]
async fn a_batch_is_lines_and_nothing_else() {
    let world = World::start().await;
    let ask = |kind: &str| {
        let ask = world.ask(Method::POST, "/v1/batches").by("merchant1").header("Content-Type", kind);
        ask.bytes(b"{}\n").without_replay()
    };
    for kind in ["application/json", "text/plain", ""] {
        assert_eq!(ask(kind).send().await.problem(), (415, "unsupported_media_type".to_owned()), "{kind}");
    }
    for kind in ["application/x-ndjson; charset=utf-8", "application/NDJSON", "application/jsonl"] {
        assert_eq!(ask(kind).send().await.status, 200, "{kind}");
    }
}

/// Bytes that may be anything but the end of a line, among them good lines with some of their bytes changed.
fn noise(runner: &mut TestRunner, good: &str) -> Vec<u8> {
    let mut draw = |range: std::ops::Range<usize>| range.new_tree(runner).expect("a number").current();
    let kind = draw(0..4);
    let mut bytes = match kind {
        0 => (0..draw(1..300)).map(|_| u8::try_from(draw(0..256)).expect("a byte")).collect(),
        1 => (0..draw(1..300)).map(|_| b"{}[]\":,0a\\\x7f\xff "[draw(0..13)]).collect(),
        2 => good.as_bytes()[..draw(1..good.len())].to_vec(),
        _ => good.as_bytes().to_vec(),
    };
    if kind == 3 {
        for _ in 0..draw(1..6) {
            let place = draw(0..bytes.len());
            bytes[place] = u8::try_from(draw(0..256)).expect("a byte");
        }
    }
    bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'!');
    bytes.push(b'!');
    bytes
}

#[actix_web::test]
async fn no_bytes_in_a_line_disturb_its_neighbours() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (contract, other) = (contract_with(&world, &side, 1000).await, contract_with(&world, &side, 1000).await);
    let mut runner = TestRunner::default();
    let mut number = 0;
    for _ in 0..6 {
        let mut bytes = Vec::new();
        for _ in 0..100 {
            number += 1;
            bytes.extend_from_slice(format!("{}\n", delivery(&contract, &format!("good-{number}"))).as_bytes());
            let noise = noise(&mut runner, &delivery(&other, &format!("noise-{number}")).to_string());
            bytes.extend_from_slice(&noise);
            bytes.push(b'\n');
        }
        let replies = send_bytes(&world, side.merchant_user, &bytes).await;
        assert_eq!(replies.len(), 200, "{:?}", String::from_utf8_lossy(&bytes));
        for (index, reply) in replies.iter().enumerate() {
            assert_eq!(reply["line"], index + 1);
            let (status, code) = told(reply);
            let shown = || String::from_utf8_lossy(bytes.split(|byte| *byte == b'\n').nth(index).expect("a line"));
            assert!(if index % 2 == 0 { status == 201 } else { (400..500).contains(&status) }, "{code}: {}", shown());
        }
    }
    assert_eq!(send(&world, side.merchant_user, &[delivery(&contract, "good-1")]).await[0]["status"], 201);
}
