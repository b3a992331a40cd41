//! `ticun migrate` and `ticun office create`.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::args::CreateOffice;
use super::config::Config;
use super::{Ended, Failure, boot, keys, say};
use crate::domain::calendar;
use crate::domain::digest::Digest;
use crate::domain::id::RequestId;
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::ledger::clock::{Entropy, wall};
use crate::ledger::office::{self, Opening};
use crate::log::key::{Algorithm, KeyName, SigningKey};
use crate::store::dialect;

/// Brings the tables up to date, or only says what is missing.
///
/// # Errors
/// A sentence about what failed.
pub fn migrate(config: &Config, check: bool) -> Result<Ended, String> {
    let told = |error: crate::store::Error| error.to_string();
    let path = dialect::sqlite_path(&config.database).map_err(told)?;
    let names = if check {
        if !path.exists() {
            return Err(format!("there is no database {}", path.display()));
        }
        dialect::pending(&mut dialect::open_reader(&config.database).map_err(told)?)
    } else {
        boot::make_folder(path)?;
        dialect::migrate(&mut dialect::open_writer(&config.database).map_err(told)?)
    };
    let names = names.map_err(told)?;
    if names.is_empty() {
        say("the tables are up to date");
        return Ok(Ended::Done);
    }
    let word = if check { "missing" } else { "done" };
    for name in names {
        say(&format!("{word}: {name}"));
    }
    Ok(if check { Ended::FoundWrong } else { Ended::Done })
}

/// Opens a new office.
///
/// # Errors
/// What cannot be in an office's description, or what failed.
pub fn create(create: CreateOffice) -> Result<Ended, Failure> {
    let config = create.settings.clone().in_force(None)?;
    let Some(name) = Name::parse(&create.name) else {
        let form = "1 to 24 of a-z, 0-9 and -, beginning with a letter";
        return Err(Failure::WrongUsage(format!("an office's name is {form}")));
    };
    if !is_domain(&create.domain) {
        return Err(Failure::WrongUsage(format!("{:?} is no domain, such as notary.example", create.domain)));
    }
    if TimeZone::get(&create.time_zone).is_err() {
        return Err(Failure::WrongUsage(format!("there is no time zone {}", create.time_zone)));
    }
    boot::prepare(&config.database)?;
    let made = Made { name, domain: &create.domain, time_zone: &create.time_zone, mode: "live", at: wall() };
    let verifier = open(&config, &made)?;
    say(&format!("office {name} is open; its log's verifier key is {verifier}"));
    Ok(Ended::Done)
}

/// Whether a text is a domain in ASCII (RFC 1123 section 2.1): it becomes part of the log's name for ever.
fn is_domain(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let label = |part: &str| {
        (1..=63).contains(&part.len()) && part.chars().all(plain) && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

/// An office to be opened.
pub struct Made<'a> {
    /// Its name.
    pub name: Name,
    /// Domain of its log.
    pub domain: &'a str,
    /// Zone in which it counts days.
    pub time_zone: &'a str,
    /// `live` or `demo`.
    pub mode: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Opens an office on a prepared database; answers its log's verifier key.
///
/// # Errors
/// A sentence about what failed.
pub fn open(config: &Config, made: &Made<'_>) -> Result<String, String> {
    let origin = format!("{}/log/{}", made.domain, made.name);
    let key = SigningKey::from_pkcs8(&keys::signing_key(&config.data, &format!("log-{}", made.name))?);
    let name = KeyName::parse(&origin).map_err(|error| error.to_string())?;
    let verifier = key.map_err(|error| error.to_string())?.verifier_key(name, Algorithm::Ed25519).to_string();
    let mut rule_packs = BTreeMap::new();
    rule_packs.insert(calendar::built_in().version().to_owned(), Digest::of(&[calendar::BUILT_IN_TEXT.as_bytes()]));
    let opening = Opening {
        name: made.name,
        origin,
        key: Some(verifier.clone()),
        mode: made.mode.to_owned(),
        time_zone: made.time_zone.to_owned(),
        rule_packs,
        predecessor: None,
        at: made.at,
        request: RequestId::from_bits(Entropy::default().id(made.at)),
    };
    let mut connection = dialect::open_writer(&config.database).map_err(|error| error.to_string())?;
    office::create(&mut connection, &opening).map_err(|error| error.to_string())?;
    Ok(verifier)
}
