//! Receipts.

use std::fs;

use proptest::prelude::*;
use ticun::log::chain;
use ticun::log::cosignature;
use ticun::log::key::VerifierKey;
use ticun::log::note::NoteError;
use ticun::log::policy::{Policy, Quorum};
use ticun::log::proof::{NotProven, TlogProof, TlogProofError};
use ticun::log::text;
use ticun::log::tree::{VerifyError, inclusion};

use super::support::{
    MemoryLog, entry, flipped, key_name, log_key, signing_key, string, vector_json, vectors, witness_key,
};

const ORIGIN: &str = "ticun.example/log/changning";

fn receipt(index: u64, size: u64) -> TlogProof {
    let mut log = MemoryLog::of_size(size);
    let hashes = inclusion(index, size, &mut log).expect("a proof");
    TlogProof { extra: Vec::new(), index, hashes, checkpoint: log.signed(ORIGIN, 1) }
}

fn believing_the_log() -> Policy {
    Policy::without_witnesses(vec![log_key(ORIGIN, 1)])
}

#[test]
fn a_receipt_proves_its_entry_and_no_other() {
    let policy = believing_the_log();
    for (index, size) in [(0, 1), (3, 7), (6, 7), (255, 300), (299, 300)] {
        let receipt = receipt(index, size);
        let again = TlogProof::parse(receipt.to_string().as_bytes()).expect("a receipt");
        assert_eq!(again, receipt);
        let judgement = again.verify(&chain::leaf(&entry(index)), &policy).expect("proven");
        assert_eq!((judgement.checkpoint.size(), judgement.quorum), (size, Quorum::NotRequired));
        let other = again.verify(&chain::leaf(b"another entry"), &policy);
        assert_eq!(other, Err(NotProven::Inclusion(VerifyError::Root)));
    }
}

#[test]
fn a_receipt_has_the_form_of_the_specification() {
    let mut receipt = receipt(1, 3);
    let text = receipt.to_string();
    let hashes: String = receipt.hashes.iter().map(|hash| format!("{}\n", text::base64(hash))).collect();
    assert_eq!(text, format!("c2sp.org/tlog-proof@v1\nindex 1\n{hashes}\n{}", receipt.checkpoint));
    receipt.extra = b"a terms".to_vec();
    let text = receipt.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra YSB0ZXJtcw==\nindex 1\n"), "{text}");
    assert_eq!(TlogProof::parse(text.as_bytes()), Ok(receipt));
}

#[test]
fn what_is_no_receipt_is_refused_with_its_reason() {
    let good = receipt(1, 3).to_string();
    assert!(TlogProof::parse(good.as_bytes()).is_ok());
    let hash = text::base64(&[7; 32]);
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    let cases: &[(String, TlogProofError)] = &[
        (String::new(), TlogProofError::Header),
        (with("@v1", "@v2"), TlogProofError::Header),
        (with("@v1\n", "@v1 \n"), TlogProofError::Header),
        (with("@v1\n", "@v1\r\n"), TlogProofError::Header),
        (with("index", "extra \nindex"), TlogProofError::Extra),
        (with("index", "extra !\nindex"), TlogProofError::Extra),
        (with("index", "extra YR==\nindex"), TlogProofError::Extra),
        (with("index", "extra YQ==\nextra YQ==\nindex"), TlogProofError::Index),
        (with("index 1", "index 01"), TlogProofError::Index),
        (with("index 1", "index -1"), TlogProofError::Index),
        (with("index 1", "index  1"), TlogProofError::Index),
        (with("index 1", "index"), TlogProofError::Index),
        (with("index 1", "index 18446744073709551616"), TlogProofError::Index),
        (with("index 1\n", ""), TlogProofError::Index),
        (with("index 1\n", "index 1\nAA==\n"), TlogProofError::Hash),
        (with("index 1\n", &format!("index 1\n {hash}\n")), TlogProofError::Hash),
        (with("index 1\n", &format!("index 1\n{}", format!("{hash}\n").repeat(63))), TlogProofError::Long),
        ("c2sp.org/tlog-proof@v1\nindex 1\n".to_owned(), TlogProofError::Form),
        (format!("c2sp.org/tlog-proof@v1\nindex 1\n{hash}"), TlogProofError::Form),
        ("c2sp.org/tlog-proof@v1\nindex 1\n\n".to_owned(), TlogProofError::Note(NoteError::Form)),
        (format!("{good}\n"), TlogProofError::Note(NoteError::Form)),
        (good.trim_end().to_owned(), TlogProofError::Note(NoteError::Form)),
    ];
    for (text, reason) in cases {
        assert_eq!(TlogProof::parse(text.as_bytes()), Err(*reason), "{text}");
    }
    assert_eq!(TlogProof::parse(&vec![b'a'; 2_000_000]), Err(TlogProofError::Size));
    assert_eq!(TlogProof::parse(b"c2sp.org/tlog-proof@v1\n\xff"), Err(TlogProofError::Note(NoteError::Utf8)));
}

