//! Clients that take more than their share, over raw connections: each is cut off by name or by the end of its
//! connection, while everybody else is answered as quickly as ever.
#![cfg(test)]

mod shares;
#[path = "../support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use actix_web::http::Method;
use futures_util::future::join_all;
use support::World;
use ticun::cli::config::Settings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// Limits that are short enough for a test to meet.
pub fn short() -> Settings {
    Settings {
        head_timeout_s: Some(1),
        keep_alive_s: Some(1),
        body_timeout_s: Some(1),
        body_rate_min: Some(1024),
        reply_timeout_s: Some(2),
        ..Settings::default()
    }
}

/// A service under such limits.
pub async fn world(settings: Settings) -> World {
    World::start_with(tempfile::tempdir().expect("a folder"), settings).await
}

/// A connection to a service, which keeps little of what comes.
pub async fn connect(world: &World) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let address = world.base.strip_prefix("http://").expect("an address").parse().expect("an address");
    socket.connect(address).await.expect("a connection")
}

/// Everything that still comes until the connection ends, which must be soon.
pub async fn until_closed(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut piece = [0; 65_536];
    let reading = async {
        while let Ok(size) = stream.read(&mut piece).await {
            if size == 0 {
                break;
            }
            all.extend_from_slice(&piece[..size]);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("the connection ends");
    String::from_utf8_lossy(&all).into_owned()
}

/// What is sent piece by piece, a little at a time, until the other side has had enough of it.
async fn drip(mut stream: TcpStream, text: &str) -> String {
    let (mut reader, mut writer) = stream.split();
    let dripping = async {
        for byte in text.as_bytes().iter().cycle() {
            actix_web::rt::time::sleep(Duration::from_millis(50)).await;
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    };
    let mut answer = Vec::new();
    let reading = async {
        let mut piece = [0; 4096];
        while let Ok(size) = reader.read(&mut piece).await {
            answer.extend_from_slice(&piece[..size]);
            if size == 0 {
                return;
            }
        }
    };
    let either = async {
        tokio::select! { () = dripping => {}, () = reading => {} }
    };
    tokio::time::timeout(Duration::from_secs(20), either).await.expect("it is cut off");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Somebody who does nothing wrong, and is answered quickly each time while `other` goes on.
async fn beside<T>(world: &World, other: impl Future<Output = T>) -> T {
    let mut slowest = Duration::ZERO;
    let mut count = 0;
    let asking = async {
        loop {
            let started = Instant::now();
            let reply = world.ask(Method::GET, "/v1/me").by("merchant1").on_a_new_connection().send().await;
            assert_eq!(reply.status, 200, "{reply:?}");
            slowest = slowest.max(started.elapsed());
            count += 1;
            actix_web::rt::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let done = tokio::select! {
        () = asking => unreachable!("it never ends"),
        done = other => done,
    };
    assert!(count > 3 && slowest < Duration::from_secs(3), "the slowest of {count} answers took {slowest:?}");
    done
}

#[actix_web::test]
async fn a_head_that_comes_byte_by_byte_is_cut_off() {
    let world = world(short()).await;
    let stream = connect(&world).await;
    let answer = beside(&world, drip(stream, "GET /healthz HTTP/1.1\r\nHost: a-host-with-quite-a-long-name")).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[actix_web::test]
async fn so_is_the_head_of_a_later_request_that_never_ends() {
    let world = world(short()).await;
    let mut streams = Vec::new();
    for rest in ["GET /healthz HTT", ""] {
        let mut stream = connect(&world).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").await.expect("sent");
        let mut first = [0; 15];
        stream.read_exact(&mut first).await.expect("an answer");
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        stream.write_all(rest.as_bytes()).await.expect("sent");
        streams.push(stream);
    }
    let closed = join_all(streams.iter_mut().map(until_closed));
    beside(&world, closed).await;
    let mut stream = connect(&world).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").await.expect("sent");
    beside(&world, drip(stream, "GET /healthz HTTP/1.1 with a head that is rather long")).await;
}

#[actix_web::test]
async fn a_body_that_comes_byte_by_byte_is_told_that_it_is_too_slow() {
    let world = world(short()).await;
    let token = world.token("merchant1").await;
    for length in ["Content-Length: 5000", "Transfer-Encoding: chunked"] {
        let mut stream = connect(&world).await;
        let head = format!(
            "POST /v1/plans HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: slow\r\n\
             Content-Type: application/json\r\n{length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let piece = if length.starts_with('C') { "          " } else { "1\r\n \r\n" };
        let answer = beside(&world, drip(stream, piece)).await;
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"body_too_slow\""), "{answer}");
    }
}

#[actix_web::test]
async fn a_head_that_is_too_large_is_refused() {
    let world = world(short()).await;
    let mut stream = connect(&world).await;
    let head = format!("GET /healthz HTTP/1.1\r\nHost: test\r\nX-Filler: {}", "x".repeat(1 << 20));
    let sent = stream.write_all(head.as_bytes()).await;
    let answer = until_closed(&mut stream).await;
    assert!(sent.is_err() || answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert!(!answer.contains("200 OK"), "{answer}");
    assert_eq!(world.ask(Method::GET, "/healthz").send().await.status, 200);
}

#[actix_web::test]
async fn a_thousand_connections_that_say_nothing_are_ended_and_hold_nobody_up() {
    let world = world(short()).await;
    world.token("merchant1").await;
    let mut idle = Vec::new();
    // The kernel keeps about a hundred that were not taken up yet; of more it would forget some, unnoticed by this side.
    for _ in 0..20 {
        idle.extend(join_all((0..50).map(|_| connect(&world))).await);
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
    let closed = join_all(idle.iter_mut().map(until_closed));
    let answers = beside(&world, closed).await;
    assert!(answers.iter().all(|answer| answer.is_empty() || answer.starts_with("HTTP/1.1 408 ")));
}

#[actix_web::test]
async fn where_all_connections_are_taken_the_next_one_waits_until_the_idle_are_ended() {
    let world = world(Settings { connections_max: Some(8), ..short() }).await;
    let idle = join_all((0..40).map(|_| connect(&world))).await;
    let mut late = connect(&world).await;
    late.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").await.expect("sent");
    let answer = until_closed(&mut late).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(idle);
}

#[actix_web::test]
async fn who_does_not_read_what_was_asked_for_is_cut_off() {
    let world = world(short()).await;
    let mut stream = connect(&world).await;
    let asked = 40;
    let requests = "GET /openapi.yaml HTTP/1.1\r\nHost: test\r\n\r\n".repeat(asked);
    stream.write_all(requests.as_bytes()).await.expect("sent");
    let waiting = actix_web::rt::time::sleep(Duration::from_secs(6));
    beside(&world, waiting).await;
    let answer = until_closed(&mut stream).await;
    let whole = world.ask(Method::GET, "/openapi.yaml").send().await.text.len() * asked;
    assert!(answer.len() < whole, "{} of {whole} bytes were kept for somebody who does not read", answer.len());
}
