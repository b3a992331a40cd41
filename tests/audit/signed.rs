//! What an operator could do to decisions that carry a signature, to the keys behind them, and to what was reviewed.

use serde_json::{Value, json};
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::event::{Fact, SigningKeyRegistered, SigningKeyRetired};
use ticun::domain::signature::{Signature, SignatureBytes, SignerKey};
use ticun::domain::statement::{Statement, possession};
use ticun::ledger::entry::Entry;
use ticun::log::key::SigningKey;

use super::log::{Log, ORIGIN, signing_key};
use super::run::{caught, good};
use super::story::{NOTARY, OTHER_NOTARY, goes_on, opened, story};

/// The seeds of both notaries' keys, and of one that nobody has registered.
const NOTARYS: u8 = 21;
const OTHER_NOTARYS: u8 = 22;
const NOBODYS: u8 = 23;

fn public(key: &SigningKey) -> SignerKey {
    SignerKey::from_bytes(*key.public_key().as_bytes())
}

fn registered(actor: Actor, seed: u8) -> SigningKeyRegistered {
    let (key, user) = (signing_key(seed), actor.user().unwrap());
    let proof = key.sign(possession(ORIGIN, user, &public(&key)).as_bytes());
    SigningKeyRegistered { key: public(&key), proof: SignatureBytes::from_bytes(proof), user }
}

/// What the decider of an entry signs.
fn statement(bytes: &[u8]) -> Vec<u8> {
    let entry = Entry::parse(bytes).unwrap();
    let signer = entry.actor.user().unwrap();
    Statement::of(&entry.fact.event.reviewed().unwrap(), entry.office, ORIGIN, signer).to_bytes()
}

/// Signs the decision at a position with a key.
fn sign(log: &mut Log, position: usize, seed: u8) {
    let key = signing_key(seed);
    let value = SignatureBytes::from_bytes(key.sign(&statement(&log.entries[position])));
    let signature = Signature { key: public(&key), value };
    log.edit(position, |entry| entry["data"]["signature"] = json!(signature));
    log.chain_from(position + 1);
}

/// The story with a key for each notary, and every decision signed.
fn signed() -> Log {
    let mut log = opened();
    for (actor, seed) in [(NOTARY, NOTARYS), (OTHER_NOTARY, OTHER_NOTARYS)] {
        log.push(4, actor, Fact::plain(registered(actor, seed)));
    }
    goes_on(&mut log);
    sign_all(&mut log);
    log
}

fn sign_all(log: &mut Log) {
    for (kind, seed) in
        [("settlement.released", OTHER_NOTARYS), ("refund.proposed", NOTARYS), ("refund.ordered", OTHER_NOTARYS)]
    {
        let position = log.find(kind);
        sign(log, position, seed);
    }
}

#[track_caller]
fn is_caught(log: &Log, position: usize, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    good(folder.path(), &[]);
    caught(folder.path(), &["--replay"], (position, position), words);
}

#[track_caller]
fn is_good(log: &Log) {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    good(folder.path(), &["--replay"]);
}

/// Changes the first entry of a kind, chains and signs the log anew, and asserts that a replay names it.
#[track_caller]
fn told(kind: &str, change: impl FnOnce(&mut Value), words: &str) {
    let mut log = signed();
    let position = log.find(kind);
    log.edit(position, change);
    log.chain_from(position + 1);
    is_caught(&log, position, words);
}

/// Inserts an entry before the first of a kind.
fn inserted(log: &mut Log, before: &str, actor: Actor, fact: Fact) -> usize {
    let position = log.find(before);
    let at: Value = log.value(position)["at"].clone();
    let mut tail = log.entries.split_off(position);
    log.push(0, actor, fact);
    log.edit(position, |entry| entry["at"] = at);
    log.entries.append(&mut tail);
    log.chain_from(position + 1);
    position
}

#[test]
fn signed_decisions_pass_and_so_do_those_of_somebody_without_a_key() {
    is_good(&signed());
    is_good(&story());
    let bytes = {
        let log = signed();
        statement(&log.entries[log.find("settlement.released")])
    };
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "{\"action\":\"settlement.approve\",\"amount\":\"1000.00\",\"basis\":null,\"currency\":\"CNY\",\
         \"document_sha256\":null,\"object\":\"stl_00000000000000000000000001\",\"office\":\"changning\",\
         \"origin\":\"notary.example/log/changning\",\"payee\":\"mch_00000000000000000000000001\",\"position\":25,\
         \"purpose\":\"ticun.decision\",\"revision\":1,\"signer\":\"usr_00000000000000000000000004\",\"v\":1}"
    );
}

