//! A plan version as a document: what a merchant writes, and what both parties of a contract sign.

use serde::{Deserialize, Serialize};

use crate::domain::id::{MerchantId, PlanId, VenueId};
use crate::domain::money::Amount;
use crate::domain::objects::{PlanFigures, PlanKind};
use crate::http::input::{Text, Whole};
use crate::http::problem::Problem;

/// A plan on its way in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    name: Text<1, 100>,
    kind: String,
    price: Amount,
    currency: String,
    list_price: Option<Amount>,
    count: Option<Count>,
    validity_days: Whole<1, 3650>,
    sector: Text<1, 50>,
    terms: Text<1, 20_000>,
    card_class: Option<String>,
    release: Release,
    venue_ids: Option<Vec<VenueId>>,
}

/// A change of a plan on its way in: what is absent stays as it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanChange {
    name: Option<Text<1, 100>>,
    kind: Option<String>,
    price: Option<Amount>,
    currency: Option<String>,
    #[serde(default, deserialize_with = "given")]
    list_price: Option<Option<Amount>>,
    count: Option<Count>,
    validity_days: Option<Whole<1, 3650>>,
    sector: Option<Text<1, 50>>,
    terms: Option<Text<1, 20_000>>,
    card_class: Option<String>,
    release: Option<Release>,
    venue_ids: Option<Vec<VenueId>>,
}

/// Tells `null`, which takes a value away, from a field that is absent.
fn given<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Option<Amount>>, D::Error> {
    Option::<Amount>::deserialize(input).map(Some)
}

/// Units of a count plan.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    units: u64,
    bonus_units: u64,
}

/// The release rule (提存规则) the parties agree on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    per: String,
    confirm_window_hours: u32,
    silence_confirms: bool,
}

/// What a plan version says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    name: String,
    kind: PlanKind,
    price: Amount,
    currency: String,
    list_price: Option<Amount>,
    count: Option<Count>,
    validity_days: u32,
    sector: String,
    terms: String,
    card_class: String,
    release: Release,
    venue_ids: Vec<VenueId>,
}

/// A whole plan version: its canonical bytes are what both parties sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Document {
    /// The plan.
    pub plan_id: PlanId,
    /// The version, from 1.
    pub version: u32,
    /// Who sells it.
    pub merchant_id: MerchantId,
    /// What it says.
    #[serde(flatten)]
    pub body: Body,
}

const CARD_CLASSES: [&str; 4] = ["membership", "lesson", "visit", "stored_value"];
const UNITS_MAX: u64 = 100_000;

impl NewPlan {
    /// The body, when its values go together.
    ///
    /// # Errors
    /// `kind_not_supported`, `wrong_currency`, `price_too_small` or `invalid_value` with a pointer.
    pub fn checked(self) -> Result<Body, Problem> {
        let body = Body {
            name: self.name.0,
            kind: kind(&self.kind)?,
            price: self.price,
            currency: self.currency,
            list_price: self.list_price,
            count: self.count,
            validity_days: days(self.validity_days),
            sector: self.sector.0,
            terms: self.terms.0,
            card_class: self.card_class.unwrap_or_else(|| "visit".to_owned()),
            release: self.release,
            venue_ids: self.venue_ids.unwrap_or_default(),
        };
        body.checked()
    }
}

impl PlanChange {
    /// The next version's body: this change over the version before.
    ///
    /// # Errors
    /// As for a new plan.
    pub fn over(self, before: Body) -> Result<Body, Problem> {
        let body = Body {
            name: self.name.map_or(before.name, |name| name.0),
            kind: self.kind.as_deref().map_or(Ok(before.kind), kind)?,
            price: self.price.unwrap_or(before.price),
            currency: self.currency.unwrap_or(before.currency),
            list_price: self.list_price.unwrap_or(before.list_price),
            count: self.count.or(before.count),
            validity_days: self.validity_days.map_or(before.validity_days, days),
            sector: self.sector.map_or(before.sector, |sector| sector.0),
            terms: self.terms.map_or(before.terms, |terms| terms.0),
            card_class: self.card_class.unwrap_or(before.card_class),
            release: self.release.unwrap_or(before.release),
            venue_ids: self.venue_ids.unwrap_or(before.venue_ids),
        };
        body.checked()
    }
}

fn kind(word: &str) -> Result<PlanKind, Problem> {
    match (PlanKind::parse(word), word) {
        (Some(kind), _) => Ok(kind),
        (None, "stored_value" | "period" | "course") => {
            Err(Problem::new("kind_not_supported")
                .at("/kind", format!("{word} plans cannot be sold yet; count plans can")))
        }
        (None, _) => Err(Problem::value("/kind", "expected count, stored_value, period or course")),
    }
}

fn days(days: Whole<1, 3650>) -> u32 {
    u32::try_from(days.0).unwrap_or(u32::MAX)
}

impl Body {
    fn checked(self) -> Result<Self, Problem> {
        if self.currency != "CNY" {
            return Err(Problem::new("wrong_currency").at("/currency", "expected CNY"));
        }
        let Some(count) = self.count else {
            return Err(Problem::value("/count", "a count plan says how many units it has"));
        };
        if count.units == 0 || count.units > UNITS_MAX {
            return Err(Problem::value("/count/units", "expected 1 to 100000"));
        }
        if count.bonus_units > UNITS_MAX {
            return Err(Problem::value("/count/bonus_units", "expected 0 to 100000"));
        }
        let units = count.units.saturating_add(count.bonus_units);
        if u64::try_from(self.price.fen()).unwrap_or(0) < units {
            return Err(Problem::new("price_too_small").at("/price", "less than 0.01 a unit"));
        }
        if self.list_price.is_some_and(Amount::is_zero) {
            return Err(Problem::value("/list_price", "expected more than 0.00"));
        }
        if !CARD_CLASSES.contains(&self.card_class.as_str()) {
            return Err(Problem::value("/card_class", "expected membership, lesson, visit or stored_value"));
        }
        match self.release.per.as_str() {
            "use" => {}
            "day" | "milestone" => return Err(Problem::value("/release/per", "a count plan releases per use")),
            _ => return Err(Problem::value("/release/per", "expected use, day or milestone")),
        }
        if !(1..=720).contains(&self.release.confirm_window_hours) {
            return Err(Problem::value("/release/confirm_window_hours", "expected 1 to 720"));
        }
        if self.venue_ids.len() > 100 {
            return Err(Problem::value("/venue_ids", "expected at most 100"));
        }
        Ok(self)
    }

    /// What it says in words.
    #[must_use]
    pub fn terms(&self) -> &str {
        &self.terms
    }

    /// What the books need of it.
    #[must_use]
    pub fn figures(&self) -> PlanFigures {
        PlanFigures {
            bonus_units: self.count.map_or(0, |count| count.bonus_units),
            confirm_window_hours: self.release.confirm_window_hours,
            kind: self.kind,
            list_price: self.list_price,
            price: self.price,
            silence_confirms: self.release.silence_confirms,
            units: self.count.map_or(0, |count| count.units),
            validity_days: self.validity_days,
        }
    }
}
