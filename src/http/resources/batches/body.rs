//! The body of a line: that of the request which the line stands for, and one member more in place of the path's id.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::http::edge::uri_reference;
use crate::http::input::{canonical, parse, parse_into};
use crate::http::problem::Problem;

/// A body that is not read yet.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    text: &'a str,
    /// The member that names the object, where there is one.
    member: Option<&'static str>,
}

/// Which request a line stands for.
#[derive(Debug)]
pub struct Place {
    /// The path of that request, as a problem shows it; none where the body names no object.
    pub path: Option<String>,
    /// The body of that request in its one form.
    pub canonical: Vec<u8>,
}

impl<'a> Body<'a> {
    /// The body of a line whose request has the path `template`, with a member of the body in its braces.
    #[must_use]
    pub fn of(text: &'a str, template: &'static str) -> Self {
        Self { text, member: member_of(template) }
    }

    /// Which request it stands for.
    ///
    /// # Errors
    /// `malformed_json` where it cannot be read as JSON.
    pub fn place(&self, template: &'static str) -> Result<Place, Problem> {
        let mut body: Value = parse(self.text.as_bytes())?;
        let id = self.member.map(|member| body.as_object_mut().and_then(|members| members.remove(member)));
        let path = match (self.member, id) {
            (Some(member), Some(Some(Value::String(id)))) => {
                Some(template.replace(&format!("{{{member}}}"), &uri_reference(&id)))
            }
            (Some(_), _) => None,
            (None, _) => Some(template.to_owned()),
        };
        Ok(Place { path, canonical: canonical(&body) })
    }

    /// The whole body.
    ///
    /// # Errors
    /// As those of a request's body.
    pub fn whole<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        parse(self.text.as_bytes())
    }

    /// The object's id, and the rest of the body.
    ///
    /// # Errors
    /// As those of a request's body; `invalid_request` without an id, and `not_found` where it cannot be one.
    pub fn on<I: DeserializeOwned, T: DeserializeOwned>(&self) -> Result<(I, T), Problem> {
        let member = self.member.unwrap_or_default();
        let (id, rest) = parse_into(Parts { member, rest: PhantomData }, self.text.as_bytes())?;
        let missing = || Problem::new("invalid_request").at(format!("/{member}"), format!("missing field `{member}`"));
        let id = id.ok_or_else(missing)?;
        let id = I::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(id.as_str()));
        Ok((id.map_err(|_| Problem::not_found())?, rest))
    }
}

/// What stands in the braces of a template.
fn member_of(template: &'static str) -> Option<&'static str> {
    let (_, rest) = template.split_once('{')?;
    rest.split_once('}').map(|(member, _)| member)
}

/// Reads one member of an object apart from the others, so that the rest has the form that it has without it.
struct Parts<T> {
    member: &'static str,
    rest: PhantomData<T>,
}

impl<T> Clone for Parts<T> {
    fn clone(&self) -> Self {
        Self { member: self.member, rest: PhantomData }
    }
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Parts<T> {
    type Value = (Option<String>, T);

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Parts<T> {
    type Value = (Option<String>, T);

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, all: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        let others = Others { all, member: self.member, found: &mut found };
        let rest = T::deserialize(MapAccessDeserializer::new(others))?;
        Ok((found, rest))
    }
}

/// The members of an object but one.
struct Others<'m, A> {
    all: A,
    member: &'static str,
    found: &'m mut Option<String>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Others<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        // As a text of its own, so that what keeps track of places in the body sees the name.
        while let Some(name) = self.all.next_key::<String>()? {
            if name != self.member {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            if self.found.replace(self.all.next_value()?).is_some() {
                return Err(A::Error::duplicate_field(self.member));
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.all.next_value_seed(seed)
    }
}
