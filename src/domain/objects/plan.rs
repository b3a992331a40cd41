//! Plans: what a merchant sells, in immutable versions.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, PlanId, VenueId};
use crate::domain::list::List;
use crate::domain::money::Amount;
use crate::domain::one_of::one_of;
use crate::domain::packs::Sector;
use crate::domain::refund::Granularity;
pub use crate::domain::refund::Kind as PlanKind;
use crate::domain::terms::Reading;
use crate::domain::text_enum::text_enum;
use crate::domain::time::Date;

text_enum! {
    /// How far the newest version of a plan has come.
    PlanState {
        Draft = "draft",
        Submitted = "submitted",
        OnSale = "on_sale",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
    }
}

one_of! {
    /// What a plan sells, and all that the books have to know of it. The words are in the document, names among them.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Sold {
        /// A number of units.
        Count(CountSold) = "count",
        /// Milestones of lessons.
        Course(CourseSold) = "course",
        /// Use without limit for a time.
        Period(PeriodSold) = "period",
        /// Money to spend.
        StoredValue(StoredValueSold) = "stored_value",
    }
}

/// A number of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountSold {
    /// Units given on top of those paid for.
    pub bonus_units: u64,
    /// Price of one unit before discount, where one was disclosed.
    pub list_price: Option<Amount>,
    /// Units paid for.
    pub units: u64,
}

/// Use without limit for a time: the term is the validity of the plan, in days on which a venue is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodSold {
    /// In what a refund counts the term; days are earned one by one in any case.
    pub granularity: Granularity,
    /// The venues of which one must be open for a day to count.
    pub venues: List<VenueId>,
}

/// Money to spend, more of it than was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredValueSold {
    /// Money given on top of that paid.
    pub bonus: Amount,
    /// Services given beside it.
    pub gift_services: List<GiftSold>,
}

/// A service given beside a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftSold {
    /// What the whole of it would have cost.
    pub package_price: Amount,
    /// Units in it.
    pub units: u64,
}

/// Milestones in order; their prices make up the price of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseSold {
    /// The milestones.
    pub milestones: List<MilestoneSold>,
    /// Whether each lesson releases its part of its milestone's price, or the last one the whole.
    pub per_lesson: bool,
}

/// A part of a course with a price of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneSold {
    /// Lessons in it.
    pub lessons: u64,
    /// Its part of the price.
    pub price: Amount,
}

impl Sold {
    /// The kind's word.
    #[must_use]
    pub const fn kind(&self) -> PlanKind {
        match self {
            Self::Count(_) => PlanKind::Count,
            Self::Course(_) => PlanKind::Course,
            Self::Period(_) => PlanKind::Period,
            Self::StoredValue(_) => PlanKind::StoredValue,
        }
    }

    /// Units or lessons a contract can use, those given on top included; none where money is what is used.
    #[must_use]
    pub fn units_total(&self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(count.units_total()),
            Self::Course(course) => {
                let lessons = course.milestones.iter().map(|milestone| milestone.lessons);
                Some(lessons.fold(0, u64::saturating_add))
            }
            Self::Period(_) | Self::StoredValue(_) => None,
        }
    }

    /// Whether money is released use by use, and not by the day or by the stage.
    #[must_use]
    pub const fn is_released_by_use(&self) -> bool {
        match self {
            Self::Count(_) | Self::StoredValue(_) => true,
            Self::Period(_) => false,
            Self::Course(course) => course.per_lesson,
        }
    }
}

impl CountSold {
    /// Units a contract can use: paid and bonus.
    #[must_use]
    pub const fn units_total(&self) -> u64 {
        self.units.saturating_add(self.bonus_units)
    }
}

text_enum! {
    /// The class of a card, by which some limits go.
    CardClass {
        /// Use for a time (会籍类).
        Membership = "membership",
        /// Lessons (课时类).
        Lesson = "lesson",
        /// Visits (次卡).
        Visit = "visit",
        /// Money to spend (储值类).
        StoredValue = "stored_value",
    }
}

/// The figures of one plan version; the words are in the document that `terms_sha256` names.
///
/// Its fields are declared in the order in which the log writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFigures {
    /// Whether disputes can go to arbitration: offered by a plan, agreed to in a contract.
    pub arbitration: bool,
    /// The class of the card.
    pub card_class: CardClass,
    /// Hours in which a delivery can be answered.
    pub confirm_window_hours: u32,
    /// The day on which the first lease of the venues that the plan names ends; none where it names none.
    pub lease_ends_on: Option<Date>,
    /// What the consumer pays.
    pub price: Amount,
    /// The branch of trade.
    pub sector: Sector,
    /// Whether silence confirms a delivery when the window ends.
    pub silence_confirms: bool,
    /// What is sold for it.
    pub sold: Sold,
    /// Days from the credit of the deposit to the end of the contract.
    pub validity_days: u32,
}

/// A plan: which version is being worked on, and which one is on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Who sells it.
    pub merchant: MerchantId,
    /// State of the newest version.
    pub state: PlanState,
    /// Number of the newest version, from 1.
    pub version: u32,
    /// The version consumers can buy now.
    pub on_sale_version: Option<u32>,
    /// What the newest version's terms were found to say; none until they are submitted.
    pub reading: Option<Reading>,
    /// Goes up with every change.
    pub revision: u64,
}

/// One immutable version of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanVersion {
    /// The plan.
    pub plan: PlanId,
    /// From 1.
    pub version: u32,
    /// The merchant who sells it.
    pub merchant: MerchantId,
    /// The figures that the books need.
    pub figures: PlanFigures,
    /// SHA-256 of the JCS bytes of the whole version: what both parties sign.
    pub terms_sha256: Digest,
    /// SM3 of the JCS bytes of the whole version: what both parties sign.
    pub terms_sm3: Digest,
}
