//! Whatever a stranger sends is answered: nothing panics, and what is accepted is written again byte by byte.

use proptest::prelude::*;
use ticun::log::checkpoint::Checkpoint;
use ticun::log::key::VerifierKey;
use ticun::log::note::{Note, SignatureLine};
use ticun::log::policy::Policy;
use ticun::log::proof::TlogProof;
use ticun::log::text;
use ticun::log::tile::Tile;
use ticun::log::witness::{AddCheckpoint, Reply, SIZE_CONTENT_TYPE};

use super::support::{MemoryLog, log_key, witness_key};

const ORIGIN: &str = "ticun.example/log/changning";

/// Every parser, on the same bytes. Each accepts one spelling only, so what it accepts it also writes.
fn feed(bytes: &[u8]) {
    let written = |accepted: Option<String>| {
        assert!(accepted.is_none_or(|accepted| accepted.as_bytes() == bytes), "another spelling of the same");
    };
    written(Note::parse(bytes).ok().map(|note| note.to_string()));
    written(AddCheckpoint::parse(bytes).ok().map(|request| request.to_string()));
    written(TlogProof::parse(bytes).ok().map(|proof| proof.to_string()));
    let read = |status| Reply::parse(status, Some(SIZE_CONTENT_TYPE), bytes).is_ok();
    let _answers: [bool; 3] = [read(200), read(409), Policy::parse(bytes).is_ok()];
    if let Ok(text) = std::str::from_utf8(bytes) {
        written(Checkpoint::parse(text).ok().map(|checkpoint| checkpoint.text()));
        written(VerifierKey::parse(text).ok().map(|key| key.to_string()));
        written(SignatureLine::parse(text).ok().map(|line| line.to_string()));
        written(Tile::parse(text).ok().map(|tile| tile.to_string()));
        written(text::decimal(text).map(|number| number.to_string()));
        written(text::base64_bytes(text).map(|bytes| text::base64(&bytes)));
        written(text::base64_hash(text).map(|hash| text::base64(&hash)));
    }
}

/// Good texts of every kind, to be damaged.
fn samples() -> Vec<String> {
    let log = MemoryLog::of_size(7);
    let checkpoint = log.signed(ORIGIN, 1);
    let hashes = vec![[7; 32], [8; 32]];
    let policy = format!(
        "# whom we believe\nlog {} https://ticun.example/log/changning/\nwitness w {}\ngroup g 1 w\nquorum g\n",
        log_key(ORIGIN, 1),
        witness_key("w", 2)
    );
    assert!(Policy::parse(policy.as_bytes()).is_ok());
    let checkpoint_text = checkpoint.text().to_owned();
    let line = checkpoint.lines()[0].to_string();
    vec![
        AddCheckpoint { old_size: 3, proof: hashes.clone(), checkpoint: checkpoint.clone() }.to_string(),
        TlogProof { extra: b"more".to_vec(), index: 5, hashes, checkpoint: checkpoint.clone() }.to_string(),
        checkpoint.to_string(),
        checkpoint_text,
        line,
        policy,
        log_key(ORIGIN, 1).to_string(),
        "tile/0/x001/x234/067.p/12".to_owned(),
    ]
}

#[test]
fn good_texts_of_every_kind_are_written_as_they_were_read() {
    let samples = samples();
    samples.iter().for_each(|sample| feed(sample.as_bytes()));
    let accepted = |index: usize| {
        let bytes = samples[index].as_bytes();
        let proof = TlogProof::parse(bytes).is_ok();
        [AddCheckpoint::parse(bytes).is_ok(), proof, Note::parse(bytes).is_ok()]
    };
    // A request and a receipt end in a note, and their first lines then belong to its text.
    assert_eq!(accepted(0), [true, false, true]);
    assert_eq!(accepted(1), [false, true, true]);
    assert_eq!(accepted(2), [false, false, true]);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        feed(&bytes);
    }

    #[test]
    fn any_text_of_lines_is_answered(lines in prop::collection::vec(line(), 0..12), ended: bool) {
        let text = lines.join("\n");
        feed(if ended { format!("{text}\n") } else { text }.as_bytes());
    }

    #[test]
    fn damaged_texts_are_answered(
        sample in 0_usize..8, place: prop::sample::Index, count in 0_usize..4, put in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut bytes = samples()[sample].clone().into_bytes();
        let from = place.index(bytes.len());
        let to = (from + count).min(bytes.len());
        bytes.splice(from..to, put);
        feed(&bytes);
    }
}

/// Lines that are nearly right.
fn line() -> impl Strategy<Value = String> {
    let hash = any::<[u8; 32]>().prop_map(|hash| text::base64(&hash));
    let signature = ("[a-z.]{1,8}", prop::collection::vec(any::<u8>(), 0..80));
    prop_oneof![
        Just(String::new()),
        Just("c2sp.org/tlog-proof@v1".to_owned()),
        "(old|index|extra|log|witness|group|quorum|time) ?[0-9a-z+/= ]{0,12}",
        "[0-9]{1,21}",
        hash,
        signature.prop_map(|(name, bytes)| format!("\u{2014} {name} {}", text::base64(&bytes))),
        "\\PC{0,12}",
    ]
}
