//! How much a delivery releases, what open days have earned, and when money counts as unclaimed: what follows from the
//! plan, the rules and from what was before, and nothing else.

use jiff::tz::TimeZone;

use super::goes_by_these;
use crate::domain::event::{DeliveryRecorded, Event, PeriodAccrued, UnclaimedWarned};
use crate::domain::objects::Contract;
use crate::domain::packs;
use crate::domain::rules::{delivery_amount, marking_ends_at, standing_of};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::commands::contracts::accruable;

/// Checks the amount of an event against the contract as it stood before.
pub(super) fn check(state: &State, at: Timestamp, event: &Event) -> Result<(), String> {
    let contract = |id| state.contracts.get(id).ok_or_else(|| format!("there is no {id}"));
    match event {
        Event::DeliveryRecorded(data) => delivered(contract(data.contract)?, data),
        Event::PeriodAccrued(data) => accrued(state, contract(data.contract)?, at, data),
        Event::UnclaimedWarned(data) => warned(state, contract(data.contract)?, at, data),
        _ => Ok(()),
    }
}

fn delivered(contract: &Contract, data: &DeliveryRecorded) -> Result<(), String> {
    match delivery_amount(contract, &data.used) {
        Ok(amount) if amount == data.amount => Ok(()),
        Ok(amount) => Err(format!("it releases {}, and {amount} follows from what was used", data.amount)),
        Err(refusal) => Err(format!("{} cannot be used like this: {}", data.contract, refusal.code())),
    }
}

fn accrued(state: &State, contract: &Contract, at: Timestamp, data: &PeriodAccrued) -> Result<(), String> {
    if contract.cooling_off_until.is_none_or(|until| at < until) || contract.open_refund.is_some() {
        return Err(format!("days of {} are earned while it can be stepped back from", contract.id));
    }
    // Wherever the office is: no day ends there more than 14 hours before it ends in Greenwich.
    if goes_by_these(state) && at.plus_hours(14) < marking_ends_at(data.through, &TimeZone::UTC) {
        return Err(format!("it counts {}, which can still be marked", data.through));
    }
    let Some(standing) = standing_of(state, contract, data.through, data.through) else {
        return Err(format!("{} earns nothing by days", contract.id));
    };
    let counted = (standing.days.open, standing.days.closed, standing.ends_on);
    if counted != (data.open_days, data.closed_days, data.ends_on) {
        let (open, closed, ends_on) = counted;
        return Err(format!("its venues were open on {open} days and shut on {closed}, so that it ends on {ends_on}"));
    }
    match accruable(contract, &standing) {
        amount if amount == data.amount => Ok(()),
        amount => Err(format!("it releases {}, and {amount} follows from the open days", data.amount)),
    }
}

/// Money is unclaimed once so many months have passed as the rules name for the stage, and the right to it lapses when
/// they say. Wherever the office is, its days are at most one from those of Greenwich.
fn warned(state: &State, contract: &Contract, at: Timestamp, data: &UnclaimedWarned) -> Result<(), String> {
    if !goes_by_these(state) {
        return Ok(());
    }
    let times = packs::in_force().times(contract);
    let stage = usize::try_from(data.stage).ok().and_then(|stage| stage.checked_sub(1));
    let months = stage.and_then(|stage| times.unclaimed_warning_months.get(stage));
    let credited_at = state.deposits.get(data.deposit).and_then(|deposit| deposit.credited_at);
    let Some((months, credited_at)) = months.zip(credited_at) else {
        return Err(format!("nothing says when {} is warned about for the time {}", data.deposit, data.stage));
    };
    let credited_on = credited_at.date(&TimeZone::UTC);
    if at.date(&TimeZone::UTC).plus_days(1) < credited_on.plus_days(-1).plus_months(*months) {
        return Err(format!("{} is warned about before {months} months have passed", data.deposit));
    }
    let lapses_on = credited_on.plus_months(times.unclaimed_lapse_years.saturating_mul(12));
    // A month that is shorter than another moves a day of the end of it by up to three more.
    if data.lapses_on.days_since(lapses_on).abs() <= 4 {
        return Ok(());
    }
    Err(format!("the right to {} lapses around {lapses_on}, and not on {}", data.deposit, data.lapses_on))
}
