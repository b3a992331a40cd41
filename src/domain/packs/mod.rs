//! Rule packs: limits and time limits as data, chosen by region, sector and day.
//!
//! A sale is under every pack that is for its region and sector on the day its contract is drafted: the limits of all
//! of them hold. The most particular one gives the time limits and is named by the contract; what it does not say is
//! taken from the national pack when it is read.

mod in_force;
mod limits;
mod pack;
mod region;
mod sector;
mod times;

pub use in_force::{go_by, in_force, texts_in_force};
pub use limits::{Exceeded, Sale, Step};
pub use pack::{Custody, Figure, Limit, Measure, Pack, PackError, Source};
pub use region::{Region, RegionError};
pub use sector::{Sector, Version};
pub use times::{Count, Days, InterestFrom, TimeLimits};

use pack::File;

use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::{Contract, Merchant};
use crate::domain::time::Date;

/// The texts of the built-in packs, by the names of their files; their digests stand in each log.
pub const BUILT_IN_TEXTS: &[(&str, &str)] = &[
    ("general-commerce", include_str!("../../../rules/packs/general-commerce.toml")),
    ("national", include_str!("../../../rules/packs/national.toml")),
    ("shanghai-fitness", include_str!("../../../rules/packs/shanghai-fitness.toml")),
    ("shanghai-funds", include_str!("../../../rules/packs/shanghai-funds.toml")),
    ("tutoring", include_str!("../../../rules/packs/tutoring.toml")),
];

const NATIONAL: &str = "national";

/// So many days before a pack ends without a successor, everybody who looks at it is told.
pub const ENDING_DAYS: i64 = 60;

/// Packs that go together, the most particular ones first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packs {
    packs: Vec<Pack>,
}

impl Packs {
    /// Reads packs, one a text, and checks that they go together.
    ///
    /// # Errors
    /// The place of the text at fault, where it is one text's, and what is wrong.
    pub fn parse(texts: &[&str]) -> Result<Self, (Option<usize>, PackError)> {
        let mut national = Vec::new();
        let mut others = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let file = File::parse(text).map_err(|error| (Some(place), error))?;
            if file.id.as_str() == NATIONAL { national.push((place, file)) } else { others.push((place, file)) }
        }
        let read = |(place, file): (usize, File), below| file.over(below).map_err(|error| (Some(place), error));
        let mut packs: Vec<Pack> = national.into_iter().map(|one| read(one, None)).collect::<Result<_, _>>()?;
        let below = packs.clone();
        for (place, file) in others {
            let newest = below.iter().filter(|pack| pack.valid_from <= file.valid_from);
            let newest = newest.max_by_key(|pack| pack.valid_from).ok_or((None, PackError::National))?;
            packs.push(read((place, file), Some(newest))?);
        }
        packs.sort_by_key(|pack| (std::cmp::Reverse(pack.rank()), pack.id, pack.valid_from));
        let packs = Self { packs };
        packs.go_together().map(|()| packs).map_err(|error| (None, error))
    }

    fn go_together(&self) -> Result<(), PackError> {
        let national: Vec<&Pack> = self.packs.iter().filter(|pack| pack.id.as_str() == NATIONAL).collect();
        let last = national.last().ok_or(PackError::National)?;
        if let Some(until) = last.valid_until {
            return Err(PackError::Ends(last.id, until));
        }
        for (place, one) in self.packs.iter().enumerate() {
            for other in self.packs.iter().skip(place.saturating_add(1)) {
                overlap(one, other)?;
                gap(one, other, &self.packs)?;
            }
        }
        Ok(())
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Pack] {
        &self.packs
    }

    /// Those that a sale is under, the most particular first; the national one is the last.
    pub fn under(&self, region: Region, sector: Option<Sector>, day: Date) -> impl Iterator<Item = &Pack> {
        self.packs.iter().filter(move |pack| pack.is_for(region, sector) && pack.is_valid_on(day))
    }

    /// The one that a sale's contract names: the most particular one. Before the first day of all packs it is the
    /// national one that came first.
    ///
    /// # Panics
    /// When there are no packs at all, which no constructor allows.
    #[must_use]
    pub fn of(&self, region: Region, sector: Option<Sector>, day: Date) -> &Pack {
        let found = self.under(region, sector, day).next();
        found.unwrap_or_else(|| self.earliest_national())
    }

    /// The one that a contract names; where this edition is not known any more, the national one that came first.
    #[must_use]
    pub fn named(&self, id: Name, version: Version) -> &Pack {
        self.find(id, version).unwrap_or_else(|| self.earliest_national())
    }

    /// An edition of a pack.
    #[must_use]
    pub fn find(&self, id: Name, version: Version) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id == id && pack.version == version)
    }

    /// The time limits of a contract.
    #[must_use]
    pub fn times(&self, contract: &Contract) -> &TimeLimits {
        &self.named(contract.rules_pack, contract.rules_version).times
    }

    /// The time limits of what belongs to no contract.
    #[must_use]
    pub fn national_times(&self, day: Date) -> &TimeLimits {
        let national = |pack: &&Pack| pack.id.as_str() == NATIONAL && pack.is_valid_on(day);
        &self.packs.iter().find(national).unwrap_or_else(|| self.earliest_national()).times
    }

    /// The time limits of what is about a merchant and no single contract: those of its region.
    #[must_use]
    pub fn times_of_merchant(&self, merchant: &Merchant, day: Date) -> &TimeLimits {
        &self.of(merchant.region, None, day).times
    }

    /// The largest refund that any pack leaves to one person, or to the service itself.
    #[must_use]
    pub fn refund_alone_max(&self) -> Amount {
        self.packs.iter().map(|pack| pack.times.refund_approval_above).max().unwrap_or_default()
    }

    /// Within how many days of its credit every notice about a deposit is due, by any pack: working days are fewer than
    /// half of all days only over the longest holidays.
    #[must_use]
    pub fn deposit_notice_days_max(&self) -> u32 {
        let longest = |pack: &Pack| pack.times.certificate.days.max(pack.times.payee_notice.days);
        self.packs.iter().map(longest).max().unwrap_or_default().saturating_mul(2).saturating_add(46)
    }

    /// The longest time to answer a delivery that any pack lets a plan give.
    #[must_use]
    pub fn confirm_window_hours_max(&self) -> u32 {
        self.packs.iter().map(|pack| pack.times.confirm_window_hours_max).max().unwrap_or_default()
    }

    /// Whether any pack, whenever in force, limits what one merchant holds of one consumer.
    #[must_use]
    pub fn limit_totals(&self, region: Region, sector: Sector) -> bool {
        let totals = |pack: &Pack| pack.limits.iter().any(|limit| limit.measure == Measure::Total);
        self.packs.iter().any(|pack| pack.is_for(region, Some(sector)) && totals(pack))
    }

    /// The packs that have ended before a day, or end within `days` from it, with no edition after them.
    pub fn ending(&self, today: Date, days: i64) -> impl Iterator<Item = (&Pack, Date)> {
        let by = today.plus_days(days.saturating_add(1));
        let has_successor =
            |pack: &Pack, until: Date| self.packs.iter().any(|other| other.id == pack.id && other.valid_from > until);
        let ends = self.packs.iter().filter_map(move |pack| pack.ends_before(by).map(|until| (pack, until)));
        ends.filter(move |(pack, until)| !has_successor(pack, *until))
    }

    fn earliest_national(&self) -> &Pack {
        let national = self.packs.iter().find(|pack| pack.id.as_str() == NATIONAL);
        assert!(national.is_some(), "packs hold a national one");
        #[expect(clippy::unwrap_used, reason = "asserted on the line before")]
        national.unwrap()
    }
}

