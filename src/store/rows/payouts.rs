//! Settlements, payouts and payout returns as rows.

use diesel::prelude::*;

use super::row;
use crate::domain::objects::{Payout, PayoutReturn, Settlement};
use crate::store::schema::{payout_returns, payouts, settlements};

row! {
    /// One row of `settlements`.
    SettlementRow in settlements for Settlement {
        id: String = id fixed,
        merchant_id: String = merchant fixed,
        state: String = state,
        revision: i64 = revision,
        amount_fen: i64 = amount,
        returned_fen: i64 = returned,
        count: i64 = count,
        since_us: i64 = since,
        cutoff_us: i64 = cutoff,
        proposed_by: String = proposed_by,
        proposed_at_us: i64 = proposed_at,
        approved_by: Option<String> = approved_by,
        payout_id: Option<String> = payout,
        newest_entry: i64 = newest_entry,
    }
}

row! {
    /// One row of `payouts`.
    PayoutRow in payouts for Payout {
        id: String = id fixed,
        state: String = state,
        revision: i64 = revision,
        amount_fen: i64 = amount,
        payee: String = payee,
        settlement_id: Option<String> = settlement,
        refund_id: Option<String> = refund,
        account: String = account,
        created_at_us: i64 = created_at,
        returned_by: Option<String> = returned_by,
    }
}

row! {
    /// One row of `payout_returns`.
    PayoutReturnRow in payout_returns for PayoutReturn {
        id: String = id fixed,
        payout_id: String = payout,
        amount_fen: i64 = amount,
        recorded_at_us: i64 = recorded_at,
    }
}
