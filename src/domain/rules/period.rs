//! What a merchant has earned of a period contract: price × open days ÷ term. A shut day lengthens the term.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::refund_facts;
use crate::domain::calendar::built_in;
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, DaysLive, Live, PeriodSold, Sold};
use crate::domain::open_days::{OpenDays, Opened};
use crate::domain::packs;
use crate::domain::refund::{Benchmarks, Granularity, Reason, calculate};
use crate::domain::state::State;
use crate::domain::time::{Date, Timestamp};

/// How a period contract stands at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its days.
    pub days: DaysLive,
    /// The days on which its venues were open.
    pub opened: Opened,
    /// The last day of the term, if no more days are shut.
    pub ends_on: Date,
    /// The price of the open days, posted or not.
    pub earned: Amount,
}

impl Standing {
    /// What is earned of the contract and not with the merchant yet. What a refund or a dispute has given the merchant of
    /// it counts as what was posted, so that a contract that goes on after one does not pay for the same days twice.
    #[must_use]
    pub fn unposted(&self, contract: &Contract) -> Amount {
        self.earned.saturating_sub(contract.to_merchant)
    }
}

/// Until when a day can be marked as open: some hours after its end. Later marks could turn shut days into paid ones.
#[must_use]
pub fn marking_ends_at(day: Date, zone: &TimeZone) -> Timestamp {
    day.plus_days(1).starts_at(zone).plus_hours(packs::in_force().national_times(day).open_mark_hours)
}

/// The last day of which it is certain at `at` whether a venue was open: the time to mark it is over.
#[must_use]
pub fn last_certain_day(at: Timestamp, zone: &TimeZone) -> Date {
    let mut day = at.date(zone);
    while at < marking_ends_at(day, zone) {
        day = day.plus_days(-1);
    }
    day
}

/// How a contract stands at the end of `day`, of which the days through `shut_through` are shut unless they were
/// marked; none for other kinds, and before the money has come.
pub fn standing<'a>(
    contract: &Contract,
    venues: impl IntoIterator<Item = &'a OpenDays>,
    day: Date,
    shut_through: Date,
) -> Option<Standing> {
    let (Sold::Period(sold), Live::Days(live)) = (&contract.figures.sold, &contract.live) else { return None };
    let starts_on = live.starts_on?;
    let term = live.term(&contract.figures);
    let opened = Opened::between(venues, starts_on, day);
    let since = |last: Date| u64::try_from(last.days_since(starts_on).saturating_add(1)).unwrap_or_default();
    let days = match opened.day(term) {
        Some(last) => DaysLive { closed: since(last).saturating_sub(term), open: term, ..live.clone() },
        None => {
            let certain = shut_through.min(day);
            let closed = since(certain).saturating_sub(opened.count_through(certain));
            DaysLive { closed, open: opened.count(), ..live.clone() }
        }
    };
    let lasts = i64::try_from(term.saturating_add(days.closed)).unwrap_or(i64::MAX);
    let ends_on = starts_on.plus_days(lasts.saturating_sub(1));
    let earned = earned(contract, sold, &days, term, day);
    Some(Standing { days, opened, ends_on, earned })
}

/// The same with the venues that the books know.
#[must_use]
pub fn standing_of(state: &State, contract: &Contract, day: Date, shut_through: Date) -> Option<Standing> {
    let Sold::Period(sold) = &contract.figures.sold else { return None };
    let venues = sold.venues.iter().filter_map(|id| state.venues.get(*id)).map(|venue| &venue.open_days);
    standing(contract, venues, day, shut_through)
}

/// The contract with its days counted through `day`, as a refund asked for on that day sees it. A day that was not
/// marked by then does not count against the holder.
#[must_use]
pub fn as_of<'a>(state: &State, contract: &'a Contract, day: Date) -> Cow<'a, Contract> {
    match standing_of(state, contract, day, day) {
        Some(Standing { days, .. }) => Cow::Owned(Contract { live: Live::Days(days), ..contract.clone() }),
        None => Cow::Borrowed(contract),
    }
}

/// Where the refund counts in months, what has been earned by days never exceeds what the months cost, so that escrow
/// still holds what a refund gives back.
fn earned(contract: &Contract, sold: &PeriodSold, days: &DaysLive, term: u64, day: Date) -> Amount {
    let by_days = contract.figures.price.share_floor(days.open, term).unwrap_or_default();
    if sold.granularity == Granularity::Day {
        return by_days;
    }
    let then = Contract { live: Live::Days(days.clone()), ..contract.clone() };
    let facts = refund_facts(&then, Reason::MerchantBreach, false, day);
    let by_months = calculate(&facts, built_in(), Benchmarks::built_in()).map(|calculation| calculation.used);
    by_months.map_or(Amount::ZERO, |by_months| by_days.min(by_months))
}
