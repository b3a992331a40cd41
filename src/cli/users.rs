//! `ticun user add|list|disable|reset`: through the same writer as every other change.

use std::io::{BufRead as _, IsTerminal as _};

use serde::Serialize;

use super::args::{AddUser, NamedUser, OfOffice};
use super::config::Config;
use super::{Ended, Failure, NO_OFFICE, boot, complain, say};
use crate::domain::actor::Actor;
use crate::domain::id::{ConsumerId, RequestId, UserId};
use crate::domain::objects::Role;
use crate::http::auth;
use crate::http::server::block_on;
use crate::ledger::clock::{Entropy, wall};
use crate::ledger::commands::users::{DisableUser, EnableUser, RegisterUser};
use crate::ledger::{Answer, Command, Options, Sequencer, Submission, office, records};
use crate::store::credentials::{self, Credential};
use crate::store::records::RecordKind;
use crate::store::{Connection, dialect, head, objects};

/// A new user, ready to be handed to a writer.
pub struct NewUser<'a> {
    /// Name to sign in with.
    pub username: &'a str,
    /// What they may do.
    pub role: Role,
    /// The person's name.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
}

#[derive(Serialize)]
struct Profile<'a> {
    name: &'a str,
    phone: Option<&'a str>,
    username: &'a str,
}

/// The submission that adds a user.
///
/// # Errors
/// A sentence when the password cannot be hashed.
pub fn registration(new: &NewUser<'_>) -> Result<Submission, String> {
    let entropy = Entropy::default();
    let now = wall();
    let profile = Profile { name: new.name, phone: None, username: new.username };
    let body = serde_json::to_value(&profile).map_err(|error| error.to_string())?;
    let body = crate::log::canonical::canonicalize(&body).map_err(|error| error.to_string())?;
    let kept = records::commit(RecordKind::Profile, entropy.bytes(), body);
    let user = UserId::from_bits(entropy.id(now));
    let login = auth::login_digest(new.username);
    let consumer = (new.role == Role::Consumer).then(|| ConsumerId::from_bits(entropy.id(now)));
    let command = RegisterUser { user, role: new.role, consumer, login, profile: Some(kept.digest) };
    let request = RequestId::from_bits(entropy.id(now));
    let mut submission = Submission::new(Box::new(command), Actor::System, request, now);
    submission.records = vec![kept];
    let password_hash = auth::hash(new.password)?;
    submission.credential = Some(Credential { login, user, username: new.username.to_owned(), password_hash });
    Ok(submission)
}

/// Adds a user.
///
/// # Errors
/// What no user can be, or what failed.
pub fn add(add: AddUser) -> Result<Ended, Failure> {
    let role = Role::parse(&add.role).filter(|role| !matches!(role, Role::Channel | Role::System));
    let role = role.ok_or_else(|| Failure::WrongUsage(format!("{:?} is no role of a user", add.role)))?;
    if !auth::is_username(&add.username) {
        return Err(Failure::WrongUsage(format!("{:?}: {}", add.username, auth::USERNAME_FORM)));
    }
    let opened = Opened::new(&add.of)?;
    let password = new_password()?;
    let name = add.name.as_deref().unwrap_or(&add.username);
    let submission = registration(&NewUser { username: &add.username, role, name, password: &password })?;
    opened.carry_out(submission)?;
    say(&format!("{} may sign in as {role}", add.username));
    Ok(Ended::Done)
}

#[derive(Serialize)]
struct Line {
    username: String,
    id: UserId,
    role: Role,
    state: crate::domain::objects::UserState,
}

/// Lists users.
///
/// # Errors
/// A sentence about what failed.
pub fn list(of: &OfOffice) -> Result<Ended, Failure> {
    let told = |error: crate::store::Error| error.to_string();
    let config = of.settings.clone().in_force(None)?;
    let (mut connection, office) = connected(&config, of)?;
    let known = credentials::all(&mut connection, &office).map_err(told)?;
    let ids: Vec<UserId> = known.iter().map(|credential| credential.user).collect();
    let users = objects::users::load(&mut connection, &office, &ids).map_err(told)?;
    let mut lines = Vec::new();
    for credential in known {
        let user = users.iter().find(|user| user.id == credential.user);
        lines.extend(user.map(|user| Line {
            username: credential.username.clone(),
            id: user.id,
            role: user.role,
            state: user.state,
        }));
    }
    if of.json {
        say(&serde_json::to_string_pretty(&lines).map_err(|error| error.to_string())?);
    } else {
        for line in lines {
            say(&format!("{:<20} {:<12} {:<9} {}", line.username, line.role.as_str(), line.state.as_str(), line.id));
        }
    }
    Ok(Ended::Done)
}

/// Takes a user's right to act away.
///
/// # Errors
/// A sentence about what failed.
pub fn disable(named: &NamedUser) -> Result<Ended, Failure> {
    let (opened, credential) = found(named)?;
    let user = credential.user;
    let mut submission = plain(Box::new(DisableUser { user }));
    submission.aside = Some(Box::new(move |connection: &mut Connection, office: &str| {
        credentials::end_user(connection, office, user)
    }));
    opened.carry_out(submission)?;
    say(&format!("{} may not act any more", named.username));
    Ok(Ended::Done)
}

