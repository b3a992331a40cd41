//! A log of ours, served and exported, before programs that know nothing of us.
//!
//! `aics-tlog` from PyPI needs Python 3.12; `TICUN_AICS_TLOG` names its program. Go's own `golang.org/x/mod/sumdb` needs
//! `go` and its sources below `/usr/share/gocode` (Debian: golang-go, golang-golang-x-mod-dev). Where one of them is not
//! at hand, its test says that it was skipped.

#![cfg(test)]

mod support;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use actix_web::http::Method;
use support::World;
use support::side::Side;
use ticun::cli::config::Settings;

/// So many that there are full tiles and partial ones.
const ENTRIES: usize = 300;
const GO_SOURCES: &str = "/usr/share/gocode";

/// A growing log that two keys sign: an earlier head of it, and where the whole of it can be read, by which key.
struct Shown {
    world: World,
    keys: [String; 2],
    earlier: PathBuf,
    places: [OsString; 2],
}

impl Shown {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings { open_log: Some(true), ..Settings::default() };
        let world = World::start_with(folder, settings).await;
        let mut add = Command::new(env!("CARGO_BIN_EXE_ticun"));
        let ran = add
            .args(["log", "keys", "add", "--database", &world.config.database, "--data"])
            .arg(world.folder.path())
            .output()
            .expect("it runs");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let side = Side::first(&world).await;
        let contract = side.contract_in(&world, "active").await;
        world.published().await;
        let earlier = world.folder.path().join("earlier");
        fs::write(&earlier, fetch(&world, "/log/changning/checkpoint").await).expect("kept");
        for _ in 0..ENTRIES {
            side.code(&world, &contract).await;
        }
        world.published().await;
        let keys = fetch(&world, "/log/changning/key").await;
        let keys: Vec<String> = keys.lines().map(str::to_owned).collect();
        let out = world.folder.path().join("export");
        let mut export = Command::new(env!("CARGO_BIN_EXE_ticun"));
        export.args(["audit", "export", "--office", "changning", "--database", &world.config.database, "--data"]);
        export.arg(world.folder.path()).arg(&out);
        let ran = export.output().expect("it runs");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let served = format!("{}/log/changning", world.base);
        Self { world, keys: keys.try_into().expect("two keys"), earlier, places: [served.into(), out.into()] }
    }
}

async fn fetch(world: &World, path: &str) -> String {
    let reply = world.ask(Method::GET, path).send().await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.text
}

/// Runs a program to its end, away from the thread that the service runs on; none where there is no such program.
async fn run(mut command: Command) -> Option<Output> {
    let ran = actix_web::rt::task::spawn_blocking(move || command.output()).await.expect("it ends");
    ran.map_or_else(
        |error| {
            println!("skipped: {error}");
            None
        },
        Some,
    )
}

#[track_caller]
fn accepted(ran: &Output) -> String {
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    println!("{said}");
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    said
}

fn refused(ran: &Output, words: &str) {
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(!ran.status.success() && said.contains(words), "{said}");
}

#[actix_web::test]
async fn a_log_served_and_exported_is_accepted_by_aics_tlog() {
    let program = std::env::var_os("TICUN_AICS_TLOG").unwrap_or_else(|| "aics-tlog".into());
    let mut version = Command::new(&program);
    version.arg("--version");
    if run(version).await.is_none() {
        println!("skipped: {} cannot be run; it needs Python 3.12 and `pip install aics-tlog`", program.display());
        return;
    }
    let shown = Shown::start().await;
    let aics = |verb: &str, (place, key): (&OsString, &String)| {
        let mut command = Command::new(&program);
        command.arg(verb).args(["--log-key", key, "--origin", "demo.example/log/changning", "--tiles"]).arg(place);
        command
    };
    let entry = shown.world.folder.path().join("entry.json");
    for place in shown.places.iter().zip(&shown.keys) {
        accepted(&run(aics("verify-checkpoint", place)).await.expect("it runs"));
        for index in ["0", "255", "256", "300"] {
            let mut inclusion = aics("verify-inclusion", place);
            inclusion.args(["--index", index, "--leaf"]).arg(&entry);
            let path = format!("/log/changning/entry/{index}");
            let bytes = shown.world.ask(Method::GET, path).by("regulator1").send().await.text;
            fs::write(&entry, &bytes).expect("kept");
            accepted(&run(inclusion).await.expect("it runs"));
            let mut other = aics("verify-inclusion", place);
            other.args(["--index", index, "--leaf"]).arg(&entry);
            fs::write(&entry, bytes.replacen("\"at\":\"2", "\"at\":\"3", 1)).expect("kept");
            refused(&run(other).await.expect("it runs"), "");
        }
        let mut consistency = aics("verify-consistency", place);
        consistency.arg("--old-checkpoint").arg(&shown.earlier);
        accepted(&run(consistency).await.expect("it runs"));
    }
}

fn go(arguments: &[&OsString]) -> Command {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/strangers/verify.go");
    let mut command = Command::new("go");
    command.arg("run").arg(program).args(arguments);
    command.env("GO111MODULE", "off").env("GOPATH", GO_SOURCES).env("GOFLAGS", "");
    command.env("GOCACHE", std::env::temp_dir().join("ticun-go-cache"));
    command
}

#[actix_web::test]
async fn a_log_served_and_exported_is_accepted_by_the_sumdb_code_of_go() {
    let mut version = Command::new("go");
    version.arg("version");
    let has_sources = Path::new(GO_SOURCES).join("src/golang.org/x/mod/sumdb").is_dir();
    if !has_sources || run(version).await.is_none() {
        println!("skipped: Debian's golang-go and golang-golang-x-mod-dev are not installed");
        return;
    }
    let shown = Shown::start().await;
    let earlier = shown.earlier.clone().into_os_string();
    let [_, key] = shown.keys.clone().map(OsString::from);
    for (place, key) in shown.places.iter().zip(shown.keys.clone().map(OsString::from)) {
        let said = accepted(&run(go(&[&key, place, &earlier])).await.expect("it runs"));
        assert!(said.contains("inclusion: all"), "{said}");
    }
    let folder = PathBuf::from(&shown.places[1]);
    let tile = folder.join("tile/0/000");
    let mut bytes = fs::read(&tile).expect("a tile");
    bytes[0] ^= 1;
    fs::write(&tile, bytes).expect("changed");
    refused(&run(go(&[&key, &shown.places[1], &earlier])).await.expect("it runs"), "invalid transparency proof");
}
