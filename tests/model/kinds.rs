//! What the kinds of plan look like on the wire. In the books they are one: stored value is used up in fen, each of
//! which costs one fen before discount, and a course of one milestone in lessons.

use serde_json::{Value, json};

use super::books::Refusal;
use super::walk::{amount, fen};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Count,
    StoredValue,
    Course,
}

impl Kind {
    /// What one step of the walk uses up at least.
    pub const fn step(self) -> i64 {
        match self {
            Self::Count | Self::Course => 1,
            Self::StoredValue => 7_777,
        }
    }

    /// The members of a plan that say what is sold.
    pub fn sold(self, price: i64, units: i64, list_price: Option<i64>) -> Value {
        let per = "use";
        match self {
            Self::Count => json!({
                "kind": "count", "list_price": list_price.map(amount), "count": {"units": units, "bonus_units": 0},
                "per": per
            }),
            Self::StoredValue => {
                json!({"kind": "stored_value", "stored_value": {"bonus": amount(units - price)}, "per": per})
            }
            Self::Course => {
                let milestones = json!([{"name": "全程", "price": amount(price), "lessons": units}]);
                json!({"kind": "course", "course": {"milestones": milestones}, "per": per})
            }
        }
    }

    /// A delivery's body.
    pub fn uses(self, units: i64) -> Value {
        match self {
            Self::Count => json!({"units": units}),
            Self::StoredValue => json!({"value": amount(units)}),
            Self::Course => json!({"milestone": 0, "units": units}),
        }
    }

    /// What a delivery or its body says was used.
    pub fn used(self, delivery: &Value) -> i64 {
        match self {
            Self::StoredValue => fen(&delivery["value"]),
            Self::Count | Self::Course => delivery["units"].as_i64().unwrap(),
        }
    }

    /// What a contract says was used.
    pub fn used_of(self, contract: &Value) -> i64 {
        match self {
            Self::Count => contract["units"]["used"].as_i64().unwrap(),
            Self::StoredValue => fen(&contract["stored_value"]["consumed"]),
            Self::Course => contract["course"]["milestones"][0]["lessons_given"].as_i64().unwrap(),
        }
    }

    /// The refusal of more than is left.
    pub const fn exhausted(self) -> Refusal {
        match self {
            Self::StoredValue => "value_exhausted",
            Self::Count | Self::Course => "units_exhausted",
        }
    }
}
