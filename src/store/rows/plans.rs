//! Plans and their versions as rows.

use diesel::prelude::*;

use super::row;
use crate::domain::objects::{Plan, PlanFigures, PlanVersion};
use crate::store::schema::{plan_versions, plans};

row! {
    /// One row of `plans`.
    PlanRow in plans for Plan {
        id: String = id fixed,
        merchant_id: String = merchant fixed,
        state: String = state,
        version: i64 = version,
        on_sale_version: Option<i64> = on_sale_version,
        reading: Option<String> = reading,
        revision: i64 = revision,
    }
}

row! {
    /// One row of `plan_versions`.
    PlanVersionRow in plan_versions for PlanVersion {
        plan_id: String = plan fixed,
        version: i64 = version,
        merchant_id: String = merchant fixed,
        terms_sha256: String = terms_sha256,
        terms_sm3: String = terms_sm3,
    } with figures: PlanFigures {
        price_fen: i64 = price,
        validity_days: i64 = validity_days,
        arbitration: bool = arbitration fixed,
        confirm_window_hours: i64 = confirm_window_hours,
        silence_confirms: bool = silence_confirms,
        sold: String = sold,
        card_class: String = card_class,
        sector: String = sector,
        lease_ends_on: Option<String> = lease_ends_on,
    }
}
