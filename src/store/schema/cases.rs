//! The tables of freezes and disputes.

diesel::table! {
    freezes (office, id) {
        office -> Text,
        id -> Text,
        cause -> Text,
        contract_id -> Nullable<Text>,
        merchant_id -> Text,
        consumer_id -> Nullable<Text>,
        state -> Text,
        revision -> BigInt,
        held_fen -> BigInt,
        pending_fen -> BigInt,
        payable_fen -> BigInt,
        deliveries -> Text,
        dispute_id -> Nullable<Text>,
        document_sha256 -> Nullable<Text>,
        document_sm3 -> Nullable<Text>,
        opened_at_us -> BigInt,
    }
}

diesel::table! {
    disputes (office, id) {
        office -> Text,
        id -> Text,
        contract_id -> Text,
        merchant_id -> Text,
        consumer_id -> Text,
        state -> Text,
        revision -> BigInt,
        opened_by -> Text,
        refund_id -> Nullable<Text>,
        amount_fen -> BigInt,
        held_fen -> BigInt,
        deliveries -> Text,
        freeze_id -> Text,
        reason -> Text,
        opened_at_us -> BigInt,
        negotiate_by_us -> BigInt,
        due_by_us -> Nullable<BigInt>,
        newest_entry -> BigInt,
    }
}
