//! Enums whose variants hold different data: one macro, so that each has one form in the log.

/// Declares an enum that is written as an object with one member, named for the variant: `{"gift":{…}}`. With
/// `or number`, one more variant holds a count and is written as that number alone.
macro_rules! one_of {
    (
        $(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident($type:ty) = $word:literal,)+ }
        $(or number $(#[$number_meta:meta])* $number:ident)?
    ) => {
        $(#[$meta])*
        pub enum $name {
            $($(#[$number_meta])* $number(u64),)?
            $($(#[$variant_meta])* $variant($type),)+
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$number(count) => out.serialize_u64(*count),)?
                    $(Self::$variant(data) => out.collect_map([($word, data)]),)+
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> std::result::Result<Self, D::Error> {
                struct Read;

                impl<'de> serde::de::Visitor<'de> for Read {
                    type Value = $name;

                    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(out, "an object with one of the members {}", [$($word),+].join(", "))
                    }

                    $(fn visit_u64<E: serde::de::Error>(self, count: u64) -> std::result::Result<$name, E> {
                        Ok($name::$number(count))
                    })?

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut members: A,
                    ) -> std::result::Result<$name, A::Error> {
                        use serde::de::Error as _;
                        match members.next_key::<String>()?.as_deref() {
                            $(Some($word) => members.next_value().map($name::$variant),)+
                            Some(other) => Err(A::Error::unknown_field(other, &[$($word),+])),
                            None => Err(A::Error::invalid_length(0, &self)),
                        }
                    }
                }

                input.deserialize_any(Read)
            }
        }
    };
}

pub(crate) use one_of;
