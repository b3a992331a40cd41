//! What a delivery uses up of a contract, and what all live deliveries of a contract have used.

use serde::{Deserialize, Serialize};

use super::plan::{PlanFigures, Sold};
use crate::domain::id::VenueId;
use crate::domain::list::List;
use crate::domain::money::Amount;
use crate::domain::one_of::one_of;
use crate::domain::time::Date;

one_of! {
    /// What one delivery uses up, by the kind of plan. Units of a count plan are written as a plain number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Used {
        /// Units of a service given beside stored value: they release no money.
        Gift(GiftUsed) = "gift",
        /// Lessons of a course.
        Lessons(LessonsUsed) = "lessons",
        /// Stored value.
        Value(ValueUsed) = "value",
        /// A visit under a period contract: it uses up nothing, and shows that a venue was open.
        Visit(VisitUsed) = "visit",
    }
    or number
    /// Units of a count plan.
    Units
}

/// Units of a gift service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftUsed {
    /// Which one, by its place in the plan, from 0.
    pub gift: u32,
    /// How many units.
    pub units: u64,
}

/// Lessons of a milestone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessonsUsed {
    /// How many.
    pub lessons: u64,
    /// Of which milestone, by its place in the plan, from 0.
    pub milestone: u32,
}

/// A visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitUsed {
    /// Where.
    pub venue: VenueId,
}

/// Stored value that was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueUsed {
    /// The price before discount, where the merchant states one.
    pub list_value: Option<Amount>,
    /// The price actually charged.
    pub value: Amount,
}

one_of! {
    /// What the deliveries of a contract that are neither voided nor reversed have used up together.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Live {
        /// Days of a period.
        Days(DaysLive) = "days",
        /// Lessons, for each milestone of the plan.
        Lessons(List<MilestoneLive>) = "lessons",
        /// Stored value.
        Value(ValueLive) = "value",
    }
    or number
    /// Units of a count plan.
    Units
}

/// What is over of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysLive {
    /// Days on which no venue was open: each makes the term end a day later.
    pub closed: u64,
    /// Days that were added to the term.
    pub extended: u64,
    /// Days on which a venue was open.
    pub open: u64,
    /// The first day of the term, the one after the credit of the deposit (民法典 art. 201); none before.
    pub starts_on: Option<Date>,
}

/// What is live of a milestone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneLive {
    /// The sum of its deliveries' amounts.
    pub amount: Amount,
    /// Lessons given.
    pub lessons: u64,
}

/// What is live of stored value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueLive {
    /// The prices actually charged.
    pub consumed: Amount,
    /// Units used, for each gift service of the plan.
    pub gift_services: List<u64>,
    /// The prices before discount; those charged where no other was stated.
    pub listed: Amount,
}

impl DaysLive {
    /// The term in open days.
    #[must_use]
    pub fn term(&self, figures: &PlanFigures) -> u64 {
        u64::from(figures.validity_days).saturating_add(self.extended)
    }
}

impl Live {
    /// Nothing used yet.
    #[must_use]
    pub fn none(sold: &Sold) -> Self {
        match sold {
            Sold::Count(_) => Self::Units(0),
            Sold::Course(course) => Self::Lessons(course.milestones.iter().map(|_| MilestoneLive::default()).collect()),
            Sold::Period(_) => Self::Days(DaysLive::default()),
            Sold::StoredValue(stored) => Self::Value(ValueLive {
                consumed: Amount::ZERO,
                gift_services: stored.gift_services.iter().map(|_| 0).collect(),
                listed: Amount::ZERO,
            }),
        }
    }

    /// This with a delivery that uses `used` and releases `amount`; none where the plan sells no such thing.
    #[must_use]
    pub fn with(&self, used: &Used, amount: Amount) -> Option<Self> {
        self.moved(used, |count, by| count.checked_add(by), |sum, by| sum.checked_add(by), amount)
    }

    /// This without such a delivery; none where there was none.
    #[must_use]
    pub fn without(&self, used: &Used, amount: Amount) -> Option<Self> {
        self.moved(used, |count, by| count.checked_sub(by), |sum, by| sum.checked_sub(by), amount)
    }

    fn moved(
        &self,
        used: &Used,
        count: impl Fn(u64, u64) -> Option<u64>,
        sum: impl Fn(Amount, Amount) -> Option<Amount>,
        amount: Amount,
    ) -> Option<Self> {
        match (self, used) {
            (Self::Units(live), Used::Units(units)) => count(*live, *units).map(Self::Units),
            (Self::Lessons(live), Used::Lessons(LessonsUsed { lessons, milestone })) => {
                let moved = live.with(*milestone, |live| {
                    let (amount, lessons) = (sum(live.amount, amount)?, count(live.lessons, *lessons)?);
                    Some(MilestoneLive { amount, lessons })
                });
                moved.map(Self::Lessons)
            }
            (Self::Value(live), Used::Value(ValueUsed { list_value, value })) => {
                let consumed = sum(live.consumed, *value)?;
                let listed = sum(live.listed, list_value.unwrap_or(*value))?;
                Some(Self::Value(ValueLive { consumed, listed, ..live.clone() }))
            }
            (Self::Value(live), Used::Gift(GiftUsed { gift, units })) => {
                let gift_services = live.gift_services.with(*gift, |live| count(*live, *units))?;
                Some(Self::Value(ValueLive { gift_services, ..live.clone() }))
            }
            (Self::Days(live), Used::Visit(_)) => Some(Self::Days(live.clone())),
            _ => None,
        }
    }

    /// Whether everything that was sold has been used.
    #[must_use]
    pub fn is_all_of(&self, figures: &PlanFigures) -> bool {
        match (self, &figures.sold) {
            (Self::Units(live), Sold::Count(count)) => *live >= count.units_total(),
            (Self::Lessons(live), Sold::Course(course)) => {
                live.iter().zip(course.milestones.iter()).all(|(live, sold)| live.lessons >= sold.lessons)
            }
            (Self::Days(live), Sold::Period(_)) => live.open >= live.term(figures),
            (Self::Value(live), Sold::StoredValue(stored)) => {
                let gifts = live.gift_services.iter().zip(stored.gift_services.iter());
                Some(live.consumed) >= figures.price.checked_add(stored.bonus)
                    && gifts.into_iter().all(|(live, sold)| *live >= sold.units)
            }
            _ => false,
        }
    }

    /// Whether no more was used than was sold.
    #[must_use]
    pub fn is_within(&self, figures: &PlanFigures) -> bool {
        match (self, &figures.sold) {
            (Self::Units(live), Sold::Count(count)) => *live <= count.units_total(),
            (Self::Lessons(live), Sold::Course(course)) => {
                let mut parts = live.iter().zip(course.milestones.iter());
                live.len() == course.milestones.len()
                    && parts.all(|(live, sold)| live.lessons <= sold.lessons && live.amount <= sold.price)
            }
            (Self::Days(live), Sold::Period(_)) => live.open <= live.term(figures),
            (Self::Value(live), Sold::StoredValue(stored)) => {
                let mut gifts = live.gift_services.iter().zip(stored.gift_services.iter());
                figures.price.checked_add(stored.bonus).is_some_and(|total| live.consumed <= total)
                    && live.gift_services.len() == stored.gift_services.len()
                    && gifts.all(|(live, sold)| *live <= sold.units)
            }
            _ => false,
        }
    }
}
