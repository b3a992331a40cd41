//! Users, merchants, consumers, venues and opening marks as rows.

use diesel::prelude::*;

use super::row;
use crate::domain::objects::{Consumer, Merchant, OpenMark, User, Venue};
use crate::store::schema::{consumers, merchants, open_marks, users, venues};

row! {
    /// One row of `users`.
    UserRow in users for User {
        id: String = id fixed,
        role: String = role,
        party: Option<String> = party,
        state: String = state,
        profile: Option<String> = profile,
        revision: i64 = revision,
        registered_at_us: i64 = registered_at,
        signing_key: Option<String> = signing_key,
    }
}

row! {
    /// One row of `merchants`.
    MerchantRow in merchants for Merchant {
        id: String = id fixed,
        state: String = state,
        revision: i64 = revision,
        owner_id: String = owner,
        profile: String = profile,
        region: String = region fixed,
        lease_ends_on: Option<String> = lease_ends_on,
        applied_at_us: i64 = applied_at,
        payout_account: Option<String> = payout_account,
        settled_until_us: i64 = settled_until,
        open_settlement_id: Option<String> = open_settlement,
        receivable_fen: i64 = receivable,
        payable_fen: i64 = payable,
        frozen_fen: i64 = frozen,
        payout_fen: i64 = payout,
        in_escrow_fen: i64 = in_escrow,
        unreleased_fen: i64 = unreleased,
        exits_at_us: Option<i64> = exits_at,
        default_run_id: Option<String> = default_run,
        court_orders: String = court_orders,
    }
}

row! {
    /// One row of `consumers`.
    ConsumerRow in consumers for Consumer {
        id: String = id fixed,
        owner_id: String = owner,
        payout_account: Option<String> = payout_account,
        refund_fen: i64 = refund,
    }
}

row! {
    /// One row of `venues`.
    VenueRow in venues for Venue {
        id: String = id fixed,
        merchant_id: String = merchant fixed,
        profile: String = profile,
        lease_ends_on: String = lease_ends_on,
        open_days: String = open_days,
        revision: i64 = revision,
    }
}

row! {
    /// One row of `open_marks`.
    OpenMarkRow in open_marks for OpenMark {
        venue_id: String = venue fixed,
        date: String = date,
        marked_at_us: i64 = marked_at,
    }
}