/// Sets a new password, ends all sessions, and gives a disabled user the right to act back.
///
/// # Errors
/// A sentence about what failed.
pub fn reset(named: &NamedUser) -> Result<Ended, Failure> {
    let (opened, credential) = found(named)?;
    let user = credential.user;
    let fresh = Credential { password_hash: auth::hash(&new_password()?)?, ..credential };
    let write = move |connection: &mut Connection, office: &str| {
        credentials::end_user(connection, office, user)?;
        credentials::write(connection, office, &fresh)
    };
    if opened.is_disabled(user)? {
        let mut submission = plain(Box::new(EnableUser { user }));
        submission.aside = Some(Box::new(write));
        opened.carry_out(submission)?;
    } else {
        let now = wall();
        let request = RequestId::from_bits(Entropy::default().id(now));
        opened.carry_out(Submission::aside(Box::new(write), request, now))?;
    }
    say(&format!("{} may sign in with the new password", named.username));
    Ok(Ended::Done)
}

pub(super) fn plain(command: Box<dyn Command>) -> Submission {
    let now = wall();
    Submission::new(command, Actor::System, RequestId::from_bits(Entropy::default().id(now)), now)
}

fn found(named: &NamedUser) -> Result<(Opened, Credential), Failure> {
    let opened = Opened::new(&named.of)?;
    let mut connection = dialect::open_reader(&opened.config.database).map_err(|error| error.to_string())?;
    let login = auth::login_digest(&named.username);
    let credential = credentials::find(&mut connection, &opened.office, login).map_err(|error| error.to_string())?;
    let credential = credential.ok_or_else(|| format!("there is no user {}", named.username))?;
    Ok((opened, credential))
}

/// A password from TICUN_PASSWORD or one line of standard input.
fn new_password() -> Result<String, Failure> {
    let given = std::env::var("TICUN_PASSWORD").ok();
    let password = match given {
        Some(password) => password,
        None => {
            if std::io::stdin().is_terminal() {
                complain("type the password and press Enter (it is shown):");
            }
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string())?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    if (8..=128).contains(&password.chars().count()) {
        Ok(password)
    } else {
        let sentence = "a password has 8 to 128 characters; give it in TICUN_PASSWORD or on standard input";
        Err(Failure::WrongUsage(sentence.to_owned()))
    }
}

/// A connection that reads, and the office meant.
///
/// # Errors
/// That there is none, or that there are several and none was named.
pub fn connected(config: &Config, of: &OfOffice) -> Result<(Connection, String), Failure> {
    let told = |error: crate::store::Error| error.to_string();
    boot::must_exist(&config.database)?;
    let mut connection = dialect::open_reader(&config.database).map_err(told)?;
    let names = head::offices(&mut connection).map_err(told)?;
    let name = match (&of.office, names.as_slice()) {
        (Some(name), _) if names.contains(name) => Ok(name.clone()),
        (Some(name), _) => Err(Failure::CouldNot(format!("there is no office {name}"))),
        (None, [name]) => Ok(name.clone()),
        (None, []) => Err(Failure::CouldNot(NO_OFFICE.to_owned())),
        (None, _) => Err(Failure::WrongUsage(format!("there are several offices: name one of {}", names.join(", ")))),
    };
    Ok((connection, name?))
}

/// An office's books, open for one command.
pub(super) struct Opened {
    pub(super) config: Config,
    pub(super) office: String,
}

impl Opened {
    pub(super) fn new(of: &OfOffice) -> Result<Self, Failure> {
        let config = of.settings.clone().in_force(None)?;
        boot::prepare(&config.database)?;
        let (_, office) = connected(&config, of)?;
        Ok(Self { config, office })
    }

    fn is_disabled(&self, user: UserId) -> Result<bool, String> {
        let mut connection = dialect::open_reader(&self.config.database).map_err(|error| error.to_string())?;
        let found = objects::users::load(&mut connection, &self.office, &[user]).map_err(|error| error.to_string())?;
        Ok(found.iter().any(|user| user.state == crate::domain::objects::UserState::Disabled))
    }

    pub(super) fn carry_out(&self, submission: Submission) -> Result<(), String> {
        let mut connection = dialect::open_writer(&self.config.database).map_err(|error| error.to_string())?;
        let office = office::open(&mut connection, &self.office).map_err(|error| error.to_string())?;
        let (sequencer, writer) =
            Sequencer::start(&self.config.database, office, Options::default()).map_err(|error| error.to_string())?;
        let answer = block_on(sequencer.submit(submission));
        drop(sequencer);
        if writer.join().is_err() {
            return Err("the writer ended by a panic".to_owned());
        }
        match answer.map_err(|fault| fault.to_string())? {
            Answer::Written { .. } | Answer::Aside => Ok(()),
            Answer::Rejected(rejection) => Err(format!("refused: {}", rejection.code())),
            Answer::Remembered(_) | Answer::KeyReused => Err("answered before".to_owned()),
        }
    }
}
