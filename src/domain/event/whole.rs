//! Reads the data of an event, every field of it.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

/// Reads structs of which every field must stand in the input, those that are null as well.
///
/// serde takes a missing field for a null. In a log that would be a second form of the same event, and the bytes of an
/// entry would not follow from what it says. It asks of each struct that it denies unknown fields.
pub(super) struct Whole<T>(pub(super) T);

macro_rules! passed_on {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        })*
    };
}

macro_rules! passed_on_with_name {
    ($($method:ident($($more:ident: $of:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($more: $of,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($more,)* visitor)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Whole<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Counted { visitor, fields })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(Whole(visitor))
    }

    passed_on! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_seq deserialize_map deserialize_identifier deserialize_ignored_any
    }

    passed_on_with_name! {
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(size: usize)
        deserialize_tuple_struct(name: &'static str, size: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

/// The visitor of an option: what is there is read whole.
impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(out)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Whole(input))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Whole<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Whole(input))
    }
}

struct Counted<V> {
    visitor: V,
    fields: &'static [&'static str],
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Counted<V> {
    type Value = V::Value;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.visitor.expecting(out)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let mut seen = 0;
        let value = self.visitor.visit_map(Counting { map, seen: &mut seen })?;
        if seen == self.fields.len() {
            return Ok(value);
        }
        Err(A::Error::custom(format_args!("expected all of {}", self.fields.join(", "))))
    }
}

struct Counting<'a, A> {
    map: A,
    seen: &'a mut usize,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Counting<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let key = self.map.next_key_seed(seed)?;
        *self.seen = self.seen.saturating_add(usize::from(key.is_some()));
        Ok(key)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(Whole(seed))
    }
}
