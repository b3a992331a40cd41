//! Random trees against ct-merkle, trees of any size up to 2^64 − 1, and damaged proofs.

use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;
use ticun::log::chain;
use ticun::log::tree::{
    Frontier, Hash, NodeId, Nodes, consistency, inclusion, node, root, verify_consistency, verify_inclusion,
};

use super::support::{MemoryLog, flipped, leaves};

/// The same entries in both implementations.
fn both(entries: &[Vec<u8>]) -> (MemoryLog, MemoryBackedTree<Sha256, Vec<u8>>) {
    let mut theirs = MemoryBackedTree::new();
    for entry in entries {
        theirs.push(entry.clone());
    }
    let leaves: Vec<Hash> = entries.iter().map(|entry| chain::leaf(entry)).collect();
    (MemoryLog::new(&leaves), theirs)
}

/// Entries, and an index among them.
fn entries() -> impl Strategy<Value = (Vec<Vec<u8>>, usize)> {
    let entries = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..200);
    entries.prop_flat_map(|entries| {
        let count = entries.len();
        (Just(entries), 0..count)
    })
}

fn concat(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_implementation_has_the_same_root_and_proofs((entries, index) in entries()) {
        let (mut ours, theirs) = both(&entries);
        let (size, position) = (ours.size(), u64::try_from(index).expect("small"));
        let their_root = theirs.root();
        prop_assert_eq!(&ours.frontier.root()[..], &their_root.as_bytes()[..]);
        let proof = inclusion(position, size, &mut ours).expect("a proof");
        let their_proof = theirs.prove_inclusion(index);
        prop_assert_eq!(concat(&proof), their_proof.as_bytes());
        // Each accepts what the other made.
        let sent = InclusionProof::<Sha256>::try_from_bytes(concat(&proof)).expect("hashes");
        prop_assert!(theirs.root().verify_inclusion(&entries[index], position, &sent).is_ok());
        let leaf = chain::leaf(&entries[index]);
        let root = ours.frontier.root();
        prop_assert_eq!(verify_inclusion(position, size, &leaf, &proof, &root), Ok(()));

        let (old_size, additions) = (position + 1, entries.len() - index - 1);
        let proof = consistency(old_size, size, &mut ours).expect("a proof");
        let old_root = root_of(&mut ours, old_size);
        if additions > 0 {
            let their_proof = theirs.prove_consistency(additions);
            prop_assert_eq!(concat(&proof), their_proof.as_bytes());
            let sent = ConsistencyProof::<Sha256>::try_from_bytes(concat(&proof)).expect("hashes");
            let old = RootHash::<Sha256>::new(old_root.into(), old_size);
            prop_assert!(theirs.root().verify_consistency(&old, &sent).is_ok());
        }
        prop_assert_eq!(verify_consistency(old_size, size, &old_root, &root, &proof), Ok(()));
    }

    #[test]
    fn a_frontier_stored_and_read_again_anywhere_grows_to_the_same_root(size in 0_u64..600, pause in 0_u64..600) {
        let leaves = leaves(size);
        let pause = usize::try_from(pause.min(size)).expect("small");
        let mut frontier = Frontier::new();
        leaves[..pause].iter().for_each(|leaf| frontier.append(*leaf));
        let mut frontier = Frontier::from_hashes(frontier.size(), frontier.hashes()).expect("a frontier");
        leaves[pause..].iter().for_each(|leaf| frontier.append(*leaf));
        prop_assert_eq!(&frontier, &MemoryLog::new(&leaves).frontier);
    }

    #[test]
    fn proofs_hold_in_trees_of_any_size(size in sizes(), one in any::<u64>(), other in any::<u64>()) {
        let mut tree = Uniform::new();
        let new_root = root(size, &mut tree).expect("a root");
        prop_assert_eq!(Frontier::from_nodes(size, &mut tree).expect("a frontier").root(), new_root);
        let index = one % size;
        let proof = inclusion(index, size, &mut tree).expect("a proof");
        prop_assert!(proof.len() <= 64);
        prop_assert_eq!(verify_inclusion(index, size, &tree.0[0], &proof, &new_root), Ok(()));
        let old = other % size + 1;
        let old_root = root(old, &mut tree).expect("a root");
        let proof = consistency(old, size, &mut tree).expect("a proof");
        prop_assert!(proof.len() <= 65);
        prop_assert_eq!(verify_consistency(old, size, &old_root, &new_root, &proof), Ok(()));
    }

    #[test]
    fn a_frontier_of_any_size_takes_further_leaves(size in sizes(), more in 1_u64..70) {
        let size = size.min(u64::MAX - more);
        let mut tree = Uniform::new();
        let mut frontier = Frontier::from_nodes(size, &mut tree).expect("a frontier");
        (0..more).for_each(|_| frontier.append(tree.0[0]));
        prop_assert_eq!(frontier.size(), size + more);
        prop_assert_eq!(frontier.root(), root(size + more, &mut tree).expect("a root"));
    }

    #[test]
    fn hostile_proofs_are_answered(
        one in any::<u64>(), other in any::<u64>(), proof in prop::collection::vec(any::<Hash>(), 0..80), hash: Hash,
    ) {
        prop_assert!(verify_inclusion(one, other, &hash, &proof, &[7; 32]).is_err());
        prop_assert!(verify_consistency(one, other, &hash, &[7; 32], &proof).is_err());
    }
}

