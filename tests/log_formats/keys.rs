//! Keys, their names and ids, and strict Ed25519.

use ring::rand::SystemRandom;
use std::collections::BTreeSet;
use ticun::log::key::{
    Algorithm, KeyError, KeyName, PublicKey, PublicKeyError, SigningKey, VerifierKey, VerifierKeyError,
};

use super::support::{key_name, log_key, signing_key, string, vector_json, vectors, witness_key};

/// The example of C2SP signed-note, and the key of transparency-dev/tessera's test log.
const PUBLISHED: [&str; 2] = [
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
];

#[test]
fn a_published_verifier_key_is_read_and_written_as_it_stands() {
    for published in PUBLISHED {
        let key = VerifierKey::parse(published).expect("a key");
        assert_eq!(key.to_string(), published);
        assert_eq!(key.algorithm(), Algorithm::Ed25519);
        assert_eq!(VerifierKey::new(key.name().clone(), key.algorithm(), *key.public_key()), key);
    }
}

#[test]
fn one_key_has_different_ids_for_what_it_signs_and_under_other_names() {
    let ids = [log_key("a", 1).id(), witness_key("a", 1).id(), log_key("b", 1).id(), log_key("a", 2).id()];
    assert_eq!(BTreeSet::from(ids).len(), 4);
    let witness = witness_key("witness.example/w1", 3);
    assert_eq!(VerifierKey::parse(&witness.to_string()), Ok(witness));
}

#[test]
fn what_is_no_verifier_key_is_refused_with_its_reason() {
    let good = log_key("ticun.example/log/changning", 1).to_string();
    let (name, rest) = good.split_once('+').expect("a name");
    let (id, key) = rest.split_once('+').expect("an id");
    let capital = id.to_uppercase();
    let cases: &[(String, VerifierKeyError)] = &[
        (String::new(), VerifierKeyError::Form),
        (name.to_owned(), VerifierKeyError::Form),
        (format!("{name}+{id}"), VerifierKeyError::Form),
        (format!("{name}+{id}+"), VerifierKeyError::Form),
        (format!("{name}+{id}+{key}="), VerifierKeyError::Form),
        (format!("{name}+{id}+{key}\n"), VerifierKeyError::Form),
        (format!("+{id}+{key}"), VerifierKeyError::Name(KeyName::parse("").expect_err("no name"))),
        (format!("a b+{id}+{key}"), VerifierKeyError::Name(KeyName::parse("a b").expect_err("no name"))),
        (format!("other+{id}+{key}"), VerifierKeyError::Id),
        (format!("{name}+00000000+{key}"), VerifierKeyError::Id),
        (format!("{name}+{capital}+{key}"), VerifierKeyError::Id),
        (format!("{name}+{id}+AQ=="), VerifierKeyError::PublicKey(PublicKeyError::Size)),
        (format!("{name}+{id}+ZQ=="), VerifierKeyError::Algorithm(0x65)),
    ];
    assert_ne!(capital, id, "the id has a letter");
    for (text, reason) in cases {
        assert_eq!(VerifierKey::parse(text), Err(*reason), "{text}");
    }
}

#[test]
fn a_name_has_nothing_that_ends_it() {
    for name in ["", " ", "a b", "a+b", "a\nb", "a\tb", "a\u{a0}b", "a\u{3000}b", "a\u{2028}b", "\u{1}", "a\u{85}"] {
        assert!(KeyName::parse(name).is_err(), "{name:?}");
    }
    for name in ["a", "ticun.example/log/changning", "公证处", "a-b_c.d:e"] {
        assert_eq!(key_name(name).as_str(), name);
    }
}

#[test]
fn a_key_read_again_is_the_same_key() {
    let pkcs8 = SigningKey::generate(&SystemRandom::new()).expect("random bytes");
    let (one, other) = (SigningKey::from_pkcs8(&pkcs8), SigningKey::from_pkcs8(&pkcs8));
    let (one, other) = (one.expect("a key"), other.expect("a key"));
    assert_eq!(one.public_key(), other.public_key());
    assert_eq!(one.sign(b"the same"), other.sign(b"the same"));
    let fresh = SigningKey::generate(&SystemRandom::new()).expect("random bytes");
    assert_ne!(SigningKey::from_pkcs8(&fresh).expect("a key").public_key(), one.public_key());
}

