//! The database of a history, and the nodes that write to it.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use ticun::domain::actor::Actor;
use ticun::domain::id::{ContractId, DepositId, Party, RequestId};
use ticun::domain::time::Timestamp;
use ticun::ledger::office::{Office, create};
use ticun::ledger::writer::{Step, Writer};
use ticun::ledger::{Answer, Fault, Options, Submission};
use ticun::store::dialect;

use super::seed::{CONSUMER, MERCHANT, Seed, Terms, account_set, admitted, deposited, opening, people, signed};

pub const OFFICE: &str = "changning";
pub const CONTRACTS: [ContractId; 2] = [ContractId::from_bits(501), ContractId::from_bits(502)];
/// What both contracts say: each use is worth 50.00.
pub const TERMS: Terms = Terms { price: "500.00", units: 10, silence_confirms: true };
pub const UNIT_FEN: i64 = 5_000;

/// When every history begins.
pub fn beginning() -> Timestamp {
    Timestamp::parse("2026-03-02T02:00:00Z").unwrap()
}

/// A database with an office, its people and two contracts that are paid for, to be copied.
pub struct Template {
    folder: TempDir,
    office: Office,
    pub first_position: u64,
}

/// A folder in memory, where there is one: what is simulated here are crashes of processes, not of power.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

impl Template {
    pub fn new() -> Self {
        let folder = folder();
        let file = folder.path().join("template.db");
        let mut connection = dialect::open_writer(&url(&file)).unwrap();
        dialect::migrate(&mut connection).unwrap();
        let office = create(&mut connection, &opening(beginning())).unwrap();
        let mut writer = Writer::open(&url(&file), office.clone(), Options::default()).unwrap();
        let mut facts = people();
        facts.extend(admitted());
        facts.extend([Party::Merchant(MERCHANT), Party::Consumer(CONSUMER)].map(account_set));
        for (number, contract) in (0..).zip(CONTRACTS) {
            let figures = TERMS.into();
            facts.extend(signed(contract, &figures));
            facts.extend(deposited(contract, DepositId::from_bits(600 + number), &figures, beginning()));
        }
        let command = Seed { facts, shows: MERCHANT.into() };
        let submission = Submission::new(Box::new(command), Actor::System, RequestId::from_bits(2), beginning());
        let answers = writer.process(&[&submission]);
        let [Ok(Answer::Written { position: Some(last), .. })] = answers.as_slice() else { panic!("{answers:?}") };
        drop(writer);
        dialect::checkpoint_fully(&mut connection).unwrap();
        Self { folder, office, first_position: last + 1 }
    }
}

/// A copy of the template, for one history.
pub struct Database {
    _folder: TempDir,
    file: PathBuf,
    office: Office,
}

impl Database {
    pub fn of(template: &Template) -> Self {
        let folder = folder();
        let file = folder.path().join("ticun.db");
        std::fs::copy(template.folder.path().join("template.db"), &file).unwrap();
        Self { _folder: folder, file, office: template.office.clone() }
    }

    pub fn url(&self) -> String {
        url(&self.file)
    }
}

/// What goes wrong in the next batch of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    Nothing,
    /// The process is gone, or its connection, before the commit.
    Before,
    /// The same after the commit, before anybody was answered.
    After,
}

/// One node: a writer that loses its connection, or whose process dies, when it is told to.
pub struct Node {
    writer: Writer,
    breaks: Arc<AtomicU8>,
    /// Whether it lives through the loss of its connection. The others are taken to be gone.
    pub survives: bool,
    /// How far its clock is off.
    pub skew_us: i64,
}

impl Node {
    pub fn start(database: &Database, survives: bool, skew_us: i64) -> Self {
        let outage_max = if survives { Duration::from_secs(60) } else { Duration::ZERO };
        let options = Options { outage_max, ..Options::default() };
        let breaks = Arc::new(AtomicU8::new(0));
        let inside = Arc::clone(&breaks);
        let after_step = move |step| {
            let now = if step == Step::Written { 1 } else { 2 };
            if inside.compare_exchange(now, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                // It unwinds like a panic, without a word.
                resume_unwind(Box::new("lost"));
            }
        };
        let writer =
            Writer::open(&database.url(), database.office.clone(), options).unwrap().telling(Arc::new(after_step));
        Self { writer, breaks, survives, skew_us }
    }

    pub fn process(&mut self, batch: &[&Submission], breaks: Break) -> Vec<Result<Answer, Fault>> {
        let code = match breaks {
            Break::Nothing => 0,
            Break::Before => 1,
            Break::After => 2,
        };
        self.breaks.store(code, Ordering::SeqCst);
        self.writer.process(batch)
    }
}
