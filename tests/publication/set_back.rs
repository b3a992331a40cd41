//! Databases and files that are not what they were.

use std::fs;
use std::path::Path;

use diesel::connection::SimpleConnection as _;
use ticun::ledger::Fault;
use ticun::ledger::publication::{Done, Publisher};
use ticun::log::files::TileFiles;
use ticun::log::heads::read_all;
use ticun::log::tile::VerifiedTiles;

use super::demo::database::{blob, copy, put_back};
use super::support::{Database, Node, root_of_others};

/// A log of 301 entries, published; answers the folder's database, stopped.
fn published(folder: &Path) -> Database {
    let database = Database::in_folder(folder);
    let mut node = Node::start(&database, "one");
    node.register(0..300);
    node.signed(1);
    node.stop();
    database
}

fn is_read_only(node: &mut Node, reason: &str) {
    let told = node.sequencer.standing().read_only().expect("read-only").to_owned();
    assert!(told.contains(reason), "{told}");
    assert_eq!(node.try_register(9999), Err(Fault::ReadOnly));
    assert_eq!(node.publish(9).expect("a round"), Done::ReadOnly);
}

#[test]
fn tiles_that_were_deleted_or_damaged_come_again_out_of_the_entries() {
    for damage in ["tiles-0", "tiles-1", "lock", "node", "*"] {
        let folder = tempfile::tempdir().expect("a folder");
        let database = published(folder.path());
        let one = folder.path().join("one");
        match damage {
            "*" => fs::remove_dir_all(&one).expect("removed"),
            name => fs::remove_file(one.join(name)).expect("removed"),
        }
        let mut node = Node::start(&database, "one");
        assert_eq!(node.sequencer.standing().read_only(), None, "{damage}");
        node.register(400..401);
        // Under another name the node waits for the lease of its former self to end.
        let head = node.signed(100);
        assert_eq!(head.root, root_of_others(&database.leaves()), "{damage}");
        VerifiedTiles::open(TileFiles::in_folder(&one), head.size, &head.root).expect("whole tiles");
        node.stop();
    }
}

#[test]
fn a_lost_heads_file_begins_anew_with_the_newest_head_of_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = published(folder.path());
    fs::remove_file(folder.path().join("one/heads")).expect("removed");
    let node = Node::start(&database, "one");
    assert_eq!(read_all(&folder.path().join("one")).expect("heads"), database.heads());
    node.stop();
}

#[test]
fn an_older_copy_of_the_database_makes_the_office_read_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    node.register(0..10);
    node.signed(1);
    node.stop();
    let backup = copy(folder.path(), "backup.db");
    let mut node = Node::start(&database, "one");
    node.register(10..20);
    let newest = node.signed(2);
    node.stop();
    put_back(folder.path(), &backup);
    let mut node = Node::start(&database, "one");
    is_read_only(&mut node, "the database has 11 entries and 21 were published");
    assert_eq!(database.leaves().len(), 11, "nothing was written");
    assert_eq!(read_all(&node.folder).expect("heads").last(), Some(&newest), "what was published is still known");
    assert!(TileFiles::in_folder(&node.folder).leaf(20).is_ok(), "and so are its tiles");
    node.stop();
    // Going on with the copy somewhere else and coming back with as many entries does not help.
    let other = Node::start(&database, "elsewhere");
    other.register(500..520);
    other.stop();
    let mut node = Node::start(&database, "one");
    is_read_only(&mut node, "is not the one that was taken into the tree");
    node.stop();
}

#[test]
fn an_entry_that_was_changed_makes_the_office_read_only() {
    let changes = [
        ("bytes = {empty} WHERE position = 305", "305 are not"),
        ("leaf = {zeros} WHERE position = 305", "305 are not"),
        ("position = 900 WHERE position = 305", "305 is missing"),
        ("bytes = {empty}, leaf = {zeros} WHERE position = 300", "300 are not"),
    ];
    for (change, reason) in changes {
        let folder = tempfile::tempdir().expect("a folder");
        let database = published(folder.path());
        let mut node = Node::start(&database, "one");
        node.register(400..420);
        let mut tampering = database.tampering();
        let (empty, zeros) = (blob(&tampering, b"{}"), blob(&tampering, &[0; 32]));
        let change = change.replace("{empty}", &empty).replace("{zeros}", &zeros);
        tampering.batch_execute(&format!("UPDATE entries SET {change};")).expect("tampered");
        assert_eq!(node.publish(2).expect("a round"), Done::ReadOnly, "{change}");
        is_read_only(&mut node, reason);
        node.stop();
    }
}

#[test]
fn a_recorded_head_with_another_root_makes_the_office_read_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = published(folder.path());
    let mut tampering = database.tampering();
    let zeros = blob(&tampering, &[0; 32]);
    tampering.batch_execute(&format!("UPDATE checkpoints SET root = {zeros};")).expect("tampered");
    let mut node = Node::start(&database, "one");
    is_read_only(&mut node, "do not lead to the root that was published for 301");
    node.stop();
}

#[test]
fn a_database_that_shrinks_under_a_running_node_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = published(folder.path());
    let mut node = Node::start(&database, "one");
    database.writer().batch_execute("UPDATE heads SET next_position = 290;").expect("tampered");
    is_not_signed(&mut node);
    is_read_only(&mut node, "the database has 290 entries and 301 were published");
    node.stop();
}

fn is_not_signed(node: &mut Node) {
    assert_eq!(node.publish(2).expect("a round"), Done::ReadOnly);
}

#[test]
fn a_publisher_of_a_diverged_office_can_be_made_and_publishes_nothing() {
    // The service must come up to say what is wrong.
    let folder = tempfile::tempdir().expect("a folder");
    let database = published(folder.path());
    database.writer().batch_execute("UPDATE heads SET next_position = 290;").expect("tampered");
    let node = Node::start(&database, "one");
    let read_only: fn(&Publisher) -> bool = |publisher| publisher.standing().read_only().is_some();
    assert!(node.with_publisher(read_only));
    assert_eq!(node.published_size(), 0);
    node.stop();
}
