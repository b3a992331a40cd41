//! Several nodes on one database: one signs at a time.

use std::sync::{Arc, Mutex};

use diesel::RunQueryDsl as _;
use ticun::ledger::publication::{Done, Step};
use ticun::log::heads::read_all;

use super::demo::database::has_server;
use super::support::{Database, Node, root_of_others};

#[test]
fn only_the_holder_of_the_lease_signs_and_the_other_follows() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let (mut one, mut two) = (Node::start(&database, "one"), Node::start(&database, "two"));
    one.register(0..10);
    let first = one.signed(1);
    two.register(10..20);
    assert_eq!(two.publish(2).expect("a round"), Done::Elsewhere);
    assert_eq!(two.published_size(), first.size, "it knows the head of the other");
    assert_eq!(read_all(&two.folder).expect("heads"), [first]);
    let second = one.signed(3);
    assert_eq!(second.size, 21);
    assert_eq!(two.publish(4).expect("a round"), Done::Nothing);
    assert_eq!((two.published_size(), read_all(&two.folder).expect("heads")), (21, vec![first, second]));
    one.stop();
    two.stop();
}

#[test]
fn a_silent_holder_is_replaced_after_its_lease_and_its_number_is_stale() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let (mut one, mut two) = (Node::start(&database, "one"), Node::start(&database, "two"));
    one.register(0..10);
    one.signed(1);
    two.register(10..20);
    assert_eq!(two.publish(10).expect("a round"), Done::Elsewhere);
    let second = two.signed(12);
    assert_eq!(second.root, root_of_others(&database.leaves()));
    two.register(20..30);
    // The first one comes back, asks again, and is told that the lease has gone.
    assert_eq!(one.publish(13).expect("a round"), Done::Elsewhere);
    assert_eq!(two.signed(14).size, 31);
    assert_eq!(one.publish(15).expect("a round"), Done::Nothing);
    assert_eq!(
        database.heads(),
        read_all(&two.folder).expect("heads").into_iter().fold(
            vec![read_all(&one.folder).expect("heads")[0]],
            |mut all, head| {
                if all.last() != Some(&head) {
                    all.push(head);
                }
                all
            }
        )
    );
    one.stop();
    two.stop();
}

#[test]
fn what_was_signed_under_a_stale_number_is_not_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    // In the middle of the first node's round, after it has signed, the second takes over and publishes.
    let second = Arc::new(Mutex::new(Some(Node::start(&database, "two"))));
    let inside = Arc::clone(&second);
    let after = move |step| {
        if step == Step::HeadSynced
            && let Some(mut two) = inside.lock().expect("no panic").take()
        {
            two.register(100..105);
            assert_eq!(two.signed(50).size, 16);
            two.stop();
        }
    };
    let mut one = Node::start_with(&database, "one", Some(Arc::new(after)));
    one.register(0..10);
    assert_eq!(one.publish(1).expect("a round"), Done::Fenced);
    assert_eq!(one.published_size(), 0, "nobody was told");
    let sizes: Vec<u64> = database.heads().iter().map(|head| head.size).collect();
    assert_eq!(sizes, [16], "only the one under the newer number");
    assert_eq!(one.publish(51).expect("a round"), Done::Nothing);
    assert_eq!(one.published_size(), 16);
    one.register(200..201);
    assert_eq!(one.publish(52).expect("a round"), Done::Elsewhere);
    assert_eq!(one.signed(100).size, 17);
    one.stop();
}

#[test]
fn a_publisher_whose_connection_was_ended_goes_on_with_a_new_one() {
    if !has_server() {
        println!("skipped: TICUN_TEST_POSTGRES names no server");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    node.register(0..10);
    assert_eq!(node.signed(1).size, 11);
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    diesel::sql_query(sql).execute(&mut database.writer()).expect("they end");
    node.register(10..20);
    assert!(node.publish(2).is_err(), "it notices");
    assert_eq!(node.signed(3).size, 21);
    node.stop();
}
