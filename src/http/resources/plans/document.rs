//! A plan version as a document: what a merchant writes, and what both parties of a contract sign.

mod blocks;

use serde::{Deserialize, Serialize};

use blocks::{Around, Blocks, Count, Course, Period, StoredValue};

use crate::domain::id::{MerchantId, PlanId, VenueId};
use crate::domain::money::Amount;
use crate::domain::objects::{CardClass, PlanFigures, PlanKind, Sold};
use crate::domain::packs::{self, Sector};
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
    stored_value: Option<StoredValue>,
    period: Option<Period>,
    course: Option<Course>,
    validity_days: Whole<1, 3650>,
    sector: Sector,
    terms: Text<1, 20_000>,
    card_class: Option<String>,
    release: Release,
    arbitration: Option<Arbitration>,
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
    stored_value: Option<StoredValue>,
    period: Option<Period>,
    course: Option<Course>,
    validity_days: Option<Whole<1, 3650>>,
    sector: Option<Sector>,
    terms: Option<Text<1, 20_000>>,
    card_class: Option<String>,
    release: Option<Release>,
    #[serde(default, deserialize_with = "given")]
    arbitration: Option<Option<Arbitration>>,
    venue_ids: Option<Vec<VenueId>>,
}

/// Tells `null`, which takes a value away, from a field that is absent.
fn given<'de, D, T>(input: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(input).map(Some)
}

/// The release rule (提存规则) the parties agree on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    per: String,
    confirm_window_hours: u32,
    silence_confirms: bool,
}

/// The arbitration of disputes (仲裁协议) that the terms offer; the consumer agrees to it by a tick of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arbitration {
    institution: String,
    rules: String,
    payer: String,
}

/// What a plan version says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    name: String,
    kind: PlanKind,
    price: Amount,
    currency: String,
    list_price: Option<Amount>,
    #[serde(flatten)]
    blocks: Blocks,
    validity_days: u32,
    sector: Sector,
    terms: String,
    card_class: CardClass,
    release: Release,
    #[serde(skip_serializing_if = "Option::is_none")]
    arbitration: Option<Arbitration>,
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

impl NewPlan {
    /// The body, when its values go together.
    ///
    /// # Errors
    /// `wrong_currency`, `price_too_small` or `invalid_value` with a pointer.
    pub fn checked(self) -> Result<Body, Problem> {
        let body = Body {
            name: self.name.0,
            kind: kind(&self.kind)?,
            price: self.price,
            currency: self.currency,
            list_price: self.list_price,
            blocks: Blocks {
                count: self.count,
                stored_value: self.stored_value,
                period: self.period,
                course: self.course,
            },
            validity_days: days(self.validity_days),
            sector: self.sector,
            terms: self.terms.0,
            card_class: self.card_class.map_or(Ok(CardClass::Visit), |word| card_class(&word))?,
            release: self.release,
            arbitration: self.arbitration,
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
        let kind_before = before.kind;
        let kind_after = self.kind.as_deref().map_or(Ok(kind_before), kind)?;
        // A plan of another kind has nothing of what the old kind sold.
        let (blocks, list_price) = match kind_after == kind_before {
            true => (before.blocks, before.list_price),
            false => (Blocks::default(), None),
        };
        let body = Body {
            name: self.name.map_or(before.name, |name| name.0),
            kind: kind_after,
            price: self.price.unwrap_or(before.price),
            currency: self.currency.unwrap_or(before.currency),
            list_price: self.list_price.unwrap_or(list_price),
            blocks: Blocks {
                count: self.count.or(blocks.count),
                stored_value: self.stored_value.or(blocks.stored_value),
                period: self.period.or(blocks.period),
                course: self.course.or(blocks.course),
            },
            validity_days: self.validity_days.map_or(before.validity_days, days),
            sector: self.sector.unwrap_or(before.sector),
            terms: self.terms.map_or(before.terms, |terms| terms.0),
            card_class: self.card_class.map_or(Ok(before.card_class), |word| card_class(&word))?,
            release: self.release.unwrap_or(before.release),
            arbitration: self.arbitration.unwrap_or(before.arbitration),
            venue_ids: self.venue_ids.unwrap_or(before.venue_ids),
        };
        body.checked()
    }
}

fn kind(word: &str) -> Result<PlanKind, Problem> {
    PlanKind::parse(word).ok_or_else(|| Problem::value("/kind", "expected count, stored_value, period or course"))
}

fn card_class(word: &str) -> Result<CardClass, Problem> {
    let unknown = || Problem::value("/card_class", "expected membership, lesson, visit or stored_value");
    CardClass::parse(word).ok_or_else(unknown)
}

fn days(days: Whole<1, 3650>) -> u32 {
    u32::try_from(days.0).unwrap_or(u32::MAX)
}

impl Arbitration {
    fn checked(&self) -> Result<(), Problem> {
        for (pointer, text) in [("/arbitration/institution", &self.institution), ("/arbitration/rules", &self.rules)] {
            if text.trim().is_empty() || text.chars().count() > 200 {
                return Err(Problem::value(pointer, "expected 1 to 200 characters"));
            }
        }
        match self.payer.as_str() {
            "merchant" | "loser" | "shared" => Ok(()),
            "consumer" => Err(Problem::value("/arbitration/payer", "a consumer who wins does not pay for it")),
            _ => Err(Problem::value("/arbitration/payer", "expected merchant, loser or shared")),
        }
    }
}

impl Body {
    fn checked(self) -> Result<Self, Problem> {
        if self.currency != "CNY" {
            return Err(Problem::new("wrong_currency").at("/currency", "expected CNY"));
        }
        if !["use", "day", "milestone"].contains(&self.release.per.as_str()) {
            return Err(Problem::value("/release/per", "expected use, day or milestone"));
        }
        if self.venue_ids.len() > 100 {
            return Err(Problem::value("/venue_ids", "expected at most 100"));
        }
        self.sold()?;
        let longest = packs::in_force().confirm_window_hours_max();
        if !(1..=longest).contains(&self.release.confirm_window_hours) {
            return Err(Problem::value("/release/confirm_window_hours", format!("expected 1 to {longest}")));
        }
        if let Some(arbitration) = &self.arbitration {
            arbitration.checked()?;
        }
        Ok(self)
    }

    /// The venues it names.
    #[must_use]
    pub fn venues(&self) -> &[VenueId] {
        &self.venue_ids
    }

    /// What it says in words.
    #[must_use]
    pub fn terms(&self) -> &str {
        &self.terms
    }

    fn sold(&self) -> Result<Sold, Problem> {
        let Self { kind, price, list_price, validity_days, .. } = *self;
        let (per, venues) = (self.release.per.as_str(), self.venue_ids.as_slice());
        self.blocks.sold(&Around { kind, price, list_price, per, validity_days, venues })
    }

    /// What the gift services or milestones are called, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.blocks.names()
    }

    /// What the books need of it.
    ///
    /// # Errors
    /// Those of a plan on its way in, for a document that never was one.
    pub fn figures(&self) -> Result<PlanFigures, Problem> {
        Ok(PlanFigures {
            card_class: self.card_class,
            arbitration: self.arbitration.is_some(),
            confirm_window_hours: self.release.confirm_window_hours,
            // The ledger knows the venues.
            lease_ends_on: None,
            price: self.price,
            sector: self.sector,
            silence_confirms: self.release.silence_confirms,
            sold: self.sold()?,
            validity_days: self.validity_days,
        })
    }
}