/// Name and edition of the pack that a text holds; none where it holds none.
#[must_use]
pub fn identity_of(text: &str) -> Option<(Name, Version)> {
    File::parse(text).ok().map(|file| (file.id, file.version))
}

/// Whether a text holds the national pack.
#[must_use]
pub fn is_national(text: &str) -> bool {
    identity_of(text).is_some_and(|(id, _)| id.as_str() == NATIONAL)
}

/// Refuses two packs of one rank for the same sales on the same day.
fn overlap(one: &Pack, other: &Pack) -> Result<(), PackError> {
    let begins = one.valid_from.max(other.valid_from);
    let shared_day = one.is_valid_on(begins) && other.is_valid_on(begins);
    let shared_region = one.regions.is_empty()
        || one.regions.iter().any(|own| other.regions.iter().any(|its| own.covers(*its) || its.covers(*own)));
    let shared_sector = one.sectors.is_empty() || one.sectors.iter().any(|own| other.sectors.contains(own));
    let is_same = one.id == other.id;
    if shared_day && (is_same || (one.rank() == other.rank() && shared_region && shared_sector)) {
        return Err(PackError::Overlap(one.id, one.version, other.id, other.version, begins));
    }
    Ok(())
}

/// Refuses a time between two neighbouring editions of one pack in which neither is in force.
fn gap(one: &Pack, other: &Pack, all: &[Pack]) -> Result<(), PackError> {
    let Some(until) = one.valid_until.filter(|_| one.id == other.id) else { return Ok(()) };
    let next = all.iter().filter(|pack| pack.id == one.id && pack.valid_from > until).map(|pack| pack.valid_from).min();
    match next {
        Some(next) if next > until.plus_days(1) => Err(PackError::Gap(one.id, until, next)),
        _ => Ok(()),
    }
}
