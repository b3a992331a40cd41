//! What the tests share: test data of others, keys from seeds, and logs in memory.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use ticun::log::chain;
use ticun::log::checkpoint::Checkpoint;
use ticun::log::key::{Algorithm, KeyName, SigningKey, VerifierKey};
use ticun::log::note::Note;
use ticun::log::text;
use ticun::log::tile::{Kind, Tile, Tiles, append_entry, tile_level, tiles_of};
use ticun::log::tree::{Frontier, Hash, NodeId, Nodes};

/// The folder with other people's test data; none where it was not put beside the project.
pub fn vectors(kind: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors");
    let folder = std::env::var_os("TICUN_VECTORS").map_or(beside, PathBuf::from).join(kind);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no test data in {}; TICUN_VECTORS names its folder", folder.display());
    None
}

/// A JSON file among the test data.
pub fn vector_json(folder: &std::path::Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).expect("a file")).expect("JSON")
}

/// A text inside a JSON value.
pub fn string<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is a text in {value}"))
}

/// A key that is the same in every run.
pub fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).expect("a seed")
}

/// A name that may be one.
pub fn key_name(name: &str) -> KeyName {
    KeyName::parse(name).expect("a name")
}

/// The verifier key of the seed's key as a log's.
pub fn log_key(name: &str, seed: u8) -> VerifierKey {
    signing_key(seed).verifier_key(key_name(name), Algorithm::Ed25519)
}

/// The verifier key of the seed's key as a witness's.
pub fn witness_key(name: &str, seed: u8) -> VerifierKey {
    signing_key(seed).verifier_key(key_name(name), Algorithm::CosignatureV1)
}

/// The entries 0, 1, 2… of test logs: each different, of different lengths, the first one empty.
pub fn entry(position: u64) -> Vec<u8> {
    let length = usize::try_from(position * 7 % 23).expect("small");
    format!("{position:<length$}").into_bytes()
}

/// The leaves of the first entries.
pub fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|position| chain::leaf(&entry(position))).collect()
}

/// A whole log in memory: every complete subtree, every tile and every bundle.
#[derive(Clone)]
pub struct MemoryLog {
    pub frontier: Frontier,
    pub nodes: BTreeMap<NodeId, Hash>,
    pub levels: BTreeMap<u8, Vec<u8>>,
}

impl MemoryLog {
    pub fn new(leaves: &[Hash]) -> Self {
        let mut log = Self { frontier: Frontier::new(), nodes: BTreeMap::new(), levels: BTreeMap::new() };
        for leaf in leaves {
            let Self { frontier, nodes, levels } = &mut log;
            frontier.append_visiting(*leaf, |id, hash| {
                assert_eq!(nodes.insert(id, *hash), None, "each complete subtree is shown once");
                if let Some(level) = tile_level(id) {
                    levels.entry(level).or_default().extend_from_slice(hash);
                }
            });
        }
        log
    }

    pub fn of_size(size: u64) -> Self {
        Self::new(&leaves(size))
    }

    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Every tile and bundle of the log by its path.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        tiles_of(self.size()).map(|tile| (tile.to_string(), self.file(tile))).collect()
    }

    pub fn file(&self, tile: Tile) -> Vec<u8> {
        match tile.kind() {
            Kind::Hashes(level) => {
                let begin = usize::try_from(tile.begin()).expect("small") * 32;
                self.levels[&level][begin..begin + usize::from(tile.width()) * 32].to_vec()
            }
            Kind::Entries => {
                let mut bundle = Vec::new();
                for position in tile.begin()..tile.begin() + u64::from(tile.width()) {
                    append_entry(&mut bundle, &entry(position)).expect("a short entry");
                }
                bundle
            }
        }
    }

    /// The checkpoint of the whole log, signed.
    pub fn signed(&self, origin: &str, seed: u8) -> Note {
        let checkpoint = Checkpoint::new(origin, self.size(), self.frontier.root()).expect("an origin");
        let mut note = checkpoint.unsigned().expect("a text");
        note.sign(&key_name(origin), &signing_key(seed));
        note
    }
}

impl Nodes for MemoryLog {
    type Error = Infallible;

    fn node(&mut self, id: NodeId) -> Result<Hash, Infallible> {
        Ok(*self.nodes.get(&id).unwrap_or_else(|| panic!("{id:?} is no complete subtree")))
    }
}

/// Tiles by their paths.
pub struct Files<'f>(pub &'f BTreeMap<String, Vec<u8>>);

impl Tiles for Files<'_> {
    type Error = String;

    fn read(&mut self, tile: Tile) -> Result<Vec<u8>, String> {
        self.0.get(&tile.to_string()).cloned().ok_or_else(|| format!("{tile} is not there"))
    }
}

/// A hash in base64.
pub fn hash(text: &str) -> Hash {
    text::base64_hash(text).unwrap_or_else(|| panic!("{text} is a hash"))
}

/// The same bytes with one bit turned round.
pub fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}
