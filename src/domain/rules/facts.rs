//! What was sold and used of a contract, as the refund engine asks for it.

use jiff::tz::TimeZone;

use crate::domain::list::List;
use crate::domain::objects::{
    Contract, CourseSold, DaysLive, Live, MilestoneLive, PeriodSold, Sold, StoredValueSold, ValueLive,
};
use crate::domain::refund::{CountFacts, Gift, Milestone, PeriodFacts, PlanFacts, StoredValueFacts, Units};

/// The facts of a contract's kind. Names are not in the books: parts are named by their numbers, and whoever shows the
/// calculation puts in what the plan calls them.
pub(super) fn plan_facts(contract: &Contract) -> PlanFacts {
    match (&contract.figures.sold, &contract.live) {
        (Sold::StoredValue(stored), Live::Value(live)) => PlanFacts::StoredValue(value_facts(stored, live)),
        (Sold::Course(course), Live::Lessons(live)) => PlanFacts::Course(milestones(course, live)),
        (Sold::Period(sold), Live::Days(days)) => PlanFacts::Period(period_facts(contract, sold, days)),
        (Sold::Count(count), Live::Units(live)) => PlanFacts::Count(CountFacts {
            units: Units::from(count.units),
            bonus_units: Units::from(count.bonus_units),
            used_units: Units::from(*live),
            list_price: count.list_price,
            list_price_proven: true,
            market_price: None,
        }),
        // What is live is made of what was sold, so that this never comes up; the engine refuses it as it is.
        _ => PlanFacts::Course(Vec::new()),
    }
}

/// The term as it was agreed. What of it has passed are the open days, and as many shut ones as fit into it: those
/// beyond it were already added at its end.
fn period_facts(contract: &Contract, sold: &PeriodSold, days: &DaysLive) -> PeriodFacts {
    let term = days.term(&contract.figures);
    // Where it was never open, nothing of it has passed that a person would have to weigh.
    let elapsed = if days.open == 0 { 0 } else { days.open.saturating_add(days.closed).min(term) };
    // Without its money a contract has no term yet, and no refund either.
    let starts_on = days.starts_on.or(contract.ends_on).unwrap_or_else(|| contract.drafted_at.date(&TimeZone::UTC));
    let after = |count: u64| starts_on.plus_days(i64::try_from(count).unwrap_or(i64::MAX).saturating_sub(1));
    PeriodFacts {
        starts_on,
        ends_on: after(term),
        ended_on: Some(after(elapsed)),
        closed_days: elapsed.saturating_sub(days.open),
        granularity: sold.granularity,
    }
}

fn value_facts(stored: &StoredValueSold, live: &ValueLive) -> StoredValueFacts {
    let gifts = stored.gift_services.iter().zip(live.gift_services.iter()).zip(1_u64..);
    let gift = |((sold, used), number): ((&crate::domain::objects::GiftSold, &u64), u64)| Gift {
        name: number.to_string(),
        package_price: sold.package_price,
        units: Units::from(sold.units),
        used_units: Units::from(*used),
        goods: false,
    };
    StoredValueFacts {
        bonus: stored.bonus,
        consumed: live.consumed,
        consumed_list: Some(live.listed).filter(|listed| *listed != live.consumed),
        gifts: gifts.map(gift).collect(),
    }
}

fn milestones(course: &CourseSold, live: &List<MilestoneLive>) -> Vec<Milestone> {
    let parts = course.milestones.iter().zip(live.iter()).zip(1_u64..);
    let milestone =
        |((sold, live), number): ((&crate::domain::objects::MilestoneSold, &MilestoneLive), u64)| Milestone {
            name: number.to_string(),
            price: sold.price,
            lessons: Units::from(sold.lessons),
            lessons_given: Units::from(live.lessons),
        };
    parts.map(milestone).collect()
}
