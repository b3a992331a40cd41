//! The tables of the objects that are about the log itself.

diesel::table! {
    log_keys (office, id) {
        office -> Text,
        id -> Text,
        verifier_key -> Text,
        added_at_position -> BigInt,
        retired_at_position -> Nullable<BigInt>,
    }
}

diesel::table! {
    alarms (office, id) {
        office -> Text,
        id -> Text,
        about -> Text,
        state -> Text,
        since_us -> BigInt,
        raised_at_us -> BigInt,
        cleared_at_us -> Nullable<BigInt>,
    }
}

diesel::table! {
    rules (office, id) {
        office -> Text,
        id -> Text,
        name -> Text,
        adopted_at_position -> BigInt,
        version -> Text,
        sha256 -> Text,
        sm3 -> Text,
    }
}
