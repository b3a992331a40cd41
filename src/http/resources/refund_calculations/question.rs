//! The facts of a case as they are sent: one block for the kind of plan, and no other.

use serde::Deserialize;

use crate::domain::money::Amount;
use crate::domain::packs;
use crate::domain::refund::{
    CountFacts, Custody, Deduction, DeductionKind, Facts, Gift, Granularity, Kind, Milestone, PeriodFacts, PlanFacts,
    Rate, Reason, StoredValueFacts, Units,
};
use crate::domain::time::Date;
use crate::http::input::Text;
use crate::http::problem::Problem;

/// A question: the facts of a case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    kind: Kind,
    currency: String,
    paid: Amount,
    paid_on: Date,
    requested_on: Date,
    reason: Reason,
    prior_same_service: Option<bool>,
    merchant_fault_percent: Option<u8>,
    count: Option<Count>,
    stored_value: Option<StoredValue>,
    gift_services: Option<Vec<GiftService>>,
    period: Option<Period>,
    course: Option<Course>,
    deductions: Option<Vec<NamedDeduction>>,
    agreed_rate: Option<Rate>,
    account_rate: Option<Rate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    units: Units,
    bonus_units: Option<Units>,
    used_units: Units,
    list_price: Option<Amount>,
    list_price_proven: Option<bool>,
    market_price: Option<Amount>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredValue {
    bonus: Option<Amount>,
    consumed: Amount,
    consumed_list: Option<Amount>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GiftService {
    name: Text<1, 100>,
    package_price: Amount,
    units: Units,
    used_units: Units,
    goods: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Period {
    starts_on: Date,
    ends_on: Date,
    ended_on: Option<Date>,
    closed_days: Option<u64>,
    granularity: Option<Granularity>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Course {
    milestones: Vec<NamedMilestone>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedMilestone {
    name: Text<1, 100>,
    price: Amount,
    lessons: Units,
    lessons_given: Units,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedDeduction {
    name: Text<1, 100>,
    amount: Amount,
    kind: DeductionKind,
    proven: bool,
}

impl Question {
    /// The facts that the engine works on.
    ///
    /// # Errors
    /// `wrong_currency`, or `invalid_value` with a pointer to a block that is missing or does not belong here.
    pub fn facts(self) -> Result<Facts, Problem> {
        if self.currency != "CNY" {
            return Err(Problem::new("wrong_currency").at("/currency", "expected CNY"));
        }
        self.only_its_block()?;
        let plan = match self.kind {
            Kind::Count => self.count.map(Count::facts),
            Kind::StoredValue => {
                let gifts = self.gift_services.unwrap_or_default();
                self.stored_value.map(|stored| stored.facts(gifts))
            }
            Kind::Period => self.period.map(Period::facts),
            Kind::Course => self.course.map(Course::facts),
        };
        let missing =
            || Problem::value(format!("/{}", self.kind), format!("expected the block of the kind {}", self.kind));
        let deductions = self.deductions.unwrap_or_default().into_iter().map(|claimed| Deduction {
            name: claimed.name.0,
            amount: claimed.amount,
            kind: claimed.kind,
            proven: claimed.proven,
        });
        let times = packs::in_force().national_times(self.paid_on);
        Ok(Facts {
            paid: self.paid,
            paid_on: self.paid_on,
            requested_on: self.requested_on,
            reason: self.reason,
            prior_same_service: self.prior_same_service.unwrap_or(false),
            merchant_fault_percent: self.merchant_fault_percent,
            plan: plan.ok_or_else(missing)?,
            deductions: deductions.collect(),
            custody: self.account_rate.map_or(Custody::Elsewhere, |rate| Custody::SpecialAccount { rate: Some(rate) }),
            agreed_rate: self.agreed_rate,
            cooling_off: times.cooling_off,
            interest_from: times.interest_from,
        })
    }

    /// A block of another kind would be ignored in silence, so it is refused.
    fn only_its_block(&self) -> Result<(), Problem> {
        let blocks = [
            ("count", Kind::Count, self.count.is_some()),
            ("stored_value", Kind::StoredValue, self.stored_value.is_some()),
            ("gift_services", Kind::StoredValue, self.gift_services.is_some()),
            ("period", Kind::Period, self.period.is_some()),
            ("course", Kind::Course, self.course.is_some()),
        ];
        match blocks.into_iter().find(|(_, kind, present)| *present && *kind != self.kind) {
            Some((name, kind, _)) => {
                Err(Problem::value(format!("/{name}"), format!("this belongs to the kind {kind}, not {}", self.kind)))
            }
            None => Ok(()),
        }
    }
}

impl Count {
    fn facts(self) -> PlanFacts {
        PlanFacts::Count(CountFacts {
            units: self.units,
            bonus_units: self.bonus_units.unwrap_or_default(),
            used_units: self.used_units,
            list_price: self.list_price,
            list_price_proven: self.list_price_proven.unwrap_or(true),
            market_price: self.market_price,
        })
    }
}

impl StoredValue {
    fn facts(self, gifts: Vec<GiftService>) -> PlanFacts {
        let gifts = gifts.into_iter().map(|gift| Gift {
            name: gift.name.0,
            package_price: gift.package_price,
            units: gift.units,
            used_units: gift.used_units,
            goods: gift.goods.unwrap_or(false),
        });
        PlanFacts::StoredValue(StoredValueFacts {
            bonus: self.bonus.unwrap_or_default(),
            consumed: self.consumed,
            consumed_list: self.consumed_list,
            gifts: gifts.collect(),
        })
    }
}

impl Period {
    fn facts(self) -> PlanFacts {
        PlanFacts::Period(PeriodFacts {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            ended_on: self.ended_on,
            closed_days: self.closed_days.unwrap_or_default(),
            granularity: self.granularity.unwrap_or(Granularity::Day),
        })
    }
}

impl Course {
    fn facts(self) -> PlanFacts {
        let milestones = self.milestones.into_iter().map(|milestone| Milestone {
            name: milestone.name.0,
            price: milestone.price,
            lessons: milestone.lessons,
            lessons_given: milestone.lessons_given,
        });
        PlanFacts::Course(milestones.collect())
    }
}
