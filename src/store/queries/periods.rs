//! Period contracts whose open days are to be posted.

use diesel::prelude::*;

use crate::domain::id::{ContractId, MerchantId};
use crate::domain::objects::Contract;
use crate::domain::time::{Date, Timestamp};
use crate::store::column::Column as _;
use crate::store::rows::{ContractRow, into_objects};
use crate::store::schema::contracts;
use crate::store::{Connection, Result};

/// A merchant's active period contracts after an id, in the order of their ids.
///
/// # Errors
/// When the database cannot be reached.
pub fn accruing_contracts(
    connection: &mut Connection,
    office: &str,
    merchant: MerchantId,
    after: Option<ContractId>,
    limit: i64,
) -> Result<Vec<Contract>> {
    let after = after.map(|id| id.to_column()).unwrap_or_default();
    into_objects(
        contracts::table
            .filter(contracts::office.eq(office).and(contracts::merchant_id.eq(merchant.to_column())))
            .filter(contracts::accrued_through.is_not_null().and(contracts::id.gt(after)))
            .filter(contracts::state.eq("active").and(contracts::open_refund_id.is_null()))
            .order(contracts::id)
            .limit(limit)
            .load::<ContractRow>(connection)?,
    )
}

/// Active period contracts whose term, as far as it was moved, was over on a day, the longest over first.
///
/// # Errors
/// When the database cannot be reached.
pub fn ended_periods(
    connection: &mut Connection,
    office: &str,
    day: Date,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ContractId>> {
    let ids: Vec<String> = contracts::table
        .filter(contracts::office.eq(office).and(contracts::state.eq("active")))
        .filter(contracts::accrued_through.is_not_null().and(contracts::ends_on.le(day.to_column())))
        .filter(contracts::open_refund_id.is_null().and(contracts::cooling_off_until_us.le(now.micros())))
        // What is contested or frozen is posted when it is free again.
        .filter(contracts::held_fen.gt(0))
        .order(contracts::ends_on)
        .limit(limit)
        .select(contracts::id)
        .load(connection)?;
    ids.into_iter().map(ContractId::from_column).collect()
}
