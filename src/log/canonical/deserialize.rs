//! Canonical JSON as an input of serde: what is read has been checked when it is handed over.

use std::fmt::Display;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::read::{Reader, Written};
use super::{DEPTH_MAX, NotCanonical, ReadError, Reason};

impl Error for ReadError {
    fn custom<T: Display>(what: T) -> Self {
        Self::Schema(what.to_string().into())
    }
}

impl<'de> Reader<'de> {
    /// Opens an array or object behind its bracket, unless `close` follows at once; answers whether there is anything
    /// in it.
    fn open(&mut self, close: u8) -> Result<bool, NotCanonical> {
        if self.eat(close) {
            return Ok(false);
        }
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX { self.fail(Reason::Depth) } else { Ok(true) }
    }

    /// Goes to the next element, or closes.
    fn next(&mut self, close: u8) -> Result<bool, NotCanonical> {
        if self.eat(b',') {
            return Ok(true);
        }
        self.expect(close)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(false)
    }

    fn object<V: Visitor<'de>>(&mut self, visitor: V, count: Option<usize>) -> Result<V::Value, ReadError> {
        self.expect(b'{')?;
        let begin = self.offset();
        let mut members = Members { reader: self, newest: None, count: 0, ended: false };
        let value = visitor.visit_map(&mut members)?;
        if !members.ended && members.next_key::<&str>()?.is_some() {
            return Err(ReadError::custom("an object has more members than expected"));
        }
        match count {
            Some(count) if count != members.count => Err(ReadError::custom(format_args!(
                "the object at byte {begin} leaves out some of its {count} members"
            ))),
            _ => Ok(value),
        }
    }

    fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, ReadError> {
        self.expect(b'[')?;
        let mut items = Items { reader: self, begun: false, ended: false };
        let value = visitor.visit_seq(&mut items)?;
        if !items.ended && items.next_element::<serde::de::IgnoredAny>()?.is_some() {
            return Err(ReadError::custom("an array has more elements than expected"));
        }
        Ok(value)
    }

    fn number_to<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, ReadError> {
        let number = self.number()?;
        match u64::try_from(number) {
            Ok(number) => visitor.visit_u64(number),
            Err(_) => visitor.visit_i64(number),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.peek() {
            Some(b'"') => {
                let written = self.string()?;
                if written.escaped {
                    return visitor.visit_string(written.characters().collect());
                }
                visitor.visit_borrowed_str(written.text)
            }
            Some(b'{') => self.object(visitor, None),
            Some(b'[') => self.array(visitor),
            Some(b'-' | b'0'..=b'9') => self.number_to(visitor),
            Some(b't') => self.word(b"true").map_err(ReadError::from).and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.word(b"false").map_err(ReadError::from).and_then(|()| visitor.visit_bool(false)),
            Some(b'n') => self.word(b"null").map_err(ReadError::from).and_then(|()| visitor.visit_unit()),
            _ => Ok(self.fail(Reason::Syntax)?),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.peek() != Some(b'n') {
            return visitor.visit_some(self);
        }
        self.word(b"null")?;
        visitor.visit_none()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if self.peek() == Some(b'{') { self.object(visitor, Some(fields.len())) } else { self.deserialize_any(visitor) }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The members of an object.
struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    newest: Option<Written<'de>>,
    count: usize,
    ended: bool,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let more = match self.newest {
            None => self.reader.open(b'}')?,
            Some(_) => self.reader.next(b'}')?,
        };
        if !more {
            self.ended = true;
            return Ok(None);
        }
        let offset = self.reader.offset();
        let key = self.reader.string()?;
        self.reader.expect(b':')?;
        if let Some(newest) = self.newest {
            key.follows(newest).map_err(|reason| NotCanonical { offset, reason })?;
        }
        self.newest = Some(key);
        self.count = self.count.saturating_add(1);
        if key.escaped {
            let text: String = key.characters().collect();
            return seed.deserialize(text.into_deserializer()).map(Some);
        }
        seed.deserialize(BorrowedStrDeserializer::new(key.text)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ReadError> {
        seed.deserialize(&mut *self.reader)
    }
}

/// The elements of an array.
struct Items<'r, 'de> {
    reader: &'r mut Reader<'de>,
    begun: bool,
    ended: bool,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ReadError> {
        let more = if self.begun { self.reader.next(b']')? } else { self.reader.open(b']')? };
        self.begun = true;
        if more {
            return seed.deserialize(&mut *self.reader).map(Some);
        }
        self.ended = true;
        Ok(None)
    }
}
