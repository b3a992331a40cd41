//! A log's keys change while it is published: by which keys each head is signed, and what a node does that lacks one.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::Method;
use ticun::domain::actor::Actor;
use ticun::domain::id::RequestId;
use ticun::ledger::check::check;
use ticun::ledger::commands::log::{AddLogKey, RetireLogKey};
use ticun::ledger::publication::keys::{handover, is_handed_over};
use ticun::ledger::publication::{Done, FindKey, choice};
use ticun::ledger::{Answer, Command as LedgerCommand, Submission};
use ticun::log::key::VerifierKey;
use ticun::log::note::Note;
use ticun::log::policy::Policy;
use ticun::store::checkpoints;

use super::demo::World;
use super::support::{Database, Node, OFFICE, at, key_pkcs8, verifier_key, verifier_key_of};
use super::witness::{Manner, TestWitness};
use super::witnessing::{round, shown};

fn submit(node: &Node, command: Box<dyn LedgerCommand>) -> Answer {
    let submission = Submission::new(command, Actor::System, RequestId::from_bits(9), at(2));
    node.sequencer.submit_blocking(submission).expect("an answer")
}

#[track_caller]
fn written(answer: &Answer) {
    assert!(matches!(answer, Answer::Written { position: Some(_), .. }), "{answer:?}");
}

#[track_caller]
fn refused(answer: &Answer, word: &str) {
    let Answer::Rejected(rejection) = answer else { panic!("{answer:?}") };
    assert!(format!("{rejection:?}").contains(word), "{rejection:?}");
}

fn add(node: &Node, seed: u8) {
    written(&submit(node, Box::new(AddLogKey { key: verifier_key_of(seed) })));
}

fn retire(node: &Node, seed: u8) {
    written(&submit(node, Box::new(RetireLogKey { key: verifier_key_of(seed) })));
}

/// Puts the private half of a key where the nodes of a database find it.
fn hand_out(database: &Database, seed: u8) {
    let folder = database.folder.join("keys");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(hex::encode(verifier_key_of(seed).id())), key_pkcs8(seed)).expect("a key");
}

/// The seeds whose keys have signed the newest head.
fn signed_by(database: &Database) -> Vec<u8> {
    let newest = checkpoints::newest(&mut database.writer(), OFFICE).expect("heads").expect("a head");
    let note = Note::parse(newest.note.as_bytes()).expect("a note");
    let has_signed = |seed: &u8| note.verify([&verifier_key_of(*seed)]).is_ok();
    let seeds: Vec<u8> = (1..20).filter(has_signed).collect();
    assert_eq!(seeds.len(), note.lines().len(), "nobody else has");
    seeds
}

#[test]
fn each_head_is_signed_by_every_key_in_force_and_by_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    hand_out(&database, 8);
    let mut node = Node::start(&database, "one");
    node.register(0..3);
    node.signed(1);
    assert_eq!(signed_by(&database), [7]);
    add(&node, 8);
    assert!(!is_handed_over(&mut database.writer(), OFFICE, &verifier_key()).expect("heads"));
    node.signed(2);
    assert_eq!(signed_by(&database), [7, 8]);
    assert!(is_handed_over(&mut database.writer(), OFFICE, &verifier_key()).expect("heads"));
    node.register(3..6);
    let both = node.signed(3);
    retire(&node, 7);
    assert_eq!(handover(&mut database.writer(), OFFICE, 0).expect("heads"), None, "not before it is published");
    node.register(6..9);
    node.signed(4);
    assert_eq!(signed_by(&database), [8]);
    let last = handover(&mut database.writer(), OFFICE, 0).expect("heads").expect("a head");
    assert_eq!(last.size, both.size);
    assert_eq!(handover(&mut database.writer(), OFFICE, 1).expect("heads"), None);
    check(&mut database.writer(), OFFICE, &mut |_, _| {}).expect("good books");
    node.stop();
    // A node that starts without the retired key signs as well.
    let find: FindKey = Arc::new(|key| if *key == verifier_key_of(8) { Ok(key_pkcs8(8)) } else { Err("gone".into()) });
    let mut node = Node::start_finding(&database, "two", None, find);
    node.register(9..10);
    node.signed(100);
    assert_eq!(signed_by(&database), [8]);
    node.stop();
}

#[test]
fn a_key_hands_over_only_to_one_that_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    hand_out(&database, 8);
    hand_out(&database, 9);
    let mut node = Node::start(&database, "one");
    add(&node, 8);
    node.signed(1);
    add(&node, 9);
    retire(&node, 8);
    let handed_over = || is_handed_over(&mut database.writer(), OFFICE, &verifier_key()).expect("heads");
    assert!(!handed_over(), "the one that has signed beside it does not stay");
    node.signed(2);
    assert_eq!(signed_by(&database), [7, 9]);
    assert!(handed_over());
    node.stop();
}

