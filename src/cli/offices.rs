//! `ticun migrate` and `ticun office create`.

use std::path::Path;

use jiff::tz::TimeZone;

use super::args::CreateOffice;
use super::config::Config;
use super::{Ended, Failure, audit, boot, keys, say};
use crate::domain::digest::Digest;
use crate::domain::event::Predecessor;
use crate::domain::id::RequestId;
use crate::domain::name::Name;
use crate::domain::rule_files;
use crate::domain::time::Timestamp;
use crate::ledger::audit::{Options, verify};
use crate::ledger::clock::{Entropy, wall};
use crate::ledger::office::{self, Opening};
use crate::log::key::{Algorithm, KeyName, SigningKey, VerifierKey};
use crate::log::known::KnownHead;
use crate::log::policy::Policy;
use crate::store::dialect::{self, Engine};

/// Brings the tables up to date, or only says what is missing.
///
/// # Errors
/// A sentence about what failed.
pub fn migrate(config: &Config, check: bool) -> Result<Ended, String> {
    let told = |error: crate::store::Error| error.to_string();
    let file = Engine::of(&config.database).map_err(told)?.file();
    let names = if check {
        boot::must_exist(&config.database)?;
        dialect::pending(&mut dialect::open_reader(&config.database).map_err(told)?)
    } else {
        if let Some(file) = file {
            boot::make_folder(file)?;
        }
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
    let predecessor = match &create.succeeds {
        Some(log) => Some(predecessor(log, create.succeeds_key.as_ref(), config.ca_file.as_deref())?),
        None => None,
    };
    if predecessor.as_ref().is_some_and(|before| before.origin == origin(&create.domain, name)) {
        let sentence = "a log that takes the place of another one has a name of its own: two logs of one name would \
                        contradict each other. Choose another office or --domain";
        return Err(Failure::WrongUsage(sentence.to_owned()));
    }
    boot::prepare(&config.database)?;
    let told = predecessor.as_ref().map(|before| format!("{} and its {} entries", before.origin, before.size));
    let (domain, time_zone) = (&create.domain, &create.time_zone);
    let made = Made { name, domain, time_zone, mode: "live", at: wall(), predecessor };
    let verifier = open(&config, &made)?;
    say(&format!("office {name} is open; its log's verifier key is {verifier}"));
    if let Some(told) = told {
        say(&format!(
            "  its first entry says that it takes the place of {told}\n  \
             its books begin empty: no contract, balance or user of that log is carried over"
        ));
    }
    Ok(Ended::Done)
}

fn origin(domain: &str, name: Name) -> String {
    format!("{domain}/log/{name}")
}

/// The last signed head of a log: as far as it is whole, it is verified; of a head alone, the signature.
fn predecessor(log: &str, key: Option<&VerifierKey>, ca_file: Option<&Path>) -> Result<Predecessor, Failure> {
    let is_file = !log.contains("://") && Path::new(log).is_file();
    let (head, key) = if is_file {
        let bytes = std::fs::read(log).map_err(|error| format!("{log}: {error}"))?;
        let head = KnownHead::parse(&bytes).map_err(|error| format!("{log}: {error}"))?;
        let key = key.or_else(|| head.key()).cloned();
        let none = || Failure::WrongUsage(format!("{log} does not say whose head it is: give --succeeds-key"));
        let key = key.ok_or_else(none)?;
        (head, key)
    } else {
        let policy = audit::policy(None, key)?;
        let options = Options { policy: policy.as_ref(), ..Options::default() };
        let report = verify(audit::source(log, None, ca_file)?, &options, &mut |_, _| {});
        let report = report.map_err(|stopped| format!("{log}: {stopped}"))?;
        (report.head, report.key)
    };
    let signed = Policy::without_witnesses(vec![key.clone()]).judge(head.note()).map(|judged| judged.checkpoint);
    let checkpoint = signed.map_err(|error| format!("{log}: {error}"))?;
    Ok(Predecessor {
        head_sha256: Digest::of(&[head.note().text().as_bytes()]),
        key: key.to_string(),
        origin: checkpoint.origin().to_owned(),
        root: Digest::from_bytes(*checkpoint.root()),
        size: checkpoint.size(),
    })
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
    /// The log that this one takes the place of.
    pub predecessor: Option<Predecessor>,
}

/// Opens an office on a prepared database; answers its log's verifier key.
///
/// # Errors
/// A sentence about what failed.
pub fn open(config: &Config, made: &Made<'_>) -> Result<String, String> {
    let origin = origin(made.domain, made.name);
    let key = SigningKey::from_pkcs8(&keys::signing_key(&config.data, &format!("log-{}", made.name))?);
    let name = KeyName::parse(&origin).map_err(|error| error.to_string())?;
    let verifier = key.map_err(|error| error.to_string())?.verifier_key(name, Algorithm::Ed25519).to_string();
    let rule_packs = rule_files::in_force().into_iter().map(|file| (file.name, file.digests)).collect();
    let opening = Opening {
        name: made.name,
        origin,
        key: Some(verifier.clone()),
        mode: made.mode.to_owned(),
        time_zone: made.time_zone.to_owned(),
        rule_packs,
        predecessor: made.predecessor.clone(),
        at: made.at,
        request: RequestId::from_bits(Entropy::default().id(made.at)),
    };
    let mut connection = dialect::open_writer(&config.database).map_err(|error| error.to_string())?;
    office::create(&mut connection, &opening).map_err(|error| error.to_string())?;
    Ok(verifier)
}
