//! Tiles on disk: against a tree in memory, and after everything that a crash can leave.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use ticun::log::chain;
use ticun::log::files::{TileFiles, TileWriter};
use ticun::log::heads::Head;
use ticun::log::tile::{Kind, Tile, TileNodes, tiles_of};
use ticun::log::tree::{Frontier, Hash, root};

use super::support::root_of_others;

/// More than two full tiles of level 1, so that there is a level 2.
const LARGE: u64 = 256 * 256 + 256 * 3 + 5;

fn leaf(position: u64) -> Hash {
    chain::leaf(&position.to_be_bytes())
}

fn head(size: u64) -> Head {
    let mut frontier = Frontier::new();
    (0..size).for_each(|position| frontier.append(leaf(position)));
    Head { size, root: frontier.root() }
}

fn grow(writer: &mut TileWriter, size: u64) {
    for position in writer.size()..size {
        writer.append(leaf(position));
    }
    writer.sync().expect("durable");
}

/// A folder with tiles of a log of `size`.
fn written(folder: &Path, size: u64) {
    grow(&mut TileWriter::open(folder, &[]).expect("an empty folder"), size);
}

/// The tiles must lead to the root of every size looked at.
fn check(folder: &Path, size: u64) {
    let files = TileFiles::in_folder(folder);
    for size in [1, size / 2, size - 1, size] {
        let read = root(size, &mut TileNodes::new(files.clone(), size)).expect("tiles");
        assert_eq!(read, head(size).root, "{size}");
    }
}

#[test]
fn tiles_on_disk_are_those_of_a_tree_in_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = TileWriter::open(folder.path(), &[]).expect("an empty folder");
    let leaves: Vec<Hash> = (0..LARGE).map(leaf).collect();
    for size in [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, LARGE] {
        grow(&mut writer, size);
        let count = usize::try_from(size).expect("small");
        assert_eq!(writer.root(), root_of_others(&leaves[..count]), "{size}");
    }
    let files = writer.files().clone();
    for tile in tiles_of(LARGE).filter(|tile| tile.kind() != Kind::Entries) {
        let Kind::Hashes(level) = tile.kind() else { unreachable!("only hashes are left") };
        let bytes = files.tile(tile).expect("a tile");
        for (place, hash) in bytes.chunks(32).enumerate() {
            let width = 1_usize << (8 * u32::from(level));
            let begin = (usize::try_from(tile.begin()).expect("small") + place) * width;
            assert_eq!(hash, root_of_others(&leaves[begin..begin + width]), "{tile} {place}");
        }
    }
}

#[test]
fn any_partial_width_is_a_slice_and_nothing_beyond_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), 300);
    let files = TileFiles::in_folder(folder.path());
    let full = files.tile(Tile::new(Kind::Hashes(0), 0, 256).expect("a tile")).expect("it is there");
    for width in [1_u16, 17, 255] {
        let partial = files.tile(Tile::new(Kind::Hashes(0), 0, width).expect("a tile")).expect("it is there");
        assert_eq!(partial, full[..usize::from(width) * 32]);
    }
    assert_eq!(files.leaf(299).expect("the last"), leaf(299));
    let beyond = files.tile(Tile::new(Kind::Hashes(0), 1, 45).expect("a tile")).expect_err("only 44 are there");
    assert_eq!(beyond.kind(), ErrorKind::UnexpectedEof);
    let above = files.tile(Tile::new(Kind::Hashes(2), 0, 1).expect("a tile")).expect_err("there is no level 2");
    assert_eq!(above.kind(), ErrorKind::NotFound);
    assert!(files.tile(Tile::new(Kind::Entries, 0, 1).expect("a tile")).is_err());
}

#[test]
fn a_second_writer_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = TileWriter::open(folder.path(), &[]).expect("an empty folder");
    let second = TileWriter::open(folder.path(), &[]).err().expect("it is in use");
    assert_eq!(second.kind(), ErrorKind::WouldBlock);
    drop(first);
    TileWriter::open(folder.path(), &[]).expect("it is free");
}

#[test]
fn what_no_head_covers_is_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), 1000);
    let mut writer = TileWriter::open(folder.path(), &[head(100), head(700)]).expect("it opens");
    assert_eq!((writer.size(), writer.root()), (700, head(700).root));
    assert_eq!(fs::metadata(folder.path().join("tiles-0")).expect("leaves").len(), 700 * 32);
    assert_eq!(fs::metadata(folder.path().join("tiles-1")).expect("a level").len(), 2 * 32);
    grow(&mut writer, 1000);
    check(folder.path(), 1000);
}

/// Damages a folder of [`LARGE`] leaves, opens it with two heads, and grows it again.
fn heals(damage: impl Fn(&Path), healed_size: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), LARGE);
    damage(folder.path());
    let mut writer = TileWriter::open(folder.path(), &[head(500), head(LARGE)]).expect("it opens");
    assert_eq!(writer.size(), healed_size);
    grow(&mut writer, LARGE);
    assert_eq!(writer.root(), head(LARGE).root);
    drop(writer);
    check(folder.path(), LARGE);
}

fn cut(folder: &Path, name: &str, size_bytes: u64) {
    let file = OpenOptions::new().write(true).open(folder.join(name)).expect("a file");
    file.set_len(size_bytes).expect("cut");
}

fn append(folder: &Path, name: &str, bytes: &[u8]) {
    let mut file = OpenOptions::new().append(true).open(folder.join(name)).expect("a file");
    file.write_all(bytes).expect("written");
}

#[test]
fn torn_ends_of_any_level_heal_without_a_leaf_being_lost() {
    heals(|folder| append(folder, "tiles-0", &[0; 4096]), LARGE);
    heals(|folder| append(folder, "tiles-1", b"half a hash"), LARGE);
    heals(|folder| cut(folder, "tiles-1", 17), LARGE);
    heals(|folder| cut(folder, "tiles-2", 0), LARGE);
    heals(|folder| fs::remove_file(folder.join("tiles-1")).expect("removed"), LARGE);
    heals(
        |folder| {
            let mut level = fs::read(folder.join("tiles-2")).expect("a level");
            level[0] ^= 1;
            fs::write(folder.join("tiles-2"), level).expect("written");
        },
        LARGE,
    );
}

#[test]
fn leaves_that_are_lost_or_wrong_are_cut_back_to_a_head_before_them() {
    heals(|folder| cut(folder, "tiles-0", (LARGE - 1) * 32 + 5), 500);
    heals(|folder| cut(folder, "tiles-0", 499 * 32), 0);
    heals(|folder| fs::remove_dir_all(folder).expect("removed"), 0);
    let wrong = |position: usize| {
        move |folder: &Path| {
            let mut leaves = fs::read(folder.join("tiles-0")).expect("leaves");
            leaves[position * 32] ^= 1;
            fs::write(folder.join("tiles-0"), leaves).expect("written");
            // The right edge does not show it; the level above is missing, so everything is gone through.
            fs::remove_file(folder.join("tiles-1")).expect("removed");
        }
    };
    heals(wrong(499), 0);
    heals(wrong(500), 500);
}
