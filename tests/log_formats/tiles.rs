//! Tiles by their places, paths and bytes, and entry bundles.

use std::collections::BTreeSet;

use proptest::prelude::*;
use ticun::log::tile::{
    BUNDLE_SIZE_BYTES_MAX, BundleError, ENTRY_LENGTH_MAX, Entries, Kind, TILE_WIDTH, Tile, TileContentError, TileError,
    append_entry, hashes, tile_level, tiles_changed, tiles_of,
};
use ticun::log::tree::NodeId;

use super::support::MemoryLog;

fn tile(kind: Kind, index: u64, width: u16) -> Tile {
    Tile::new(kind, index, width).expect("a tile")
}

#[test]
fn a_tile_has_the_path_of_the_specification() {
    let cases = [
        (tile(Kind::Hashes(0), 0, 256), "tile/0/000"),
        (tile(Kind::Hashes(0), 999, 255), "tile/0/999.p/255"),
        (tile(Kind::Hashes(1), 1000, 256), "tile/1/x001/000"),
        (tile(Kind::Hashes(63), 1_234_067, 1), "tile/63/x001/x234/067.p/1"),
        (tile(Kind::Entries, 1_234_067, 256), "tile/entries/x001/x234/067"),
        (tile(Kind::Entries, 1_000_000, 12), "tile/entries/x001/x000/000.p/12"),
        (tile(Kind::Entries, u64::MAX, 256), "tile/entries/x018/x446/x744/x073/x709/x551/615"),
    ];
    for (tile, path) in cases {
        assert_eq!(tile.to_string(), path);
        assert_eq!(Tile::parse(path), Ok(tile));
    }
}

#[test]
fn what_is_no_path_of_a_tile_is_refused() {
    let paths = [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/00/000",
        "tile/+0/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/Entries/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x00",
        "tile/0/x000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/000",
        "tile/0/x1/000",
        "tile/0/X001/000",
        "tile/0/x001/x000",
        "tile/0/x001//000",
        "tile/0/../000",
        "tile/0/+01",
        "tile/0/٠٠٠",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ];
    for path in paths {
        assert_eq!(Tile::parse(path), Err(TileError::Path), "{path}");
    }
    for path in ["tile/64/000", "tile/256/000", "tile/18446744073709551615/000"] {
        assert_eq!(Tile::parse(path), Err(TileError::Level), "{path}");
    }
    for path in ["tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/65536"] {
        assert_eq!(Tile::parse(path), Err(TileError::Width), "{path}");
    }
    assert_eq!(Tile::new(Kind::Hashes(64), 0, 1), Err(TileError::Level));
    assert_eq!(Tile::new(Kind::Entries, 0, 0), Err(TileError::Width));
    assert_eq!(Tile::new(Kind::Entries, 0, 257), Err(TileError::Width));
}

