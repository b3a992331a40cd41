//! How a token's file is called: `timestamps/<size>.<authority>.tsr`, and `timestamps/<size>.<authority>.<number>.tsr`
//! for the second token and those after it that one authority gave about one head.

use std::fmt;

use crate::log::text;

/// The folder, below the log.
pub const FOLDER: &str = "timestamps";
/// Longer names of authorities are refused.
const AUTHORITY_BYTES_MAX: usize = 24;

/// Which token a file holds. In the order of sizes, then of authorities, then of the times at which they were given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName {
    size: u64,
    authority: String,
    number: u32,
}

impl FileName {
    /// The token of that number, from 1, which an authority gave about the head of this size. None for a name that
    /// cannot stand in a path.
    #[must_use]
    pub fn new(size: u64, authority: &str, number: u32) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let begins = authority.starts_with(|first: char| first.is_ascii_lowercase());
        let is_good = begins && authority.len() <= AUTHORITY_BYTES_MAX && authority.bytes().all(is_plain);
        (is_good && number > 0).then(|| Self { size, authority: authority.to_owned(), number })
    }

    /// Reads a name without its folder, such as `42.tsa.tsr`. One name has one spelling.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let parts: Vec<&str> = name.strip_suffix(".tsr")?.split('.').collect();
        match parts.as_slice() {
            [size, authority] => Self::new(text::decimal(size)?, authority, 1),
            [size, authority, number] => {
                let number = u32::try_from(text::decimal(number)?).ok().filter(|number| *number > 1)?;
                Self::new(text::decimal(size)?, authority, number)
            }
            _ => None,
        }
    }

    /// How many entries the head covers.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The name of the authority.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Which of the authority's tokens about this head it is, from 1.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The path below the log.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{FOLDER}/{self}")
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            1 => write!(out, "{}.{}.tsr", self.size, self.authority),
            number => write!(out, "{}.{}.{number}.tsr", self.size, self.authority),
        }
    }
}
