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
        ordered_fen -> Nullable<BigInt>,
        particulars -> Nullable<Text>,
        ended_at_us -> Nullable<BigInt>,
        ended_sha256 -> Nullable<Text>,
        ended_sm3 -> Nullable<Text>,
        paid_as -> Nullable<Text>,
        newest_entry -> BigInt,
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
        mediate_by_us -> Nullable<BigInt>,
        award_by_us -> Nullable<BigInt>,
        review_by_us -> Nullable<BigInt>,
        due_by_us -> Nullable<BigInt>,
        arbitration_objected_by -> Nullable<Text>,
        arbitration_since_us -> Nullable<BigInt>,
        evidence_until_us -> Nullable<BigInt>,
        mediator -> Nullable<Text>,
        arbitrator -> Nullable<Text>,
        proposal_id -> Nullable<Text>,
        decided -> Nullable<Text>,
        award -> Nullable<Text>,
        executed_by -> Nullable<Text>,
        paid_as -> Nullable<Text>,
        evidence_count -> BigInt,
        newest_entry -> BigInt,
    }
}

diesel::table! {
    proposals (office, id) {
        office -> Text,
        id -> Text,
        dispute_id -> Text,
        contract_id -> Text,
        merchant_id -> Text,
        consumer_id -> Text,
        state -> Text,
        revision -> BigInt,
        made_by -> Text,
        stage -> Text,
        split -> Text,
        note -> Nullable<Text>,
        made_at_us -> BigInt,
        accepted_by_consumer_at_us -> Nullable<BigInt>,
        accepted_by_merchant_at_us -> Nullable<BigInt>,
    }
}

diesel::table! {
    evidence (office, id) {
        office -> Text,
        id -> Text,
        dispute_id -> Text,
        contract_id -> Text,
        merchant_id -> Text,
        consumer_id -> Text,
        brought_by -> Text,
        state -> Text,
        revision -> BigInt,
        file_sha256 -> Text,
        file_sm3 -> Text,
        manifest -> Text,
        size_bytes -> BigInt,
        staged_at_us -> BigInt,
        submitted_at_us -> Nullable<BigInt>,
    }
}
