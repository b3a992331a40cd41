//! Copies of a database that is in use, and what happens when one comes back.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use actix_web::rt::spawn;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use ticun::store::{Connection, dialect, head};

use super::database::{file, is_on_server, tampering, url_in};
use super::process::{Caller, Process, Said, comes_true, done, ticun};

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path is text")
}

fn open(file: &Path) -> Connection {
    dialect::open_reader(&format!("sqlite://{}", file.display())).expect("a database")
}

fn entries(file: &Path) -> u64 {
    head::read(&mut open(file), "changning").expect("the database").expect("an office").next_position
}

/// What the tables of a file are made of: tables, indexes and triggers, statistics, the size of a page.
fn form(file: &Path) -> Vec<String> {
    let mut connection = open(file);
    let mut form = Vec::new();
    for sql in [
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS name FROM sqlite_schema ORDER BY 1",
        "SELECT tbl || ' ' || coalesce(idx, '') || ' ' || stat AS name FROM sqlite_stat1 ORDER BY 1",
        "SELECT 'pages of ' || page_size AS name FROM pragma_page_size",
    ] {
        let rows: Vec<Named> = diesel::sql_query(sql).load(&mut connection).expect("rows");
        form.extend(rows.into_iter().map(|row| row.name));
    }
    form
}

fn demo(folder: &Path) -> Process {
    Process::start(&["demo", "--data", text(folder)])
}

/// An office of its own in a folder, without a service; `users` make its log longer.
fn office(folder: &Path, users: &[&str]) {
    if !folder.join("ticun.db").exists() {
        done(&["office", "create", "changning", "--domain", "notary.example", "--data", text(folder)]);
    }
    for user in users {
        done(&["user", "add", user, "--role", "operator", "--data", text(folder)]);
    }
}

fn copy_to(folder: &Path, to: &Path) -> Value {
    done(&["backup", "create", "--to", text(to), "--data", text(folder), "--json"]).json()
}

fn restore(folder: &Path, copy: &Path, further: &[&str]) -> Said {
    let mut args = vec!["backup", "restore", text(copy), "--data", text(folder), "--json"];
    args.extend(further);
    ticun(&args)
}

fn check(copy: &Path, data: &Path) -> Said {
    ticun(&["backup", "check", text(copy), "--data", text(data), "--json"])
}

