//! The members of an entry, one after the other.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::Entry;
use crate::domain::event::{Event, Fact};
use crate::domain::id::ObjectId;

/// In the order in which they stand.
const MEMBERS: [&str; 11] =
    ["actor", "at", "data", "kind", "office", "position", "postings", "prev", "request", "subjects", "v"];

/// What an entry says, and what it says about itself.
pub(super) struct Read {
    pub(super) entry: Entry,
    pub(super) subjects: Vec<ObjectId>,
    pub(super) version: u32,
}

/// Reads an entry. The data of an event stand in front of its kind, by which alone they can be read; so it is looked
/// up first.
pub(super) struct Form<'a> {
    pub(super) kind: &'a str,
}

/// The kind of the event, if the bytes are an entry: what follows the first object that ends before a member `kind`.
/// No event holds an object in front of a member of that name, and a quote inside a text is escaped.
pub(super) fn kind(bytes: &[u8]) -> &str {
    const BEFORE: &[u8] = br#"},"kind":""#;
    let begin = memchr::memmem::find(bytes, BEFORE).map(|found| found.saturating_add(BEFORE.len()));
    let rest = begin.and_then(|begin| bytes.get(begin..)).unwrap_or_default();
    let kind = rest.split(|byte| *byte == b'"').next().unwrap_or_default();
    std::str::from_utf8(kind).unwrap_or_default()
}

impl<'de> DeserializeSeed<'de> for Form<'de> {
    type Value = Read;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Read, D::Error> {
        input.deserialize_struct("Entry", &MEMBERS, self)
    }
}

impl<'de> Visitor<'de> for Form<'de> {
    type Value = Read;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an entry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
        let (actor, at) = (member(&mut map, "actor")?, member(&mut map, "at")?);
        named(&mut map, "data")?;
        let event = map.next_value_seed(Data { kind: self.kind })?;
        let kind: &str = member(&mut map, "kind")?;
        if kind != self.kind {
            return Err(A::Error::custom(format_args!("the kind {kind} does not follow its data")));
        }
        let (office, position) = (member(&mut map, "office")?, member(&mut map, "position")?);
        let postings = member(&mut map, "postings")?;
        let (prev, request) = (member(&mut map, "prev")?, member(&mut map, "request")?);
        let (subjects, version) = (member(&mut map, "subjects")?, member(&mut map, "v")?);
        let entry = Entry { office, position, at, actor, request, prev, fact: Fact { event, postings } };
        Ok(Read { entry, subjects, version })
    }
}

struct Data<'a> {
    kind: &'a str,
}

impl<'de> DeserializeSeed<'de> for Data<'_> {
    type Value = Event;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Event, D::Error> {
        Event::read(self.kind, input)
    }
}

/// Reads the next member, which must be this one.
fn member<'de, A: MapAccess<'de>, T: Deserialize<'de>>(map: &mut A, key: &str) -> Result<T, A::Error> {
    named(map, key)?;
    map.next_value()
}

/// Reads the key of the next member, which must be this one.
fn named<'de, A: MapAccess<'de>>(map: &mut A, key: &str) -> Result<(), A::Error> {
    match map.next_key::<&str>()? {
        Some(found) if found == key => Ok(()),
        Some(found) if !MEMBERS.contains(&found) => Err(A::Error::custom(format_args!("unknown field `{found}`"))),
        _ => Err(A::Error::custom(format_args!("missing field `{key}`"))),
    }
}
