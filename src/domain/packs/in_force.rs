//! The packs that this process goes by: those built in, or those of a folder that it was started with.
//!
//! They are set once, before anything reads them, and never change while the process runs. Every command, reading and
//! check of a process then sees the same rules, without a path for them through each function, and a decision stays a
//! function of state, command and rules; which rules those were, the log says (`rules.adopted`). Whoever replays or
//! verifies a log written by other rules starts a process with those.

use std::sync::OnceLock;

use super::{BUILT_IN_TEXTS, Packs};

struct InForce {
    packs: Packs,
    texts: Vec<(String, String)>,
}

static IN_FORCE: OnceLock<InForce> = OnceLock::new();

fn set() -> &'static InForce {
    IN_FORCE.get_or_init(|| {
        let texts: Vec<(String, String)> =
            BUILT_IN_TEXTS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let parsed = parse(&texts);
        assert!(parsed.is_ok(), "the built-in packs must parse: {:?}", parsed.err());
        InForce { packs: parsed.unwrap_or_default(), texts }
    })
}

fn parse(texts: &[(String, String)]) -> Result<Packs, String> {
    let only: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
    Packs::parse(&only).map_err(|(place, error)| {
        let name = place.and_then(|place| texts.get(place)).map(|(name, _)| name.as_str());
        name.map_or_else(|| error.to_string(), |name| format!("{name}: {error}"))
    })
}

/// The packs that this process goes by.
///
/// # Panics
/// When the files built into the program are not packs, which a test rules out.
#[must_use]
pub fn in_force() -> &'static Packs {
    &set().packs
}

/// Their texts, by the names of their files.
#[must_use]
pub fn texts_in_force() -> &'static [(String, String)] {
    &set().texts
}

/// Has the process go by these packs from now on; each is the name of its file and its text.
///
/// # Errors
/// Why they are no packs that go together, or that the process goes by others already.
pub fn go_by(texts: Vec<(String, String)>) -> Result<(), String> {
    let packs = parse(&texts)?;
    let set = IN_FORCE.get_or_init(|| InForce { packs, texts: texts.clone() });
    if set.texts == texts { Ok(()) } else { Err("the process goes by other rule packs already".to_owned()) }
}
