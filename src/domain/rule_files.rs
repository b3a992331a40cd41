//! The files that the rules are made of, with the digests by which a log names them.

use std::sync::LazyLock;

use super::digest::Digest;
use super::event::RuleDigests;
use super::name::Name;
use super::packs::Version;
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

/// Every file that this process goes by, in the order of their names.
#[must_use]
pub fn in_force() -> Vec<RuleFile> {
    let mut files = vec![
        RuleFile::new("calendar-cn", calendar::built_in().version(), calendar::BUILT_IN_TEXT),
        RuleFile::new("rates-cn", Benchmarks::built_in().version(), BENCHMARKS_TEXT),
        RuleFile::new("void-terms", terms::built_in().version(), terms::BUILT_IN_TEXT),
    ];
    files.extend(packs_in_force().iter().map(|(file, _)| file.clone()));
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

/// A pack's name and edition.
pub type Edition = (Name, Version);

/// The rule packs among them, each with its edition.
#[must_use]
pub fn packs_in_force() -> &'static [(RuleFile, Option<Edition>)] {
    static FILES: LazyLock<Vec<(RuleFile, Option<Edition>)>> = LazyLock::new(|| {
        let file = |(name, text): &(String, String)| {
            let edition = packs::identity_of(text);
            let version = edition.map_or_else(String::new, |(_, version)| version.to_string());
            (RuleFile::new(name, &version, text), edition)
        };
        packs::texts_in_force().iter().map(file).collect()
    });
    &FILES
}
