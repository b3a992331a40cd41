//! What a delivery uses up, on the wire: one of a few sets of members, by the kind of plan.

use serde::Serialize;

use crate::domain::id::VenueId;
use crate::domain::money::Amount;
use crate::domain::objects::{GiftUsed, LessonsUsed, Used, ValueUsed, VisitUsed};
use crate::http::input::Whole;
use crate::http::problem::Problem;

/// What a merchant says was used.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub(super) units: Option<Whole<1, 100_000>>,
    pub(super) gift_service: Option<u32>,
    pub(super) milestone: Option<u32>,
    pub(super) value: Option<Amount>,
    pub(super) list_value: Option<Amount>,
    pub(super) venue_id: Option<VenueId>,
}

impl Said {
    /// What was used, where the members go together.
    ///
    /// # Errors
    /// `invalid_value` with a pointer.
    pub fn used(self) -> Result<Used, Problem> {
        let Self { units, gift_service, milestone, value, list_value, venue_id } = self;
        let besides = |name: &str| {
            Problem::value(format!("/{name}"), "this cannot stand beside the other members that say what was used")
        };
        if let Some(venue) = venue_id {
            let others = [("units", units.is_some()), ("gift_service", gift_service.is_some())];
            let others = others.into_iter().chain([("milestone", milestone.is_some()), ("value", value.is_some())]);
            let mut others = others.chain([("list_value", list_value.is_some())]);
            return match others.find(|(_, present)| *present) {
                Some((other, _)) => Err(besides(other)),
                None => Ok(Used::Visit(VisitUsed { venue })),
            };
        }
        if let Some(value) = value {
            let others = [("units", units.is_some()), ("gift_service", gift_service.is_some())];
            let others = others.into_iter().chain([("milestone", milestone.is_some())]);
            if let Some((other, _)) = others.into_iter().find(|(_, present)| *present) {
                return Err(besides(other));
            }
            if value.is_zero() {
                return Err(Problem::value("/value", "expected more than 0.00"));
            }
            return Ok(Used::Value(ValueUsed { list_value, value }));
        }
        if list_value.is_some() {
            return Err(Problem::value("/value", "a price before discount needs the price that was charged"));
        }
        let Some(Whole(units)) = units else {
            return Err(Problem::value("/units", "expected units that were used, or the value that was spent"));
        };
        match (gift_service, milestone) {
            (Some(_), Some(_)) => Err(besides("milestone")),
            (Some(gift), None) => Ok(Used::Gift(GiftUsed { gift, units })),
            (None, Some(milestone)) => Ok(Used::Lessons(LessonsUsed { lessons: units, milestone })),
            (None, None) => Ok(Used::Units(units)),
        }
    }
}

/// What a delivery has used, in the members that a merchant says it with.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct View {
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gift_service: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    milestone: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_value: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    venue_id: Option<VenueId>,
}

impl From<Used> for View {
    fn from(used: Used) -> Self {
        let none = Self::default();
        match used {
            Used::Units(units) => Self { units: Some(units), ..none },
            Used::Gift(GiftUsed { gift, units }) => Self { units: Some(units), gift_service: Some(gift), ..none },
            Used::Lessons(LessonsUsed { lessons, milestone }) => {
                Self { units: Some(lessons), milestone: Some(milestone), ..none }
            }
            Used::Visit(VisitUsed { venue }) => Self { venue_id: Some(venue), ..none },
            Used::Value(ValueUsed { list_value, value }) => Self { value: Some(value), list_value, ..none },
        }
    }
}
