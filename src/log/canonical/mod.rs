//! The canonical form of JSON (RFC 8785): one value, one sequence of bytes.
//!
//! Numbers are whole and at most 2^53 − 1 either way. Nothing here needs a fraction, and a number that another
//! implementation would round in silence must never be signed.

mod deserialize;
mod read;
mod write;

pub use write::{CanonicalError, canonicalize};

use std::marker::PhantomData;

use serde::de::{DeserializeSeed, IgnoredAny};

use read::Reader;

/// How deep arrays and objects may nest.
pub const DEPTH_MAX: usize = 64;
/// The largest number that every JSON library reads exactly (RFC 7493 section 2.2).
const INTEGER_MAX: i64 = 9_007_199_254_740_991;

/// Why bytes are not canonical JSON, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {offset}")]
pub struct NotCanonical {
    /// The byte at which it shows.
    pub offset: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// What canonical JSON does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// The bytes are not JSON, or hold white space.
    #[error("not JSON without white space")]
    Syntax,
    /// Something follows the value.
    #[error("bytes after the value")]
    Trailing,
    /// The nesting is deeper than [`DEPTH_MAX`].
    #[error("nested too deeply")]
    Depth,
    /// The keys of an object are not in the order of their UTF-16 code units.
    #[error("keys out of order")]
    Order,
    /// An object has one key twice.
    #[error("a key stands twice")]
    Duplicate,
    /// A character is escaped that need not be, or in another way than the one allowed.
    #[error("an escape that is not the shortest")]
    Escape,
    /// A number has a fraction or an exponent.
    #[error("a number that is not whole")]
    Fraction,
    /// A number is not written in its shortest form.
    #[error("a number that is not in its shortest form")]
    Number,
    /// A number is beyond 2^53 − 1.
    #[error("a number too large to be exact everywhere")]
    Range,
}

/// Why bytes are not the canonical form of a value of some type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// They are not canonical.
    #[error("it is not canonical JSON: {0}")]
    NotCanonical(#[from] NotCanonical),
    /// They are canonical, as far as they were looked at, but not of this type.
    #[error("{0}")]
    Schema(Box<str>),
}

/// Reads what `seed` is for, and checks in the same pass that `bytes` are its canonical form.
///
/// A struct must have all its members; serde would take a missing one for a null. What else a type does not say about
/// its form, it has to check itself: a time with fewer digits is the same time.
///
/// # Errors
/// [`ReadError`] for the first thing that is wrong.
pub fn read<'a, S: DeserializeSeed<'a>>(seed: S, bytes: &'a [u8]) -> Result<S::Value, ReadError> {
    let mut reader = Reader::new(bytes)?;
    let value = seed.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Checks in one pass that `bytes` are one value in canonical form. Allocates nothing.
///
/// # Errors
/// [`NotCanonical`] for the first place where they are not.
pub fn check(bytes: &[u8]) -> Result<(), NotCanonical> {
    match read(PhantomData::<IgnoredAny>, bytes) {
        Ok(IgnoredAny) => Ok(()),
        Err(ReadError::NotCanonical(error)) => Err(error),
        // Any value is good enough to be ignored.
        Err(ReadError::Schema(_)) => Err(NotCanonical { offset: 0, reason: Reason::Syntax }),
    }
}

#[cfg(test)]
mod tests;
