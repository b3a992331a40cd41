//! Deliveries, freezes and disputes as rows.

use diesel::prelude::*;

use super::row;
use crate::domain::objects::{Delivery, Dispute, Freeze};
use crate::store::schema::{deliveries, disputes, freezes};

row! {
    /// One row of `deliveries`.
    DeliveryRow in deliveries for Delivery {
        id: String = id fixed,
        contract_id: String = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: String = consumer fixed,
        state: String = state,
        revision: i64 = revision,
        used: String = used fixed,
        amount_fen: i64 = amount fixed,
        occurred_at_us: i64 = occurred_at fixed,
        recorded_at_us: i64 = recorded_at fixed,
        confirm_by_us: i64 = confirm_by,
        silence_confirms: bool = silence_confirms,
        confirmed_at_us: Option<i64> = confirmed_at,
        confirmed_how: Option<String> = confirmed_how,
        matures_at_us: Option<i64> = matures_at,
        reversal_proposed_by: Option<String> = reversal_proposed_by,
        dispute_id: Option<String> = dispute,
        note: Option<String> = note fixed,
        before_id: Option<String> = before fixed,
    }
}

row! {
    /// One row of `freezes`.
    FreezeRow in freezes for Freeze {
        id: String = id fixed,
        cause: String = cause fixed,
        contract_id: Option<String> = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: Option<String> = consumer fixed,
        state: String = state,
        revision: i64 = revision,
        held_fen: i64 = held,
        pending_fen: i64 = pending,
        payable_fen: i64 = payable,
        deliveries: String = deliveries,
        dispute_id: Option<String> = dispute fixed,
        document_sha256: Option<String> = document_sha256 fixed,
        document_sm3: Option<String> = document_sm3 fixed,
        opened_at_us: i64 = opened_at fixed,
    }
}

row! {
    /// One row of `disputes`.
    DisputeRow in disputes for Dispute {
        id: String = id fixed,
        contract_id: String = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: String = consumer fixed,
        state: String = state,
        revision: i64 = revision,
        opened_by: String = opened_by fixed,
        refund_id: Option<String> = refund fixed,
        amount_fen: i64 = amount,
        held_fen: i64 = held fixed,
        deliveries: String = deliveries,
        freeze_id: String = freeze fixed,
        reason: String = reason fixed,
        opened_at_us: i64 = opened_at fixed,
        negotiate_by_us: i64 = negotiate_by fixed,
        due_by_us: Option<i64> = due_by,
        newest_entry: i64 = newest_entry,
    }
}
