//! The process dies after each durable step: there is no fork and no gap, and the root is the same.
//!
//! This test starts its own binary again; there, `a_node_that_dies` runs with a step to die after, which is nothing
//! otherwise.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use ticun::ledger::publication::Step;
use ticun::log::checkpoint::Checkpoint;
use ticun::log::heads::read_all;
use ticun::log::note::Note;
use ticun::store::checkpoints;

use super::support::{Database, Node, OFFICE, root_of_others, verifier_key};

const STEPS: [Step; 5] = [Step::TilesSynced, Step::Signed, Step::HeadSynced, Step::RowCommitted, Step::Announced];
const FOLDER: &str = "TICUN_TEST_DIES_IN";
const STEP: &str = "TICUN_TEST_DIES_AFTER";

#[test]
fn a_node_that_dies() {
    let (Some(folder), Some(step)) = (std::env::var_os(FOLDER), std::env::var_os(STEP)) else { return };
    let database = Database::in_folder(Path::new(&folder));
    let die = move |done: Step| {
        if format!("{done:?}") == *step.to_string_lossy() {
            std::process::abort();
        }
    };
    let mut node = Node::start_with(&database, "one", Some(Arc::new(die)));
    let from = u32::try_from(database.leaves().len()).expect("small");
    node.register(from..from + 270);
    node.signed(1);
    unreachable!("every step is reached");
}

fn die_after(step: Step, folder: &Path) {
    let own = std::env::current_exe().expect("this binary");
    let mut child = Command::new(own);
    child.args(["--exact", "kill::a_node_that_dies", "--nocapture"]).env(FOLDER, folder).env(STEP, format!("{step:?}"));
    let ended = child.output().expect("it runs");
    assert!(!ended.status.success(), "it died");
    assert_eq!(ended.status.code(), None, "by a signal: {}", String::from_utf8_lossy(&ended.stderr));
}

/// All that was ever recorded and noted must be true of the entries there are.
fn check(database: &Database, node: &Node) {
    let leaves = database.leaves();
    for head in database.heads().into_iter().chain(read_all(&node.folder).expect("heads")) {
        let count = usize::try_from(head.size).expect("small");
        assert_eq!(head.root, root_of_others(&leaves[..count]), "{count}");
    }
    for row in checkpoints::between(&mut database.writer(), OFFICE, 0, u64::MAX, 100).expect("heads") {
        let note = Note::parse(row.note.as_bytes()).expect("a note");
        note.verify([&verifier_key()]).expect("the log's signature");
        let checkpoint = Checkpoint::parse(note.text()).expect("a checkpoint");
        assert_eq!((checkpoint.size(), *checkpoint.root()), (row.size, row.root));
    }
}

#[test]
fn a_process_that_dies_after_any_step_leaves_no_fork_and_no_gap() {
    for step in STEPS {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::in_folder(folder.path());
        for round in 1..=3_u64 {
            die_after(step, folder.path());
            let entries = 1 + 270 * round;
            let mut node = Node::start(&database, "one");
            assert_eq!(node.sequencer.standing().read_only(), None, "{step:?}");
            check(&database, &node);
            let recorded = matches!(step, Step::RowCommitted | Step::Announced);
            let before = if round == 1 { 0 } else { entries - 270 };
            let expected = if recorded { entries } else { before };
            assert_eq!(node.published_size(), expected, "{step:?}: only what was recorded is published");
            node.publish(2).expect("a round");
            assert_eq!(node.published_size(), entries, "{step:?}: every entry is published now");
            check(&database, &node);
            let newest = *database.heads().last().expect("a head");
            assert_eq!((newest.size, Some(&newest)), (entries, read_all(&node.folder).expect("heads").last()));
            node.stop();
        }
    }
}