#[test]
fn a_decision_of_somebody_with_a_key_carries_no_signature() {
    for kind in ["settlement.released", "refund.proposed", "refund.ordered"] {
        told(kind, |entry| entry["data"]["signature"] = Value::Null, "decides without a signature");
    }
}

#[test]
fn a_decision_is_signed_by_another_key() {
    for seed in [NOTARYS, NOBODYS] {
        let mut log = signed();
        let position = log.find("settlement.released");
        sign(&mut log, position, seed);
        is_caught(&log, position, "and has the key");
    }
    // The key that is in force is named, and another one has signed.
    let mut log = signed();
    let position = log.find("settlement.released");
    let named = log.value(position)["data"]["signature"]["key"].clone();
    sign(&mut log, position, NOBODYS);
    log.edit(position, |entry| entry["data"]["signature"]["key"] = named);
    log.chain_from(position + 1);
    is_caught(&log, position, "is not over what the entry says was decided");
}

#[test]
fn a_decision_is_signed_by_a_key_that_is_not_registered_for_this_user() {
    let mut log = story();
    let position = log.find("settlement.released");
    sign(&mut log, position, NOBODYS);
    is_caught(&log, position, "has no key in force");
}

#[test]
fn a_signature_is_over_another_amount_payee_revision_or_position() {
    // The books themselves are forged to fit, and only the signature remembers what was reviewed.
    let mut log = signed();
    let position = log.find("refund.proposed");
    log.edit(position, |entry| {
        entry["data"]["amount"] = "28999.00".into();
        entry["data"]["review"]["amount"] = "28999.00".into();
    });
    log.chain_from(position + 1);
    is_caught(&log, position, "is not over what the entry says was decided");

    told("refund.proposed", |entry| entry["data"]["basis"] = "waiver".into(), "is not over what");
    let document = json!(Digest::of(&[b"award"]));
    told("refund.proposed", |entry| entry["data"]["document_sha256"] = document, "is not over what");

    // One more entry about the object: what the notary saw was not the newest any more.
    let mut log = signed();
    let first = log.find("refund.answered");
    let recalculated = {
        let data = log.value(log.find("refund.requested"))["data"].clone();
        let fields = ["consumer", "contract", "figures", "merchant", "refund"];
        let data: serde_json::Map<String, Value> =
            fields.map(|name| (name.to_owned(), data[name].clone())).into_iter().collect();
        ticun::domain::event::Event::read("refund.recalculated", Value::from(data)).unwrap()
    };
    let recalculated = Fact { event: recalculated, postings: Vec::new() };
    inserted(&mut log, "refund.answered", Actor::System, recalculated);
    is_caught(&log, first + 2, "revision 2 was reviewed, and revision 3 is decided");
    let position = first + 2;
    log.edit(position, |entry| entry["data"]["review"]["revision"] = 3.into());
    log.chain_from(position + 1);
    is_caught(&log, position, &format!("entry {} was reviewed, and the newest about", position - 2));
    log.edit(position, |entry| entry["data"]["review"]["position"] = (position - 1).into());
    log.chain_from(position + 1);
    is_caught(&log, position, "is not over what the entry says was decided");
}

#[test]
fn what_was_reviewed_is_not_what_stood_in_the_log() {
    let review = |field: &'static str, value: Value| move |entry: &mut Value| entry["data"]["review"][field] = value;
    told("settlement.released", review("revision", json!(2)), "revision 2 was reviewed");
    told("settlement.released", review("position", json!(5)), "entry 5 was reviewed, and the newest about");
    told("settlement.released", review("amount", json!("999.99")), "999.99 to mch_");
    told(
        "settlement.released",
        review("payee", json!("mch_00000000000000000000000002")),
        "was reviewed, and 1000.00 to",
    );
    told("settlement.released", review("action", json!("settlement.reject")), "settlement.reject was reviewed");
    told("refund.ordered", review("action", json!("refund.decide")), "refund.decide was reviewed");
    told("refund.ordered", review("payee", json!("csm_00000000000000000000000002")), "was reviewed, and");
    told(
        "refund.proposed",
        |entry| {
            entry["data"]["consumer"] = "csm_00000000000000000000000002".into();
            entry["subjects"][3] = "csm_00000000000000000000000002".into();
        },
        "it names another contract, merchant or consumer",
    );
}