fn root_of(log: &mut MemoryLog, size: u64) -> Hash {
    root(size, log).expect("nodes in memory")
}

/// Sizes of every magnitude, and those beside powers of two.
fn sizes() -> impl Strategy<Value = u64> {
    let beside = (0_u32..64, -2_i64..3).prop_map(|(bit, away)| (1_u64 << bit).saturating_add_signed(away).max(1));
    prop_oneof![1..u64::MAX, Just(u64::MAX), beside, (0_u32..64).prop_map(|bit| (u64::MAX >> bit).max(1))]
}

/// A tree in which all leaves are equal, so that one hash a level describes it at any size.
struct Uniform(Vec<Hash>);

impl Uniform {
    fn new() -> Self {
        let mut levels = vec![chain::leaf(b"the same everywhere")];
        for level in 0..63 {
            levels.push(node(&levels[level], &levels[level]));
        }
        Self(levels)
    }
}

impl Nodes for Uniform {
    type Error = Infallible;

    fn node(&mut self, id: NodeId) -> Result<Hash, Infallible> {
        Ok(self.0[usize::from(id.level)])
    }
}

#[test]
fn every_flipped_bit_of_a_proof_is_refused() {
    for (index, size) in [(0, 1), (0, 2), (5, 11), (10, 11), (6, 7), (8, 9)] {
        let mut log = MemoryLog::of_size(size);
        let (leaf, root) = (leaves(size)[usize::try_from(index).expect("small")], log.frontier.root());
        let proof = inclusion(index, size, &mut log).expect("a proof").concat();
        let whole = [leaf.as_slice(), &root, &proof].concat();
        for bit in 0..whole.len() * 8 {
            let flipped = flipped(&whole, bit);
            let (hashes, _) = flipped.as_chunks();
            let [leaf, root, proof @ ..] = hashes else { panic!("two hashes") };
            assert!(verify_inclusion(index, size, leaf, proof, root).is_err(), "bit {bit} of {index} in {size}");
        }
    }
    for (old, new) in [(1, 1), (1, 2), (3, 7), (4, 7), (6, 7), (8, 9), (7, 11)] {
        let mut log = MemoryLog::of_size(new);
        let (old_root, new_root) = (root_of(&mut log, old), log.frontier.root());
        let proof = consistency(old, new, &mut log).expect("a proof").concat();
        let whole = [old_root.as_slice(), &new_root, &proof].concat();
        for bit in 0..whole.len() * 8 {
            let flipped = flipped(&whole, bit);
            let (hashes, _) = flipped.as_chunks();
            let [old_root, new_root, proof @ ..] = hashes else { panic!("two hashes") };
            let verified = verify_consistency(old, new, old_root, new_root, proof);
            assert!(verified.is_err(), "bit {bit} of {old} to {new}");
        }
    }
}
