//! A whole service that has its log stamped: served, exported, and verified from either.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use serde_json::Value;
use ticun::cli::config::Settings;

use super::demo::World;
use super::run::{good, ticun};
use super::server::{Manner, Server};
use super::tsa::{Keys, Tsa};

/// The file that names the authority.
pub fn settings(folder: &Path, tsa: &Tsa, url: &str) -> Settings {
    let file = folder.join("authorities.toml");
    let text = format!(
        "[[authority]]\nname = \"tsa\"\nurl = \"{url}\"\ncertificate = \"{}\"\npolicy = \"1.2.3.4.5\"\n",
        tsa.ca()
    );
    std::fs::write(&file, text).expect("written");
    Settings {
        timestamp_authorities: Some(file),
        timestamp_every_s: Some(1),
        open_log: Some(true),
        ..Settings::default()
    }
}

/// The list of tokens, as soon as there are some.
pub async fn stamped(world: &World) -> Value {
    for _ in 0..100 {
        let list = world.ask(Method::GET, "/log/changning/timestamps").send().await;
        assert_eq!(list.status, 200);
        if list.body["data"].as_array().is_some_and(|heads| !heads.is_empty()) {
            return list.body;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nothing was stamped");
}

#[actix_web::test]
async fn the_log_of_a_service_is_stamped_served_exported_and_verified() {
    let Some(tsa) = Tsa::new(Keys::Rsa).map(Arc::new) else { return };
    let server = Server::start(&tsa, Manner::Honest);
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(folder.path(), &tsa, &server.url);
    let world = World::start_with(folder, settings).await;
    world.published().await;
    let list = stamped(&world).await;
    let head = &list["data"][0];
    let (size, token) = (head["size"].as_u64().expect("a size"), &head["timestamps"][0]);
    assert_eq!((&token["authority"], &token["path"]), (&"tsa".into(), &format!("timestamps/{size}.tsa.tsr").into()));
    let path = format!("/log/changning/{}", token["path"].as_str().expect("a path"));
    let served = world.ask(Method::GET, &path).send().await;
    assert_eq!(served.header("content-type").as_deref(), Some("application/timestamp-reply"));
    for missing in ["999999.tsa.tsr", "1.other.tsr", "01.tsa.tsr", "1.tsa.1.tsr", "letter"] {
        let reply = world.ask(Method::GET, format!("/log/changning/timestamps/{missing}")).send().await;
        assert_eq!(reply.status, 404, "{missing}");
    }
    let beyond = world.ask(Method::GET, "/log/changning/timestamps?from=999999&limit=1").send().await;
    assert_eq!((&beyond.body["data"], &beyond.body["has_more"]), (&serde_json::json!([]), &false.into()));

    // The text is that of the head of this size; the program that stamped it believes the file as it is exported.
    let heads = world.ask(Method::GET, format!("/log/changning/checkpoints?from={size}&to={size}")).send().await;
    let note = heads.body["data"][0]["note"].as_str().expect("a note");
    let text = format!("{}\n", note.split("\n\n").next().expect("a text"));
    let out = world.folder.path().join("export");
    let data = world.folder.path().to_str().expect("a path");
    let said = ticun(&[
        "audit",
        "export",
        out.to_str().expect("a path"),
        "--database",
        &world.config.database,
        "--data",
        data,
    ]);
    assert_eq!(said.code, 0, "{said:?}");
    let file = out.join(format!("timestamps/{size}.tsa.tsr"));
    assert_eq!(std::fs::read(&file).expect("exported"), served.bytes);
    assert!(tsa.verifies(&file, &text));

    let authority = format!("tsa={}", tsa.ca());
    let further = ["--authority", &authority, "--max-age", "1h"];
    let verdict = good(&out, &further);
    assert_eq!(verdict["timestamps"][0]["checked"], true, "{verdict}");
    let base = format!("{}/log/changning", world.base);
    let mut args = vec!["audit", "verify", base.as_str(), "--json"];
    args.extend(further);
    let said = ticun(&args);
    assert_eq!((said.code, &said.json()["timestamps"][0]["first"]["size"]), (0, &size.into()), "{said:?}");
    let metrics = world.ask(Method::GET, "/metrics").send().await.text;
    let age = "ticun_log_timestamp_age_seconds{office=\"changning\",authority=\"tsa\"}";
    assert!(metrics.contains(age), "{metrics}");

    // Authorities that stop answering are counted, and nobody waits for them.
    server.behave(Manner::Page);
    world.active_contract("consumer1").await;
    let failures = "ticun_log_timestamp_failures_total{office=\"changning\",authority=\"tsa\"}";
    for _ in 0..100 {
        if world.ask(Method::GET, "/metrics").send().await.text.contains(failures) {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no failure was counted");
}

#[test]
fn a_file_of_authorities_that_says_something_wrong_stops_the_start() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("authorities.toml");
    let read = |text: String| {
        std::fs::write(&file, text).expect("written");
        ticun::cli::authorities::read(&file).map(|found| found.len())
    };
    let one = |name: &str, rest: &str| format!("[[authority]]\nname = \"{name}\"\nurl = \"http://x/\"\n{rest}\n");
    std::fs::copy(tsa.path("ca.pem"), folder.path().join("ca.pem")).expect("copied");
    let good = "certificate = \"ca.pem\"";
    assert_eq!(read(one("tsa", good) + &one("second", good)), Ok(2), "beside the file");
    for (text, words) in [
        (one("tsa", good) + &one("tsa", good), "two authorities are called tsa"),
        (one("T S A", good), "a name is 1 to 24"),
        (one("tsa", "certificate = \"gone.pem\""), "gone.pem"),
        (one("tsa", "certificate = \"authorities.toml\""), "holds no certificate"),
        (one("tsa", &format!("{good}\npolicy = \"mine\"")), "object identifier"),
        (one("tsa", &format!("{good}\nplicy = \"1.2.3\"")), "unknown field"),
    ] {
        let refused = read(text).expect_err(words);
        assert!(refused.contains(words) && refused.contains("authorities.toml"), "{refused}");
    }
}
