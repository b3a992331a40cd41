//! The names of the files.

/// The one head.
pub(super) const CHECKPOINT: &str = "checkpoint";
/// The verifier keys that sign the log, one a line.
pub(super) const LOG_KEY: &str = "log.key";
/// Those that signed earlier heads and do not sign any more.
pub(super) const RETIRED_KEYS: &str = "log.retired.key";
/// The witness policy (C2SP tlog-policy).
pub(super) const POLICY: &str = "policy.txt";
/// The terms that both parties signed.
pub(super) const TERMS: &str = "terms.json";
/// What it comes to, for programs.
pub(super) const RESULT: &str = "result.json";
/// What it comes to, for people.
pub(super) const PAGE: &str = "result.html";
/// How to check it.
pub(super) const HOW_TO: &str = "HOW-TO-CHECK.txt";
/// Every file but this one and the sums.
pub(super) const MANIFEST: &str = "manifest.json";
/// Every file but this one, as `sha256sum -c` reads it.
pub(super) const SUMS: &str = "SHA256SUMS";

/// What stands before and behind a number.
type Frame = (&'static str, &'static str);

/// A frame, and what a number in it stands for.
type Numbered = (Frame, fn(u64) -> Named);

const ENTRIES: Frame = ("entries/", ".json");
const RECEIPTS: Frame = ("receipts/", ".tlog-proof");
const NOT_LATER: Frame = ("times/not-later/", ".note");
const NOT_BEFORE: Frame = ("times/not-before/", ".note");
const CONSISTENCY: Frame = ("times/consistency/", ".txt");
const TEXTS: &str = "texts/";
const TEXT_ENDS: Frame = (".txt", ".salt");

const FILES: &str = "files/";
const FILE_SALT: Frame = (FILES, ".salt");
const ABOUT: Frame = (FILES, ".about.json");
const ABOUT_SALT: Frame = (FILES, ".about.salt");
const FILE: Frame = (FILES, "");

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// The entry at a position.
    Entry(u64),
    /// The receipt of the entry at a position.
    Receipt(u64),
    /// A head of this size, cosigned first at a time by which its entries were there.
    NotLater(u64),
    /// A head of this size, cosigned last at a time at which nothing newer was there.
    NotBefore(u64),
    /// That the head of this size is a beginning of the one head.
    Consistency(u64),
    /// A text that a field of the entry at a position commits to.
    Text(u64, String),
    /// The random bytes of that commitment.
    Salt(u64, String),
    /// A file that the entry at a position hands in.
    File(u64),
    /// The random bytes of its commitment.
    FileSalt(u64),
    /// What was said of it.
    About(u64),
    /// The random bytes of that commitment.
    AboutSalt(u64),
    /// One of the files with a name of its own.
    Single,
}

fn numbered((folder, end): Frame, number: u64) -> String {
    format!("{folder}{number:06}{end}")
}

impl Named {
    /// What a name stands for; none for a name that is not one of these, in their one spelling.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let single = [CHECKPOINT, LOG_KEY, RETIRED_KEYS, POLICY, TERMS, RESULT, PAGE, HOW_TO];
        if single.contains(&name) {
            return Some(Self::Single);
        }
        let numbers: [Numbered; 9] = [
            (ENTRIES, Self::Entry),
            (RECEIPTS, Self::Receipt),
            (NOT_LATER, Self::NotLater),
            (NOT_BEFORE, Self::NotBefore),
            (CONSISTENCY, Self::Consistency),
            (FILE, Self::File),
            (FILE_SALT, Self::FileSalt),
            (ABOUT, Self::About),
            (ABOUT_SALT, Self::AboutSalt),
        ];
        let numbered = numbers.into_iter().find_map(|((folder, end), made)| {
            let number = name.strip_prefix(folder)?.strip_suffix(end)?;
            number.parse().ok().map(made)
        });
        let found = numbered.or_else(|| {
            let rest = name.strip_prefix(TEXTS)?;
            let (number, rest) = rest.split_once('-')?;
            let number = number.parse().ok()?;
            let text = rest.strip_suffix(TEXT_ENDS.0).map(|field| Self::Text(number, field.to_owned()));
            text.or_else(|| rest.strip_suffix(TEXT_ENDS.1).map(|field| Self::Salt(number, field.to_owned())))
        });
        found.filter(|found| found.name() == name)
    }

    /// The name; empty for the files with a name of their own.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Entry(position) => numbered(ENTRIES, *position),
            Self::Receipt(position) => numbered(RECEIPTS, *position),
            Self::NotLater(size) => numbered(NOT_LATER, *size),
            Self::NotBefore(size) => numbered(NOT_BEFORE, *size),
            Self::Consistency(size) => numbered(CONSISTENCY, *size),
            Self::Text(position, field) => format!("{TEXTS}{position:06}-{field}{}", TEXT_ENDS.0),
            Self::Salt(position, field) => format!("{TEXTS}{position:06}-{field}{}", TEXT_ENDS.1),
            Self::File(position) => numbered(FILE, *position),
            Self::FileSalt(position) => numbered(FILE_SALT, *position),
            Self::About(position) => numbered(ABOUT, *position),
            Self::AboutSalt(position) => numbered(ABOUT_SALT, *position),
            Self::Single => String::new(),
        }
    }
}
