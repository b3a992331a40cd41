//! Roots and proofs: the small tree of RFC 6962's test data, published cases, and edge cases.

use serde_json::Value;
use std::fs;
use ticun::log::chain;
use ticun::log::tree::{
    EMPTY_ROOT, Frontier, FrontierError, Hash, ProveError, VerifyError, consistency, inclusion, root,
    verify_consistency, verify_inclusion,
};

use super::support::{MemoryLog, leaves, string, vector_json, vectors};

/// The eight leaves that implementations of RFC 6962 have compared since 2013, and the roots over the first of them.
const SMALL_LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const SMALL_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn small_leaves() -> Vec<Hash> {
    SMALL_LEAVES.iter().map(|entry| chain::leaf(&hex::decode(entry).expect("hex"))).collect()
}

#[test]
fn the_small_tree_has_its_published_roots() {
    let mut frontier = Frontier::new();
    assert_eq!(hex::encode(frontier.root()), SMALL_ROOTS[0]);
    assert_eq!(frontier.root(), EMPTY_ROOT);
    for (leaf, expected) in small_leaves().iter().zip(&SMALL_ROOTS[1..]) {
        frontier.append(*leaf);
        assert_eq!(hex::encode(frontier.root()), *expected, "{} leaves", frontier.size());
    }
    let mut log = MemoryLog::new(&small_leaves());
    for (size, expected) in (0_u64..).zip(SMALL_ROOTS) {
        let root = root(size, &mut log).expect("nodes in memory");
        assert_eq!(hex::encode(root), expected, "{size} leaves");
    }
}

#[test]
fn a_proof_of_a_small_tree_is_the_one_of_the_rfc() {
    // RFC 6962 section 2.1.3 draws the tree of seven leaves and names these proofs.
    let mut log = MemoryLog::new(&leaves(7));
    let node = |level: u8, index: u64| log.nodes[&ticun::log::tree::NodeId { level, index }];
    let (a, b, c, d, e, f, j) = (node(0, 0), node(0, 1), node(0, 2), node(0, 3), node(0, 4), node(0, 5), node(0, 6));
    let (g, h, i, k) = (node(1, 0), node(1, 1), node(1, 2), node(2, 0));
    let l = ticun::log::tree::node(&i, &j);
    let at = |index: u64| inclusion(index, 7, &mut log.clone()).expect("a proof");
    assert_eq!(at(0), [b, h, l]);
    assert_eq!(at(3), [c, g, l]);
    assert_eq!(at(4), [f, j, k]);
    assert_eq!(at(6), [i, k]);
    let from = |old: u64, log: &mut MemoryLog| consistency(old, 7, log).expect("a proof");
    assert_eq!(from(3, &mut log), [c, d, g, l]);
    assert_eq!(from(4, &mut log), [l]);
    assert_eq!(from(6, &mut log), [i, j, k]);
    assert_eq!(from(7, &mut log), [[0; 32]; 0]);
    assert_ne!(a, e);
}

#[test]
fn every_proof_of_every_small_tree_verifies_and_nothing_else_does() {
    let leaves = leaves(33);
    let mut log = MemoryLog::new(&leaves);
    let roots: Vec<Hash> = (0..=33).map(|size| root(size, &mut log).expect("a root")).collect();
    for (size, root) in (0_u64..).zip(&roots) {
        for (index, leaf) in (0_u64..size).zip(&leaves) {
            let proof = inclusion(index, size, &mut log).expect("a proof");
            assert_eq!(verify_inclusion(index, size, leaf, &proof, root), Ok(()), "{index} in {size}");
            for other in (0..size + 2).filter(|other| *other != index) {
                assert!(verify_inclusion(other, size, leaf, &proof, root).is_err(), "{index} as {other} in {size}");
            }
            let shorter = proof.get(1..).unwrap_or(&[[0; 32]]);
            assert_eq!(verify_inclusion(index, size, leaf, shorter, root), Err(VerifyError::Length));
            let longer = [proof.as_slice(), &[*root]].concat();
            assert_eq!(verify_inclusion(index, size, leaf, &longer, root), Err(VerifyError::Length));
        }
        for (old, old_root) in (1..=size).zip(&roots[1..]) {
            let proof = consistency(old, size, &mut log).expect("a proof");
            assert_eq!(verify_consistency(old, size, old_root, root, &proof), Ok(()), "{old} to {size}");
            let longer = [proof.as_slice(), &[*root]].concat();
            assert_eq!(verify_consistency(old, size, old_root, root, &longer), Err(VerifyError::Length));
            if let Some(shorter) = proof.get(1..) {
                assert!(verify_consistency(old, size, old_root, root, shorter).is_err(), "{old} to {size}");
            }
            if old < size {
                assert!(verify_consistency(old, size, root, root, &proof).is_err(), "{old} to {size}");
                assert!(verify_consistency(old, size, old_root, old_root, &proof).is_err(), "{old} to {size}");
            }
        }
    }
}

