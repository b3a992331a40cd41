//! The tables, as both engines have them.

mod cases;
mod log;
mod refund;
mod runs;

pub use cases::{disputes, evidence, freezes, proposals};
pub use log::{alarms, log_keys, rules};
pub use refund::refunds;
pub use runs::{default_runs, run_contracts};

diesel::table! {
    heads (office) {
        office -> Text,
        next_position -> BigInt,
        leaf -> Text,
        at_us -> BigInt,
        batch_id -> Binary,
    }
}

diesel::table! {
    entries (office, position) {
        office -> Text,
        position -> BigInt,
        at_us -> BigInt,
        kind -> Text,
        leaf -> Binary,
        contract_prev -> Nullable<BigInt>,
        merchant_id -> Nullable<Text>,
        bytes -> Binary,
    }
}

diesel::table! {
    entry_subjects (office, subject, position) {
        office -> Text,
        subject -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    postings (office, account, position, seq) {
        office -> Text,
        account -> Text,
        position -> BigInt,
        seq -> BigInt,
        amount_fen -> BigInt,
        balance_fen -> BigInt,
    }
}

diesel::table! {
    batches (office, last_position) {
        office -> Text,
        last_position -> BigInt,
        first_position -> BigInt,
        at_us -> BigInt,
        totals -> Text,
        steps -> Text,
    }
}

diesel::table! {
    accounts (office, account) {
        office -> Text,
        account -> Text,
        class -> Text,
        balance_fen -> BigInt,
    }
}

diesel::table! {
    idempotency (office, scope_key) {
        office -> Text,
        scope_key -> Text,
        fingerprint -> Binary,
        position -> Nullable<BigInt>,
        object -> Nullable<Text>,
        rejection -> Nullable<Text>,
    }
}

diesel::table! {
    records (office, digest) {
        office -> Text,
        digest -> Text,
        kind -> Text,
        salt -> Binary,
        body -> Binary,
    }
}

diesel::table! {
    credentials (office, login) {
        office -> Text,
        login -> Text,
        user_id -> Text,
        username -> Text,
        password_hash -> Text,
    }
}

diesel::table! {
    refresh_tokens (office, digest) {
        office -> Text,
        digest -> Text,
        family -> Text,
        user_id -> Text,
        issued_at_us -> BigInt,
        expires_at_us -> BigInt,
        used_at_us -> Nullable<BigInt>,
    }
}

diesel::table! {
    settings (office, name) {
        office -> Text,
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    users (office, id) {
        office -> Text,
        id -> Text,
        role -> Text,
        party -> Nullable<Text>,
        state -> Text,
        profile -> Nullable<Text>,
        revision -> BigInt,
        registered_at_us -> BigInt,
        signing_key -> Nullable<Text>,
    }
}

diesel::table! {
    merchants (office, id) {
        office -> Text,
        id -> Text,
        state -> Text,
        revision -> BigInt,
        owner_id -> Text,
        profile -> Text,
        region -> Text,
        lease_ends_on -> Nullable<Text>,
        applied_at_us -> BigInt,
        payout_account -> Nullable<Text>,
        settled_until_us -> BigInt,
        open_settlement_id -> Nullable<Text>,
        receivable_fen -> BigInt,
        payable_fen -> BigInt,
        frozen_fen -> BigInt,
        payout_fen -> BigInt,
        in_escrow_fen -> BigInt,
        unreleased_fen -> BigInt,
        exits_at_us -> Nullable<BigInt>,
        default_run_id -> Nullable<Text>,
        court_orders -> Text,
    }
}

diesel::table! {
    consumers (office, id) {
        office -> Text,
        id -> Text,
        owner_id -> Text,
        payout_account -> Nullable<Text>,
        refund_fen -> BigInt,
    }
}

diesel::table! {
    venues (office, id) {
        office -> Text,
        id -> Text,
        merchant_id -> Text,
        profile -> Text,
        lease_ends_on -> Text,
        open_days -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    open_marks (office, venue_id, date) {
        office -> Text,
        venue_id -> Text,
        date -> Text,
        marked_at_us -> BigInt,
    }
}

diesel::table! {
    plans (office, id) {
        office -> Text,
        id -> Text,
        merchant_id -> Text,
        state -> Text,
        version -> BigInt,
        on_sale_version -> Nullable<BigInt>,
        reading -> Nullable<Text>,
        revision -> BigInt,
    }
}

diesel::table! {
    plan_versions (office, plan_id, version) {
        office -> Text,
        plan_id -> Text,
        version -> BigInt,
        merchant_id -> Text,
        terms_sha256 -> Text,
        terms_sm3 -> Text,
        price_fen -> BigInt,
        validity_days -> BigInt,
        arbitration -> Bool,
        confirm_window_hours -> BigInt,
        silence_confirms -> Bool,
        sold -> Text,
        card_class -> Text,
        sector -> Text,
        lease_ends_on -> Nullable<Text>,
    }
}

diesel::table! {
    contracts (office, id) {
        office -> Text,
        id -> Text,
        state -> Text,
        revision -> BigInt,
        plan_id -> Text,
        plan_version -> BigInt,
        consumer_id -> Text,
        merchant_id -> Text,
        rules_pack -> Text,
        rules_version -> Text,
        terms_sha256 -> Text,
        terms_sm3 -> Text,
        drafted_at_us -> BigInt,
        signed_by_consumer_at_us -> Nullable<BigInt>,
        signed_by_merchant_at_us -> Nullable<BigInt>,
        active_since_us -> Nullable<BigInt>,
        paid_on -> Nullable<Text>,
        ends_on -> Nullable<Text>,
        cooling_off_until_us -> Nullable<BigInt>,
        live -> Text,
        amount_live_fen -> BigInt,
        accrued_through -> Nullable<Text>,
        open_deposit_id -> Nullable<Text>,
        open_refund_id -> Nullable<Text>,
        deposited_fen -> BigInt,
        held_fen -> BigInt,
        pending_fen -> BigInt,
        frozen_fen -> BigInt,
        to_merchant_fen -> BigInt,
        refunded_fen -> BigInt,
        unpaid_fen -> BigInt,
        settled_fen -> BigInt,
        unclaimed_stage -> BigInt,
        newest_entry -> BigInt,
        newest_delivery_id -> Nullable<Text>,
        holder_age -> Text,
        guardian -> Nullable<Text>,
        holder_since_us -> Nullable<BigInt>,
        transfer_to -> Nullable<Text>,
        transfer_guardian -> Nullable<Text>,
        court_orders -> Text,
        price_fen -> BigInt,
        validity_days -> BigInt,
        arbitration -> Bool,
        confirm_window_hours -> BigInt,
        silence_confirms -> Bool,
        sold -> Text,
        card_class -> Text,
        sector -> Text,
        lease_ends_on -> Nullable<Text>,
    }
}

diesel::table! {
    deposits (office, id) {
        office -> Text,
        id -> Text,
        contract_id -> Text,
        consumer_id -> Text,
        merchant_id -> Text,
        state -> Text,
        revision -> BigInt,
        amount_fen -> BigInt,
        channel -> Text,
        started_at_us -> BigInt,
        expires_at_us -> BigInt,
        credited_at_us -> Nullable<BigInt>,
        cooling_off_until_us -> Nullable<BigInt>,
        ends_on -> Nullable<Text>,
        unclaimed_stage -> BigInt,
    }
}

diesel::table! {
    checkin_codes (office, digest) {
        office -> Text,
        digest -> Text,
        contract_id -> Text,
        expires_at_us -> BigInt,
        used -> Bool,
    }
}

diesel::table! {
    channel_transactions (office, digest) {
        office -> Text,
        digest -> Text,
        subject -> Text,
        received_at_us -> BigInt,
    }
}

diesel::table! {
    suspense (office, id) {
        office -> Text,
        id -> Text,
        state -> Text,
        revision -> BigInt,
        amount_fen -> BigInt,
        channel -> Text,
        transaction_digest -> Text,
        deposit_id -> Nullable<Text>,
        reason -> Text,
        received_at_us -> BigInt,
    }
}

diesel::table! {
    deliveries (office, id) {
        office -> Text,
        id -> Text,
        contract_id -> Text,
        merchant_id -> Text,
        consumer_id -> Text,
        state -> Text,
        revision -> BigInt,
        used -> Text,
        amount_fen -> BigInt,
        occurred_at_us -> BigInt,
        recorded_at_us -> BigInt,
        confirm_by_us -> BigInt,
        silence_confirms -> Bool,
        confirmed_at_us -> Nullable<BigInt>,
        confirmed_how -> Nullable<Text>,
        matures_at_us -> Nullable<BigInt>,
        reversal_proposed_by -> Nullable<Text>,
        dispute_id -> Nullable<Text>,
        note -> Nullable<Text>,
        before_id -> Nullable<Text>,
    }
}

diesel::table! {
    settlements (office, id) {
        office -> Text,
        id -> Text,
        merchant_id -> Text,
        state -> Text,
        revision -> BigInt,
        amount_fen -> BigInt,
        returned_fen -> BigInt,
        count -> BigInt,
        since_us -> BigInt,
        cutoff_us -> BigInt,
        proposed_by -> Text,
        proposed_at_us -> BigInt,
        approved_by -> Nullable<Text>,
        payout_id -> Nullable<Text>,
        newest_entry -> BigInt,
    }
}

diesel::table! {
    payouts (office, id) {
        office -> Text,
        id -> Text,
        state -> Text,
        revision -> BigInt,
        amount_fen -> BigInt,
        payee -> Text,
        settlement_id -> Nullable<Text>,
        refund_id -> Nullable<Text>,
        account -> Text,
        created_at_us -> BigInt,
        returned_by -> Nullable<Text>,
    }
}

diesel::table! {
    payout_returns (office, id) {
        office -> Text,
        id -> Text,
        payout_id -> Text,
        amount_fen -> BigInt,
        recorded_at_us -> BigInt,
    }
}

diesel::table! {
    checkpoints (office, size) {
        office -> Text,
        size -> BigInt,
        root -> Binary,
        note -> Text,
        signed_at_us -> BigInt,
        fence -> BigInt,
    }
}

diesel::table! {
    cosignatures (office, size, witness, cosigned_at_us) {
        office -> Text,
        size -> BigInt,
        witness -> Text,
        line -> Text,
        cosigned_at_us -> BigInt,
    }
}

diesel::table! {
    timestamps (office, size, authority, stamped_at_us) {
        office -> Text,
        size -> BigInt,
        authority -> Text,
        token -> Binary,
        stamped_at_us -> BigInt,
    }
}

diesel::table! {
    leases (office, name) {
        office -> Text,
        name -> Text,
        holder -> Text,
        fence -> BigInt,
        until_us -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(consumers, merchants, payouts, refunds);
diesel::allow_tables_to_appear_in_same_query!(contracts, deliveries, deposits);
diesel::allow_tables_to_appear_in_same_query!(disputes, freezes);
