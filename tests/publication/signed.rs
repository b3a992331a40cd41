//! Growing logs and the heads that are signed over them.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ticun::ledger::publication::{Done, choice};
use ticun::log::checkpoint::Checkpoint;
use ticun::log::files::TileFiles;
use ticun::log::heads::{Head, read_all};
use ticun::log::note::Note;
use ticun::log::policy::Policy;
use ticun::log::tile::{TileNodes, VerifiedTiles};
use ticun::log::tree::{consistency, inclusion, verify_consistency, verify_inclusion};
use ticun::store::{checkpoints, entries};

use super::support::{Database, Node, OFFICE, ORIGIN, root_of_others, verifier_key};

fn note(database: &Database, size: u64) -> Note {
    let row = checkpoints::covering(&mut database.writer(), OFFICE, size).expect("heads").expect("a head");
    assert_eq!(row.size, size);
    Note::parse(row.note.as_bytes()).expect("a note")
}

#[test]
fn a_growing_log_has_heads_that_anybody_can_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    let mut published = vec![node.signed(1)];
    for (round, count) in [1_u32, 2, 250, 300].into_iter().enumerate() {
        let from = u32::try_from(round).expect("small") * 1000;
        node.register(from..from + count);
        published.push(node.signed(2));
    }
    assert_eq!(node.publish(3).expect("a round"), Done::Nothing);
    let leaves = database.leaves();
    let files = TileFiles::in_folder(&node.folder);
    for head in &published {
        let signed = note(&database, head.size);
        signed.verify([&verifier_key()]).expect("the log's signature");
        let checkpoint = Checkpoint::parse(signed.text()).expect("a checkpoint");
        assert_eq!((checkpoint.origin(), checkpoint.size(), checkpoint.root()), (ORIGIN, head.size, &head.root));
        let count = usize::try_from(head.size).expect("small");
        assert_eq!(head.root, root_of_others(&leaves[..count]));
        VerifiedTiles::open(files.clone(), head.size, &head.root).expect("the tiles lead to the signed root");
        let mut nodes = TileNodes::new(files.clone(), head.size);
        let proof = inclusion(head.size - 1, head.size, &mut nodes).expect("a proof");
        verify_inclusion(head.size - 1, head.size, &leaves[count - 1], &proof, &head.root).expect("included");
    }
    for pair in published.windows(2) {
        let mut nodes = TileNodes::new(files.clone(), pair[1].size);
        let proof = consistency(pair[0].size, pair[1].size, &mut nodes).expect("a proof");
        verify_consistency(pair[0].size, pair[1].size, &pair[0].root, &pair[1].root, &proof).expect("consistent");
    }
    assert_eq!(read_all(&node.folder).expect("heads"), published);
    assert_eq!(database.heads(), published);
    assert_eq!(node.published_size(), 554);
    node.stop();
}

#[test]
fn an_independent_tree_over_the_entries_bytes_has_the_signed_root() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    node.register(0..600);
    let head = node.signed(1);
    let mut tree = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    for entry in entries::from(&mut database.writer(), OFFICE, 0, i64::MAX).expect("entries") {
        tree.push(entry.bytes);
    }
    let root = tree.root();
    assert_eq!((root.num_leaves(), root.as_bytes().as_slice()), (head.size, head.root.as_slice()));
    node.stop();
}

#[test]
fn whoever_waits_is_told_when_a_position_is_published() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    node.signed(1);
    node.register(0..3);
    let mut published = node.sequencer.standing().published();
    let waiting = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async { published.wait_for(|size| *size > 3).await.map(|size| *size) })
    });
    node.signed(2);
    assert_eq!(waiting.join().expect("no panic").expect("told"), 4);
    node.stop();
}

#[test]
fn the_newest_head_is_shown_where_no_witness_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let policy = Policy::without_witnesses(vec![verifier_key()]);
    let shown = |database: &Database| {
        let note = choice::newest_by_policy(&mut database.writer(), OFFICE, &policy).expect("the database");
        note.map(|note| Checkpoint::parse(note.text()).expect("a checkpoint").size())
    };
    assert_eq!(shown(&database), None);
    let mut node = Node::start(&database, "one");
    node.signed(1);
    node.register(0..2);
    node.signed(2);
    assert_eq!(shown(&database), Some(3));
    node.stop();
}

#[test]
fn a_restart_goes_on_where_it_was_and_publishes_what_came_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    node.register(0..300);
    let first = node.signed(1);
    node.register(300..310);
    node.stop();
    let mut node = Node::start(&database, "one");
    assert_eq!(node.published_size(), first.size, "the newest head is known before the first round");
    let second = node.signed(2);
    assert_eq!(second, Head { size: 311, root: root_of_others(&database.leaves()) });
    node.stop();
}
