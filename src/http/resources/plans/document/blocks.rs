//! The part of a plan version that says what is sold: one block for its kind, and no other.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::domain::id::VenueId;
use crate::domain::money::Amount;
use crate::domain::objects::{
    CountSold, CourseSold, GiftSold, MilestoneSold, PeriodSold, PlanKind, Sold, StoredValueSold,
};
use crate::domain::refund::Granularity;
use crate::http::input::{Text, Whole};
use crate::http::problem::Problem;

/// The blocks of a plan; the one of its kind is there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Blocks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) count: Option<Count>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stored_value: Option<StoredValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) period: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) course: Option<Course>,
}

/// Units of a count plan.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    units: u64,
    bonus_units: u64,
}

/// Money to spend.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredValue {
    bonus: Amount,
    #[serde(default)]
    gift_services: Vec<GiftService>,
}

/// A service given beside a deposit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GiftService {
    name: Text<1, 100>,
    package_price: Amount,
    units: Whole<1, UNITS_MAX>,
}

/// Use without limit for a time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    granularity: Granularity,
}

/// Milestones of lessons.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    milestones: Vec<Milestone>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Milestone {
    name: Text<1, 100>,
    price: Amount,
    lessons: Whole<1, UNITS_MAX>,
}

const UNITS_MAX: u64 = 100_000;
/// What each delivery of a contract rewrites stays small.
const PARTS_MAX: usize = 50;

/// What the whole plan says that a block must fit.
pub(super) struct Around<'a> {
    pub(super) kind: PlanKind,
    pub(super) price: Amount,
    pub(super) list_price: Option<Amount>,
    pub(super) per: &'a str,
    pub(super) validity_days: u32,
    pub(super) venues: &'a [VenueId],
}

impl Blocks {
    /// What is sold, when the block of the kind is there, alone, and fits the rest of the plan.
    ///
    /// # Errors
    /// `price_too_small` or `invalid_value` with a pointer.
    pub(super) fn sold(&self, around: &Around<'_>) -> Result<Sold, Problem> {
        let kind = around.kind;
        let blocks = [
            (PlanKind::Count, self.count.is_some()),
            (PlanKind::StoredValue, self.stored_value.is_some()),
            (PlanKind::Period, self.period.is_some()),
            (PlanKind::Course, self.course.is_some()),
        ];
        if let Some((other, _)) = blocks.into_iter().find(|(block, present)| *present && *block != kind) {
            return Err(Problem::value(format!("/{other}"), format!("this belongs to the kind {other}, not {kind}")));
        }
        if around.list_price.is_some() && kind != PlanKind::Count {
            return Err(Problem::value("/list_price", "only a count plan has a list price for one unit"));
        }
        let sold = match kind {
            PlanKind::Count => self.count.map(|count| count.sold(around)),
            PlanKind::StoredValue => self.stored_value.as_ref().map(|stored| stored.sold(around)),
            PlanKind::Course => self.course.as_ref().map(|course| course.sold(around)),
            PlanKind::Period => self.period.map(|period| period.sold(around)),
        };
        sold.unwrap_or_else(|| {
            Err(Problem::value(format!("/{kind}"), format!("expected the block of the kind {kind}")))
        })
    }

    /// What a gift service or milestone is called, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let gifts = self.stored_value.iter().flat_map(|stored| stored.gift_services.iter().map(|gift| &gift.name));
        let milestones = self.course.iter().flat_map(|course| course.milestones.iter().map(|part| &part.name));
        gifts.chain(milestones).map(|name| name.0.clone()).collect()
    }
}

/// Refuses another release rule than those of the kind.
fn released_per(around: &Around<'_>, allowed: &[&str]) -> Result<(), Problem> {
    if allowed.contains(&around.per) {
        return Ok(());
    }
    let detail = format!("expected {} for a {} plan", allowed.join(" or "), around.kind);
    Err(Problem::value("/release/per", detail))
}

