//! Reading a tree out of tiles: believed ones, and those of strangers.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use ticun::log::chain;
use ticun::log::checkpoint::Checkpoint;
use ticun::log::note::Note;
use ticun::log::tile::{
    Entries, Kind, Tile, TileNodes, TileReadError, Tiles, VerifiedTiles, VerifiedTilesError, tiles_of,
};
use ticun::log::tree::{
    Frontier, Hash, NodeId, Nodes, consistency, inclusion, root, verify_consistency, verify_inclusion,
};

use super::support::{Files, MemoryLog, entry, flipped, leaves, vectors};

/// A size with full and partial tiles on three levels.
const SIZE: u64 = 66_000;

#[test]
fn proofs_from_tiles_are_those_from_memory() {
    let mut log = MemoryLog::of_size(SIZE);
    let files = log.files();
    let root = log.frontier.root();
    let mut nodes = TileNodes::new(Files(&files), SIZE);
    let mut verified = VerifiedTiles::open(Files(&files), SIZE, &root).expect("good tiles");
    for index in [0, 1, 255, 256, 40_000, 65_535, 65_536, 65_999] {
        let expected = inclusion(index, SIZE, &mut log).expect("a proof");
        assert_eq!(inclusion(index, SIZE, &mut nodes).as_ref(), Ok(&expected), "{index}");
        assert_eq!(inclusion(index, SIZE, &mut verified).as_ref(), Ok(&expected), "{index}");
        let leaf = chain::leaf(&entry(index));
        assert_eq!(verify_inclusion(index, SIZE, &leaf, &expected, &root), Ok(()));
    }
    for old in [1, 256, 257, 65_536, 65_537, 65_792, 65_999, 66_000] {
        let expected = consistency(old, SIZE, &mut log).expect("a proof");
        assert_eq!(consistency(old, SIZE, &mut nodes).as_ref(), Ok(&expected), "{old}");
        assert_eq!(consistency(old, SIZE, &mut verified).as_ref(), Ok(&expected), "{old}");
    }
    assert_eq!(Frontier::from_nodes(SIZE, &mut nodes).as_ref(), Ok(&log.frontier));
}

#[test]
fn a_tree_inside_a_larger_log_is_read_from_the_full_tiles_that_are_left() {
    // The log has grown from 700 to 1000 and dropped the partial tiles of its past.
    struct Grown(MemoryLog);
    impl Tiles for Grown {
        type Error = String;
        fn read(&mut self, tile: Tile) -> Result<Vec<u8>, String> {
            let widest = Tile::widest(tile.kind(), tile.index(), self.0.size()).ok_or("no tile")?;
            let mut bytes = self.0.file(widest);
            bytes.truncate(usize::from(tile.width()) * 32);
            Ok(bytes)
        }
    }
    let log = MemoryLog::of_size(1000);
    let mut past = MemoryLog::of_size(700);
    let root_then = past.frontier.root();
    let mut nodes = TileNodes::new(Grown(log.clone()), 700);
    assert_eq!(root(700, &mut nodes), Ok(root_then));
    let mut verified = VerifiedTiles::open(Grown(log), 700, &root_then).expect("good tiles");
    assert_eq!(verified.size(), 700);
    assert_eq!(inclusion(699, 700, &mut verified), inclusion(699, 700, &mut past).map_err(|_| unreachable!()));
}

#[test]
fn what_a_tree_does_not_have_is_not_read() {
    let files = MemoryLog::of_size(600).files();
    let id = NodeId { level: 9, index: 1 };
    assert_eq!(TileNodes::new(Files(&files), 600).node(id), Err(TileReadError::Absent(id)));
    let root = MemoryLog::of_size(600).frontier.root();
    let mut verified = VerifiedTiles::open(Files(&files), 600, &root).expect("good tiles");
    assert_eq!(verified.node(id), Err(VerifiedTilesError::Absent));
    assert_eq!(verified.node(NodeId { level: 255, index: u64::MAX }), Err(VerifiedTilesError::Absent));
    assert_eq!(verified.hashes(0, 3), Err(VerifiedTilesError::Absent));
    assert_eq!(verified.hashes(255, 0), Err(VerifiedTilesError::Absent));
    assert_eq!(verified.hashes(0, 2).map(<[Hash]>::len), Ok(88));
    let missing = BTreeMap::new();
    let expected = VerifiedTilesError::Source("tile/0/002.p/88 is not there".to_owned());
    assert_eq!(VerifiedTiles::open(Files(&missing), 600, &root).err(), Some(expected));
    let mut empty = VerifiedTiles::open(Files(&missing), 0, &ticun::log::tree::EMPTY_ROOT).expect("no tiles");
    assert_eq!(empty.hashes(0, 0), Err(VerifiedTilesError::Absent));
}

/// Reads everything that an export holds, as a verifier does; answers what it finds wrong.
fn read_all(files: &BTreeMap<String, Vec<u8>>, size: u64, root: &Hash) -> Result<(), String> {
    let mut tiles = VerifiedTiles::open(Files(files), size, root).map_err(|error| error.to_string())?;
    for tile in tiles_of(size) {
        if let Kind::Hashes(level) = tile.kind() {
            tiles.hashes(level, tile.index()).map_err(|error| error.to_string())?;
            continue;
        }
        let hashes = tiles.hashes(0, tile.index()).map_err(|error| error.to_string())?;
        let mut entries = Entries::new(&files[&tile.to_string()], tile.width());
        for (hash, position) in hashes.iter().zip(tile.begin()..) {
            let entry = entries.next().ok_or("too few")?.map_err(|error| error.to_string())?;
            if chain::leaf(entry) != *hash {
                return Err(format!("entry {position} is not the one in the tree"));
            }
        }
        if let Some(Err(error)) = entries.next() {
            return Err(error.to_string());
        }
    }
    Ok(())
}

