//! The calculation itself: cause, price of what was used, deductions, cap, interest; in this order.

use std::cmp::Ordering;

use crate::domain::calendar::Calendar;
use crate::domain::money::Amount;
use crate::domain::refund::cause::{Cause, cause};
use crate::domain::refund::cost::{Cost, Side};
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::interest::interest;
use crate::domain::refund::lines::{CAP, Paper, Text};
use crate::domain::refund::mixed::{Both, weigh};
use crate::domain::refund::{
    Benchmarks, Calculation, Facts, PlanFacts, RULES_VERSION, Reason, RefundError, count, course, deductions, period,
    stored_value,
};

/// Principal only: before interest.
struct Principal {
    refund: Amount,
    used: Amount,
    deductions: Amount,
}

/// Works out what comes back, line by line (法释〔2025〕4号 arts. 13–22).
///
/// # Errors
/// [`RefundError`] when the facts contradict each other, or their amount is given rather than calculated.
///
/// # Panics
/// When refund, used and deductions do not make up what was paid, which would be a defect here.
pub fn calculate(facts: &Facts, calendar: &Calendar, benchmarks: &Benchmarks) -> Result<Calculation, RefundError> {
    check(facts)?;
    let mut paper = Paper::default();
    let cause = cause(facts, calendar, &mut paper)?;
    let fault = cause.fault();
    let cost = cost(facts, cause, &mut paper)?;
    let standing = deductions::standing(facts, fault, &mut paper);
    let principal = capped(facts, &cost, standing, &mut paper)?;
    let interest = interest(facts, cause, benchmarks, principal.refund, &mut paper)?;
    let total = principal.refund.checked_add(interest).ok_or(RefundError::AccountInterestTooLarge)?;
    Ok(Calculation {
        refund: principal.refund,
        used: principal.used,
        deductions: principal.deductions,
        fault,
        interest,
        total,
        needs_decision: paper.needs_decision,
        lines: paper.lines,
        rules_version: RULES_VERSION,
    })
}

/// Refuses facts that contradict each other, whatever the cause.
fn check(facts: &Facts) -> Result<(), RefundError> {
    match &facts.plan {
        PlanFacts::Count(count) => count::check(count),
        PlanFacts::StoredValue(stored) => stored_value::check(facts.paid, stored),
        PlanFacts::Period(term) => period::check(term, facts.requested_on),
        PlanFacts::Course(milestones) => course::check(facts.paid, milestones),
    }?;
    if facts.requested_on < facts.paid_on {
        return Err(RefundError::RequestedBeforePaid);
    }
    match (facts.reason, facts.merchant_fault_percent) {
        (Reason::Mutual | Reason::Award, _) => Err(RefundError::ReasonNotCalculable),
        (Reason::Mixed, None) => Err(RefundError::FaultPercentMissing),
        (Reason::Mixed, Some(101..)) => Err(RefundError::FaultPercentAboveHundred),
        (Reason::Mixed, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(RefundError::FaultPercentUnexpected),
    }
}

const fn incalculable(plan: &PlanFacts) -> RefundError {
    RefundError::Incalculable(match plan {
        PlanFacts::Count(_) => "/count/units",
        PlanFacts::StoredValue(_) => "/stored_value",
        PlanFacts::Period(_) => "/period",
        PlanFacts::Course(_) => "/course/milestones",
    })
}

fn cost(facts: &Facts, cause: Cause, paper: &mut Paper) -> Result<Cost, RefundError> {
    match cause {
        Cause::SevenDay => cost_under(facts, Side::SevenDay, paper),
        Cause::Merchant => cost_under(facts, Side::Merchant, paper),
        Cause::Consumer => cost_under(facts, Side::Consumer, paper),
        Cause::Mixed { merchant_percent } => {
            let merchant = cost_under(facts, Side::Merchant, paper)?;
            let consumer = cost_under(facts, Side::Consumer, paper)?;
            weigh(facts.paid, &Both { merchant, consumer }, merchant_percent, incalculable(&facts.plan), paper)
        }
    }
}

fn cost_under(facts: &Facts, side: Side, paper: &mut Paper) -> Result<Cost, RefundError> {
    match &facts.plan {
        PlanFacts::Count(count) => count::cost(facts.paid, count, side, paper),
        PlanFacts::StoredValue(stored) => stored_value::cost(facts.paid, stored, side, paper),
        PlanFacts::Period(term) => period::cost(facts.paid, facts.requested_on, term, side, paper),
        PlanFacts::Course(milestones) => course::cost(milestones, side, paper),
    }
}

/// The consumer never owes, and refund + used + deductions = paid (art. 20).
///
/// Deductions are whole fen, so rounding before they are taken off gives the same refund as rounding after.
fn capped(facts: &Facts, cost: &Cost, standing: Amount, paper: &mut Paper) -> Result<Principal, RefundError> {
    let (paid, too_large) = (facts.paid, incalculable(&facts.plan));
    let whole = Fraction::whole(paid);
    let remaining = whole.less(cost.exact).and_then(Fraction::round_half_up).ok_or(too_large)?;
    let deductions = standing.min(remaining);
    if deductions < standing {
        let text =
            Text { zh: "扣除额以剩余预付款为限", en: "Deductions are cut to what is left of the payment." };
        paper.write(CAP, &text, format!("min({standing}, {remaining})"), deductions);
    }
    let refund = remaining.saturating_sub(deductions);
    let used = paid.saturating_sub(remaining);
    let beyond = whole.compare(cost.exact).ok_or(too_large)? == Ordering::Less;
    let text = if beyond {
        Text {
            zh: "已使用部分的价款超过预付款，消费者无需补交",
            en: "What was used costs more than was paid; the consumer owes nothing.",
        }
    } else {
        Text {
            zh: "应退本金为预付款减去已使用部分的价款和扣除额",
            en: "The refund is what was paid, less what was used and deducted.",
        }
    };
    paper.write(CAP, &text, format!("max(0, {paid} - {} - {deductions})", cost.shown), refund);
    let sum = refund.checked_add(used).and_then(|sum| sum.checked_add(deductions));
    assert!(sum == Some(paid), "refund, used and deductions must make up what was paid");
    Ok(Principal { refund, used, deductions })
}
