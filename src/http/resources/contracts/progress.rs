//! What a contract's holder bought and has used, by the kind of plan.

use serde::Serialize;

use crate::domain::digest::Digest;
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, CountSold, CourseSold, Live, MilestoneLive, Sold, StoredValueSold, ValueLive};
use crate::http::reply::Records;
use crate::http::resources::plans::Document;
use crate::http::texts::record_of;

/// One block, named for what is counted.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Units of a count plan.
    Units(Units),
    /// Money to spend.
    StoredValue(StoredValue),
    /// Milestones of lessons.
    Course(Course),
}

/// Units, or lessons of a milestone.
#[derive(Serialize)]
pub struct Units {
    total: u64,
    used: u64,
    remaining: u64,
}

/// Value on a card, bonus included.
#[derive(Serialize)]
pub struct StoredValue {
    value_total: Amount,
    consumed: Amount,
    remaining: Amount,
    gift_services: Vec<GiftService>,
}

#[derive(Serialize)]
struct GiftService {
    name: Option<String>,
    package_price: Amount,
    #[serde(flatten)]
    units: Units,
}

/// A course by its milestones.
#[derive(Serialize)]
pub struct Course {
    milestones: Vec<Milestone>,
}

#[derive(Serialize)]
struct Milestone {
    name: Option<String>,
    price: Amount,
    lessons: u64,
    lessons_given: u64,
    released: Amount,
}

/// The record that says what the parts of a contract are called; none where it has no parts.
#[must_use]
pub fn naming_digest(contract: &Contract) -> Option<Digest> {
    let has_parts = match &contract.figures.sold {
        Sold::Count(_) => false,
        Sold::Course(_) => true,
        Sold::StoredValue(stored) => !stored.gift_services.is_empty(),
    };
    has_parts.then_some(contract.terms_sha256)
}

/// What the contract's gift services or milestones are called, in order.
#[must_use]
pub fn plan_names(records: &Records, contract: &Contract) -> Vec<String> {
    let document: Option<Document> = naming_digest(contract).and_then(|digest| record_of(records, digest));
    document.map(|document| document.body.names()).unwrap_or_default()
}

impl View {
    /// The block of a contract whose parts have these names.
    #[must_use]
    pub fn of(contract: &Contract, names: &[String]) -> Self {
        match (&contract.figures.sold, &contract.live) {
            (Sold::StoredValue(stored), Live::Value(live)) => {
                Self::StoredValue(stored_value(contract.figures.price, stored, live, names))
            }
            (Sold::Course(course), Live::Lessons(live)) => Self::Course(milestones(course, live, names)),
            (Sold::Count(count), Live::Units(live)) => Self::Units(units(count, *live)),
            // What is live is made of what was sold, so that this never comes up.
            _ => Self::Units(Units { total: 0, used: 0, remaining: 0 }),
        }
    }
}

impl Units {
    const fn new(total: u64, used: u64) -> Self {
        Self { total, used, remaining: total.saturating_sub(used) }
    }
}

const fn units(count: &CountSold, live: u64) -> Units {
    Units::new(count.units_total(), live)
}

fn stored_value(price: Amount, stored: &StoredValueSold, live: &ValueLive, names: &[String]) -> StoredValue {
    let value_total = price.checked_add(stored.bonus).unwrap_or(Amount::MAX);
    let gifts = stored.gift_services.iter().zip(live.gift_services.iter()).enumerate();
    let gift_services = gifts.map(|(index, (sold, used))| GiftService {
        name: names.get(index).cloned(),
        package_price: sold.package_price,
        units: Units::new(sold.units, *used),
    });
    StoredValue {
        value_total,
        consumed: live.consumed,
        remaining: value_total.saturating_sub(live.consumed),
        gift_services: gift_services.collect(),
    }
}

fn milestones(course: &CourseSold, live: &[MilestoneLive], names: &[String]) -> Course {
    let parts = course.milestones.iter().zip(live).enumerate();
    let milestones = parts.map(|(index, (sold, live))| Milestone {
        name: names.get(index).cloned(),
        price: sold.price,
        lessons: sold.lessons,
        lessons_given: live.lessons,
        released: live.amount,
    });
    Course { milestones: milestones.collect() }
}
