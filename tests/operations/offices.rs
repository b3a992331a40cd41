//! Offices that are opened while nodes run: each begins to serve them by itself.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use super::database::{has_server, url_in};
use super::process::{Caller, Process, comes_true, done};

fn text(path: &Path) -> &str {
    path.to_str().expect("a path is text")
}

fn create(data: &Path, url: &str, office: &str) {
    let place = ["--data", text(data), "--database", url];
    done(&[&["office", "create", office, "--domain", "notary.example"][..], &place].concat());
}

fn serve(data: &Path, url: &str) -> Process {
    Process::start(&["serve", "--data", text(data), "--database", url, "--read-connections", "2"])
}

fn give(key: &str, from: &Path, to: &Path) {
    fs::create_dir_all(to.join("keys")).expect("a folder");
    fs::copy(from.join("keys").join(key), to.join("keys").join(key)).expect("a key");
}

/// Registers somebody at an office, which writes an entry; the status.
async fn register(caller: &Caller, office: &str, username: &str) -> u16 {
    let body = json!({
        "kind": "consumer", "username": username, "password": "ticun-demo", "name": "张三", "office": office
    });
    let answer = caller.send(None, "/v1/registrations", &format!("register-{username}"), &body).await;
    answer.map_or(0, |(status, _)| status)
}

/// Waits until an office is served whole: written to, read from, published, and its timers run.
async fn is_served(process: &Process, caller: &Caller, office: &str, username: &str) {
    let path = format!("/log/{office}/checkpoint");
    comes_true("the office's log is published", async || caller.get(&path).await.0 == 200).await;
    assert_eq!(register(caller, office, username).await, 201, "{:?}", process.said());
    let token = caller.token_in(username, Some(office)).await;
    assert_eq!(caller.get_as(&token, "/v1/me").await["office"], office);
    assert!(caller.is_ready().await);
    let metrics = caller.get("/metrics").await.1;
    assert!(metrics.contains(&format!("ticun_queue_waiting{{office=\"{office}\"}}")), "{metrics}");
}

#[actix_web::test]
async fn an_office_that_is_opened_while_nodes_run_is_served_by_all_of_them_within_seconds() {
    let folder = TempDir::new().expect("a folder");
    let url = url_in(folder.path());
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    create(&one, &url, "changning");
    let first = serve(&one, &url);
    let caller = Caller::of(&first);
    assert_eq!(register(&caller, "changning", "anna").await, 201);
    assert_eq!(register(&caller, "jingan", "bert").await, 422, "there is no such office yet");
    // On a server another node runs, with files of its own; it lacks the new office's key at first.
    let second = has_server().then(|| {
        for key in ["log-changning.pk8", "tokens.pk8", "codes.secret"] {
            give(key, &one, &two);
        }
        serve(&two, &url)
    });
    create(&one, &url, "jingan");
    is_served(&first, &caller, "jingan", "bert").await;
    assert!(first.has_said("an office is served from now on"), "{:?}", first.said());
    if let Some(second) = &second {
        let other = Caller::of(second);
        comes_true("the node says what it lacks", async || second.has_said("it is a key of the office's log")).await;
        assert!(other.is_ready().await, "the other offices are served all the same");
        give("log-jingan.pk8", &one, &two);
        is_served(second, &other, "jingan", "carl").await;
        assert_eq!(register(&caller, "jingan", "carl2").await, 201, "both write one log");
    }
    first.stop();
    drop(second);
    let again = serve(&one, &url);
    is_served(&again, &Caller::of(&again), "jingan", "dora").await;
    again.stop();
    for office in ["changning", "jingan"] {
        done(&["books", "check", "--office", office, "--data", text(&one), "--database", &url]);
    }
}
