//! Sets of rows that a command or a timer works on.

use diesel::prelude::*;

use super::deliveries::linked;
use crate::domain::id::{ContractId, DeliveryId, DepositId, MerchantId, PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::Delivery;
use crate::domain::state::Matured;
use crate::domain::time::Timestamp;
use crate::store::column::Column as _;
use crate::store::rows::{DeliveryRow, into_objects};
use crate::store::schema::{consumers, contracts, deliveries, deposits, merchants, payouts, refunds};
use crate::store::{Connection, Error, Result};

/// How many confirmed deliveries of a merchant matured after `since` and up to `cutoff`, and their sum.
///
/// # Errors
/// When the database cannot be reached.
pub fn matured(
    connection: &mut Connection,
    office: &str,
    merchant: MerchantId,
    since: Timestamp,
    cutoff: Timestamp,
) -> Result<Matured> {
    let amounts: Vec<i64> = deliveries::table
        .filter(deliveries::office.eq(office).and(deliveries::merchant_id.eq(merchant.to_column())))
        .filter(deliveries::state.eq("confirmed"))
        .filter(deliveries::matures_at_us.gt(since.micros()))
        .filter(deliveries::matures_at_us.le(cutoff.micros()))
        .select(deliveries::amount_fen)
        .load(connection)?;
    let sum = amounts.iter().try_fold(0_i64, |sum, amount| sum.checked_add(*amount)).and_then(Amount::from_fen);
    let count = u64::try_from(amounts.len()).unwrap_or(u64::MAX);
    Ok(Matured { count, amount: sum.ok_or_else(|| Error::corrupt("sum of deliveries", "overflow"))? })
}

/// The contract's pending deliveries, in no order.
///
/// # Errors
/// When the database cannot be reached.
pub fn pending_deliveries(connection: &mut Connection, office: &str, contract: ContractId) -> Result<Vec<Delivery>> {
    into_objects(
        deliveries::table
            .filter(deliveries::office.eq(office).and(linked(office, "id", contract.to_column())))
            .filter(deliveries::state.eq("pending"))
            .load::<DeliveryRow>(connection)?,
    )
}

/// Pending deliveries that silence confirms by `now`, the longest due first.
///
/// # Errors
/// When the database cannot be reached.
pub fn due_deliveries(
    connection: &mut Connection,
    office: &str,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DeliveryId>> {
    let ids: Vec<String> = deliveries::table
        .filter(deliveries::office.eq(office).and(deliveries::state.eq("pending")))
        .filter(deliveries::confirm_by_us.le(now.micros()).and(deliveries::silence_confirms.eq(true)))
        .order(deliveries::confirm_by_us)
        .limit(limit)
        .select(deliveries::id)
        .load(connection)?;
    ids.into_iter().map(DeliveryId::from_column).collect()
}

/// Deposits that can no longer be paid at `now`, the longest expired first.
///
/// # Errors
/// When the database cannot be reached.
pub fn due_deposits(connection: &mut Connection, office: &str, now: Timestamp, limit: i64) -> Result<Vec<DepositId>> {
    let ids: Vec<String> = deposits::table
        .filter(deposits::office.eq(office).and(deposits::state.eq("awaiting_payment")))
        .filter(deposits::expires_at_us.le(now.micros()))
        .order(deposits::expires_at_us)
        .limit(limit)
        .select(deposits::id)
        .load(connection)?;
    ids.into_iter().map(DepositId::from_column).collect()
}

/// Deposits credited before a moment about whose money those concerned were warned `stage` times, and of which something
/// can still be claimed; the oldest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn unclaimed_deposits(
    connection: &mut Connection,
    office: &str,
    stage: u32,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<DepositId>> {
    let escrow = contracts::held_fen.gt(0).or(contracts::pending_fen.gt(0)).or(contracts::frozen_fen.gt(0));
    let ids: Vec<String> = deposits::table
        .inner_join(
            contracts::table.on(contracts::office.eq(deposits::office).and(contracts::id.eq(deposits::contract_id))),
        )
        .filter(deposits::office.eq(office).and(deposits::state.eq("credited")))
        .filter(deposits::unclaimed_stage.eq(i64::from(stage)).and(deposits::credited_at_us.lt(before.micros())))
        .filter(escrow.or(contracts::state.eq("closing")))
        .order(deposits::credited_at_us)
        .limit(limit)
        .select(deposits::id)
        .load(connection)?;
    ids.into_iter().map(DepositId::from_column).collect()
}

/// Refunds that wait for an account although their consumer has named another one since, the oldest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn payable_refunds(connection: &mut Connection, office: &str, limit: i64) -> Result<Vec<RefundId>> {
    let ids: Vec<String> = refunds::table
        .inner_join(
            consumers::table.on(consumers::office.eq(refunds::office).and(consumers::id.eq(refunds::consumer_id))),
        )
        .left_join(
            payouts::table.on(payouts::office.eq(refunds::office).and(payouts::id.nullable().eq(refunds::payout_id))),
        )
        .filter(refunds::office.eq(office).and(refunds::state.eq("needs_account")))
        .filter(consumers::payout_account.is_not_null())
        .filter(payouts::account.nullable().is_null().or(payouts::account.nullable().ne(consumers::payout_account)))
        .order(refunds::id)
        .limit(limit)
        .select(refunds::id)
        .load(connection)?;
    ids.into_iter().map(RefundId::from_column).collect()
}

/// Refunds inside the cooling-off of no more than `alone`, that nothing stands in the way of any more at `now`, the
/// longest due first.
///
/// # Errors
/// When the database cannot be reached.
pub fn due_refunds(
    connection: &mut Connection,
    office: &str,
    now: Timestamp,
    alone: Amount,
    limit: i64,
) -> Result<Vec<RefundId>> {
    let ids: Vec<String> = refunds::table
        .filter(refunds::office.eq(office).and(refunds::claim_by_us.le(now.micros())))
        .filter(refunds::state.eq_any(["requested", "answered"]).and(refunds::needs_decision.eq(false)))
        .filter(refunds::prior_service.is_null().or(refunds::prior_service.ne("claimed")))
        .filter(refunds::refund_fen.le(alone.fen()))
        .order(refunds::claim_by_us)
        .limit(limit)
        .select(refunds::id)
        .load(connection)?;
    ids.into_iter().map(RefundId::from_column).collect()
}

/// Payouts that were not handed to the bank yet, the oldest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn created_payouts(connection: &mut Connection, office: &str, limit: i64) -> Result<Vec<PayoutId>> {
    let ids: Vec<String> = payouts::table
        .left_join(merchants::table.on(merchants::office.eq(payouts::office).and(merchants::id.eq(payouts::payee))))
        .filter(payouts::office.eq(office).and(payouts::state.eq("created")))
        // What a proposed default holds back is not tried again and again.
        .filter(merchants::default_run_id.nullable().is_null().or(merchants::exits_at_us.nullable().is_not_null()))
        .order(payouts::id)
        .limit(limit)
        .select(payouts::id)
        .load(connection)?;
    ids.into_iter().map(PayoutId::from_column).collect()
}
