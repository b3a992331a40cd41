//! The books under test: merchants, consumers and active contracts, stated as facts to a writer of our own.

use std::path::Path;

use ticun::cli::config::{Config, Settings};
use ticun::cli::offices::Made;
use ticun::cli::{boot, keys, offices};
use ticun::domain::actor::Actor;
use ticun::domain::id::{Party, UserId};
use ticun::domain::name::Name;
use ticun::domain::objects::Role;
use ticun::http::auth::TokenKeys;
use ticun::ledger::clock::wall;
use ticun::ledger::{Answer, Options, Sequencer, Submission, office};
use ticun::store::dialect;

use super::facts::{self, CONSUMERS, Ids, Seed};
use super::honest::{self, Step};
use super::progress;

/// Merchants in the books, where a measurement does not want another number.
pub const MERCHANTS: u128 = 50;
/// Contracts, codes or people that one command states.
const AT_ONCE: u128 = 10;
const BATCH_MAX: usize = 256;
const QUEUE_MAX: usize = 1_024;
/// Contracts between two looks at how far it is; the write-ahead log does not grow beyond them.
const STEP: u128 = 20_000;

/// New books.
pub struct Books {
    pub name: Name,
    pub ids: Ids,
    config: Config,
}

impl Books {
    /// Makes them for so many merchants: keys in a folder, and the database there, too, unless another is given.
    pub fn open(folder: &Path, database: Option<String>, merchants: u128) -> Result<Self, String> {
        let settings = Settings { data: Some(folder.to_owned()), database, ..Settings::default() };
        let config = settings.over(Settings::default())?;
        let name = Name::parse("bench").ok_or("the office has a name")?;
        boot::prepare(&config.database)?;
        let now = wall();
        let (domain, time_zone) = ("bench.example", "Asia/Shanghai");
        let made = Made { name, domain, time_zone, mode: "live", at: now, predecessor: None };
        offices::open(&config, &made)?;
        Ok(Self { name, ids: Ids::new(now, merchants), config })
    }

    /// The same in another folder; only what the embedded engine keeps is there.
    pub fn copy_to(&self, folder: &Path) -> Result<Self, String> {
        copy(self.folder(), folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let settings = Settings { data: Some(folder.to_owned()), ..Settings::default() };
        Ok(Self { name: self.name, ids: self.ids, config: settings.over(Settings::default())? })
    }

    /// The folder with their keys.
    pub fn folder(&self) -> &Path {
        &self.config.data
    }

    /// The URL of their database.
    pub fn database(&self) -> &str {
        &self.config.database
    }

    /// Writes their people and contracts, and then what is stated last.
    pub fn fill(&self, contracts: u64, last: impl IntoIterator<Item = Seed>) -> Result<(), String> {
        let ids = self.ids;
        let last: Vec<Seed> = last.into_iter().collect();
        self.with_writer(async |sequencer| {
            state(sequencer, ids, (0..ids.merchants).map(|merchant| facts::merchant(ids, merchant))).await?;
            state(sequencer, ids, (0..CONSUMERS).map(|consumer| facts::consumer(ids, consumer))).await?;
            state_contracts(sequencer, ids, u128::from(contracts)).await?;
            state(sequencer, ids, last).await
        })
    }

    /// Writes their people and contracts by commands of those who may give them.
    pub fn fill_honestly(&self, contracts: u64) -> Result<(), String> {
        let ids = self.ids;
        self.with_writer(async |sequencer| {
            state(sequencer, ids, honest::people(ids)).await?;
            state(sequencer, ids, (0..CONSUMERS).map(|consumer| facts::consumer(ids, consumer))).await?;
            for steps in honest::steps(ids, u128::from(contracts)) {
                carry_out(sequencer, ids, steps).await?;
            }
            Ok(())
        })
    }

    fn with_writer(&self, write: impl AsyncFnOnce(&Sequencer) -> Result<(), String>) -> Result<(), String> {
        let told = |error: ticun::store::Error| error.to_string();
        let mut connection = dialect::open_writer(&self.config.database).map_err(told)?;
        let office = office::open(&mut connection, self.name.as_str()).map_err(|error| error.to_string())?;
        let options = Options { batch_max: BATCH_MAX, queue_max: QUEUE_MAX, ..Options::default() };
        let (sequencer, writer) = Sequencer::start(&self.config.database, office, options).map_err(told)?;
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
        let written = runtime.block_on(write(&sequencer));
        drop(sequencer);
        if writer.join().is_err() {
            return Err("the writer ended by a panic".to_owned());
        }
        written
    }

    /// A token for a user, signed with the key that the service finds in its folder. It is good for minutes.
    pub fn token(&self, user: UserId, role: Role, party: Option<Party>) -> Result<String, String> {
        let token_keys = TokenKeys::from_pkcs8(&keys::signing_key(&self.config.data, "tokens")?)?;
        let token = token_keys.issue(user, role, self.name, party, format!("bench-{user}"));
        token.map_err(|problem| problem.to_string())
    }

    /// One token a merchant.
    pub fn merchant_tokens(&self) -> Result<Vec<String>, String> {
        let of = |merchant: u128| {
            let party = Some(Party::Merchant(self.ids.merchant(merchant)));
            self.token(self.ids.merchant_user(merchant), Role::Merchant, party)
        };
        (0..self.ids.merchants).map(of).collect()
    }
}

async fn state_contracts(sequencer: &Sequencer, ids: Ids, contracts: u128) -> Result<(), String> {
    let mut done = 0;
    while done < contracts {
        let until = contracts.min(done + STEP);
        let firsts = (done..until).step_by(usize::try_from(AT_ONCE).unwrap_or(1));
        let seeds = firsts.map(|first| facts::contracts(ids, first..until.min(first + AT_ONCE)));
        state(sequencer, ids, seeds).await?;
        sequencer.finish_checkpoint();
        if until.is_multiple_of(5 * STEP) {
            progress(&format!("  {until} contracts"));
        }
        done = until;
    }
    Ok(())
}

async fn state(sequencer: &Sequencer, ids: Ids, seeds: impl IntoIterator<Item = Seed>) -> Result<(), String> {
    let step = |seed| -> Step { (Box::new(seed), Actor::System) };
    carry_out(sequencer, ids, seeds.into_iter().map(step)).await
}

async fn carry_out(sequencer: &Sequencer, ids: Ids, steps: impl IntoIterator<Item = Step>) -> Result<(), String> {
    let submission = |(command, actor)| Submission::new(command, actor, ids.request(), ids.now);
    let answers = sequencer.submit_all(steps.into_iter().map(submission)).await;
    for answer in answers.map_err(|fault| fault.to_string())? {
        match answer {
            Answer::Written { .. } => {}
            other => return Err(format!("not written: {other:?}")),
        }
    }
    Ok(())
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &there)?;
        } else {
            std::fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}
