//! A contract as it is read: with the run that is to end, ends or has ended it, where its merchant is gone or leaves.

use serde::Serialize;

use super::ContractView;
use super::progress::Now;
use crate::domain::digest::Digest;
use crate::domain::id::{ContractId, MerchantId, RunId};
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

/// The contracts under these ids.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn load(connection: &mut Connection, office: &str, ids: &[ContractId]) -> store::Result<Vec<Seen>> {
    let contracts = objects::contracts::load(connection, office, ids)?;
    with_runs(connection, office, contracts)
}

/// The same, with how they stand on the day of `now`.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn load_today(
    connection: &mut Connection,
    office: &Office,
    now: Timestamp,
    ids: &[ContractId],
) -> store::Result<Vec<Seen>> {
    let mut found = load(connection, office.name.as_str(), ids)?;
    for seen in &mut found {
        seen.today = Now::at(connection, office, now, &seen.contract)?;
    }
    Ok(found)
}

/// A page of contracts.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn page(
    connection: &mut Connection,
    office: &str,
    filter: &ContractFilter,
    page: &Page,
) -> store::Result<Listed<Seen>> {
    let found = queries::contracts(connection, office, filter, page)?;
    Ok(Listed { items: with_runs(connection, office, found.items)?, next: found.next })
}

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