#[test]
fn a_receipt_with_wrong_numbers_or_hashes_proves_nothing() {
    let policy = believing_the_log();
    let leaf = chain::leaf(&entry(3));
    let change = |change: &dyn Fn(&mut TlogProof)| {
        let mut receipt = receipt(3, 7);
        change(&mut receipt);
        receipt.verify(&leaf, &policy).map(|judgement| judgement.checkpoint.size())
    };
    assert_eq!(change(&|_| ()), Ok(7));
    assert_eq!(change(&|receipt| receipt.index = 2), Err(NotProven::Inclusion(VerifyError::Root)));
    let beyond = VerifyError::Index { index: 7, size: 7 };
    assert_eq!(change(&|receipt| receipt.index = 7), Err(NotProven::Inclusion(beyond)));
    assert_eq!(change(&|receipt| receipt.hashes.truncate(2)), Err(NotProven::Inclusion(VerifyError::Length)));
    assert_eq!(change(&|receipt| receipt.hashes.push([0; 32])), Err(NotProven::Inclusion(VerifyError::Length)));
    assert_eq!(change(&|receipt| receipt.hashes.swap(0, 1)), Err(NotProven::Inclusion(VerifyError::Root)));
    let stranger = |receipt: &mut TlogProof| receipt.checkpoint = MemoryLog::of_size(7).signed(ORIGIN, 2);
    assert!(matches!(change(&stranger), Err(NotProven::Checkpoint(_))));
    let other_tree = |receipt: &mut TlogProof| receipt.checkpoint = MemoryLog::of_size(8).signed(ORIGIN, 1);
    assert!(matches!(change(&other_tree), Err(NotProven::Inclusion(_))));
}

#[test]
fn a_receipt_without_the_quorum_proves_nothing_yet() {
    let file = format!("log {}\nwitness w {}\nquorum w\n", log_key(ORIGIN, 1), witness_key("w.example", 2));
    let policy = Policy::parse(file.as_bytes()).expect("a policy");
    let leaf = chain::leaf(&entry(3));
    let mut receipt = receipt(3, 7);
    assert_eq!(receipt.verify(&leaf, &policy), Err(NotProven::Quorum));
    let line = cosignature::sign(&key_name("w.example"), &signing_key(2), 77, receipt.checkpoint.text());
    receipt.checkpoint.add(line.expect("a time"));
    let judgement = receipt.verify(&leaf, &policy).expect("proven");
    assert_eq!(judgement.quorum, Quorum::Met { seen_s: 77, fresh_s: 77 });
}

#[test]
fn every_flipped_bit_of_a_receipt_is_refused() {
    let policy = believing_the_log();
    let leaf = chain::leaf(&entry(5));
    let text = receipt(5, 11).to_string();
    let proves = |bytes: &[u8]| TlogProof::parse(bytes).is_ok_and(|receipt| receipt.verify(&leaf, &policy).is_ok());
    assert!(proves(text.as_bytes()));
    for bit in 0..text.len() * 8 {
        assert!(!proves(&flipped(text.as_bytes(), bit)), "bit {bit}");
    }
}

proptest! {
    #[test]
    fn a_receipt_is_read_as_it_was_written(
        extra in prop::collection::vec(any::<u8>(), 0..40), index: u64, hashes in prop::collection::vec(any::<[u8; 32]>(), 0..65),
    ) {
        let receipt = TlogProof { extra, index, hashes, checkpoint: MemoryLog::of_size(2).signed(ORIGIN, 1) };
        prop_assert_eq!(TlogProof::parse(receipt.to_string().as_bytes()), Ok(receipt));
    }
}

#[test]
fn published_receipts_are_judged_as_published() {
    let Some(folder) = vectors("tlog-proof") else { return };
    let keys = vector_json(&folder, "keys.json");
    let log = VerifierKey::parse(string(&keys, "log_vkey")).expect("a key");
    let file = format!("log {log}\nwitness w {}\nquorum w\n", string(&keys, "witness_vkey"));
    let policy = Policy::parse(file.as_bytes()).expect("a policy");
    let (mut good, mut bad) = (0, 0);
    for file in fs::read_dir(&folder).expect("a folder") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "tlog-proof") {
            continue;
        }
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let bytes = fs::read(&path).expect("a file");
        let parsed = TlogProof::parse(&bytes);
        let Some(index) = name.strip_prefix("index-") else {
            // Nobody says which entry a bad receipt is about, so each is tried.
            let entries = keys["leaf_data_utf8"].as_object().expect("entries").values();
            let leaves = entries.map(|entry| chain::leaf(entry.as_str().expect("a text").as_bytes()));
            let mut proven =
                leaves.filter(|leaf| parsed.as_ref().is_ok_and(|proof| proof.verify(leaf, &policy).is_ok()));
            assert_eq!(proven.next(), None, "{name}");
            bad += 1;
            continue;
        };
        let proof = parsed.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(proof.to_string().into_bytes(), bytes, "{name}");
        assert_eq!(proof.index.to_string(), index);
        let leaf = chain::leaf(string(&keys["leaf_data_utf8"], index).as_bytes());
        assert!(proof.verify(&leaf, &policy).is_ok(), "{name}");
        good += 1;
    }
    assert_eq!((good, bad), (3, 7));
}
