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
        contract_id: String = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: String = consumer fixed,
        state: String = state,
        revision: i64 = revision,
        amount_fen: i64 = amount,
        origin: String = origin,
        dispute_id: String = dispute,
        opened_at_us: i64 = opened_at,
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
        opened_by: String = opened_by,
        amount_fen: i64 = amount,
        delivery_id: String = delivery,
        freeze_id: String = freeze,
        opened_at_us: i64 = opened_at,
        negotiate_by_us: i64 = negotiate_by,
    }
}
