//! What the tests share: an office with a log that grows, and nodes that publish it.

use super::demo::database::{tampering, url_in};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::id::{RequestId, UserId};
use ticun::domain::name::Name;
use ticun::domain::objects::Role;
use ticun::domain::time::Timestamp;
use ticun::ledger::commands::users::RegisterUser;
use ticun::ledger::office::{self, Opening};
use ticun::ledger::publication::{AfterStep, Done, FindKey, Parts, PublishError, Publisher, Signer};
use ticun::ledger::{Answer, Fault, Options, Sequencer, Submission};
use ticun::log::heads::Head;
use ticun::log::key::{Algorithm, KeyName, SigningKey, VerifierKey};
use ticun::log::tree::Hash;
use ticun::store::{Connection, checkpoints, dialect, entries};

pub const OFFICE: &str = "changning";
pub const ORIGIN: &str = "example.org/log/changning";

/// PKCS#8 of a key that is the same in every run (RFC 8410), with its public half; the office was opened with that of 7.
pub fn key_pkcs8(seed: u8) -> Vec<u8> {
    let key = SigningKey::from_seed(&[seed; 32]).expect("a seed");
    let mut pkcs8 = hex::decode("3053020101300506032b657004220420").expect("hex");
    pkcs8.extend([seed; 32]);
    pkcs8.extend(hex::decode("a123032100").expect("hex"));
    pkcs8.extend(key.public_key().as_bytes());
    pkcs8
}

/// The key that the office was opened with.
pub fn verifier_key() -> VerifierKey {
    verifier_key_of(7)
}

pub fn verifier_key_of(seed: u8) -> VerifierKey {
    let name = KeyName::parse(ORIGIN).expect("a name");
    SigningKey::from_pkcs8(&key_pkcs8(seed)).expect("a key").verifier_key(name, Algorithm::Ed25519)
}

/// A moment, `seconds` after the office was opened.
pub fn at(seconds: i64) -> Timestamp {
    let opened = Timestamp::parse("2026-03-02T02:00:00Z").expect("a time");
    Timestamp::from_micros(opened.micros() + seconds * 1_000_000)
}

/// A database with one office, in a folder of its own.
pub struct Database {
    pub folder: PathBuf,
    pub url: String,
}

impl Database {
    /// Opens it, or makes it with a log of one entry.
    pub fn in_folder(folder: &Path) -> Self {
        let url = url_in(folder);
        let mut connection = dialect::open_writer(&url).expect("a database");
        dialect::migrate(&mut connection).expect("tables");
        let opening = Opening {
            name: Name::parse(OFFICE).expect("a name"),
            origin: ORIGIN.to_owned(),
            key: Some(verifier_key().to_string()),
            mode: "demo".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            rule_packs: Default::default(),
            predecessor: None,
            at: at(0),
            request: RequestId::from_bits(1),
        };
        // It may be there already.
        let _made = office::create(&mut connection, &opening);
        Self { folder: folder.to_owned(), url }
    }

    pub fn writer(&self) -> Connection {
        dialect::open_writer(&self.url).expect("the database")
    }

    /// A connection that changes what it likes.
    pub fn tampering(&self) -> Connection {
        tampering(&self.url)
    }

    /// The leaves of all entries.
    pub fn leaves(&self) -> Vec<Hash> {
        let all = entries::from(&mut self.writer(), OFFICE, 0, i64::MAX).expect("entries");
        all.iter().map(|entry| *entry.leaf.as_bytes()).collect()
    }

    /// Every head that was recorded.
    pub fn heads(&self) -> Vec<Head> {
        let all = checkpoints::between(&mut self.writer(), OFFICE, 0, u64::MAX, i64::MAX).expect("heads");
        all.into_iter().map(|row| Head { size: row.size, root: row.root }).collect()
    }
}

/// One node: its writer, its own folder and its publisher.
pub struct Node {
    pub sequencer: Sequencer,
    pub folder: PathBuf,
    publisher: Option<Publisher>,
    writer: Option<JoinHandle<()>>,
}

impl Node {
    /// A node on a database, with its files in `<database's folder>/<name>`.
    pub fn start(database: &Database, name: &str) -> Self {
        Self::start_with(database, name, None)
    }

    pub fn start_with(database: &Database, name: &str, after_step: Option<AfterStep>) -> Self {
        // The office's own key, and others where a test has put them beside it.
        let folder = database.folder.join("keys");
        let find: FindKey = Arc::new(move |key| {
            if *key == verifier_key() {
                return Ok(key_pkcs8(7));
            }
            std::fs::read(folder.join(hex::encode(key.id()))).map_err(|error| error.to_string())
        });
        Self::start_finding(database, name, after_step, find)
    }

    /// A node that finds its keys so.
    pub fn start_finding(database: &Database, name: &str, after_step: Option<AfterStep>, find: FindKey) -> Self {
        let mut connection = dialect::open_reader(&database.url).expect("the database");
        let office = office::open(&mut connection, OFFICE).expect("the office");
        let (sequencer, writer) = Sequencer::start(&database.url, office, Options::default()).expect("a writer");
        let folder = database.folder.join(name);
        let parts = Parts {
            database: database.url.clone(),
            sequencer: sequencer.clone(),
            folder: folder.clone(),
            signer: Signer::new(&sequencer.office().origin, find).expect("a signer"),
            after_step,
        };
        let publisher = Publisher::open(parts).expect("a publisher");
        Self { sequencer, folder, publisher: Some(publisher), writer: Some(writer) }
    }

    /// Registers users with these numbers, each one entry.
    pub fn register(&self, numbers: std::ops::Range<u32>) {
        for number in numbers {
            let answer = self.try_register(number).expect("an answer");
            assert!(matches!(answer, Answer::Written { position: Some(_), .. }), "{answer:?}");
        }
    }

    pub fn try_register(&self, number: u32) -> Result<Answer, Fault> {
        let login = Digest::of(&[b"user", &number.to_be_bytes()]);
        let user = UserId::from_bits(1000 + u128::from(number));
        let command = RegisterUser { user, role: Role::Operator, consumer: None, login, profile: None };
        let request = RequestId::from_bits(u128::from(number));
        self.sequencer.submit_blocking(Submission::new(Box::new(command), Actor::System, request, at(1)))
    }

    pub fn with_publisher<T>(&self, look: impl Fn(&Publisher) -> T) -> T {
        look(self.publisher.as_ref().expect("it runs"))
    }

    pub fn publish(&mut self, seconds: i64) -> Result<Done, PublishError> {
        self.publisher.as_mut().expect("it runs").publish(at(seconds))
    }

    /// Publishes, which must give a new head.
    pub fn signed(&mut self, seconds: i64) -> Head {
        match self.publish(seconds) {
            Ok(Done::Signed(head)) => head,
            other => panic!("nothing was signed: {other:?}"),
        }
    }

    pub fn published_size(&self) -> u64 {
        self.sequencer.standing().published_size()
    }

    /// Stops it; what it has written stays.
    pub fn stop(mut self) {
        self.publisher = None;
        let writer = self.writer.take().expect("it runs");
        drop(self);
        writer.join().expect("a graceful end");
    }
}

/// The root over the first leaves, computed by somebody else's code.
pub fn root_of_others(leaves: &[Hash]) -> Hash {
    // RFC 9162 section 2.1.1, word by word.
    match leaves {
        [] => ticun::log::tree::EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(1 << (leaves.len() - 1).ilog2());
            ticun::log::tree::node(&root_of_others(left), &root_of_others(right))
        }
    }
}
