//! What was sold and used of a contract, as the refund engine asks for it.

use crate::domain::list::List;
use crate::domain::objects::{Contract, CourseSold, Live, MilestoneLive, Sold, StoredValueSold, ValueLive};
use crate::domain::refund::{CountFacts, Gift, Milestone, PlanFacts, StoredValueFacts, Units};

/// The facts of a contract's kind. Names are not in the books: parts are named by their numbers, and whoever shows the
/// calculation puts in what the plan calls them.
pub(super) fn plan_facts(contract: &Contract) -> PlanFacts {
    match (&contract.figures.sold, &contract.live) {
        (Sold::StoredValue(stored), Live::Value(live)) => PlanFacts::StoredValue(value_facts(stored, live)),
        (Sold::Course(course), Live::Lessons(live)) => PlanFacts::Course(milestones(course, live)),
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
