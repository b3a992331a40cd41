//! What the passed part of a period card costs: paid × remaining ÷ whole term comes back (art. 22, inferred).
//!
//! Both ends of the term count. How often the consumer came is ignored, and the formula is the same for every cause.

use crate::domain::money::Amount;
use crate::domain::refund::cost::{Cost, Side};
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::lines::{PERIOD, Paper, SEVEN_DAYS, Text};
use crate::domain::refund::{Granularity, PeriodFacts, RefundError};
use crate::domain::time::Date;

const INCALCULABLE: RefundError = RefundError::Incalculable("/period");

/// How much of the term there is and has passed.
struct Span {
    /// In days or months, as the contract counts.
    term: u64,
    elapsed: u64,
    /// In days.
    term_days: u64,
    elapsed_days: u64,
}

/// The last day that counts: of the service if it is known, else the day of the request; never after the end.
fn last_day(period: &PeriodFacts, requested_on: Date) -> Date {
    period.ended_on.unwrap_or(requested_on).min(period.ends_on)
}

/// Refuses facts that contradict each other.
pub(super) fn check(period: &PeriodFacts, requested_on: Date) -> Result<(), RefundError> {
    if period.ends_on < period.starts_on {
        return Err(RefundError::EndsBeforeStarts);
    }
    // The day before the first one says that there was no service at all.
    if period.ended_on.is_some_and(|ended_on| ended_on.plus_days(1) < period.starts_on) {
        return Err(RefundError::EndedBeforeStarts);
    }
    let span = span(period, requested_on)?;
    if period.closed_days > span.elapsed_days {
        return Err(RefundError::ClosedBeyondElapsed);
    }
    Ok(())
}

fn span(period: &PeriodFacts, requested_on: Date) -> Result<Span, RefundError> {
    let last = last_day(period, requested_on);
    let days = |last: Date| days_through(period.starts_on, last).ok_or(INCALCULABLE);
    let months = |last: Date| begun_months(period.starts_on, last).ok_or(INCALCULABLE);
    let (term_days, elapsed_days) = (days(period.ends_on)?, days(last)?);
    let (term, elapsed) = match period.granularity {
        Granularity::Day => (term_days, elapsed_days),
        Granularity::Month => (months(period.ends_on)?, months(last)?),
    };
    Ok(Span { term, elapsed, term_days, elapsed_days })
}

/// Days from `first` through `last`, both counted; none where `last` is earlier.
fn days_through(first: Date, last: Date) -> Option<u64> {
    let days = last.days_since(first).checked_add(1)?;
    u64::try_from(days.max(0)).ok()
}

/// Months begun from `first` through `last`; none where `last` is earlier.
fn begun_months(first: Date, last: Date) -> Option<u64> {
    if last < first {
        return Some(0);
    }
    u64::try_from(last.whole_months_since(first).checked_add(1)?).ok()
}

/// The price of the part of the term that has passed, without the days on which the merchant was shut.
pub(super) fn cost(
    paid: Amount,
    requested_on: Date,
    period: &PeriodFacts,
    side: Side,
    paper: &mut Paper,
) -> Result<Cost, RefundError> {
    let span = span(period, requested_on)?;
    let whole = Fraction::whole(paid);
    let passed = whole.times(span.elapsed).and_then(|product| product.over(span.term));
    let shut = whole.times(period.closed_days).and_then(|product| product.over(span.term_days));
    let exact = passed.zip(shut).and_then(|(passed, shut)| passed.less(shut)).ok_or(INCALCULABLE)?;
    let cost = Cost::new(exact, formula(paid, period, &span).ok_or(INCALCULABLE)?, INCALCULABLE)?;
    explain(period, requested_on, paper);
    let article = match side {
        Side::SevenDay => SEVEN_DAYS,
        Side::Merchant | Side::Consumer => PERIOD,
    };
    let text = if side == Side::SevenDay {
        paper.needs_decision |= span.elapsed > 0;
        Text {
            zh: "七日内已经过的期限按成交价格计算，由公证员决定",
            en: "The part of the term that passed inside the seven days is charged at the deal price; a notary decides.",
        }
    } else {
        Text {
            zh: "按剩余期限占全部期限的比例退还，不计使用次数；此为已经过期限的价款",
            en: "What remains of the term comes back, however often the card was used; this is the price of the rest.",
        }
    };
    paper.write(article, &text, cost.formula.clone(), cost.shown);
    Ok(cost)
}

/// What is kept: paid less paid × remaining ÷ whole term.
fn formula(paid: Amount, period: &PeriodFacts, span: &Span) -> Option<String> {
    let left = span.term.checked_sub(span.elapsed)?;
    let (term, shut) = (span.term, period.closed_days);
    Some(match period.granularity {
        Granularity::Day => format!("{paid} - {paid} × {} / {term}", left.checked_add(shut)?),
        Granularity::Month if shut == 0 => format!("{paid} - {paid} × {left} / {term}"),
        Granularity::Month => {
            format!("max(0, {paid} - {paid} × {left} / {term} - {paid} × {shut} / {})", span.term_days)
        }
    })
}

fn explain(period: &PeriodFacts, requested_on: Date, paper: &mut Paper) {
    if period.closed_days > 0 {
        let text = Text {
            zh: "商家停业的天数不计入已经过的期限",
            en: "The days on which the merchant was shut are added back to what remains.",
        };
        paper.explain(PERIOD, &text, format!("+ {}", period.closed_days));
    }
    if last_day(period, requested_on) == period.ends_on {
        let text = Text {
            zh: "期限已届满，除停业天数外不再退还",
            en: "The term is over: nothing but the days on which the merchant was shut comes back.",
        };
        paper.explain(PERIOD, &text, format!("{} ≤ {}", period.ends_on, period.ended_on.unwrap_or(requested_on)));
    }
}