#[test]
fn bytes_that_are_no_private_key_are_refused() {
    let mut pkcs8 = SigningKey::generate(&SystemRandom::new()).expect("random bytes");
    if let Some(last) = pkcs8.last_mut() {
        *last ^= 1;
    }
    assert_eq!(SigningKey::from_pkcs8(&pkcs8).err(), Some(KeyError::Pkcs8));
    assert_eq!(SigningKey::from_pkcs8(b"").err(), Some(KeyError::Pkcs8));
    assert_eq!(SigningKey::from_seed(&[1; 31]).err(), Some(KeyError::Seed));
}

#[test]
fn the_first_test_of_rfc_8032_signs_as_published() {
    let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").expect("hex");
    let key = SigningKey::from_seed(&seed).expect("a seed");
    assert_eq!(
        hex::encode(key.public_key().as_bytes()),
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );
    let expected = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    assert_eq!(hex::encode(key.sign(b"")), expected);
    assert_eq!(key.public_key().verify(b"", &key.sign(b"")), Ok(()));
}

#[test]
fn a_signature_fits_its_key_and_message_only() {
    let key = signing_key(1);
    let signature = key.sign(b"a message");
    assert_eq!(key.public_key().verify(b"a message", &signature), Ok(()));
    assert_eq!(key.public_key().verify(b"a massage", &signature), Err(PublicKeyError::Signature));
    assert_eq!(signing_key(2).public_key().verify(b"a message", &signature), Err(PublicKeyError::Signature));
    for bit in 0..512 {
        let mut flipped = signature;
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.public_key().verify(b"a message", &flipped), Err(PublicKeyError::Signature), "bit {bit}");
    }
}

#[test]
fn a_public_key_that_fits_more_than_its_own_signatures_is_refused() {
    // The neutral point, one of order 8, and a second spelling of a point: y = 2^255 − 18 stands for 1, and with
    // 2^255 − 16 for 3, which is of large order but still has another spelling.
    let mut second_spelling = [0xff; 32];
    second_spelling[31] = 0x7f;
    let order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85";
    let order_8: [u8; 32] = hex::decode(order_8).expect("hex").try_into().expect("32 bytes");
    for first in [0xee, 0xf0, 0xff] {
        second_spelling[0] = first;
        assert_eq!(PublicKey::parse(&second_spelling), Err(PublicKeyError::Weak));
    }
    let mut one = [0; 32];
    one[0] = 1;
    for weak in [one, [0; 32], order_8] {
        assert_eq!(PublicKey::parse(&weak), Err(PublicKeyError::Weak));
        let mut signed_x = weak;
        signed_x[31] ^= 0x80;
        assert_eq!(PublicKey::parse(&signed_x), Err(PublicKeyError::Weak));
    }
    assert_eq!(PublicKey::parse(&[1; 31]), Err(PublicKeyError::Size));
}

#[test]
fn published_edge_cases_of_ed25519_are_judged_strictly() {
    let Some(folder) = vectors("ed25519") else { return };
    let (mut accepted, mut judged) = (0, 0);
    for case in vector_json(&folder, "ed25519vectors.json").as_array().expect("a list") {
        let flags: Vec<&str> =
            case["flags"].as_array().into_iter().flatten().filter_map(|flag| flag.as_str()).collect();
        // A component of low order alone does not make a signature ambiguous; all other flags do.
        let good = flags.iter().all(|flag| ["low_order_component_A", "low_order_component_R"].contains(flag));
        let key = hex::decode(string(case, "key")).expect("hex");
        let signature = hex::decode(string(case, "sig")).expect("hex").try_into().expect("64 bytes");
        let message = string(case, "msg").as_bytes();
        let verified = PublicKey::parse(&key).and_then(|key| key.verify(message, &signature));
        assert_eq!(verified.is_ok(), good, "number {} with {flags:?}", case["number"]);
        accepted += u32::from(good);
        judged += 1;
    }
    assert_eq!(judged, 914);
    assert!(accepted > 0);
    println!("{accepted} of {judged} accepted");
}
