//! Cosignatures.

use ticun::log::cosignature::{CosignatureError, TIME_S_MAX, message, sign, verify};
use ticun::log::key::{SigningKey, VerifierKey};
use ticun::log::note::Note;
use ticun::log::text;

use super::support::{flipped, key_name, signing_key, string, vector_json, vectors};

const TEXT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

#[test]
fn what_is_signed_is_the_example_of_the_specification() {
    let expected = "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert_eq!(message(1_679_315_147, TEXT), expected);
}

#[test]
fn a_cosignature_tells_its_time() {
    for time_s in [1, 1_679_315_147, TIME_S_MAX] {
        let line = sign(&key_name("w"), &signing_key(1), time_s, TEXT).expect("a time");
        assert_eq!(line.signature().len(), 72);
        assert_eq!(verify(TEXT, line.signature(), &signing_key(1).public_key()), Ok(time_s));
        let other = verify(TEXT, line.signature(), &signing_key(2).public_key());
        assert_eq!(other, Err(CosignatureError::Signature));
    }
    for time_s in [0, TIME_S_MAX + 1, u64::MAX] {
        assert_eq!(sign(&key_name("w"), &signing_key(1), time_s, TEXT), Err(CosignatureError::Time), "{time_s}");
    }
}

#[test]
fn every_flipped_bit_of_a_cosignature_or_its_text_is_refused() {
    let key = signing_key(1).public_key();
    let line = sign(&key_name("w"), &signing_key(1), 1_679_315_147, TEXT).expect("a time");
    for bit in 0..line.signature().len() * 8 {
        assert!(verify(TEXT, &flipped(line.signature(), bit), &key).is_err(), "bit {bit}");
    }
    for bit in 0..TEXT.len() * 8 {
        if let Ok(text) = String::from_utf8(flipped(TEXT.as_bytes(), bit)) {
            assert_eq!(verify(&text, line.signature(), &key), Err(CosignatureError::Signature), "bit {bit}");
        }
    }
    for size in 0..72 {
        assert_eq!(verify(TEXT, &line.signature()[..size], &key), Err(CosignatureError::Size));
    }
    assert_eq!(verify(TEXT, &[line.signature(), &[0]].concat(), &key), Err(CosignatureError::Size));
    let late = [&(TIME_S_MAX + 1).to_be_bytes(), line.signature().get(8..).expect("72 bytes")].concat();
    assert_eq!(verify(TEXT, &late, &key), Err(CosignatureError::Time));
}

#[test]
fn the_cosignature_of_an_independent_witness_verifies_and_is_made_again() {
    let Some(folder) = vectors("witness") else { return };
    let transcript = vector_json(&folder, "transcript.json");
    let note = Note::parse(string(&transcript, "monitoring_body").as_bytes()).expect("a note");
    let witness = VerifierKey::parse(string(&transcript, "witness_vkey")).expect("a key");
    let log = VerifierKey::parse(string(&transcript, "log_vkey")).expect("a key");
    let signed = note.verify([&log, &witness]).expect("signed");
    let time_s = transcript["timestamp"].as_u64();
    assert_eq!(signed.iter().map(|signed| signed.time_s).collect::<Vec<_>>(), [None, time_s]);
    let expected = hex::decode(string(&transcript, "cosigned_message_hex")).expect("hex");
    assert_eq!(message(time_s.expect("a time"), note.text()).into_bytes(), expected);
    // The log's test key is published, so its line can be made again byte by byte.
    let key = string(&transcript, "log_skey").split(' ').next().expect("a key").splitn(5, '+').nth(4).expect("a key");
    let key = SigningKey::from_seed(&text::base64_bytes(key).expect("base64")[1..]).expect("a seed");
    let mut again = Note::unsigned(note.text().to_owned()).expect("a text");
    again.sign(log.name(), &key);
    assert_eq!(again.lines()[0], note.lines()[0]);
}