#[test]
fn a_key_is_named_once_and_the_last_one_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let node = Node::start(&database, "one");
    refused(&submit(&node, Box::new(AddLogKey { key: verifier_key() })), "in_force");
    refused(&submit(&node, Box::new(RetireLogKey { key: verifier_key() })), "last_in_force");
    refused(&submit(&node, Box::new(RetireLogKey { key: verifier_key_of(8) })), "NotFound");
    add(&node, 8);
    retire(&node, 7);
    refused(&submit(&node, Box::new(RetireLogKey { key: verifier_key() })), "retired");
    refused(&submit(&node, Box::new(AddLogKey { key: verifier_key() })), "retired");
    refused(&submit(&node, Box::new(RetireLogKey { key: verifier_key_of(8) })), "last_in_force");
    assert_eq!(database.leaves().len(), 3);
    check(&mut database.writer(), OFFICE, &mut |_, _| {}).expect("good books");
    node.stop();
}

#[test]
fn a_node_without_a_key_leaves_signing_to_one_that_has_it_until_the_key_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    hand_out(&database, 8);
    let is_here = Arc::new(AtomicBool::new(false));
    let copied = Arc::clone(&is_here);
    let find: FindKey = Arc::new(move |key| match (*key == verifier_key(), copied.load(Ordering::Relaxed)) {
        (true, _) => Ok(key_pkcs8(7)),
        (false, true) => Ok(key_pkcs8(8)),
        (false, false) => Err("it was not copied".to_owned()),
    });
    let mut without = Node::start_finding(&database, "without", None, find);
    let mut with = Node::start(&database, "with");
    without.register(0..1);
    without.signed(1);
    add(&without, 8);
    assert_eq!(without.publish(2).expect("a round"), Done::KeyMissing);
    assert_eq!(with.publish(3).expect("a round"), Done::Elsewhere, "until the other's lease ends");
    assert_eq!(with.signed(20).size, 3);
    assert_eq!(signed_by(&database), [7, 8]);
    without.register(1..2);
    assert_eq!(without.publish(21).expect("a round"), Done::KeyMissing);
    assert_eq!(without.published_size(), 3, "it follows what the other publishes");
    is_here.store(true, Ordering::Relaxed);
    assert_eq!(without.signed(40).size, 4);
    assert_eq!(signed_by(&database), [7, 8]);
    without.stop();
    with.stop();
}

