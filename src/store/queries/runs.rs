//! Default runs: lists, and the sets that a run works on.

use diesel::prelude::*;

use super::page::{Listed, Page, narrow, page_of};
use crate::domain::id::{ContractId, MerchantId, Party, RunId};
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, ContractState, DefaultRun, Payout, RunContract, RunOutcome, RunState};
use crate::domain::state::OpenContracts;
use crate::store::column::Column as _;
use crate::store::rows::{ContractRow, DefaultRunRow, PayoutRow, RunContractRow, into_objects};
use crate::store::schema::{contracts, default_runs, payouts, run_contracts};
use crate::store::{Connection, Error, Result};

/// Which runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only those in this state.
    pub state: Option<RunState>,
    /// Only those over this merchant's contracts.
    pub merchant: Option<MerchantId>,
}

/// Which contracts of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunContractFilter {
    /// The run.
    pub run: RunId,
    /// Only those with this outcome.
    pub outcome: Option<RunOutcome>,
}

/// A page of runs.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn default_runs(
    connection: &mut Connection,
    office: &str,
    filter: &RunFilter,
    page: &Page,
) -> Result<Listed<DefaultRun>> {
    let mut query = page_of!(default_runs, office, page);
    narrow!(query, default_runs: state = filter.state, merchant_id = filter.merchant,);
    page.listed(query.load::<DefaultRunRow>(connection)?, |row| row.id.clone())
}

/// A page of what a run could not give back, in the order of contracts.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn run_contracts(
    connection: &mut Connection,
    office: &str,
    filter: &RunContractFilter,
    page: &Page,
) -> Result<Listed<RunContract>> {
    let mut query = run_contracts::table
        .filter(run_contracts::office.eq(office).and(run_contracts::run_id.eq(filter.run.to_column())))
        .order(run_contracts::contract_id)
        .limit(page.rows_max())
        .into_boxed();
    if let Some(after) = &page.after {
        query = query.filter(run_contracts::contract_id.gt(after.as_str()));
    }
    narrow!(query, run_contracts: outcome = filter.outcome,);
    page.listed(query.load::<RunContractRow>(connection)?, |row| row.contract_id.clone())
}

/// The runs that are going on.
///
/// # Errors
/// When the database cannot be reached.
pub fn running(connection: &mut Connection, office: &str) -> Result<Vec<RunId>> {
    let ids: Vec<String> = default_runs::table
        .filter(default_runs::office.eq(office).and(default_runs::state.eq("running")))
        .order(default_runs::id)
        .select(default_runs::id)
        .load(connection)?;
    ids.into_iter().map(RunId::from_column).collect()
}

fn ended_by_runs() -> [&'static str; 3] {
    ContractState::ENDED_BY_RUNS.map(ContractState::as_str)
}

/// How many contracts a run would come to, and the money they hold.
///
/// # Errors
/// When the database cannot be reached.
pub fn open_contracts(connection: &mut Connection, office: &str, merchant: MerchantId) -> Result<OpenContracts> {
    let held: Vec<i64> = contracts::table
        .filter(contracts::office.eq(office).and(contracts::merchant_id.eq(merchant.to_column())))
        .filter(contracts::state.eq_any(ended_by_runs()))
        .select(contracts::held_fen)
        .load(connection)?;
    let sum = held.iter().try_fold(0_i64, |sum, fen| sum.checked_add(*fen)).and_then(Amount::from_fen);
    let count = u64::try_from(held.len()).unwrap_or(u64::MAX);
    Ok(OpenContracts { count, held: sum.ok_or_else(|| Error::corrupt("sum of contracts", "overflow"))? })
}

/// The contracts that a run comes to after `cursor`, in the order of their ids.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn next_of_run(
    connection: &mut Connection,
    office: &str,
    merchant: MerchantId,
    cursor: Option<ContractId>,
    limit: i64,
) -> Result<Vec<Contract>> {
    let after = cursor.map(|cursor| cursor.to_column()).unwrap_or_default();
    into_objects(
        contracts::table
            .filter(contracts::office.eq(office).and(contracts::merchant_id.eq(merchant.to_column())))
            .filter(contracts::id.gt(after))
            .filter(contracts::state.eq_any(ended_by_runs()))
            .order(contracts::id)
            .limit(limit)
            .load::<ContractRow>(connection)?,
    )
}

/// The payouts to a merchant that were not handed to the bank.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn created_payouts_to(connection: &mut Connection, office: &str, merchant: MerchantId) -> Result<Vec<Payout>> {
    into_objects(
        payouts::table
            .filter(payouts::office.eq(office).and(payouts::payee.eq(Party::Merchant(merchant).to_column())))
            .filter(payouts::state.eq("created"))
            .load::<PayoutRow>(connection)?,
    )
}
