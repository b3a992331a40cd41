//! Signed notes.

use ticun::log::cosignature;
use ticun::log::key::{SigningKey, VerifierKey};
use ticun::log::note::{NOTE_SIZE_BYTES_MAX, NotVerified, Note, NoteError, SIGNATURE_LINES_MAX, SignatureLine};
use ticun::log::text;

use super::support::{flipped, key_name, log_key, signing_key, string, vector_json, vectors, witness_key};

/// The example of C2SP signed-note.
const EXAMPLE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

const ORIGIN: &str = "ticun.example/log/changning";

fn signed(text: &str) -> Note {
    let mut note = Note::unsigned(text.to_owned()).expect("a text");
    note.sign(&key_name(ORIGIN), &signing_key(1));
    note
}

fn parse(text: &str) -> Result<Note, NoteError> {
    Note::parse(text.as_bytes())
}

#[test]
fn the_example_of_the_specification_verifies() {
    let note = parse(EXAMPLE).expect("a note");
    let key = VerifierKey::parse(EXAMPLE_KEY).expect("a key");
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.verify(&[key]).expect("signed").len(), 1);
    assert_eq!(note.to_string(), EXAMPLE);
}

#[test]
fn a_text_may_have_empty_lines_of_its_own() {
    for text in ["\n", "\n\n", "one\n\ntwo\n", "ends with two\n\n", "— not a signature\n\nbut text\n", "夕\n"] {
        let note = signed(text);
        let again = parse(&note.to_string()).expect("a note");
        assert_eq!(again, note);
        assert_eq!(again.text(), text);
        assert_eq!(again.verify(&[log_key(ORIGIN, 1)]).map(|signed| signed.len()), Ok(1));
    }
}

#[test]
fn what_is_no_note_is_refused_with_its_reason() {
    let line = signed("a\n").lines()[0].to_string();
    let cases: &[(String, NoteError)] = &[
        (String::new(), NoteError::Form),
        ("a\n".to_owned(), NoteError::Form),
        ("a\n\n".to_owned(), NoteError::Form),
        (format!("a\n{line}\n"), NoteError::Form),
        (format!("a\n\n{line}"), NoteError::Form),
        (format!("a\n\n\n{line}\n\n"), NoteError::Form),
        (format!("a\n\n{line}\nmore\n"), NoteError::Line),
        (format!("a\n\n {line}\n"), NoteError::Line),
        (format!("a\n\n{line} \n"), NoteError::Line),
        (format!("a\n\n{line}=\n"), NoteError::Line),
        (format!("a\r\n\r\n{line}\r\n"), NoteError::Control),
        (format!("a\tb\n\n{line}\n"), NoteError::Control),
        (format!("a\u{0}b\n\n{line}\n"), NoteError::Control),
        ("a\n\n- name aaaaaaaa\n".to_owned(), NoteError::Line),
        ("a\n\n\u{2014} name\n".to_owned(), NoteError::Line),
        ("a\n\n\u{2014} name aaaa\n".to_owned(), NoteError::Line),
        ("a\n\n\u{2014} name AAAAAA==\n".to_owned(), NoteError::Line),
        ("a\n\n\u{2014} na+me AAAAAAAA\n".to_owned(), NoteError::Line),
        ("a\n\n\u{2014} na\u{a0}me AAAAAAAA\n".to_owned(), NoteError::Line),
        ("a\n\n\u{2014}  AAAAAAAA\n".to_owned(), NoteError::Line),
        ("a\n\n\u{2014} name AAAAAAB=\n".to_owned(), NoteError::Line),
        ("x".repeat(NOTE_SIZE_BYTES_MAX + 1), NoteError::Size),
    ];
    for (text, reason) in cases {
        assert_eq!(parse(text), Err(*reason), "{}", text.chars().take(80).collect::<String>());
    }
    assert_eq!(Note::parse(b"a\xff\n\n\xe2\x80\x94 name AAAAAAAA\n"), Err(NoteError::Utf8));
    assert!(parse("a\n\n\u{2014} name AAAAAAA=\n").is_ok(), "four bytes of id and one of signature");
}

