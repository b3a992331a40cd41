//! The tables of default runs.

diesel::table! {
    default_runs (office, id) {
        office -> Text,
        id -> Text,
        merchant_id -> Text,
        state -> Text,
        revision -> BigInt,
        cause -> Text,
        mode -> Text,
        proofs -> Text,
        notice -> Nullable<Text>,
        reason -> Nullable<Text>,
        contracts -> BigInt,
        amount_fen -> BigInt,
        proposed_by -> Text,
        proposed_at_us -> BigInt,
        object_by_us -> Nullable<BigInt>,
        objected_at_us -> Nullable<BigInt>,
        objection -> Nullable<Text>,
        approved_by -> Nullable<Text>,
        approved_at_us -> Nullable<BigInt>,
        frozen_fen -> BigInt,
        ended_at_us -> Nullable<BigInt>,
        rescinded -> Nullable<Text>,
        cursor_id -> Nullable<Text>,
        newest_entry -> BigInt,
        cancelled -> BigInt,
        disputed -> BigInt,
        done -> BigInt,
        needs_account -> BigInt,
        refunded_fen -> BigInt,
        refunds -> BigInt,
        total -> BigInt,
        waiting -> BigInt,
    }
}

diesel::table! {
    run_contracts (office, run_id, contract_id) {
        office -> Text,
        run_id -> Text,
        contract_id -> Text,
        outcome -> Text,
        amount_fen -> BigInt,
        refund_id -> Nullable<Text>,
    }
}
