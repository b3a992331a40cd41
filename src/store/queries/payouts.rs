//! Lists of settlements, payouts and refunds.

use diesel::prelude::*;

use super::page::{Listed, Page, narrow, page_of};
use crate::domain::id::{ConsumerId, ContractId, MerchantId, Party};
use crate::domain::objects::{Payout, PayoutState, Refund, RefundState, Settlement, SettlementState};
use crate::domain::time::Timestamp;
use crate::store::column::Column as _;
use crate::store::rows::{PayoutRow, RefundRow, SettlementRow};
use crate::store::schema::{payouts, refunds, settlements};
use crate::store::{Connection, Result};

/// Which settlements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettlementFilter {
    /// Only those in this state.
    pub state: Option<SettlementState>,
    /// Only those of this merchant.
    pub merchant: Option<MerchantId>,
}

/// Which payouts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PayoutFilter {
    /// Only those in this state.
    pub state: Option<PayoutState>,
    /// Only those to this party.
    pub payee: Option<Party>,
}

/// Which refunds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefundFilter {
    /// Only those in this state.
    pub state: Option<RefundState>,
    /// Only those whose next deadline lies before this moment: the merchant's answer, or the payment once ordered.
    pub due_before: Option<Timestamp>,
    /// Only those that this merchant answers.
    pub merchant: Option<MerchantId>,
    /// Only those that this consumer asked for.
    pub consumer: Option<ConsumerId>,
    /// Only those of this contract's money.
    pub contract: Option<ContractId>,
}

/// A page of settlements.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn settlements(
    connection: &mut Connection,
    office: &str,
    filter: &SettlementFilter,
    page: &Page,
) -> Result<Listed<Settlement>> {
    let mut query = page_of!(settlements, office, page);
    narrow!(query, settlements: state = filter.state, merchant_id = filter.merchant,);
    page.listed(query.load::<SettlementRow>(connection)?, |row| row.id.clone())
}

/// A page of payouts.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn payouts(
    connection: &mut Connection,
    office: &str,
    filter: &PayoutFilter,
    page: &Page,
) -> Result<Listed<Payout>> {
    let mut query = page_of!(payouts, office, page);
    narrow!(query, payouts: state = filter.state, payee = filter.payee,);
    page.listed(query.load::<PayoutRow>(connection)?, |row| row.id.clone())
}

/// A page of refunds.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn refunds(
    connection: &mut Connection,
    office: &str,
    filter: &RefundFilter,
    page: &Page,
) -> Result<Listed<Refund>> {
    let mut query = page_of!(refunds, office, page);
    narrow!(query, refunds:
        state = filter.state, merchant_id = filter.merchant, consumer_id = filter.consumer,
        contract_id = filter.contract,
    );
    if let Some(due_before) = filter.due_before {
        let to_answer = refunds::state.eq("requested").and(refunds::answer_by_us.lt(due_before.micros()));
        let to_pay =
            refunds::state.eq_any(["ordered", "needs_account"]).and(refunds::pay_by_us.lt(due_before.micros()));
        query = query.filter(to_answer.or(to_pay).assume_not_null());
    }
    page.listed(query.load::<RefundRow>(connection)?, |row| row.id.clone())
}
