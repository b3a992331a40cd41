//! What one delivery releases, by the kind of plan; and what it may not use.

use crate::domain::money::Amount;
use crate::domain::objects::{
    Contract, CourseSold, GiftUsed, LessonsUsed, Live, MilestoneLive, Sold, Used, ValueLive, ValueUsed,
};
use crate::domain::rejection::Rejection;

/// What the next delivery releases that uses `used`: `max(0, floor(price × K ÷ n) − the live deliveries' amounts)`,
/// where K is what is live with this delivery and n is what was sold, both in units, or in fen of stored value.
///
/// Amounts never sum above the price, and reach it exactly when everything is live. The same holds inside each
/// milestone of a course. A gift service releases nothing: the whole price is released with the value it was given
/// beside, and what a used gift is worth only counts when money goes back (法释〔2025〕4号 art. 21, inferred).
///
/// # Errors
/// When the plan sells no such thing, or the contract has less of it left.
pub fn delivery_amount(contract: &Contract, used: &Used) -> Result<Amount, Rejection> {
    let price = contract.figures.price;
    match (&contract.figures.sold, &contract.live, used) {
        (Sold::Count(count), Live::Units(live), Used::Units(units)) => {
            let total = count.units_total();
            let until = counted(*live, *units, total)?;
            Ok(released(price, until, total)?.saturating_sub(contract.amount_live))
        }
        (Sold::StoredValue(stored), Live::Value(live), Used::Value(spent)) => {
            let total = price.saturating_add(stored.bonus);
            let until = spent_until(live, spent, total)?;
            Ok(released(price, fen(until), fen(total))?.saturating_sub(contract.amount_live))
        }
        (Sold::StoredValue(stored), Live::Value(live), Used::Gift(GiftUsed { gift, units })) => {
            let parts = stored.gift_services.at(*gift).zip(live.gift_services.at(*gift));
            let (sold, live) = parts.ok_or(Rejection::UseNotSold)?;
            counted(*live, *units, sold.units).map(|_| Amount::ZERO)
        }
        (Sold::Period(sold), Live::Days(_), Used::Visit(visit)) if sold.venues.contains(&visit.venue) => {
            Ok(Amount::ZERO)
        }
        (Sold::Course(course), Live::Lessons(live), Used::Lessons(given)) => lesson_amount(course, live, given),
        _ => Err(Rejection::UseNotSold),
    }
}

fn lesson_amount(course: &CourseSold, live: &[MilestoneLive], given: &LessonsUsed) -> Result<Amount, Rejection> {
    let LessonsUsed { lessons, milestone } = *given;
    let index = usize::try_from(milestone).unwrap_or(usize::MAX);
    let parts = course.milestones.get(index).zip(live.get(index));
    let (sold, live) = parts.ok_or(Rejection::UseNotSold)?;
    let until = counted(live.lessons, lessons, sold.lessons)?;
    let until = if course.per_lesson || until == sold.lessons { until } else { 0 };
    Ok(released(sold.price, until, sold.lessons)?.saturating_sub(live.amount))
}

/// What is live with `more`, if there is that much.
fn counted(live: u64, more: u64, total: u64) -> Result<u64, Rejection> {
    let until = live.checked_add(more).filter(|until| *until <= total);
    until.ok_or(Rejection::UnitsExhausted { remaining: total.saturating_sub(live) })
}

/// The value spent with `more`, if the card has that much.
fn spent_until(live: &ValueLive, more: &ValueUsed, total: Amount) -> Result<Amount, Rejection> {
    let until = live.consumed.checked_add(more.value).filter(|until| *until <= total);
    // What was charged has a price before discount that can be summed, too.
    let listed = live.listed.checked_add(more.list_value.unwrap_or(more.value));
    until
        .zip(listed)
        .map(|(until, _)| until)
        .ok_or(Rejection::ValueExhausted { remaining: total.saturating_sub(live.consumed) })
}

fn released(price: Amount, until: u64, total: u64) -> Result<Amount, Rejection> {
    price.share_floor(until, total).ok_or(Rejection::UseNotSold)
}

fn fen(amount: Amount) -> u64 {
    u64::try_from(amount.fen()).unwrap_or_default()
}
