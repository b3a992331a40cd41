//! Contracts, deposits, check-in codes, channel messages and suspense as rows.

use diesel::prelude::*;

use super::row;
use crate::domain::objects::{ChannelTransaction, CheckinCode, Contract, Deposit, PlanFigures, Suspense};
use crate::store::schema::{channel_transactions, checkin_codes, contracts, deposits, suspense};

row! {
    /// One row of `contracts`.
    ContractRow in contracts for Contract {
        id: String = id fixed,
        state: String = state,
        revision: i64 = revision,
        plan_id: String = plan fixed,
        plan_version: i64 = plan_version fixed,
        consumer_id: String = consumer until_transfer,
        merchant_id: String = merchant fixed,
        rules_pack: String = rules_pack fixed,
        rules_version: String = rules_version fixed,
        terms_sha256: String = terms_sha256 fixed,
        terms_sm3: String = terms_sm3 fixed,
        drafted_at_us: i64 = drafted_at fixed,
        signed_by_consumer_at_us: Option<i64> = signed_by_consumer_at,
        signed_by_merchant_at_us: Option<i64> = signed_by_merchant_at,
        active_since_us: Option<i64> = active_since,
        paid_on: Option<String> = paid_on,
        ends_on: Option<String> = ends_on,
        cooling_off_until_us: Option<i64> = cooling_off_until,
        live: String = live,
        amount_live_fen: i64 = amount_live,
        accrued_through: Option<String> = accrued_through,
        open_deposit_id: Option<String> = open_deposit,
        open_refund_id: Option<String> = open_refund,
        deposited_fen: i64 = deposited,
        held_fen: i64 = held,
        pending_fen: i64 = pending,
        frozen_fen: i64 = frozen,
        to_merchant_fen: i64 = to_merchant,
        refunded_fen: i64 = refunded,
        unpaid_fen: i64 = unpaid,
        settled_fen: i64 = settled,
        unclaimed_stage: i64 = unclaimed_stage,
        newest_entry: i64 = newest_entry,
        newest_delivery_id: Option<String> = newest_delivery,
        holder_age: String = holder_age until_transfer,
        guardian: Option<String> = guardian,
        holder_since_us: Option<i64> = holder_since,
        transfer_to: Option<String> = transfer_to,
        transfer_guardian: Option<String> = transfer_guardian,
        court_orders: String = court_orders,
    } with figures: PlanFigures {
        price_fen: i64 = price fixed,
        validity_days: i64 = validity_days fixed,
        arbitration: bool = arbitration,
        confirm_window_hours: i64 = confirm_window_hours fixed,
        silence_confirms: bool = silence_confirms,
        sold: String = sold fixed,
        card_class: String = card_class fixed,
        sector: String = sector fixed,
        lease_ends_on: Option<String> = lease_ends_on fixed,
    }
}

row! {
    /// One row of `deposits`.
    DepositRow in deposits for Deposit {
        id: String = id fixed,
        contract_id: String = contract fixed,
        consumer_id: String = consumer fixed,
        merchant_id: String = merchant fixed,
        state: String = state,
        revision: i64 = revision,
        amount_fen: i64 = amount,
        channel: String = channel,
        started_at_us: i64 = started_at,
        expires_at_us: i64 = expires_at,
        credited_at_us: Option<i64> = credited_at,
        cooling_off_until_us: Option<i64> = cooling_off_until,
        ends_on: Option<String> = ends_on,
        unclaimed_stage: i64 = unclaimed_stage,
    }
}

row! {
    /// One row of `checkin_codes`.
    CheckinCodeRow in checkin_codes for CheckinCode {
        digest: String = digest fixed,
        contract_id: String = contract fixed,
        expires_at_us: i64 = expires_at,
        used: bool = used,
    }
}

row! {
    /// One row of `channel_transactions`.
    ChannelTransactionRow in channel_transactions for ChannelTransaction {
        digest: String = digest fixed,
        subject: String = subject,
        received_at_us: i64 = received_at,
    }
}

row! {
    /// One row of `suspense`.
    SuspenseRow in suspense for Suspense {
        id: String = id fixed,
        state: String = state,
        revision: i64 = revision,
        amount_fen: i64 = amount,
        channel: String = channel,
        transaction_digest: String = transaction,
        deposit_id: Option<String> = deposit,
        reason: String = reason,
        received_at_us: i64 = received_at,
    }
}