/// The files of a folder.
fn names(folder: &Path) -> Vec<String> {
    let read = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        read.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Makes a copy while contracts are drafted; answers what it is, and how many entries there were before it.
async fn copied_under_load(caller: &Rc<Caller>, token: &str, plan: &str, [data, to]: [&Path; 2]) -> (Value, u64) {
    let load = spawn({
        let (caller, token, plan) = (Rc::clone(caller), token.to_owned(), plan.to_owned());
        async move {
            for count in 0..200 {
                let body = json!({"plan_id": plan});
                let answer = caller.send(Some(&token), "/v1/contracts", &format!("load-{count}"), &body).await;
                assert_eq!(answer.expect("an answer").0, 201);
            }
        }
    });
    let database = data.join("ticun.db");
    comes_true("the load has begun", async || entries(&database) > 40).await;
    let before = entries(&database);
    let (data, to) = (data.to_owned(), to.to_owned());
    let made = actix_web::web::block(move || copy_to(&data, &to)).await.expect("a copy");
    load.await.expect("the load ends");
    (made, before)
}

#[actix_web::test]
async fn a_copy_made_under_load_is_whole_and_comes_back_without_forking_the_log() {
    if is_on_server("a server is copied by its own tools") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let (data, copies) = (folder.path().join("data"), folder.path().join("copies"));
    fs::create_dir(&copies).expect("a folder");
    let database = data.join("ticun.db");
    let service = demo(&data);
    let caller = Rc::new(Caller::of(&service));
    let token = caller.token("consumer1").await;
    let plan = caller.plan(&token).await;
    let (made, before) = copied_under_load(&caller, &token, &plan, [&data, &copies]).await;
    let after = entries(&database);
    let copy = PathBuf::from(made["file"].as_str().expect("a file"));
    let copied = entries(&copy);
    assert!(before <= copied && copied <= after, "{before} {copied} {after}");
    assert_eq!(made["offices"][0]["entries"], json!(copied));
    assert_eq!(names(&copies).len(), 2, "the copy, and what describes it");
    assert_eq!(form(&copy), form(&database));
    let checked = check(&copy, &data).json();
    assert_eq!((&checked["good"], &checked["described"]), (&json!(true), &json!(true)), "{checked}");
    assert_eq!(checked["offices"][0]["root"], made["offices"][0]["root"]);
    ticun(&["backup", "create", "--to", text(&copy), "--data", text(&data)]).ends(1, "is there already");
    // It comes back while the service runs, which is refused, and before anybody has said that it may.
    restore(&data, &copy, &["--replace"]).ends(1, "stop the service first");
    caller.post(&token, "/v1/contracts", None, json!({"plan_id": plan})).await;
    let out = folder.path().join("out");
    service.stop();
    done(&["audit", "export", text(&out), "--data", text(&data)]);
    let written = entries(&database);
    restore(&data, &copy, &[]).ends(1, "--replace");
    assert_eq!(entries(&database), written);
    let restored = restore(&data, &copy, &["--replace"]).json();
    assert_eq!(restored["offices"][0]["lacks"], json!(written - copied), "{restored}");
    // The service remembers what it has published: nothing is written beside it.
    let service = demo(&data);
    let caller = Caller::of(&service);
    let (status, why) = caller.get("/readyz").await;
    assert_eq!((status, why.contains("office_read_only")), (503, true), "{why}");
    let token = caller.token("consumer1").await;
    let refused = caller.send(Some(&token), "/v1/contracts", "too-soon", &json!({"plan_id": plan})).await;
    assert_eq!(refused.expect("an answer").0, 503);
    service.stop();
    let checked = ticun(&["backup", "check", "--data", text(&data), "--json"]).json();
    assert_eq!(
        (&checked["offices"][0]["entries"], &checked["offices"][0]["published"]),
        (&json!(copied), &json!(written))
    );
    done(&["backup", "restore", "--from-log", text(&out), "--data", text(&data)]);
    let service = demo(&data);
    let caller = Caller::of(&service);
    comes_true("it is ready", async || caller.is_ready().await).await;
    let token = caller.token("consumer1").await;
    caller.post(&token, "/v1/contracts", None, json!({"plan_id": plan})).await;
    service.stop();
    done(&["books", "check", "--data", text(&data)]);
    // And the database that was set aside can be taken back, as far as it goes.
    let aside = restored["aside"].as_str().expect("what was there");
    let undone = restore(&data, Path::new(aside), &["--replace"]).json();
    assert_eq!((&undone["offices"][0]["entries"], entries(&database)), (&json!(written), written), "{undone}");
}

#[test]
fn a_copy_that_is_not_what_it_was_is_found_out() {
    if is_on_server("a server is copied by its own tools") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    office(&data, &["anna", "bert"]);
    let copy = folder.path().join("copy.db");
    copy_to(&data, &copy);
    let description = folder.path().join("copy.db.json");
    check(&copy, &data).ends(0, "\"described\":true");
    let (good, described) = (fs::read(&copy).expect("a copy"), fs::read_to_string(&description).expect("a text"));
    // A byte that changed on its way.
    let mut changed = good.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs::write(&copy, &changed).expect("changed");
    check(&copy, &data).ends(2, "is not the file that is described beside it");
    restore(&data, &copy, &["--replace"]).ends(2, "is not the file that is described beside it");
    // Half of it, and nobody left who could describe it.
    fs::remove_file(&description).expect("removed");
    fs::write(&copy, &good[..middle]).expect("cut");
    check(&copy, &data).ends(2, "copy.db: ");
    // As it was, but undescribed.
    fs::write(&copy, &good).expect("a copy");
    check(&copy, &data).ends(0, "\"described\":false");
    // Rows that do not follow from the log.
    tampering(&format!("sqlite://{}", copy.display()))
        .batch_execute("UPDATE users SET state = 'disabled'; PRAGMA wal_checkpoint(TRUNCATE);")
        .expect("tampered");
    check(&copy, &data).ends(2, "books of changning");
    // Another copy's description.
    fs::write(&copy, &good).expect("a copy");
    let other: Value = serde_json::from_str(&described).expect("JSON");
    let mut other = other;
    other["offices"][0]["entries"] = 7.into();
    fs::write(&description, other.to_string()).expect("a text");
    check(&copy, &data).ends(2, "not those that are described beside it");
    // Tables of a program that comes later.
    fs::remove_file(&description).expect("removed");
    let insert = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
    let mut later = dialect::open_writer(&format!("sqlite://{}", copy.display())).expect("the copy");
    later.batch_execute(&format!("{insert}; PRAGMA journal_mode = DELETE;")).expect("a migration");
    drop(later);
    check(&copy, &data).ends(1, "29990101000000 is not known here");
    restore(&data, &copy, &["--replace"]).ends(1, "29990101000000 is not known here");
    let later = format!("sqlite://{}", copy.display());
    ticun(&["serve", "--database", &later, "--data", text(&data)]).ends(1, "29990101000000 is not known here");
    check(&folder.path().join("nowhere.db"), &data).ends(1, "there is no database");
    assert_eq!(names(&data), ["keys", "ticun.db"], "nothing was left behind");
}

#[actix_web::test]
async fn where_nobody_knows_what_was_published_a_copy_is_not_gone_on_with() {
    if is_on_server("a server is copied by its own tools") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let (data, elsewhere) = (folder.path().join("data"), folder.path().join("elsewhere"));
    let (copy, out) = (folder.path().join("copy.db"), folder.path().join("out"));
    office(&data, &["anna"]);
    copy_to(&data, &copy);
    office(&data, &["bert", "carl"]);
    // Started once, it publishes all that there is.
    let service = Process::start(&["serve", "--data", text(&data)]);
    let caller = Caller::of(&service);
    comes_true("it is ready", async || caller.is_ready().await).await;
    service.stop();
    done(&["audit", "export", text(&out), "--data", text(&data)]);
    let lost = restore(&elsewhere, &copy, &[]);
    lost.ends(1, "could make a second log of the same name");
    assert_eq!(names(&elsewhere), Vec::<String>::new(), "nothing was put in place");
    let whole = restore(&elsewhere, &copy, &["--from-log", text(&out)]);
    whole.ends(0, "\"entries\":4");
    assert!(whole.out.lines().any(|line| line.contains("\"restored\":2")), "{whole:?}");
    done(&["books", "check", "--data", text(&elsewhere)]);
    restore(&elsewhere, &copy, &["--replace", "--nothing-since"]).ends(0, "\"entries\":2");
    // Gone on with elsewhere, it is another log of the same name, and this node knows better.
    office(&elsewhere, &["dora", "emil", "fine"]);
    let fork = folder.path().join("fork.db");
    copy_to(&elsewhere, &fork);
    let before = fs::read(data.join("ticun.db")).expect("the database");
    restore(&data, &fork, &["--replace"]).ends(2, "that this node has published");
    check(&fork, &data).ends(2, "that this node has published");
    assert!(fs::read(data.join("ticun.db")).expect("the database") == before, "nothing was changed");
    let wrong = ticun(&["backup", "restore", "--data", text(&data)]);
    wrong.ends(64, "FILE");
    restore(&data, &data.join("ticun.db"), &["--replace"]).ends(64, "is the database itself");
}

#[test]
fn a_damaged_database_makes_room_for_a_copy_and_is_kept() {
    if is_on_server("a server is copied by its own tools") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.db"));
    office(&data, &["anna"]);
    copy_to(&data, &copy);
    fs::write(data.join("ticun.db"), vec![7; 20_000]).expect("damaged");
    let restored = restore(&data, &copy, &["--replace", "--nothing-since"]);
    restored.ends(0, "\"entries\":2");
    let aside = fs::read(restored.json()["aside"].as_str().expect("what was there")).expect("it is there");
    assert!(aside == vec![7; 20_000]);
    done(&["books", "check", "--data", text(&data)]);
    let mut connection = open(&data.join("ticun.db"));
    let triggers: Vec<Count> = diesel::sql_query("SELECT count(*) AS count FROM sqlite_schema WHERE type = 'trigger'")
        .load(&mut connection)
        .expect("rows");
    assert!(triggers[0].count > 0, "what must not change is guarded as before");
}

#[test]
fn a_database_that_came_back_is_checked_wherever_it_is() {
    let folder = TempDir::new().expect("a folder");
    let (data, url) = (folder.path().to_owned(), url_in(folder.path()));
    let with = |args: &[&str]| {
        let place = ["--data", text(&data), "--database", &url];
        ticun(&[args, &place].concat())
    };
    let made = with(&["office", "create", "changning", "--domain", "notary.example"]);
    assert_eq!(made.code, 0, "{made:?}");
    with(&["migrate", "--check"]).ends(0, "up to date");
    with(&["backup", "check", "--json"]).ends(0, "\"entries\":1");
    tampering(&url).batch_execute("UPDATE heads SET next_position = 5").expect("tampered");
    with(&["backup", "check"]).ends(2, "changning: the head says 5 entries and there are 1");
    if url != file(&data) {
        for command in [&["backup", "create", "--to", "copy.db"][..], &["backup", "restore", "copy.db"]] {
            with(command).ends(64, "pg_basebackup");
        }
    }
}
