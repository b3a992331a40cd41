//! A log whose operator can do anything: write entries, change them, chain them anew, sign with the real key.

use std::path::Path;

use serde_json::Value;
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::event::Fact;
use ticun::domain::id::RequestId;
use ticun::domain::name::Name;
use ticun::domain::time::Timestamp;
use ticun::ledger::entry::Entry;
use ticun::log::checkpoint::Checkpoint;
use ticun::log::key::{Algorithm, KeyName, SigningKey, VerifierKey};
use ticun::log::note::Note;
use ticun::log::tile::{Kind, append_entry, tile_level, tiles_of};
use ticun::log::tree::{Frontier, Hash};
use ticun::log::{canonical, chain, cosignature};

pub const ORIGIN: &str = "notary.example/log/changning";
const HOUR_US: i64 = 3_600_000_000;

pub fn at(hours: i64) -> Timestamp {
    Timestamp::from_micros(1_772_000_000_000_000 + hours * HOUR_US)
}

pub fn origin() -> KeyName {
    KeyName::parse(ORIGIN).unwrap()
}

pub fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

/// The key of the log.
pub fn key() -> VerifierKey {
    key_of(1)
}

pub fn key_of(seed: u8) -> VerifierKey {
    signing_key(seed).verifier_key(origin(), Algorithm::Ed25519)
}

/// A log: the bytes of its entries.
#[derive(Clone, Default)]
pub struct Log {
    pub entries: Vec<Vec<u8>>,
}

impl Log {
    /// Appends an entry; answers its position.
    pub fn push(&mut self, hour: i64, actor: Actor, fact: Fact) -> u64 {
        let position = self.entries.len() as u64;
        let prev = self.entries.last().map_or(Digest::ZERO, |last| Digest::from_bytes(chain::leaf(last)));
        let request = RequestId::from_bits(u128::from(position) + 1);
        let office = Name::parse("changning").unwrap();
        let entry = Entry { office, position, at: at(hour), actor, request, prev, fact };
        let subjects = entry.fact.event.subjects();
        self.entries.push(entry.to_bytes(&subjects));
        position
    }

    pub fn value(&self, position: usize) -> Value {
        serde_json::from_slice(&self.entries[position]).unwrap()
    }

    /// The position of the first entry of a kind.
    pub fn find(&self, kind: &str) -> usize {
        let found = (0..self.entries.len()).find(|position| self.value(*position)["kind"] == kind);
        found.unwrap_or_else(|| panic!("there is a {kind}"))
    }

    /// Changes an entry and leaves everything else as it is.
    pub fn edit(&mut self, position: usize, change: impl FnOnce(&mut Value)) {
        let mut value = self.value(position);
        change(&mut value);
        self.entries[position] = canonical::canonicalize(&value).unwrap();
    }

    /// Gives every entry from here on the position it has now, and the leaf of the one before it.
    pub fn chain_from(&mut self, first: usize) {
        for position in first..self.entries.len() {
            let prev = if position == 0 { [0; 32] } else { chain::leaf(&self.entries[position - 1]) };
            self.edit(position, |value| {
                value["position"] = position.into();
                value["prev"] = Digest::from_bytes(prev).to_string().into();
            });
        }
    }

    pub fn root(&self) -> Hash {
        let mut frontier = Frontier::new();
        self.entries.iter().for_each(|entry| frontier.append(chain::leaf(entry)));
        frontier.root()
    }

    /// The head, signed by the log's own key.
    pub fn signed(&self) -> Note {
        signed(self.entries.len() as u64, self.root())
    }

    /// Writes the tree's files, as it is now; not the checkpoint.
    pub fn write_tiles(&self, folder: &Path) {
        let mut levels: Vec<Vec<u8>> = vec![Vec::new(); 8];
        let mut frontier = Frontier::new();
        for entry in &self.entries {
            frontier.append_visiting(chain::leaf(entry), |node, hash| {
                if let Some(level) = tile_level(node) {
                    levels[usize::from(level)].extend_from_slice(hash);
                }
            });
        }
        for tile in tiles_of(frontier.size()) {
            let (begin, width) = (tile.begin() as usize, usize::from(tile.width()));
            let bytes = match tile.kind() {
                Kind::Hashes(level) => levels[usize::from(level)][begin * 32..(begin + width) * 32].to_vec(),
                Kind::Entries => bundle(&self.entries[begin..begin + width]),
            };
            let path = folder.join(tile.to_string());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    /// Writes everything, as a service would hand it out.
    pub fn publish(&self, folder: &Path) {
        self.write_tiles(folder);
        write(folder, "key", &format!("{}\n", key()));
        write(folder, "checkpoint", &self.signed().to_string());
    }
}

pub fn bundle(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bundle = Vec::new();
    entries.iter().for_each(|entry| append_entry(&mut bundle, entry).unwrap());
    bundle
}

pub fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

pub fn signed(size: u64, root: Hash) -> Note {
    signed_by(size, root, &[1])
}

/// A head with the signatures of the log's keys of these seeds.
pub fn signed_by(size: u64, root: Hash, seeds: &[u8]) -> Note {
    let mut note = Checkpoint::new(ORIGIN, size, root).unwrap().unsigned().unwrap();
    seeds.iter().for_each(|seed| note.sign(&origin(), &signing_key(*seed)));
    note
}

/// The same head, cosigned by the witness of a seed.
pub fn cosigned(note: &Note, seed: u8, time_s: u64) -> Note {
    let mut note = note.clone();
    let name = KeyName::parse(&format!("witness.example/{seed}")).unwrap();
    note.add(cosignature::sign(&name, &signing_key(seed), time_s, note.text()).unwrap());
    note
}

/// A policy that names the log and asks all these witnesses.
pub fn policy(seeds: &[u8]) -> String {
    let mut text = format!("log {}\n", key());
    for seed in seeds {
        let name = KeyName::parse(&format!("witness.example/{seed}")).unwrap();
        let key = signing_key(*seed).verifier_key(name, Algorithm::CosignatureV1);
        text.push_str(&format!("witness w{seed} {key}\n"));
    }
    let names: Vec<String> = seeds.iter().map(|seed| format!("w{seed}")).collect();
    if names.is_empty() {
        return text + "quorum none\n";
    }
    text + &format!("group all-of-them all {}\nquorum all-of-them\n", names.join(" "))
}