/// Refuses a price that cannot release a fen for each of `parts`.
fn divisible(price: Amount, parts: u64, pointer: String, part: &str) -> Result<(), Problem> {
    if u64::try_from(price.fen()).unwrap_or(0) < parts {
        return Err(Problem::new("price_too_small").at(pointer, format!("less than 0.01 a {part}")));
    }
    Ok(())
}

/// Refuses lists that are too long, and names that stand twice in them.
fn listed<'a>(pointer: &str, names: impl Iterator<Item = &'a Text<1, 100>>) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    for (index, name) in names.enumerate() {
        if index >= PARTS_MAX {
            return Err(Problem::value(pointer, format!("expected at most {PARTS_MAX}")));
        }
        if !seen.insert(name.0.as_str()) {
            return Err(Problem::value(format!("{pointer}/{index}/name"), "another one has this name"));
        }
    }
    Ok(())
}

impl Count {
    fn sold(self, around: &Around<'_>) -> Result<Sold, Problem> {
        if self.units == 0 || self.units > UNITS_MAX {
            return Err(Problem::value("/count/units", "expected 1 to 100000"));
        }
        if self.bonus_units > UNITS_MAX {
            return Err(Problem::value("/count/bonus_units", "expected 0 to 100000"));
        }
        let units = self.units.saturating_add(self.bonus_units);
        divisible(around.price, units, "/price".to_owned(), "unit")?;
        if around.list_price.is_some_and(Amount::is_zero) {
            return Err(Problem::value("/list_price", "expected more than 0.00"));
        }
        released_per(around, &["use"])?;
        Ok(Sold::Count(CountSold { bonus_units: self.bonus_units, list_price: around.list_price, units: self.units }))
    }
}

impl StoredValue {
    fn sold(&self, around: &Around<'_>) -> Result<Sold, Problem> {
        divisible(around.price, 1, "/price".to_owned(), "card")?;
        if around.price.checked_add(self.bonus).is_none() {
            return Err(Problem::value("/stored_value/bonus", "price and bonus exceed the largest amount"));
        }
        listed("/stored_value/gift_services", self.gift_services.iter().map(|gift| &gift.name))?;
        released_per(around, &["use"])?;
        let gifts = self.gift_services.iter();
        let gift_services = gifts.map(|gift| GiftSold { package_price: gift.package_price, units: gift.units.0 });
        Ok(Sold::StoredValue(StoredValueSold { bonus: self.bonus, gift_services: gift_services.collect() }))
    }
}

impl Period {
    fn sold(self, around: &Around<'_>) -> Result<Sold, Problem> {
        divisible(around.price, u64::from(around.validity_days), "/price".to_owned(), "day")?;
        if around.venues.is_empty() {
            return Err(Problem::value("/venue_ids", "a period plan names the venues whose open days count"));
        }
        released_per(around, &["day"])?;
        let venues = around.venues.iter().copied().collect();
        Ok(Sold::Period(PeriodSold { granularity: self.granularity, venues }))
    }
}

impl Course {
    fn sold(&self, around: &Around<'_>) -> Result<Sold, Problem> {
        listed("/course/milestones", self.milestones.iter().map(|milestone| &milestone.name))?;
        for (index, milestone) in self.milestones.iter().enumerate() {
            let pointer = format!("/course/milestones/{index}/price");
            divisible(milestone.price, milestone.lessons.0, pointer, "lesson")?;
        }
        let prices = self.milestones.iter().map(|milestone| milestone.price);
        let sum = prices.into_iter().try_fold(Amount::ZERO, Amount::checked_add);
        if self.milestones.is_empty() || sum != Some(around.price) {
            return Err(Problem::value("/course/milestones", "expected prices that add up to the plan's price"));
        }
        released_per(around, &["milestone", "use"])?;
        let milestones = self.milestones.iter();
        let milestones = milestones.map(|part| MilestoneSold { lessons: part.lessons.0, price: part.price });
        Ok(Sold::Course(CourseSold { milestones: milestones.collect(), per_lesson: around.per == "use" }))
    }
}