#[actix_web::test]
async fn the_keys_of_a_running_service_are_changed_from_the_command_line() {
    let world = World::start().await;
    let ticun = |args: &[&str]| {
        let data = world.config.data.to_str().expect("a path").to_owned();
        let mut all = vec!["log", "keys"];
        all.extend(args);
        all.extend(["--data", &data, "--database", &world.config.database]);
        let ran = Command::new(env!("CARGO_BIN_EXE_ticun")).args(&all).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ran.status.code().expect("a code"), text(&ran.stdout), text(&ran.stderr))
    };
    let listed = || serde_json::from_str::<serde_json::Value>(&ticun(&["list", "--json"]).1).expect("JSON");
    let old = listed()[0]["key"].as_str().expect("a key").to_owned();
    let (code, _, why) = ticun(&["retire", &old]);
    assert_eq!((code, why.contains("last key of the log")), (1, true), "{why}");
    let (code, _, why) = ticun(&["retire", "00000000"]);
    assert_eq!((code, why.contains("no key in force is 00000000")), (1, true), "{why}");
    let stranger = verifier_key_of(3).to_string();
    assert_eq!(ticun(&["add", "--key", &stranger]).0, 64);

    let (code, made, why) = ticun(&["make"]);
    assert_eq!(code, 0, "{why}");
    let new = made.lines().next().and_then(|line| line.strip_prefix("made ")).expect("a key").to_owned();
    assert_eq!(listed().as_array().expect("keys").len(), 1, "a file alone changes nothing");
    let key_id = new.split('+').nth(1).expect("an id");
    let file = world.config.data.join("keys").join(format!("log-changning-{key_id}.pk8"));
    let elsewhere = world.config.data.join("elsewhere.pk8");
    fs::rename(&file, &elsewhere).expect("moved");
    let (code, _, why) = ticun(&["add", "--key", &new]);
    assert_eq!((code, why.contains("is not there")), (1, true), "{why}");
    fs::rename(&elsewhere, &file).expect("moved back");
    assert_eq!(mode(&file), 0o600);
    assert_eq!(ticun(&["add", "--key", &new]).0, 0);

    let both = head_signed_by(&world, &[&old, &new]).await;
    let keys = world.ask(Method::GET, "/log/changning/key").send().await.text;
    assert_eq!(keys, format!("{old}\n{new}\n"));
    let policy = world.ask(Method::GET, "/log/policy").send().await.text;
    assert_eq!(policy, format!("log {old}\nlog {new}\nquorum none\n"));
    assert_eq!(world.ask(Method::GET, "/log/changning/handover/0").send().await.status, 404);
    assert_eq!(ticun(&["retire", old.split('+').nth(1).expect("an id")]).0, 0);
    let after = head_signed_by(&world, &[&new]).await;
    assert!(after > both);
    let handed = world.ask(Method::GET, "/log/changning/handover/0").send().await;
    let note = Note::parse(handed.text.as_bytes()).expect("a note");
    assert_eq!(note.lines().len(), 2);
    assert_eq!(world.ask(Method::GET, "/log/changning/key").send().await.text, format!("{new}\n"));
    assert_eq!(listed()[0]["retired_at_position"].as_u64().map(|position| position < after), Some(true));

    // The export and the served log lead whoever knows the old key to the new one.
    let out = world.config.data.join("out");
    let (out, database) = (out.to_str().expect("a path"), &world.config.database);
    let run = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_ticun")).args(args).output().expect("it runs");
    assert!(run(&["audit", "export", out, "--database", database]).status.success());
    let verified = run(&["audit", "verify", out, "--key", &old, "--replay", "--json"]);
    let told = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success() && told.contains("\"key_from\":\"handover\""), "{verified:?}");
    assert_eq!(fs::read_to_string(Path::new(out).join("key")).expect("a file"), format!("{new}\n"));
    verified_as_served(&world, &old).await;
    assert!(run(&["books", "check", "--database", database]).status.success());
    // And the service starts again with the new key alone.
    fs::remove_file(world.config.data.join("keys/log-changning.pk8")).expect("removed");
    let world = world.restart().await;
    world.active_contract("consumer1").await;
    assert!(head_signed_by(&world, &[&new]).await > after);
}

/// Verifies the log from its address with a key that was retired.
async fn verified_as_served(world: &World, old: &str) {
    let mut served = Command::new(env!("CARGO_BIN_EXE_ticun"));
    let address = format!("{}/log/changning", world.base);
    served.args(["audit", "verify", &address, "--key", old, "--json"]);
    served.args(["--token", &world.token("regulator1").await]);
    // Away from the thread that the service runs on.
    let verified = actix_web::rt::task::spawn_blocking(move || served.output()).await.expect("it ends");
    let verified = verified.expect("it runs");
    let told = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success() && told.contains("\"key_from\":\"handover\""), "{verified:?}");
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

/// Waits for a head that covers everything; exactly these keys must have signed it. Answers its size.
async fn head_signed_by(world: &World, keys: &[&str]) -> u64 {
    let mut connection = ticun::store::dialect::open_reader(&world.config.database).expect("the database");
    let head = ticun::store::head::read(&mut connection, "changning").expect("the database").expect("an office");
    let sequencer = world.running().offices.values().next().expect("an office");
    let mut published = sequencer.standing().published();
    published.wait_for(|size| *size >= head.next_position).await.expect("it runs");
    let newest = checkpoints::newest(&mut connection, "changning").expect("the database").expect("a head");
    let note = Note::parse(newest.note.as_bytes()).expect("a note");
    assert_eq!(note.lines().len(), keys.len(), "{note}");
    for key in keys {
        note.verify([&VerifierKey::parse(key).expect("a key")]).expect("it has signed");
    }
    newest.size
}

#[test]
fn witnesses_cosign_heads_of_two_keys_and_the_policy_needs_no_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    hand_out(&database, 8);
    let mut node = Node::start(&database, "one");
    let witness = TestWitness::start(11, Manner::Honest);
    let text = format!("log {}\n{}quorum w11\n", verifier_key(), witness.line());
    let policy = Policy::parse(text.as_bytes()).expect("a policy");
    node.register(0..3);
    node.signed(1);
    assert!(round(&database, &node, &policy));
    add(&node, 8);
    let both = node.signed(2);
    assert!(round(&database, &node, &policy));
    assert_eq!(shown(&database, &policy), Some(both.size));
    let note = choice::latest(&mut database.writer(), OFFICE).expect("heads").expect("a head");
    assert_eq!(note.lines().len(), 3);
    assert!(Policy::without_witnesses(vec![verifier_key_of(8)]).judge(&note).is_ok());
    node.stop();
}
