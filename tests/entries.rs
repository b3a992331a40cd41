//! Every kind of event as an entry: its bytes are canonical, and only those bytes are read.
#![cfg(test)]

#[path = "entries/samples.rs"]
mod samples;

use serde_json::Value;
use ticun::domain::account::{Account, transfer};
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::event::{Event, Fact};
use ticun::domain::id::{ContractId, RequestId, UserId};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::Role;
use ticun::domain::time::Timestamp;
use ticun::ledger::entry::{Entry, EntryError};
use ticun::log::canonical::{self, ReadError};

use samples::samples;

fn entry(event: Event) -> Entry {
    let contract = ContractId::from_bits(5);
    let amount = Amount::parse("33.33").expect("an amount");
    Entry {
        office: Name::parse("changning").expect("a name"),
        position: 41,
        at: Timestamp::parse("2026-11-22T01:27:16.200000Z").expect("a time"),
        actor: Actor::User { id: UserId::from_bits(9), role: Role::Notary },
        request: RequestId::from_bits(77),
        prev: Digest::of(&[b"before"]),
        fact: Fact {
            event,
            postings: transfer(Account::ContractHeld(contract), Account::ContractPending(contract), amount),
        },
    }
}

fn bytes(entry: &Entry) -> Vec<u8> {
    entry.to_bytes(&entry.fact.event.subjects())
}

fn parse(text: &str) -> Result<Entry, EntryError> {
    Entry::parse(text.as_bytes())
}

#[test]
fn every_kind_has_a_sample() {
    let samples = samples();
    let with_sample = |kind: &&&str| samples.iter().any(|event| event.kind() == **kind);
    let without: Vec<_> = Event::KINDS.iter().filter(|kind| !with_sample(kind)).collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn every_event_serialises_canonically_and_reads_back() {
    let actors = [
        Actor::User { id: UserId::from_bits(9), role: Role::Notary },
        Actor::Channel(Name::parse("sandbox").expect("a name")),
        Actor::System,
    ];
    for (index, event) in samples().into_iter().enumerate() {
        let kind = event.kind();
        let mut entry = entry(event);
        entry.actor = actors[index % actors.len()];
        let bytes = bytes(&entry);
        let value: Value = serde_json::from_slice(&bytes).expect("JSON");
        let oracle = serde_json_canonicalizer::to_vec(&value).expect("a canonical form");
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&oracle), "{kind}");
        assert_eq!(canonical::check(&bytes), Ok(()), "{kind}");
        assert_eq!(Entry::parse(&bytes).expect("an entry"), entry, "{kind}");
    }
}

#[test]
fn an_entry_changed_in_any_way_is_refused() {
    let event = samples().into_iter().find(|event| event.kind() == "settlement.released").expect("a sample");
    let good = String::from_utf8(bytes(&entry(event))).expect("text");
    assert!(parse(&good).is_ok());
    type Refused = fn(&EntryError) -> bool;
    let schema: Refused = |error| matches!(error, EntryError::Form(ReadError::Schema(_)));
    let subjects: Refused = |error| matches!(error, EntryError::Subjects);
    let not_canonical: Refused = |error| matches!(error, EntryError::Form(ReadError::NotCanonical(_)));
    let unknown_version: Refused = |error| matches!(error, EntryError::Version(2));
    let cases: &[(&str, &str, Refused)] = &[
        ("{\"actor\"", "{\"a\":1,\"actor\"", schema),
        ("\"data\":{", "\"data\":{\"a\":1,", schema),
        ("\"position\":41,", "\"position\":41,\"position\":41,", not_canonical),
        ("\"data\":{", "\"data\":{\"count\":2,", not_canonical),
        ("\"position\":41,", "\"positions\":41,", schema),
        ("\"position\":41,", "", schema),
        ("\"position\":41", "\"position\":-1", schema),
        ("\"kind\":\"settlement.released\"", "\"kind\":\"settlement.invented\"", schema),
        ("\"kind\":\"settlement.released\"", "\"kind\":\"settlement.proposed\"", schema),
        ("33.33", "33.3", schema),
        ("\"-33.33\"", "-33", schema),
        ("\"role\":\"notary\"", "\"role\":\"king\"", schema),
        ("}", "", not_canonical),
        ("\"subjects\":[\"stl_", "\"subjects\":[\"pay_", subjects),
        ("\"v\":1", "\"v\":2", unknown_version),
        ("\"v\":1", "\"v\": 1", not_canonical),
        ("changning", "ch\\u0061ngning", not_canonical),
        ("16.200000Z", "16.2Z", schema),
    ];
    for (from, to, refused) in cases {
        assert!(good.contains(from), "{from}");
        let changed = good.replacen(from, to, 1);
        let error = parse(&changed).expect_err(to);
        assert!(refused(&error), "{from} as {to}: {error:?}");
    }
    let swapped = good.replacen("\"position\":41,", "", 1).replacen("\"v\":1", "\"position\":41,\"v\":1", 1);
    assert!(schema(&parse(&swapped).expect_err("reordered keys")));
    let trailing = format!("{good}\n");
    assert!(parse(&trailing).is_err());
    for cut in 0..good.len() {
        assert!(Entry::parse(&good.as_bytes()[..cut]).is_err(), "{cut}");
    }
}

/// Every way of leaving one member out of an object somewhere in a value.
fn thinned(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let mut fewer = fields.clone();
                fewer.remove(key);
                all.push(Value::Object(fewer));
                let with = |inner| {
                    let mut other = fields.clone();
                    other.insert(key.clone(), inner);
                    Value::Object(other)
                };
                all.extend(thinned(inner).into_iter().map(with));
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                let with = |inner| {
                    let mut other = items.clone();
                    other[index] = inner;
                    Value::Array(other)
                };
                all.extend(thinned(inner).into_iter().map(with));
            }
        }
        _ => {}
    }
    all
}

#[test]
fn an_entry_that_leaves_out_anything_is_refused_even_a_null() {
    let mut count = 0;
    for event in samples() {
        let kind = event.kind();
        let good: Value = serde_json::from_slice(&bytes(&entry(event))).expect("JSON");
        for fewer in thinned(&good) {
            let text = serde_json_canonicalizer::to_string(&fewer).expect("a canonical form");
            // A table from names to values may have fewer of them; then it is another entry, in its own form.
            match parse(&text) {
                Ok(read) => assert_eq!(String::from_utf8_lossy(&bytes(&read)), text, "{kind}"),
                Err(_) => count += 1,
            }
        }
    }
    assert!(count > 1_000, "{count}");
}

#[test]
fn one_byte_changed_anywhere_is_refused_or_is_another_entry() {
    for event in samples() {
        let good = bytes(&entry(event));
        for at in 0..good.len() {
            for byte in [b' ', b'0', b'1', b'a', b'F', b'-', b'+', b'.', b'"', b'\\', 0xff] {
                let mut changed = good.clone();
                changed[at] = byte;
                if let Ok(read) = Entry::parse(&changed) {
                    // Whatever is read would be written in the same way.
                    assert_eq!(String::from_utf8_lossy(&bytes(&read)), String::from_utf8_lossy(&changed), "byte {at}");
                }
            }
        }
    }
}
