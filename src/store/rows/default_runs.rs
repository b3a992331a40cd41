//! Default runs, and what they could not give back, as rows.

use diesel::prelude::*;

use super::row;
use crate::domain::objects::{DefaultRun, Progress, RunContract};
use crate::store::schema::{default_runs, run_contracts};

row! {
    /// One row of `default_runs`.
    DefaultRunRow in default_runs for DefaultRun {
        id: String = id fixed,
        merchant_id: String = merchant fixed,
        state: String = state,
        revision: i64 = revision,
        cause: String = cause fixed,
        mode: String = mode fixed,
        proofs: String = proofs fixed,
        notice: Option<String> = notice fixed,
        reason: Option<String> = reason fixed,
        contracts: i64 = contracts fixed,
        amount_fen: i64 = amount fixed,
        proposed_by: String = proposed_by fixed,
        proposed_at_us: i64 = proposed_at fixed,
        object_by_us: Option<i64> = object_by fixed,
        objected_at_us: Option<i64> = objected_at,
        objection: Option<String> = objection,
        approved_by: Option<String> = approved_by,
        approved_at_us: Option<i64> = approved_at,
        frozen_fen: i64 = frozen,
        ended_at_us: Option<i64> = ended_at,
        rescinded: Option<String> = rescinded,
        cursor_id: Option<String> = cursor,
        newest_entry: i64 = newest_entry,
    }
    with progress: Progress {
        cancelled: i64 = cancelled,
        disputed: i64 = disputed,
        done: i64 = done,
        needs_account: i64 = needs_account,
        refunded_fen: i64 = refunded,
        refunds: i64 = refunds,
        total: i64 = total,
        waiting: i64 = waiting,
    }
}

row! {
    /// One row of `run_contracts`.
    RunContractRow in run_contracts for RunContract {
        run_id: String = run fixed,
        contract_id: String = contract fixed,
        outcome: String = outcome,
        amount_fen: i64 = amount,
        refund_id: Option<String> = refund,
    }
}
