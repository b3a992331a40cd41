//! The files that the rules are made of, with the digests by which a log names them.

use super::digest::Digest;
use super::event::RuleDigests;
use super::refund::{BENCHMARKS_TEXT, Benchmarks};
use super::{calendar, packs, terms};

/// One file of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// Its name, without an ending.
    pub name: String,
    /// The edition it says it is, and its digests.
    pub digests: RuleDigests,
}

impl RuleFile {
    fn new(name: &str, version: &str, text: &str) -> Self {
        let (sha256, sm3) = (Digest::of(&[text.as_bytes()]), Digest::sm3(text.as_bytes()));
        Self { name: name.to_owned(), digests: RuleDigests { sha256, sm3, version: version.to_owned() } }
    }
}

/// Every file that is built into the program, in the order of their names.
#[must_use]
pub fn built_in() -> Vec<RuleFile> {
    let mut files = vec![
        RuleFile::new("calendar-cn", calendar::built_in().version(), calendar::BUILT_IN_TEXT),
        RuleFile::new("rates-cn", Benchmarks::built_in().version(), BENCHMARKS_TEXT),
        RuleFile::new("void-terms", terms::built_in().version(), terms::BUILT_IN_TEXT),
    ];
    files.extend(packs());
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

/// The rule packs among them.
#[must_use]
pub fn packs() -> Vec<RuleFile> {
    let file = |(name, text): &(&str, &str)| {
        let version = packs::identity_of(text).map_or_else(String::new, |(_, version)| version.to_string());
        RuleFile::new(name, &version, text)
    };
    packs::BUILT_IN_TEXTS.iter().map(file).collect()
}