#[test]
fn a_tree_of_seventy_thousand_has_the_tiles_that_the_specification_counts() {
    let tiles: Vec<Tile> = tiles_of(70_000).collect();
    let of = |kind: Kind| tiles.iter().filter(move |tile| tile.kind() == kind);
    let full = |kind: Kind| of(kind).filter(|tile| tile.width() == TILE_WIDTH).count();
    let partial = |kind: Kind| of(kind).filter(|tile| tile.width() < TILE_WIDTH).map(Tile::width).collect::<Vec<_>>();
    assert_eq!((full(Kind::Hashes(0)), partial(Kind::Hashes(0))), (273, vec![112]));
    assert_eq!((full(Kind::Hashes(1)), partial(Kind::Hashes(1))), (1, vec![17]));
    assert_eq!((full(Kind::Hashes(2)), partial(Kind::Hashes(2))), (0, vec![1]));
    assert_eq!((full(Kind::Entries), partial(Kind::Entries)), (273, vec![112]));
    assert_eq!(tiles.len(), 2 * 274 + 2 + 1);
    let paths = |size: u64| tiles_of(size).map(|tile| tile.to_string()).collect::<Vec<_>>();
    assert_eq!(paths(256), ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    assert_eq!(paths(1), ["tile/0/000.p/1", "tile/entries/000.p/1"]);
    assert_eq!(paths(0), [""; 0]);
}

#[test]
fn growing_changes_the_tiles_on_the_right_edge_only() {
    let paths = |old: u64, new: u64| tiles_changed(old, new).map(|tile| tile.to_string()).collect::<Vec<_>>();
    assert_eq!(paths(3, 5), ["tile/0/000.p/5", "tile/entries/000.p/5"]);
    assert_eq!(paths(5, 5), [""; 0]);
    assert_eq!(paths(5, 3), [""; 0]);
    let expected = [
        "tile/0/000",
        "tile/0/001.p/1",
        "tile/1/000.p/1", //
        "tile/entries/000",
        "tile/entries/001.p/1",
    ];
    assert_eq!(paths(255, 257), expected);
    assert_eq!(paths(256, 257), ["tile/0/001.p/1", "tile/entries/001.p/1"]);
}

#[test]
fn a_tile_is_within_the_sizes_that_reach_its_width() {
    let partial = tile(Kind::Hashes(1), 0, 2);
    assert!(!partial.is_within(511));
    assert!(partial.is_within(512));
    assert!(partial.is_within(u64::MAX));
    assert!(!partial.full().is_within(65_535));
    assert!(partial.full().is_within(65_536));
    assert_eq!(Tile::widest(Kind::Hashes(1), 0, 70_000), Some(partial.full()));
    assert_eq!(Tile::widest(Kind::Hashes(1), 1, 70_000).map(|tile| tile.width()), Some(17));
    assert_eq!(Tile::widest(Kind::Hashes(1), 2, 70_000), None);
    assert_eq!(Tile::widest(Kind::Hashes(0), 273, 70_000).map(|tile| tile.begin()), Some(273 * 256));
    assert!(!tile(Kind::Hashes(8), 0, 1).is_within(u64::MAX), "no tree reaches level 8");
    assert!(!tile(Kind::Hashes(63), 0, 1).is_within(u64::MAX));
    assert!(!tile(Kind::Entries, u64::MAX, 1).is_within(u64::MAX));
    assert!(tile(Kind::Hashes(7), 0, 255).is_within(u64::MAX));
    assert!(!tile(Kind::Hashes(7), 0, 256).is_within(u64::MAX));
}

proptest! {
    #[test]
    fn a_path_leads_back_to_its_tile(level in 0_u8..64, entries: bool, index: u64, shift in 0_u32..64, width in 1_u16..257) {
        let kind = if entries { Kind::Entries } else { Kind::Hashes(level) };
        let tile = tile(kind, index >> shift, width);
        prop_assert_eq!(Tile::parse(&tile.to_string()), Ok(tile));
    }

    #[test]
    fn any_path_that_is_read_is_written_the_same(path in "tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(tile) = Tile::parse(&path) {
            prop_assert_eq!(tile.to_string(), path);
        }
    }

    #[test]
    fn the_changed_tiles_make_an_old_tree_into_the_new_one(old in 0_u64..200_000, more in 0_u64..2000) {
        let before: BTreeSet<Tile> = tiles_of(old).collect();
        let after: BTreeSet<Tile> = tiles_of(old + more).collect();
        let changed: BTreeSet<Tile> = tiles_changed(old, old + more).collect();
        let expected: BTreeSet<Tile> = after.difference(&before).copied().collect();
        prop_assert_eq!(changed, expected);
        for tile in after {
            prop_assert!(tile.is_within(old + more));
        }
    }

    #[test]
    fn a_bundle_gives_its_entries_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 1..40)) {
        let mut bundle = Vec::new();
        for entry in &entries {
            append_entry(&mut bundle, entry).expect("short");
        }
        let width = u16::try_from(entries.len()).expect("small");
        let read: Result<Vec<&[u8]>, BundleError> = Entries::new(&bundle, width).collect();
        prop_assert_eq!(read.expect("entries"), entries);
        // One entry more is missing, one fewer leaves bytes over, and every cut shows.
        prop_assert_eq!(Entries::new(&bundle, width + 1).last(), Some(Err(BundleError::Short(width))));
        let last_is_trailing = matches!(Entries::new(&bundle, width - 1).last(), Some(Err(BundleError::Trailing(_))));
        prop_assert!(last_is_trailing);
        for cut in 0..bundle.len() {
            prop_assert!(Entries::new(&bundle[..cut], width).any(|entry| entry.is_err()));
        }
    }

    #[test]
    fn any_bytes_are_read_as_a_bundle_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..600), width: u16) {
        let read: Vec<_> = Entries::new(&bytes, width).collect();
        prop_assert!(read.len() <= 257);
        prop_assert!(read.iter().rev().skip(1).all(Result::is_ok), "reading ends at the first error");
    }
}

#[test]
fn the_longest_entry_fits_into_a_bundle_and_a_longer_one_does_not() {
    let mut bundle = Vec::new();
    append_entry(&mut bundle, &vec![7; ENTRY_LENGTH_MAX]).expect("it fits");
    assert_eq!(bundle.len(), BUNDLE_SIZE_BYTES_MAX / usize::from(TILE_WIDTH));
    let before = bundle.clone();
    assert_eq!(append_entry(&mut bundle, &vec![7; ENTRY_LENGTH_MAX + 1]), Err(BundleError::Long(65_536)));
    assert_eq!(bundle, before);
    assert_eq!(Entries::new(&bundle, 1).map(|entry| entry.map(<[u8]>::len)).collect::<Vec<_>>(), [Ok(65_535)]);
}

#[test]
fn an_entry_before_the_damage_is_still_read() {
    let bundle = [0, 1, b'a', 0, 9, b'b'];
    let mut entries = Entries::new(&bundle, 2);
    assert_eq!(entries.next(), Some(Ok(&b"a"[..])));
    assert_eq!(entries.next(), Some(Err(BundleError::Short(1))));
    assert_eq!(entries.next(), None);
}

#[test]
fn a_hash_tile_has_exactly_its_width() {
    let tile = tile(Kind::Hashes(0), 0, 2);
    assert_eq!(hashes(tile, &[7; 64]), Ok(&[[7; 32]; 2][..]));
    for size_bytes in [0, 32, 63, 65, 96] {
        assert_eq!(hashes(tile, &vec![7; size_bytes]), Err(TileContentError { tile, size_bytes }));
    }
}

#[test]
fn every_eighth_level_of_the_tree_is_a_level_of_tiles() {
    let level = |level: u8| tile_level(NodeId { level, index: 5 });
    assert_eq!([level(0), level(8), level(56)], [Some(0), Some(1), Some(7)]);
    assert_eq!([level(1), level(7), level(63)], [None; 3]);
    let log = MemoryLog::of_size(600);
    assert_eq!(
        log.levels.iter().map(|(level, bytes)| (*level, bytes.len() / 32)).collect::<Vec<_>>(),
        [(0, 600), (1, 2)]
    );
}