#[test]
fn a_note_may_have_a_hundred_signatures_and_no_more() {
    let line = |number: usize| format!("\u{2014} name{number} AAAAAAAA\n");
    let many = |count: usize| format!("a\n\n{}", (0..count).map(line).collect::<String>());
    assert_eq!(parse(&many(SIGNATURE_LINES_MAX)).map(|note| note.lines().len()), Ok(100));
    assert_eq!(parse(&many(SIGNATURE_LINES_MAX + 1)), Err(NoteError::Lines));
}

#[test]
fn a_text_that_cannot_be_signed_is_refused() {
    let cases = [("", NoteError::Text), ("a", NoteError::Text), ("a\rb\n", NoteError::Control)];
    for (text, reason) in cases {
        assert_eq!(Note::unsigned(text.to_owned()), Err(reason), "{text:?}");
    }
    let unsigned = Note::unsigned("a\n".to_owned()).expect("a text");
    assert_eq!(unsigned.verify(&[log_key(ORIGIN, 1)]), Err(NotVerified::Unknown));
    assert_eq!(parse(&unsigned.to_string()), Err(NoteError::Form), "nobody has signed it");
}

#[test]
fn signatures_of_unknown_keys_are_ignored_and_those_of_known_ones_must_fit() {
    let mut note = signed("a\n");
    note.sign(&key_name("another.example"), &signing_key(2));
    let (log, other) = (log_key(ORIGIN, 1), log_key("another.example", 2));
    let known = |keys: &[VerifierKey]| note.verify(keys).map(|signed| signed.len());
    assert_eq!(known(&[log.clone(), other.clone()]), Ok(2));
    assert_eq!(known(std::slice::from_ref(&log)), Ok(1));
    assert_eq!(known(&[]), Err(NotVerified::Unknown));
    // The same name with another key, and the same key under another name, are strangers.
    assert_eq!(known(&[log_key(ORIGIN, 3), log_key("elsewhere.example", 1)]), Err(NotVerified::Unknown));
    assert_eq!(known(&[witness_key(ORIGIN, 1)]), Err(NotVerified::Unknown));
    // A good line beside a bad one of a known key does not save the note.
    let stolen = format!("\u{2014} another.example {}\n", text::base64(&[&other.id()[..], &[7; 64]].concat()));
    let tampered = format!("{}{stolen}", signed("a\n"));
    let tampered = parse(&tampered).expect("a note");
    assert_eq!(tampered.verify(&[log.clone(), other]), Err(NotVerified::Signature(key_name("another.example"))));
    assert_eq!(tampered.verify(&[log]).map(|signed| signed.len()), Ok(1));
}

#[test]
fn a_cosignature_and_a_signature_cannot_stand_for_each_other() {
    let mut note = signed("a\n");
    let cosigned = cosignature::sign(&key_name("w"), &signing_key(2), 1_700_000_000, "a\n").expect("a time");
    note.add(cosigned.clone());
    let witness = witness_key("w", 2);
    let times: Vec<Option<u64>> = note
        .verify(&[log_key(ORIGIN, 1), witness.clone()])
        .expect("signed")
        .iter()
        .map(|signed| signed.time_s)
        .collect();
    assert_eq!(times, [None, Some(1_700_000_000)]);
    // A log's signature under the witness's id is 64 bytes and carries no time.
    let bare = format!("\u{2014} w {}\n", text::base64(&[&witness.id()[..], &signing_key(2).sign(b"a\n")].concat()));
    let forged = parse(&format!("a\n\n{bare}")).expect("a note");
    assert_eq!(forged.verify(&[witness]), Err(NotVerified::Signature(key_name("w"))));
}

#[test]
fn a_key_that_signs_again_replaces_its_line() {
    let mut note = signed("a\n");
    let at = |time_s| cosignature::sign(&key_name("w"), &signing_key(2), time_s, "a\n").expect("a time");
    note.add(at(10));
    note.add(at(20));
    assert_eq!(note.lines().len(), 2);
    let signed = note.verify(&[witness_key("w", 2)]).map(|signed| signed[0].time_s);
    assert_eq!(signed, Ok(Some(20)));
}

