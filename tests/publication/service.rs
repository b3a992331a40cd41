//! A whole service publishes what it writes, and says when it may not write.

use std::process::Command;
use std::time::Duration;

use actix_web::http::Method;
use serde_json::json;
use ticun::domain::name::Name;
use ticun::log::heads::read_all;
use ticun::store::{Connection, checkpoints, dialect, head};

use super::demo::World;
use super::demo::database::{copy, put_back};

fn connection(world: &World) -> Connection {
    dialect::open_writer(&world.config.database).expect("the database")
}

fn entries(world: &World) -> u64 {
    head::read(&mut connection(world), "changning").expect("the database").expect("an office").next_position
}

#[actix_web::test]
async fn what_is_written_is_published_soon_and_the_rest_when_it_stops() {
    let world = World::start().await;
    world.active_contract("consumer1").await;
    let size = entries(&world);
    let office = Name::parse("changning").expect("a name");
    let mut published = world.running().offices[&office].standing().published();
    published.wait_for(|published| *published >= size).await.expect("it runs");
    // The gauges are set after the round that announced the size.
    let wanted = format!("ticun_log_published_size{{office=\"changning\"}} {size}\n");
    let mut metrics = String::new();
    for _ in 0..100 {
        metrics = world.ask(Method::GET, "/metrics").send().await.text;
        if metrics.contains(&wanted) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(metrics.contains(&wanted), "{metrics}");
    for name in ["ticun_log_unpublished_entries", "ticun_log_checkpoint_age_seconds"] {
        assert!(metrics.contains(&format!("{name}{{office=\"changning\"}}")), "{name}");
    }
    world.active_contract("consumer2").await;
    let size = entries(&world);
    let world = world.restart().await;
    let newest = checkpoints::covering(&mut connection(&world), "changning", size).expect("the database");
    assert_eq!(newest.expect("a head").size, size, "the last head covers what came before the stop");
}

#[actix_web::test]
async fn an_office_on_an_older_database_answers_reads_and_refuses_writes() {
    let world = World::start().await;
    let folder = world.folder.path().to_owned();
    let mut backup = String::new();
    let world = world.restart_after(|| backup = copy(&folder, "backup.db")).await;
    world.active_contract("consumer1").await;
    let world = world.restart_after(|| put_back(&folder, &backup)).await;
    let ready = world.ask(Method::GET, "/readyz").send().await;
    assert_eq!(ready.problem(), (503, "office_read_only".to_owned()));
    assert!(ready.body["detail"].as_str().is_some_and(|detail| detail.contains("older copy")), "{ready:?}");
    let plan = world.plan().await;
    let before = entries(&world);
    let refused = world.refused("consumer1", "/v1/contracts", json!({"plan_id": plan["id"]})).await;
    assert_eq!(refused, (503, "office_read_only".to_owned()));
    assert_eq!(entries(&world), before);
    let heads = read_all(&world.config.data.join("log/changning")).expect("heads");
    assert!(heads.last().is_some_and(|head| head.size > before), "what was published is still known");
    let metrics = world.ask(Method::GET, "/metrics").send().await.text;
    assert!(metrics.contains("ticun_office_read_only{office=\"changning\"} 1"), "{metrics}");
}

#[actix_web::test]
async fn an_office_restored_from_its_log_is_written_to_again() {
    let world = World::start().await;
    let url = world.config.database.clone();
    let folder = world.folder.path().to_owned();
    let mut backup = String::new();
    let world = world.restart_after(|| backup = copy(&folder, "backup.db")).await;
    let contract = world.active_contract("consumer1").await;
    let (written, id) = (entries(&world), contract["id"].as_str().expect("an id").to_owned());
    let file = |name: &str| folder.join(name).display().to_string();
    let (out, state) = (file("export"), file("state"));
    let ticun = |args: &[&str]| {
        let ran = Command::new(env!("CARGO_BIN_EXE_ticun")).args(args).output().expect("it runs");
        assert!(ran.status.success(), "{ran:?}");
    };
    let world = world
        .restart_after(|| {
            ticun(&["audit", "export", &out, "--database", &url]);
            ticun(&["audit", "verify", &out, "--state", &state]);
            put_back(&folder, &backup);
            ticun(&["backup", "restore", "--from-log", &out, "--database", &url]);
            ticun(&["books", "check", "--database", &url]);
        })
        .await;
    assert_eq!(world.ask(Method::GET, "/readyz").send().await.status, 200);
    assert_eq!(entries(&world), written);
    assert_eq!(world.get("consumer1", format!("/v1/contracts/{id}")).await["state"], "active");
    world.active_contract("consumer2").await;
    world.published().await;
    assert_eq!(world.ask(Method::GET, "/readyz").send().await.status, 200);
    ticun(&["audit", "export", &out, "--database", &url]);
    ticun(&["audit", "verify", &out, "--state", &state, "--replay"]);
    let heads = read_all(&world.config.data.join("log/changning")).expect("heads");
    assert!(heads.last().is_some_and(|head| head.size > written), "publishing goes on");
}
