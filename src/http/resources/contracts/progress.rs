//! What a contract's holder bought and has used, by the kind of plan.

use serde::Serialize;

use crate::domain::digest::Digest;
use crate::domain::id::VenueId;
use crate::domain::money::Amount;
use crate::domain::objects::{
    Contract, ContractState, CountSold, CourseSold, DaysLive, Live, MilestoneLive, PeriodSold, Sold, StoredValueSold,
    ValueLive,
};
use crate::domain::refund::Granularity;
use crate::domain::rules::{Standing, last_certain_day, standing};
use crate::domain::time::{Date, Timestamp};
use crate::http::reply::Records;
use crate::http::resources::plans::Document;
use crate::http::texts::record_of;
use crate::ledger::accruals;
use crate::ledger::office::Office;
use crate::store::{self, Connection, objects};

/// One block, named for what is counted.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Units of a count plan.
    Units(Units),
    /// Money to spend.
    StoredValue(StoredValue),
    /// Use without limit for a time.
    Period(Period),
    /// Milestones of lessons.
    Course(Course),
}

/// Units, or lessons of a milestone.
#[derive(Serialize)]
pub struct Units {
    total: u64,
    used: u64,
    remaining: u64,
}

/// Value on a card, bonus included.
#[derive(Serialize)]
pub struct StoredValue {
    value_total: Amount,
    consumed: Amount,
    remaining: Amount,
    gift_services: Vec<GiftService>,
}

#[derive(Serialize)]
struct GiftService {
    name: Option<String>,
    package_price: Amount,
    #[serde(flatten)]
    units: Units,
}

/// The term of a period card.
#[derive(Serialize)]
pub struct Period {
    granularity: Granularity,
    term_days: u64,
    starts_on: Option<Date>,
    venue_ids: Vec<VenueId>,
    posted: Posted,
    // What a write is answered with can be given again at any time, and today cannot.
    now: Option<Now>,
}

/// What the books hold of it.
#[derive(Serialize)]
struct Posted {
    through: Option<Date>,
    open_days: u64,
    closed_days: u64,
    accrued: Amount,
}

/// How it stands today, though nothing has been posted.
#[derive(Clone, Serialize)]
pub struct Now {
    on: Date,
    open_days: u64,
    closed_days: u64,
    accrued: Amount,
    ends_on: Date,
    closed: Vec<Span>,
}

#[derive(Clone, Serialize)]
struct Span {
    from: Date,
    through: Date,
}

/// Shut days are shown in at most so many runs, the newest.
const CLOSED_MAX: usize = 100;

impl Now {
    /// How an active period contract stands at `now`; none for others.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn at(
        connection: &mut Connection,
        office: &Office,
        now: Timestamp,
        contract: &Contract,
    ) -> store::Result<Option<Self>> {
        let found = Self::of_all(connection, office, now, std::slice::from_ref(contract))?;
        Ok(found.into_iter().next().flatten())
    }

    /// The same of several, in their order; their venues are read with one statement.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn of_all(
        connection: &mut Connection,
        office: &Office,
        now: Timestamp,
        contracts: &[Contract],
    ) -> store::Result<Vec<Option<Self>>> {
        let runs = |contract: &&Contract| contract.state == ContractState::Active;
        let mut ids: Vec<VenueId> = contracts.iter().filter(runs).flat_map(accruals::venues).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let venues =
            if ids.is_empty() { Vec::new() } else { objects::venues::load(connection, office.name.as_str(), &ids)? };
        let (today, certain) = (now.date(&office.zone), last_certain_day(now, &office.zone));
        let stands = |contract: &Contract| {
            let own = accruals::venues(contract);
            let days = venues.iter().filter(|venue| own.contains(&venue.id)).map(|venue| &venue.open_days);
            let standing = standing(contract, days, today, certain).filter(|_| runs(&contract) && !own.is_empty());
            standing.map(|standing| Self::of(&standing, today, certain))
        };
        Ok(contracts.iter().map(stands).collect())
    }

    fn of(standing: &Standing, on: Date, certain: Date) -> Self {
        let shut = standing.opened.shut_through(certain.min(standing.ends_on));
        let newest = shut.iter().skip(shut.len().saturating_sub(CLOSED_MAX));
        Self {
            on,
            open_days: standing.days.open,
            closed_days: standing.days.closed,
            accrued: standing.earned,
            ends_on: standing.ends_on,
            closed: newest.map(|(from, through)| Span { from: *from, through: *through }).collect(),
        }
    }
}