#[test]
fn notes_with_the_same_text_are_merged() {
    let cosigned = |name: &str, seed, time_s| {
        let mut note = signed("a\n");
        note.add(cosignature::sign(&key_name(name), &signing_key(seed), time_s, "a\n").expect("a time"));
        note
    };
    let mut note = cosigned("w1", 2, 10);
    assert_eq!(note.merge(&cosigned("w2", 3, 11)), Ok(()));
    assert_eq!(note.merge(&cosigned("w1", 2, 12)), Ok(()));
    let names: Vec<&str> = note.lines().iter().map(|line| line.name().as_str()).collect();
    assert_eq!(names, [ORIGIN, "w1", "w2"]);
    assert_eq!(note.verify(&[witness_key("w1", 2)]).map(|signed| signed[0].time_s), Ok(Some(10)));
    let before = note.clone();
    assert_eq!(note.merge(&signed("b\n")), Err(NoteError::Other));
    let many: String = (0..99).map(|number| format!("\u{2014} name{number} AAAAAAAA\n")).collect();
    assert_eq!(note.merge(&parse(&format!("a\n\n{many}")).expect("a note")), Err(NoteError::Lines));
    assert_eq!(note, before);
}

#[test]
fn every_flipped_bit_of_a_note_is_refused() {
    let note = signed("ticun.example/log/changning\n1\nAA==\n").to_string();
    let keys = [log_key(ORIGIN, 1)];
    assert!(parse(&note).expect("a note").verify(&keys).is_ok());
    for bit in 0..note.len() * 8 {
        let accepted = Note::parse(&flipped(note.as_bytes(), bit)).is_ok_and(|note| note.verify(&keys).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn published_notes_are_judged_as_published() {
    let Some(folder) = vectors("signed-note") else { return };
    let file = vector_json(&folder, "cases.json");
    let cases = file["cases"].as_array().expect("a list");
    for case in cases {
        let keys = case["vkeys"].as_array().expect("a list").iter();
        let keys: Vec<VerifierKey> =
            keys.map(|key| VerifierKey::parse(key.as_str().expect("a text")).expect("a key")).collect();
        let bytes = hex::decode(string(case, "note_hex")).expect("hex");
        let note = Note::parse(&bytes);
        let accepted = note.as_ref().is_ok_and(|note| note.verify(&keys).is_ok());
        assert_eq!(Some(accepted), case["accept"].as_bool(), "{}", string(case, "name"));
        if let Ok(note) = note {
            assert_eq!(note.to_string().into_bytes(), bytes, "{}", string(case, "name"));
        }
    }
    assert_eq!(cases.len(), 15);
    let bad = file["bad_vkeys"].as_array().expect("a list");
    assert_eq!(bad.len(), 3);
    for key in bad {
        assert!(VerifierKey::parse(key.as_str().expect("a text")).is_err(), "{key}");
    }
}

#[test]
fn a_published_key_signs_the_published_bytes() {
    let Some(folder) = vectors("signed-note") else { return };
    let file = vector_json(&folder, "cases.json");
    let published = &file["signing_key"];
    let parts: Vec<&str> = string(published, "skey").splitn(5, '+').collect();
    let [_, _, name, _, key] = parts.as_slice() else { panic!("five parts") };
    let key = text::base64_bytes(key).expect("base64");
    let key = SigningKey::from_seed(&key[1..]).expect("a seed");
    let mut note = Note::unsigned(string(published, "text").to_owned()).expect("a text");
    note.sign(&key_name(name), &key);
    assert_eq!(note.to_string(), string(published, "signed_note"));
}

#[test]
fn lines_are_read_as_a_witness_answers_them() {
    let line = cosignature::sign(&key_name("w"), &signing_key(2), 5, "a\n").expect("a time");
    assert_eq!(SignatureLine::parse_all(&format!("{line}\n{line}\n")), Ok(vec![line.clone(), line.clone()]));
    assert_eq!(SignatureLine::parse_all(""), Ok(vec![]));
    assert_eq!(SignatureLine::parse_all("\n"), Err(NoteError::Line));
    assert_eq!(SignatureLine::parse_all(&line.to_string()), Err(NoteError::Form));
    assert_eq!(SignatureLine::parse(&format!("{line}\n")), Err(NoteError::Line));
}
