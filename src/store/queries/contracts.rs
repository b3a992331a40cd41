//! Lists of plans, contracts, deposits and receipts that match nothing.

use diesel::prelude::*;

use super::page::{Listed, Page, narrow, page_of};
use crate::domain::id::{ConsumerId, ContractId, MerchantId};
use crate::domain::objects::{
    Contract, ContractState, Deposit, DepositState, Plan, PlanState, Suspense, SuspenseState,
};
use crate::domain::time::Timestamp;
use crate::store::column::Column as _;
use crate::store::rows::{ContractRow, DepositRow, PlanRow, SuspenseRow};
use crate::store::schema::{contracts, deposits, plans, suspense};
use crate::store::{Connection, Result};

/// Whose eyes a list of plans is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlanScope {
    /// Everything.
    #[default]
    Everything,
    /// Only plans that can be bought now.
    OnSale,
    /// Only plans of this merchant.
    Of(MerchantId),
}

/// Which plans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanFilter {
    /// What the caller may see at all.
    pub scope: PlanScope,
    /// Only those of this merchant.
    pub merchant: Option<MerchantId>,
    /// Only those whose newest version is in this state.
    pub state: Option<PlanState>,
}

/// Which contracts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContractFilter {
    /// Only those in this state.
    pub state: Option<ContractState>,
    /// Only those of this merchant.
    pub merchant: Option<MerchantId>,
    /// Only those of this consumer.
    pub consumer: Option<ConsumerId>,
}

/// Which deposits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DepositFilter {
    /// Only those in this state.
    pub state: Option<DepositState>,
    /// Only those that expire before this moment.
    pub due_before: Option<Timestamp>,
    /// Only those to this merchant.
    pub merchant: Option<MerchantId>,
    /// Only those of this consumer.
    pub consumer: Option<ConsumerId>,
    /// Only those for this contract.
    pub contract: Option<ContractId>,
}

/// Which receipts that match nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SuspenseFilter {
    /// Only those in this state.
    pub state: Option<SuspenseState>,
}

/// A page of plans.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn plans(connection: &mut Connection, office: &str, filter: &PlanFilter, page: &Page) -> Result<Listed<Plan>> {
    let mut query = page_of!(plans, office, page);
    narrow!(query, plans: merchant_id = filter.merchant, state = filter.state,);
    query = match filter.scope {
        PlanScope::Everything => query,
        PlanScope::OnSale => query.filter(plans::on_sale_version.is_not_null()),
        PlanScope::Of(merchant) => query.filter(plans::merchant_id.eq(merchant.to_column())),
    };
    page.listed(query.load::<PlanRow>(connection)?, |row| row.id.clone())
}

/// A page of contracts.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn contracts(
    connection: &mut Connection,
    office: &str,
    filter: &ContractFilter,
    page: &Page,
) -> Result<Listed<Contract>> {
    let mut query = page_of!(contracts, office, page);
    narrow!(query, contracts: state = filter.state, merchant_id = filter.merchant, consumer_id = filter.consumer,);
    page.listed(query.load::<ContractRow>(connection)?, |row| row.id.clone())
}

/// The ids of all contracts of a consumer, in order.
///
/// # Errors
/// When the database cannot be reached.
pub fn consumer_contracts(connection: &mut Connection, office: &str, consumer: ConsumerId) -> Result<Vec<ContractId>> {
    let ids: Vec<String> = contracts::table
        .filter(contracts::office.eq(office).and(contracts::consumer_id.eq(consumer.to_column())))
        .order(contracts::id)
        .select(contracts::id)
        .load(connection)?;
    ids.into_iter().map(ContractId::from_column).collect()
}

/// The contracts of a consumer with a merchant that hold money, or whose deposit is on its way.
///
/// # Errors
/// When the database cannot be reached.
pub fn funded_contracts(
    connection: &mut Connection,
    office: &str,
    consumer: ConsumerId,
    merchant: MerchantId,
) -> Result<Vec<ContractId>> {
    let funded = contracts::state.eq_any(["active", "closing"]).or(contracts::open_deposit_id.is_not_null());
    let ids: Vec<String> = contracts::table
        .filter(contracts::office.eq(office).and(contracts::consumer_id.eq(consumer.to_column())))
        .filter(contracts::merchant_id.eq(merchant.to_column()).and(funded))
        .order(contracts::id)
        .select(contracts::id)
        .load(connection)?;
    ids.into_iter().map(ContractId::from_column).collect()
}

/// A page of deposits.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn deposits(
    connection: &mut Connection,
    office: &str,
    filter: &DepositFilter,
    page: &Page,
) -> Result<Listed<Deposit>> {
    let mut query = page_of!(deposits, office, page);
    narrow!(query, deposits:
        state = filter.state, merchant_id = filter.merchant, consumer_id = filter.consumer,
        contract_id = filter.contract,
    );
    if let Some(due_before) = filter.due_before {
        query = query.filter(deposits::expires_at_us.lt(due_before.micros()));
    }
    page.listed(query.load::<DepositRow>(connection)?, |row| row.id.clone())
}

/// A page of receipts that match nothing.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn suspense(
    connection: &mut Connection,
    office: &str,
    filter: &SuspenseFilter,
    page: &Page,
) -> Result<Listed<Suspense>> {
    let mut query = page_of!(suspense, office, page);
    narrow!(query, suspense: state = filter.state,);
    page.listed(query.load::<SuspenseRow>(connection)?, |row| row.id.clone())
}
