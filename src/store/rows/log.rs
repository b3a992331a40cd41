//! Keys of the log, the rules it goes by, and alarms about its publishing, as rows.

use diesel::prelude::*;

use super::row;
use crate::domain::event::RuleDigests;
use crate::domain::objects::{AdoptedRules, Alarm, LogKey};
use crate::store::schema::{alarms, log_keys, rules};

row! {
    /// One row of `log_keys`.
    LogKeyRow in log_keys for LogKey {
        id: String = id fixed,
        verifier_key: String = key fixed,
        added_at_position: i64 = added_at_position fixed,
        retired_at_position: Option<i64> = retired_at_position,
    }
}

row! {
    /// One row of `alarms`.
    AlarmRow in alarms for Alarm {
        id: String = id fixed,
        about: String = about fixed,
        state: String = state,
        since_us: i64 = since fixed,
        raised_at_us: i64 = raised_at fixed,
        cleared_at_us: Option<i64> = cleared_at,
    }
}

row! {
    /// One row of `rules`.
    RulesRow in rules for AdoptedRules {
        id: String = id fixed,
        name: String = name fixed,
        adopted_at_position: i64 = adopted_at_position,
    } with digests: RuleDigests {
        version: String = version,
        sha256: String = sha256,
        sm3: String = sm3,
    }
}
