//! Values that are written as a text: read where the text stands, without a copy of it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Visitor};

/// Reads a text and makes a value of it. Going through a `String` would allocate for every field of an entry.
///
/// # Errors
/// When the input is not a text, and whatever `parse` refuses.
pub(crate) fn read<'de, D, T, E>(input: D, parse: impl Fn(&str) -> Result<T, E>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    input.deserialize_str(Read { parse, made: PhantomData })
}

struct Read<P, T> {
    parse: P,
    made: PhantomData<T>,
}

impl<T, E: fmt::Display, P: Fn(&str) -> Result<T, E>> Visitor<'_> for Read<P, T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_str<X: Error>(self, text: &str) -> Result<T, X> {
        (self.parse)(text).map_err(X::custom)
    }
}
