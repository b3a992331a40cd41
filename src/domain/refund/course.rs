//! What the given lessons of a course cost: by milestones, and inside a milestone by its lessons.
//!
//! The milestones share out the whole payment, so one that was not begun comes back whole.

use crate::domain::money::Amount;
use crate::domain::refund::cost::{Cost, Side, Sum};
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::lines::{DEAL_PRICE, LIST_PRICE_INFERRED, Paper, SEVEN_DAYS, Text};
use crate::domain::refund::{Milestone, RefundError};

const INCALCULABLE: RefundError = RefundError::Incalculable("/course/milestones");

/// Refuses milestones that contradict themselves or what was paid.
pub(super) fn check(paid: Amount, milestones: &[Milestone]) -> Result<(), RefundError> {
    let mut sum = Amount::ZERO;
    for (index, milestone) in milestones.iter().enumerate() {
        if milestone.lessons.is_zero() {
            return Err(RefundError::LessonsZero(index));
        }
        if milestone.lessons_given > milestone.lessons {
            return Err(RefundError::GivenBeyondLessons(index));
        }
        sum = sum.checked_add(milestone.price).ok_or(RefundError::MilestonesNotPaid)?;
    }
    if sum == paid && !milestones.is_empty() { Ok(()) } else { Err(RefundError::MilestonesNotPaid) }
}

/// The price of the lessons given. No price before discount is stated for a course, so it is the same for every cause.
pub(super) fn cost(milestones: &[Milestone], side: Side, paper: &mut Paper) -> Result<Cost, RefundError> {
    let article = match side {
        Side::SevenDay => SEVEN_DAYS,
        Side::Merchant => DEAL_PRICE,
        Side::Consumer => LIST_PRICE_INFERRED,
    };
    let mut sum = Sum::new();
    for milestone in milestones {
        let Milestone { name, price, lessons, lessons_given } = milestone;
        let part = Fraction::whole(*price).times(lessons_given.hundredths());
        let part = part.and_then(|product| product.over(lessons.hundredths())).ok_or(INCALCULABLE)?;
        let formula = format!("{price} × {lessons_given} / {lessons}");
        let shown = sum.add(part, formula.clone()).ok_or(INCALCULABLE)?;
        let (zh, en) = match (lessons_given.is_zero(), side) {
            (true, _) => ("尚未开始，全额退还", "was not begun and comes back whole."),
            (false, Side::SevenDay) => {
                paper.needs_decision = true;
                ("七日内已上课时按成交价格计算，由公证员决定", "was begun inside the seven days; a notary decides.")
            }
            (false, _) => {
                ("已上课时按其占本阶段课时的比例计算", "is charged in the proportion of its lessons that were given.")
            }
        };
        let text = Text { zh: &format!("“{name}”：{zh}"), en: &format!("“{name}” {en}") };
        paper.write(article, &text, formula, shown);
    }
    Ok(sum.total())
}