#[test]
fn a_changed_tile_is_named() {
    let log = MemoryLog::of_size(SIZE);
    let root = log.frontier.root();
    let mut files = log.files();
    assert_eq!(read_all(&files, SIZE, &root), Ok(()));
    let good = files.insert("tile/0/007".to_owned(), files["tile/0/008"].clone()).expect("a tile");
    assert_eq!(read_all(&files, SIZE, &root), Err("tile/0/007 is not the tile that its parent names".to_owned()));
    files.insert("tile/0/007".to_owned(), good);
    let good = files.insert("tile/1/000".to_owned(), vec![7; 8192]).expect("a tile");
    assert!(read_all(&files, SIZE, &root).is_err_and(|error| error.starts_with("tile/1/000 is not")));
    files.insert("tile/1/000".to_owned(), good);
    files.entry("tile/entries/100".to_owned()).and_modify(|bundle| bundle[2] ^= 1);
    assert_eq!(read_all(&files, SIZE, &root), Err("entry 25600 is not the one in the tree".to_owned()));
    let expected = Err("the partial tiles do not lead to the root of the checkpoint".to_owned());
    assert_eq!(read_all(&log.files(), SIZE, &[7; 32]), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_flipped_bit_of_a_tile_or_bundle_is_found(file: prop::sample::Index, bit: prop::sample::Index) {
        let log = MemoryLog::of_size(600);
        let mut files = log.files();
        let path = file.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        files.entry(path.clone()).and_modify(|bytes| *bytes = flipped(bytes, bit.index(bytes.len() * 8)));
        prop_assert!(read_all(&files, 600, &log.frontier.root()).is_err(), "{}", path);
    }

    #[test]
    fn any_tile_cut_short_or_made_longer_is_found(file: prop::sample::Index, cut in 0_usize..40, longer: bool) {
        let log = MemoryLog::of_size(600);
        let mut files = log.files();
        let path = file.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        files.entry(path.clone()).and_modify(|bytes| {
            let size = bytes.len();
            bytes.resize(if longer { size + cut + 1 } else { size - cut - 1 }, 0);
        });
        prop_assert!(read_all(&files, 600, &log.frontier.root()).is_err(), "{}", path);
    }
}

#[test]
fn every_flipped_bit_of_a_bundle_is_found() {
    let leaves = leaves(5);
    let bundle = MemoryLog::of_size(5).file(Tile::new(Kind::Entries, 0, 5).expect("a tile"));
    let is_good = |bundle: &[u8]| {
        let read: Result<Vec<Hash>, _> = Entries::new(bundle, 5).map(|entry| entry.map(chain::leaf)).collect();
        read.is_ok_and(|read| read == leaves)
    };
    assert!(is_good(&bundle));
    for bit in 0..bundle.len() * 8 {
        assert!(!is_good(&flipped(&bundle, bit)), "bit {bit}");
    }
}

/// The files of a published log, by their paths.
fn published_files(folder: &std::path::Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for size in 1..16 {
        for tile in tiles_of(size) {
            files.insert(tile.to_string(), fs::read(folder.join(tile.to_string())).expect("a tile"));
        }
    }
    files
}

#[test]
fn a_published_log_is_read_and_every_proof_of_it_verifies() {
    let Some(folder) = vectors("tessera-log") else { return };
    let files = published_files(&folder);
    assert_eq!(files.len(), 30, "each of 15 sizes has a partial tile and a bundle");
    let mut roots: Vec<Hash> = Vec::new();
    let mut frontier = Frontier::new();
    for size in 0..16_u64 {
        let note = fs::read(folder.join(format!("checkpoint.{size}"))).expect("a file");
        let note = Note::parse(&note).expect("a note");
        let root = *Checkpoint::parse(note.text()).expect("a checkpoint").root();
        assert_eq!(read_all(&files, size, &root), Ok(()), "size {size}");
        if let Some(tile) = Tile::widest(Kind::Entries, 0, size) {
            let newest = Entries::new(&files[&tile.to_string()], tile.width()).last();
            frontier.append(chain::leaf(newest.expect("an entry").expect("a bundle")));
        }
        assert_eq!(frontier.root(), root, "size {size}");
        roots.push(root);
        for index in 0..size {
            let mut tiles = VerifiedTiles::open(Files(&files), size, &root).expect("good tiles");
            let proof = inclusion(index, size, &mut tiles).expect("a proof");
            let leaf = tiles.hashes(0, 0).expect("leaves")[usize::try_from(index).expect("small")];
            assert_eq!(verify_inclusion(index, size, &leaf, &proof, &root), Ok(()));
            let (old, old_root) = (index + 1, &roots[usize::try_from(index + 1).expect("small")]);
            let proof = consistency(old, size, &mut tiles).expect("a proof");
            assert_eq!(verify_consistency(old, size, old_root, &root, &proof), Ok(()));
        }
    }
}