/// A course by its milestones.
#[derive(Serialize)]
pub struct Course {
    milestones: Vec<Milestone>,
}

#[derive(Serialize)]
struct Milestone {
    name: Option<String>,
    price: Amount,
    lessons: u64,
    lessons_given: u64,
    released: Amount,
}

/// The record that says what the parts of a contract are called; none where it has no parts.
#[must_use]
pub fn naming_digest(contract: &Contract) -> Option<Digest> {
    let has_parts = match &contract.figures.sold {
        Sold::Count(_) | Sold::Period(_) => false,
        Sold::Course(_) => true,
        Sold::StoredValue(stored) => !stored.gift_services.is_empty(),
    };
    has_parts.then_some(contract.terms_sha256)
}

/// What the contract's gift services or milestones are called, in order.
#[must_use]
pub fn plan_names(records: &Records, contract: &Contract) -> Vec<String> {
    let document: Option<Document> = naming_digest(contract).and_then(|digest| record_of(records, digest));
    document.map(|document| document.body.names()).unwrap_or_default()
}

impl View {
    /// Says how a term stands today.
    pub fn stands(&mut self, today: Option<&Now>) {
        if let Self::Period(period) = self {
            period.now = today.cloned();
        }
    }

    /// The block of a contract whose parts have these names.
    #[must_use]
    pub fn of(contract: &Contract, names: &[String]) -> Self {
        match (&contract.figures.sold, &contract.live) {
            (Sold::StoredValue(stored), Live::Value(live)) => {
                Self::StoredValue(stored_value(contract.figures.price, stored, live, names))
            }
            (Sold::Period(sold), Live::Days(days)) => Self::Period(period(contract, sold, days)),
            (Sold::Course(course), Live::Lessons(live)) => Self::Course(milestones(course, live, names)),
            (Sold::Count(count), Live::Units(live)) => Self::Units(units(count, *live)),
            // What is live is made of what was sold, so that this never comes up.
            _ => Self::Units(Units { total: 0, used: 0, remaining: 0 }),
        }
    }
}

impl Units {
    const fn new(total: u64, used: u64) -> Self {
        Self { total, used, remaining: total.saturating_sub(used) }
    }
}

const fn units(count: &CountSold, live: u64) -> Units {
    Units::new(count.units_total(), live)
}

fn stored_value(price: Amount, stored: &StoredValueSold, live: &ValueLive, names: &[String]) -> StoredValue {
    let value_total = price.saturating_add(stored.bonus);
    let gifts = stored.gift_services.iter().zip(live.gift_services.iter()).enumerate();
    let gift_services = gifts.map(|(index, (sold, used))| GiftService {
        name: names.get(index).cloned(),
        package_price: sold.package_price,
        units: Units::new(sold.units, *used),
    });
    StoredValue {
        value_total,
        consumed: live.consumed,
        remaining: value_total.saturating_sub(live.consumed),
        gift_services: gift_services.collect(),
    }
}

fn period(contract: &Contract, sold: &PeriodSold, days: &DaysLive) -> Period {
    Period {
        granularity: sold.granularity,
        term_days: days.term(&contract.figures),
        starts_on: days.starts_on,
        venue_ids: sold.venues.to_vec(),
        posted: Posted {
            // The day before the first one says that nothing was posted.
            through: contract.accrued_through.filter(|through| Some(*through) >= days.starts_on),
            open_days: days.open,
            closed_days: days.closed,
            accrued: contract.amount_live,
        },
        now: None,
    }
}

fn milestones(course: &CourseSold, live: &[MilestoneLive], names: &[String]) -> Course {
    let parts = course.milestones.iter().zip(live).enumerate();
    let milestones = parts.map(|(index, (sold, live))| Milestone {
        name: names.get(index).cloned(),
        price: sold.price,
        lessons: sold.lessons,
        lessons_given: live.lessons,
        released: live.amount,
    });
    Course { milestones: milestones.collect() }
}