#[test]
fn sizes_that_make_no_sense_are_refused_with_their_reason() {
    let mut log = MemoryLog::of_size(5);
    let root = log.frontier.root();
    assert_eq!(inclusion(5, 5, &mut log), Err(ProveError::Index { index: 5, size: 5 }));
    assert_eq!(inclusion(0, 0, &mut log), Err(ProveError::Index { index: 0, size: 0 }));
    assert_eq!(consistency(6, 5, &mut log), Err(ProveError::Sizes { old: 6, new: 5 }));
    assert_eq!(consistency(0, 5, &mut log), Ok(vec![]), "an empty tree needs no proof");
    let zero = [0; 32];
    assert_eq!(verify_inclusion(5, 5, &zero, &[], &root), Err(VerifyError::Index { index: 5, size: 5 }));
    assert_eq!(verify_inclusion(0, 0, &zero, &[], &EMPTY_ROOT), Err(VerifyError::Index { index: 0, size: 0 }));
    assert_eq!(verify_consistency(6, 5, &root, &root, &[]), Err(VerifyError::Sizes { old: 6, new: 5 }));
    assert_eq!(verify_consistency(0, 5, &EMPTY_ROOT, &root, &[]), Err(VerifyError::EmptyOld));
    assert_eq!(verify_consistency(0, 0, &EMPTY_ROOT, &EMPTY_ROOT, &[]), Err(VerifyError::EmptyOld));
    assert_eq!(verify_consistency(5, 5, &root, &root, &[]), Ok(()));
    assert_eq!(verify_consistency(5, 5, &root, &zero, &[]), Err(VerifyError::Root));
    assert_eq!(verify_consistency(5, 5, &root, &root, &[zero]), Err(VerifyError::Length));
    assert_eq!(verify_consistency(4, 5, &root, &root, &[]), Err(VerifyError::Length));
    assert_eq!(verify_consistency(3, 5, &root, &root, &[]), Err(VerifyError::Length));
    let single = leaves(1)[0];
    assert_eq!(verify_inclusion(0, 1, &single, &[], &single), Ok(()), "the only leaf is the root");
}

#[test]
fn a_frontier_is_rebuilt_from_its_hashes_and_from_nodes() {
    for size in [0_u64, 1, 2, 3, 7, 8, 255, 256, 257, 300] {
        let mut log = MemoryLog::of_size(size);
        let again = Frontier::from_hashes(size, log.frontier.hashes()).expect("a frontier");
        assert_eq!(again, log.frontier);
        let mut read = Frontier::from_nodes(size, &mut log).expect("nodes in memory");
        assert_eq!(read, log.frontier);
        let next = chain::leaf(b"next");
        read.append(next);
        log.frontier.append(next);
        assert_eq!(read.root(), log.frontier.root(), "grown from {size}");
    }
    let error = FrontierError { size: 3, expected: 2, found: 1 };
    assert_eq!(Frontier::from_hashes(3, &[[0; 32]]), Err(error));
    assert!(Frontier::from_hashes(0, &[[0; 32]]).is_err());
    assert!(Frontier::from_hashes(u64::MAX, &[[0; 32]; 64]).is_ok());
}

/// A hash of a published case; none if it is not 32 bytes, which no proof here can hold.
fn hash_of(value: &Value) -> Option<Hash> {
    ticun::log::text::base64_hash(value.as_str()?)
}

fn proof_of(case: &Value) -> Option<Vec<Hash>> {
    case["proof"].as_array().map_or(Some(Vec::new()), |hashes| hashes.iter().map(hash_of).collect())
}

#[test]
fn published_inclusion_proofs_are_judged_as_published() {
    let Some(folder) = vectors("merkle") else { return };
    let (mut judged, mut good) = (0, 0);
    for case in vector_json(&folder, "inclusion.json").as_array().expect("a list") {
        let (Some(root), Some(leaf), Some(proof)) =
            (hash_of(&case["root"]), hash_of(&case["leafHash"]), proof_of(case))
        else {
            continue;
        };
        let (index, size) = (case["leafIdx"].as_u64().expect("an index"), case["treeSize"].as_u64().expect("a size"));
        let refused = verify_inclusion(index, size, &leaf, &proof, &root).is_err();
        assert_eq!(Some(refused), case["wantErr"].as_bool(), "{}", string(case, "file"));
        judged += 1;
        good += u32::from(!refused);
    }
    assert_eq!((judged, good), (72, 6), "every case with hashes of 32 bytes was judged");
}

#[test]
fn published_consistency_proofs_are_judged_as_published() {
    let Some(folder) = vectors("merkle") else { return };
    let (mut judged, mut good) = (0, 0);
    for case in vector_json(&folder, "consistency.json").as_array().expect("a list") {
        let (Some(old_root), Some(new_root), Some(proof)) =
            (hash_of(&case["root1"]), hash_of(&case["root2"]), proof_of(case))
        else {
            continue;
        };
        let (old, new) = (case["size1"].as_u64().expect("a size"), case["size2"].as_u64().expect("a size"));
        let refused = verify_consistency(old, new, &old_root, &new_root, &proof).is_err();
        assert_eq!(Some(refused), case["wantErr"].as_bool(), "{}", string(case, "file"));
        judged += 1;
        good += u32::from(!refused);
    }
    assert_eq!((judged, good), (71, 5), "every case with hashes of 32 bytes was judged");
}

#[test]
fn the_small_tree_of_the_test_data_is_the_one_stated_here() {
    let Some(folder) = vectors("merkle") else { return };
    assert!(fs::exists(folder.join("rfc6962-small-tree.json")).expect("a folder"));
    let tree = vector_json(&folder, "rfc6962-small-tree.json");
    let texts = |key: &str| -> Vec<String> {
        let list = tree[key].as_array().expect("a list").iter();
        list.map(|text| text.as_str().expect("hex").to_owned()).collect()
    };
    assert_eq!(texts("leaf_inputs_hex"), SMALL_LEAVES);
    assert_eq!(texts("root_hex_by_size"), SMALL_ROOTS);
}
