//! `ticun log keys list|make|add|retire`: through the same writer as every other change, while the service runs or not.
//!
//! A running node reads in the log which keys are in force, and finds the files by itself. So a key is made first,
//! copied to every node, and added then; both sign until the old one is retired.

use serde_json::json;

use super::args::{LogKeysCommand, OfOffice};
use super::users::{Opened, connected, plain};
use super::{Ended, Failure, keys, say};
use crate::domain::name::Name;
use crate::domain::objects::LogKey;
use crate::ledger::commands::log::{AddLogKey, RetireLogKey};
use crate::ledger::office;
use crate::ledger::publication::keys::is_handed_over;
use crate::log::key::{KeyName, VerifierKey};
use crate::store::{dialect, queries};

/// Carries out a command about keys.
///
/// # Errors
/// What cannot be done, in a sentence.
pub(super) fn run(command: &LogKeysCommand) -> Result<Ended, Failure> {
    match command {
        LogKeysCommand::List(of) => list(of),
        LogKeysCommand::Make(of) => make(of),
        LogKeysCommand::Add { key, of } => add(key.as_ref(), of),
        LogKeysCommand::Retire { key, of } => retire(key, of),
    }
}

fn list(of: &OfOffice) -> Result<Ended, Failure> {
    let config = of.settings.clone().in_force(None)?;
    let (mut connection, office) = connected(&config, of)?;
    let name = name_of(&office)?;
    let known = queries::log_keys(&mut connection, &office).map_err(|error| error.to_string())?;
    let is_here =
        |key: &LogKey| VerifierKey::parse(&key.key).is_ok_and(|key| keys::log_key(&config.data, name, &key).is_ok());
    if of.json {
        let lines: Vec<_> = known
            .iter()
            .map(|key| {
                json!({
                    "key": key.key, "added_at_position": key.added_at_position,
                    "retired_at_position": key.retired_at_position, "is_here": is_here(key),
                })
            })
            .collect();
        say(&serde_json::to_string_pretty(&lines).map_err(|error| error.to_string())?);
        return Ok(Ended::Done);
    }
    for key in &known {
        let here = if is_here(key) { "here" } else { "not here" };
        let standing = match key.retired_at_position {
            None => format!("in force since entry {}, {here}", key.added_at_position),
            Some(position) => format!("retired by entry {position}, in force since entry {}", key.added_at_position),
        };
        say(&format!("{}\n  {standing}", key.key));
    }
    Ok(Ended::Done)
}

fn make(of: &OfOffice) -> Result<Ended, Failure> {
    let opened = Opened::new(of)?;
    let key = made(&opened)?;
    say(&format!(
        "made {}\n  in {}\n  copy the file to every node, then: ticun log keys add --key {key}",
        key,
        opened.config.data.join("keys").join(keys::later_file(name_of(&opened.office)?, &key)).display()
    ));
    Ok(Ended::Done)
}

/// Makes a key's file under the office's origin.
fn made(opened: &Opened) -> Result<VerifierKey, Failure> {
    Ok(keys::make_log_key(&opened.config.data, name_of(&opened.office)?, origin(opened)?)?)
}

fn origin(opened: &Opened) -> Result<KeyName, Failure> {
    let mut connection = dialect::open_reader(&opened.config.database).map_err(|error| error.to_string())?;
    let office = office::open(&mut connection, &opened.office).map_err(|error| error.to_string())?;
    Ok(KeyName::parse(&office.origin).map_err(|error| error.to_string())?)
}

fn name_of(office: &str) -> Result<Name, Failure> {
    Ok(Name::parse(office).ok_or_else(|| format!("{office} is no name of an office"))?)
}

fn add(given: Option<&VerifierKey>, of: &OfOffice) -> Result<Ended, Failure> {
    let opened = Opened::new(of)?;
    let origin = origin(&opened)?;
    let key = match given {
        Some(key) if *key.name() != origin => {
            return Err(Failure::WrongUsage(format!("the key is one of {}, and the log is {origin}", key.name())));
        }
        Some(key) => key.clone(),
        None => made(&opened)?,
    };
    // Once the entry is written, a head without this key's signature is no good head.
    keys::log_key(&opened.config.data, name_of(&opened.office)?, &key)?;
    opened.carry_out(plain(Box::new(AddLogKey { key: key.clone() })))?;
    say(&format!("{key} signs the log from its next head on\n  tell it to those who verify, and to the witnesses"));
    Ok(Ended::Done)
}

fn retire(named: &str, of: &OfOffice) -> Result<Ended, Failure> {
    let opened = Opened::new(of)?;
    let mut connection = dialect::open_reader(&opened.config.database).map_err(|error| error.to_string())?;
    let known = queries::log_keys(&mut connection, &opened.office).map_err(|error| error.to_string())?;
    let in_force: Vec<VerifierKey> = known
        .iter()
        .filter(|key| key.retired_at_position.is_none())
        .filter_map(|key| VerifierKey::parse(&key.key).ok())
        .collect();
    let is_meant = |key: &&VerifierKey| key.to_string() == named || hex::encode(key.id()) == named;
    let key = in_force.iter().find(is_meant).ok_or_else(|| format!("no key in force is {named}"))?;
    if in_force.len() < 2 {
        return Err(Failure::CouldNot("it is the last key of the log: add another one first".to_owned()));
    }
    if !is_handed_over(&mut connection, &opened.office, key).map_err(|error| error.to_string())? {
        let sentence = "no published head bears its signature beside that of another key yet: whoever knows only this \
                        key could not go on. Try again when one is published";
        return Err(Failure::CouldNot(sentence.to_owned()));
    }
    opened.carry_out(plain(Box::new(RetireLogKey { key: key.clone() })))?;
    say(&format!("{key} does not sign any more\n  remove its file from every node when the next head is published"));
    Ok(Ended::Done)
}
