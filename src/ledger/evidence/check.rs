//! From the file to a verdict, without database and without the service.

use std::io::{Read, Seek};

use super::archive::{MADE_BY, Opened};
use super::case::{Case, GivenFile, judged};
use super::names::{CHECKPOINT, HOW_TO, LOG_KEY, Named, PAGE, POLICY, RESULT, RETIRED_KEYS, TERMS};
use super::{Finding, Summary, page};
use crate::log::policy::Policy;

/// What was found good.
#[derive(Clone, Debug)]
pub struct Good {
    /// What it comes to.
    pub summary: Summary,
    /// How many files were checked.
    pub files: usize,
}

/// Checks a file: every digest, the head and the heads before it, every receipt, terms and texts against what the
/// entries commit to, and that the result says what the files say. `given` is whom somebody believes from elsewhere;
/// without it the file's own key and policy are taken.
///
/// # Errors
/// The first thing that is not good, with its place.
pub fn check<R: Read + Seek>(file: R, given: Option<&Policy>) -> Result<Good, Finding> {
    let mut opened = Opened::open(file)?;
    let contract = opened.manifest.contract;
    let (keys, retired) = (opened.read(LOG_KEY)?, opened.read(RETIRED_KEYS)?);
    let mut case = Case::new(contract, &keys, &retired, &opened.read(POLICY)?)?;
    let head = opened.read(CHECKPOINT)?;
    case.head(&head)?;
    if let Some(policy) = given {
        judged(policy, &head)?;
    }
    let mut entries = Vec::new();
    let (mut texts, mut files) = (Vec::new(), Vec::new());
    for name in opened.manifest.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>() {
        let named = Named::parse(&name).ok_or_else(|| Finding::refuted(&name, "nothing vouches for it"))?;
        // Every file has the digests of the manifest, also one that says nothing.
        let bytes = opened.read(&name)?;
        match named {
            Named::Entry(position) => entries.push(position),
            Named::Receipt(position) => partner(&opened, &name, &Named::Entry(position))?,
            Named::NotLater(size) => {
                case.not_later(size, &bytes, &opened.read(&Named::Consistency(size).name())?)?;
            }
            Named::NotBefore(size) => {
                case.not_before(size, &bytes, &opened.read(&Named::Consistency(size).name())?)?;
            }
            Named::Text(position, field) => texts.push((position, field)),
            Named::Salt(position, field) => partner(&opened, &name, &Named::Text(position, field))?,
            Named::File(position) => files.push(position),
            Named::FileSalt(position) | Named::About(position) | Named::AboutSalt(position) => {
                partner(&opened, &name, &Named::File(position))?;
            }
            Named::Consistency(size) => {
                let none = partner(&opened, &name, &Named::NotLater(size));
                none.or_else(|_| partner(&opened, &name, &Named::NotBefore(size)))?;
            }
            Named::Single => {}
        }
    }
    entries.sort_unstable();
    for position in entries {
        let bytes = opened.read(&Named::Entry(position).name())?;
        case.entry(position, &bytes, &opened.read(&Named::Receipt(position).name())?)?;
    }
    for (position, field) in texts {
        let text = opened.read(&Named::Text(position, field.clone()).name())?;
        let salt = opened.read(&Named::Salt(position, field.clone()).name())?;
        case.text(position, &field, &salt, &text)?;
    }
    case.terms(&opened.read(TERMS)?)?;
    for position in files {
        let body = opened.read(&Named::File(position).name())?;
        let salt = opened.read(&Named::FileSalt(position).name())?;
        let about = opened.read(&Named::About(position).name())?;
        let about_salt = opened.read(&Named::AboutSalt(position).name())?;
        let given = GivenFile { body: &body, salt: &salt, about: &about, about_salt: &about_salt };
        case.file(position, &given)?;
    }
    let summary = case.finish()?;
    says_what_the_files_say(&mut opened, &summary)?;
    Ok(Good { summary, files: opened.manifest.files.len() })
}

/// A file without the one it belongs to proves nothing.
fn partner<R: Read + Seek>(opened: &Opened<R>, name: &str, other: &Named) -> Result<(), Finding> {
    let other = other.name();
    if opened.has(&other) { Ok(()) } else { Err(Finding::undecided(other, format!("it is missing beside {name}"))) }
}

/// What is made of the files is made once more, and compared.
fn says_what_the_files_say<R: Read + Seek>(opened: &mut Opened<R>, summary: &Summary) -> Result<(), Finding> {
    let made = page::made_of(summary)?;
    for (name, text) in [(RESULT, made.result), (PAGE, made.page), (HOW_TO, made.how_to)] {
        if opened.read(name)? == text.as_bytes() {
            continue;
        }
        if opened.manifest.made_by != MADE_BY {
            let what = format!("{} has written it, and {MADE_BY} cannot say whether rightly", opened.manifest.made_by);
            return Err(Finding::undecided(name, what));
        }
        return Err(Finding::refuted(name, "it does not say what the entries and their receipts say"));
    }
    Ok(())
}
