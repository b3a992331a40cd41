//! An office on a database of its own, and nodes that write to it.

use std::thread::JoinHandle;
use std::time::Duration;

use tempfile::TempDir;
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::id::{RequestId, UserId};
use ticun::domain::objects::Role;
use ticun::domain::time::Timestamp;
use ticun::ledger::check::check;
use ticun::ledger::commands::users::{DisableUser, RegisterUser};
use ticun::ledger::entry::Entry;
use ticun::ledger::office::{create, open};
use ticun::ledger::writer::Writer;
use ticun::ledger::{Answer, Command, Fault, Idempotency, Options, Sequencer, Submission};
use ticun::store::{Connection, dialect, entries, settings};

use super::database;
use super::seed::opening;

pub const OFFICE: &str = "changning";

pub fn at() -> Timestamp {
    Timestamp::parse("2026-03-02T02:00:00Z").unwrap()
}

/// An office's database.
pub struct Office {
    _folder: TempDir,
    pub url: String,
}

/// A node: its writer, on a thread.
pub struct Node {
    pub sequencer: Sequencer,
    writer: JoinHandle<()>,
}

impl Office {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = database::url_in(folder.path());
        Self::at_url(folder, url)
    }

    pub fn at_url(folder: TempDir, url: String) -> Self {
        let mut connection = dialect::open_writer(&url).unwrap();
        dialect::migrate(&mut connection).unwrap();
        create(&mut connection, &opening(at())).unwrap();
        Self { _folder: folder, url }
    }

    pub fn connection(&self) -> Connection {
        dialect::open_writer(&self.url).unwrap()
    }

    /// A writer that reaches the database under `url`.
    pub fn writer_over(&self, url: &str, outage_max: Duration) -> Writer {
        let office = open(&mut self.connection(), OFFICE).unwrap();
        Writer::open(url, office, Options { outage_max, ..Options::default() }).unwrap()
    }

    pub fn writer(&self) -> Writer {
        self.writer_over(&self.url, Options::default().outage_max)
    }

    pub fn node(&self) -> Node {
        Node::over(self.writer())
    }

    /// The requests of all entries but the first, in order.
    pub fn requests(&self) -> Vec<RequestId> {
        let all = entries::from(&mut self.connection(), OFFICE, 1, i64::MAX).unwrap();
        all.iter().map(|entry| Entry::parse(&entry.bytes).unwrap().request).collect()
    }

    /// How often [`counting`] was written.
    pub fn counted(&self) -> u32 {
        let kept = settings::read(&mut self.connection(), OFFICE, "counted").unwrap();
        kept.map_or(0, |text| text.parse().unwrap())
    }

    #[track_caller]
    pub fn check(&self) {
        let checked = check(&mut self.connection(), OFFICE, &mut |_, _| {});
        assert!(checked.is_ok(), "{:?}", checked.err());
    }
}

impl Node {
    pub fn over(writer: Writer) -> Self {
        let (sequencer, writer) = Sequencer::start_over(writer).unwrap();
        Self { sequencer, writer }
    }

    pub fn stop(self) {
        drop(self.sequencer);
        self.writer.join().unwrap();
    }
}

pub fn submission(number: u32, command: Box<dyn Command>) -> Submission {
    Submission::new(command, Actor::System, RequestId::from_bits(u128::from(number)), at())
}

/// Somebody new, without a key: whoever registers the same user again is refused.
pub fn registration(number: u32) -> Submission {
    let login = Digest::of(&[b"user", &number.to_be_bytes()]);
    let user = UserId::from_bits(1000 + u128::from(number));
    submission(number, Box::new(RegisterUser { user, role: Role::Operator, consumer: None, login, profile: None }))
}

pub fn disabling(number: u32, whom: u32) -> Submission {
    submission(number, Box::new(DisableUser { user: UserId::from_bits(1000 + u128::from(whom)) }))
}

pub fn keyed(number: u32, submission: Submission) -> Submission {
    let key = Idempotency { scope_key: format!("key/{number}"), fingerprint: vec![1; 32] };
    Submission { idempotency: Some(key), ..submission }
}

/// A write beside the books that counts how often it took effect.
pub fn counting(number: u32) -> Submission {
    let write = Box::new(|connection: &mut Connection, office: &str| {
        let before = settings::read(connection, office, "counted")?.map_or(0, |text| text.parse().unwrap_or(0));
        settings::write(connection, office, "counted", &(before + 1_u32).to_string())
    });
    Submission::aside(write, RequestId::from_bits(u128::from(number)), at())
}

pub fn is_done(answer: &Result<Answer, Fault>) -> bool {
    matches!(answer, Ok(Answer::Written { position: Some(_), .. }))
}
