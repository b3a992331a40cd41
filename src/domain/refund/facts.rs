//! What a calculation depends on: the payment, the cause, and what was sold and used.

use crate::domain::money::Amount;
use crate::domain::packs::{Days, InterestFrom};
use crate::domain::refund::{DeductionKind, Rate, Reason, Units};
use crate::domain::text_enum::text_enum;
use crate::domain::time::Date;

/// All that a calculation depends on, in CNY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The principal paid.
    pub paid: Amount,
    /// The payment day: the later of payment and credit.
    pub paid_on: Date,
    /// The day the consumer asked; not before the payment day.
    pub requested_on: Date,
    /// Why the consumer asked.
    pub reason: Reason,
    /// True when the consumer had received the same service before contracting (art. 14).
    pub prior_same_service: bool,
    /// The merchant's part of the fault, 0 to 100; present for [`Reason::Mixed`] and for nothing else.
    pub merchant_fault_percent: Option<u8>,
    /// What was sold and what was used of it.
    pub plan: PlanFacts,
    /// What the merchant wants to keep beside.
    pub deductions: Vec<Deduction>,
    /// Where the money lay.
    pub custody: Custody,
    /// The rate the parties agreed, in percent a year.
    pub agreed_rate: Option<Rate>,
    /// In which the principal comes back whole.
    pub cooling_off: Days,
    /// From which day interest runs.
    pub interest_from: InterestFrom,
}

text_enum! {
    /// What a plan sells.
    Kind {
        /// A number of units.
        Count = "count",
        /// Money to spend.
        StoredValue = "stored_value",
        /// Use without limit for a time.
        Period = "period",
        /// Milestones of lessons.
        Course = "course",
    }
}

/// What was sold and used, by the kind of plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanFacts {
    /// A number of units.
    Count(CountFacts),
    /// Money to spend.
    StoredValue(StoredValueFacts),
    /// Use without limit for a time.
    Period(PeriodFacts),
    /// Milestones in order; their prices make up what was paid.
    Course(Vec<Milestone>),
}

impl PlanFacts {
    /// Calls the gifts or milestones by these names, in order; those left over keep the names they have.
    pub fn name_parts(&mut self, names: impl IntoIterator<Item = String>) {
        let mut names = names.into_iter();
        match self {
            Self::StoredValue(stored) => {
                stored.gifts.iter_mut().zip(&mut names).for_each(|(gift, name)| gift.name = name)
            }
            Self::Course(parts) => parts.iter_mut().zip(&mut names).for_each(|(part, name)| part.name = name),
            Self::Count(_) | Self::Period(_) => {}
        }
    }
}

/// Where the money lay until it was asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Custody {
    /// In the special account.
    SpecialAccount {
        /// What the account really earned, in percent a year, where it is known.
        rate: Option<Rate>,
    },
    /// With the merchant: published rates stand in for an agreed one.
    Elsewhere,
}

/// One deduction the merchant claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deduction {
    /// What it is for, in the merchant's words.
    pub name: String,
    /// How much is claimed.
    pub amount: Amount,
    /// Of what nature it is.
    pub kind: DeductionKind,
    /// True when the merchant has proven it.
    pub proven: bool,
}

/// How a count plan was sold and used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountFacts {
    /// Units bought; not zero.
    pub units: Units,
    /// Units given on top; they share the price with those bought.
    pub bonus_units: Units,
    /// Units used, bought and given alike.
    pub used_units: Units,
    /// The price of one unit before discount, if one was ever disclosed.
    pub list_price: Option<Amount>,
    /// True when the list price is proven or not disputed.
    pub list_price_proven: bool,
    /// The market price of one unit; it replaces a list price that is not proven.
    pub market_price: Option<Amount>,
}

/// How a stored-value deposit was sold and spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredValueFacts {
    /// Money given on top.
    pub bonus: Amount,
    /// What was charged to the card: the sum of the prices actually charged, at most paid + bonus.
    pub consumed: Amount,
    /// The same at prices before discount, where they differ.
    pub consumed_list: Option<Amount>,
    /// What was given beside the money.
    pub gifts: Vec<Gift>,
}

/// A service, or goods, given beside a deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// What it is.
    pub name: String,
    /// What the whole of it would have cost.
    pub package_price: Amount,
    /// Units in it; not zero.
    pub units: Units,
    /// Units used of it.
    pub used_units: Units,
    /// True for goods: the rule is about services.
    pub goods: bool,
}

/// The term of a period card; all days are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodFacts {
    /// The first day.
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Date,
    /// The last day of service, where it is not the day of the request; the day before the first if there was none.
    pub ended_on: Option<Date>,
    /// Days of those passed on which the merchant was shut.
    pub closed_days: u64,
    /// In what the term is counted.
    pub granularity: Granularity,
}

text_enum! {
    /// In what a term is counted: courts differ, so that the contract says it.
    Granularity {
        /// Days.
        Day = "day",
        /// Months from the first day on; one that has begun counts whole.
        Month = "month",
    }
}

/// A part of a course with a price of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// What it is.
    pub name: String,
    /// Its part of what was paid.
    pub price: Amount,
    /// Lessons in it; not zero.
    pub lessons: Units,
    /// Lessons given of it.
    pub lessons_given: Units,
}
