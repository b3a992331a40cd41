//! Terms that a court would not uphold (法释〔2025〕4号 art. 9), found in the text of a plan.
//!
//! Pure and in linear time. A finding is a hint to people: a notary reads the terms, and nothing but what a rule calls
//! void keeps a plan from being approved.

mod find;
mod normal;
mod pack;
mod reading;

pub use find::{Finding, findings};
pub use pack::{Pack, PackError, Rule};
pub use reading::{FINDINGS_MAX, Found, Reading};

use std::sync::LazyLock;

use super::digest::Digest;
use super::text_enum::text_enum;

text_enum! {
    /// How sure a rule is.
    Severity {
        Void = "void",
        Doubt = "doubt",
    }
}

/// The text of the built-in rules; its digest stands in each log, and beside what was found by them.
pub const BUILT_IN_TEXT: &str = include_str!("../../../rules/void-terms.toml");

/// The rules the program carries with it.
///
/// # Panics
/// When the file built into the program does not parse, which a test rules out.
#[must_use]
pub fn built_in() -> &'static Pack {
    static BUILT_IN: LazyLock<Pack> = LazyLock::new(|| {
        let parsed = Pack::parse(BUILT_IN_TEXT);
        assert!(parsed.is_ok(), "the built-in rules on terms must parse: {:?}", parsed.err());
        parsed.unwrap_or_default()
    });
    &BUILT_IN
}

/// SHA-256 of the built-in rules.
#[must_use]
pub fn built_in_sha256() -> Digest {
    Digest::of(&[BUILT_IN_TEXT.as_bytes()])
}
