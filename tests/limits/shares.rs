//! What all clients share: the queue's patience, the memory of bodies that come in, and batches under way.

use actix_web::http::Method;
use serde_json::json;
use ticun::cli::config::Settings;
use tokio::io::AsyncWriteExt as _;

use super::support::held::hold;
use super::support::spec::judge;
use super::{connect, short, until_closed, world};

#[actix_web::test]
async fn a_write_whose_answer_takes_too_long_is_told_so_and_its_key_tells_what_became_of_it() {
    let world = world(Settings { request_timeout_s: Some(2), ..Settings::default() }).await;
    let plan = world.plan().await;
    world.token("consumer1").await;
    let held = hold(&world).await;
    let body = json!({"plan_id": plan["id"]});
    let buy = || world.ask(Method::POST, "/v1/contracts").by("consumer1").key("late").json(&body).without_replay();
    let late = buy().send().await;
    assert_eq!(late.problem(), (503, "timed_out".to_owned()));
    assert!(late.header("retry-after").is_some());
    drop(held);
    let told = buy().send().await;
    assert_eq!((told.status, told.header("idempotency-replayed")), (201, Some("true".to_owned())));
    assert_eq!(world.get("consumer1", "/v1/contracts").await["data"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn bodies_that_come_in_share_a_memory_that_is_free_again_when_they_end() {
    let world = world(Settings { body_memory_mib: Some(20), body_rate_min: Some(100_000_000), ..short() }).await;
    let token = world.token("merchant1").await;
    let path = "/v1/disputes/dsp_00000000000000000000000000/evidence?name=film";
    let mut stalled = connect(&world).await;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: film\r\n\
         Content-Type: video/mp4\r\nContent-Length: {}\r\n\r\nfilm",
        20 << 20
    );
    stalled.write_all(head.as_bytes()).await.expect("sent");
    let file = vec![b'x'; 10_000];
    let upload = |key: &str| {
        world.ask(Method::POST, path).by("merchant1").key(key).header("Content-Type", "video/mp4").bytes(&file)
    };
    // It is looked at long before its time is over.
    actix_web::rt::time::sleep(std::time::Duration::from_millis(300)).await;
    let refused = upload("other").send().await;
    assert_eq!(refused.problem(), (503, "overloaded".to_owned()));
    assert_eq!(world.ask(Method::GET, "/v1/me").by("merchant1").send().await.status, 200);
    let answer = until_closed(&mut stalled).await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"body_too_slow\""), "{answer}");
    assert_eq!(upload("other").send().await.problem(), (404, "not_found".to_owned()));
}

#[actix_web::test]
async fn batches_are_few_at_a_time_and_one_that_pauses_too_long_is_ended() {
    let world = world(Settings { batches_max: Some(1), ..short() }).await;
    let token = world.token("merchant1").await;
    let mut slow = connect(&world).await;
    let head = format!(
        "POST /v1/batches HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{{}}\n\r\n2\r\n{{}}\r\n"
    );
    slow.write_all(head.as_bytes()).await.expect("sent");
    // Once something is answered, it is under way.
    slow.readable().await.expect("an answer");
    let other = || world.ask(Method::POST, "/v1/batches").by("merchant1").bytes(b"{}\n").without_replay();
    let refused = other().send().await;
    assert_eq!(refused.problem(), (503, "overloaded".to_owned()));
    assert!(judge("POST", "/v1/batches", &refused).is_empty());
    let answer = until_closed(&mut slow).await;
    assert!(
        answer.contains("{\"line\":1,\"status\":400,") && answer.contains("{\"line\":2,\"status\":408,"),
        "{answer}"
    );
    assert_eq!(other().send().await.status, 200);
}
