//! A contract as it is read: with the run that is to end, ends or has ended it, where its merchant is gone or leaves.

use serde::Serialize;

use super::ContractView;
use super::progress::Now;
use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, RunId};
use crate::domain::objects::{Contract, DefaultRun, Merchant, Role, RunCause, RunState};
use crate::domain::time::Timestamp;
use crate::http::reply::{Records, Shown};
use crate::ledger::office::Office;
use crate::store::queries::{self, ContractFilter, Listed, Page};
use crate::store::{self, Connection, objects};

/// A contract and its merchant's run.
pub struct Seen {
    /// The contract.
    pub contract: Contract,
    run: Option<DefaultRun>,
    today: Option<Now>,
}

/// Its wire form.
#[derive(Serialize)]
pub struct SeenView {
    #[serde(flatten)]
    contract: ContractView,
    default_run: Option<RunView>,
}

#[derive(Serialize)]
struct RunView {
    id: RunId,
    state: RunState,
    cause: RunCause,
}

impl Shown for Seen {
    type View = SeenView;

    fn digests(&self) -> Vec<Digest> {
        self.contract.digests()
    }

    fn revision(&self) -> u64 {
        self.contract.revision
    }

    fn view(&self, records: &Records, role: Role) -> SeenView {
        let run = self.run.as_ref();
        let mut contract = self.contract.view(records, role);
        contract.progress.stands(self.today.as_ref());
        SeenView { contract, default_run: run.map(|run| RunView { id: run.id, state: run.state, cause: run.cause }) }
    }
}

/// A contract with its merchant's run, and how it stands on the day of `now`.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn today(
    connection: &mut Connection,
    office: &Office,
    now: Timestamp,
    contract: Contract,
) -> store::Result<Option<Seen>> {
    let name = office.name.as_str();
    let current = objects::contracts::load(connection, name, &[contract.id])?;
    // Who gave the contract away sees it as they left it, and not what has been open since.
    let is_current = current.first().is_some_and(|current| current.consumer == contract.consumer);
    let today = if is_current { Now::at(connection, office, now, &contract)? } else { None };
    let mut found = with_runs(connection, name, vec![contract])?;
    Ok(found.pop().map(|seen| Seen { today, ..seen }))
}

/// Which contracts are asked for, and when.
pub struct Asked {
    /// Which.
    pub filter: ContractFilter,
    /// The office.
    pub office: Office,
    /// Now.
    pub now: Timestamp,
}

/// A page of contracts, and how each stands on the day of `now`. The venues of all of them are read at once.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn page(connection: &mut Connection, office: &str, asked: &Asked, page: &Page) -> store::Result<Listed<Seen>> {
    let found = queries::contracts(connection, office, &asked.filter, page)?;
    let days = Now::of_all(connection, &asked.office, asked.now, &found.items)?;
    let seen = with_runs(connection, office, found.items)?.into_iter().zip(days);
    Ok(Listed { items: seen.map(|(seen, today)| Seen { today, ..seen }).collect(), next: found.next })
}

/// Contracts with the runs of their merchants.
fn with_runs(connection: &mut Connection, office: &str, contracts: Vec<Contract>) -> store::Result<Vec<Seen>> {
    let mut ids: Vec<MerchantId> = contracts.iter().map(|contract| contract.merchant).collect();
    ids.sort_unstable();
    ids.dedup();
    let merchants: Vec<Merchant> = objects::merchants::load(connection, office, &ids)?;
    let ids: Vec<RunId> = merchants.iter().filter_map(|merchant| merchant.default_run).collect();
    let runs = if ids.is_empty() { Vec::new() } else { objects::default_runs::load(connection, office, &ids)? };
    let with = |contract: Contract| {
        let id = merchants.iter().find(|merchant| merchant.id == contract.merchant).and_then(|found| found.default_run);
        let run = id.and_then(|id| runs.iter().find(|run| run.id == id)).cloned();
        Seen { contract, run, today: None }
    };
    Ok(contracts.into_iter().map(with).collect())
}