#[test]
fn a_signature_is_used_twice() {
    // The signature over the decision stands under the approval of it.
    let mut log = signed();
    let (first, second) = (log.find("refund.proposed"), log.find("refund.ordered"));
    let signature = log.value(first)["data"]["signature"].clone();
    log.edit(second, |entry| entry["data"]["signature"] = signature);
    log.chain_from(second + 1);
    is_caught(&log, second, "and has the key");
}

#[test]
fn a_key_is_registered_by_somebody_who_does_not_hold_it_or_for_somebody_else() {
    let position = signed().find("signing_key.registered");
    let nobody = registered(NOTARY, NOBODYS);
    told("signing_key.registered", |entry| entry["data"]["key"] = json!(nobody.key), "nothing shows that");
    let others = registered(OTHER_NOTARY, NOTARYS);
    told("signing_key.registered", |entry| entry["data"]["proof"] = json!(others.proof), "nothing shows that");
    told("signing_key.registered", |entry| entry["actor"] = json!(OTHER_NOTARY), "speaks for the key of");
    // A point of small order, under which many signatures fit.
    let weak = SignerKey::from_bytes([0; 32]);
    told("signing_key.registered", |entry| entry["data"]["key"] = json!(weak), "nothing shows that");
    assert_eq!(position, 14);
}

#[test]
fn two_people_have_one_key() {
    let mut log = signed();
    let position = log.find("signing_key.registered") + 1;
    let shared = registered(OTHER_NOTARY, NOTARYS);
    log.edit(position, |entry| {
        entry["data"]["key"] = json!(shared.key);
        entry["data"]["proof"] = json!(shared.proof);
    });
    log.chain_from(position + 1);
    is_caught(&log, position, "which is usr_00000000000000000000000003's");
}

#[test]
fn a_second_key_takes_the_place_of_the_first() {
    let mut log = signed();
    let second = registered(OTHER_NOTARY, NOBODYS);
    inserted(&mut log, "settlement.proposed", OTHER_NOTARY, Fact::plain(second));
    let position = log.find("settlement.released");
    log.edit(position, |entry| entry["data"]["review"]["position"] = (position - 1).into());
    sign(&mut log, position, OTHER_NOTARYS);
    is_caught(&log, position, "and has the key");
    sign(&mut log, position, NOBODYS);
    let position = log.find("refund.proposed");
    log.edit(position, |entry| entry["data"]["review"]["position"] = (position - 1).into());
    sign(&mut log, position, NOTARYS);
    let position = log.find("refund.ordered");
    log.edit(position, |entry| entry["data"]["review"]["position"] = (position - 1).into());
    sign(&mut log, position, NOBODYS);
    is_good(&log);
}

#[test]
fn a_key_is_retired_and_its_signature_counts_no_more() {
    let mut log = signed();
    let key = registered(OTHER_NOTARY, OTHER_NOTARYS).key;
    let retired = SigningKeyRetired { key, user: OTHER_NOTARY.user().unwrap() };
    let at = inserted(&mut log, "settlement.proposed", OTHER_NOTARY, Fact::plain(retired));
    let released = log.find("settlement.released");
    log.edit(released, |entry| entry["data"]["review"]["position"] = (released - 1).into());
    log.chain_from(released + 1);
    is_caught(&log, released, "has no key in force");

    let nobodys = json!(public(&signing_key(NOBODYS)));
    let mut changed = log.clone();
    changed.edit(at, |entry| entry["data"]["key"] = nobodys);
    changed.chain_from(at + 1);
    is_caught(&changed, at, "which is not in force");
    let mut changed = log.clone();
    changed.edit(at, |entry| entry["actor"] = json!(NOTARY));
    changed.chain_from(at + 1);
    is_caught(&changed, at, "speaks for the key of");
}
