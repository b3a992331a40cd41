//! Bad input gets its named answer, and never a fault of ours.
#![cfg(test)]

#[path = "bad_input/business.rs"]
mod business;
#[path = "bad_input/framing.rs"]
mod framing;
#[path = "bad_input/strangers.rs"]
mod strangers;
mod support;

use serde_json::{Value, json};

/// A plan that can be drafted, to be spoilt.
fn plan() -> Value {
    json!({
        "name": "60次游泳卡", "kind": "count", "price": "2000.00", "currency": "CNY", "list_price": "50.00",
        "count": {"units": 60, "bonus_units": 0}, "validity_days": 365, "sector": "fitness", "terms": "条款。",
        "card_class": "stored_value",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    })
}
