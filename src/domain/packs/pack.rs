//! One rule pack as data: read, and checked for what it says by itself.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::times::{Given, TimeLimits};
use super::{Region, Sector, Version};
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::CardClass;
use crate::domain::refund::Kind;
use crate::domain::text_enum::text_enum;
use crate::domain::time::Date;

text_enum! {
    /// What a limit measures.
    Measure {
        /// What a contract costs; its figure is an amount.
        Price = "price",
        /// Months from its first day to its last; its figure is a number.
        Months = "months",
        /// Units, those given on top included; its figure is a number.
        Units = "units",
        /// What one merchant holds of one consumer, unspent; its figure is an amount.
        Total = "total",
        /// That no contract outlives the lease of its venue; it has no figure.
        Lease = "lease",
        /// That money is released use by use; it has no figure.
        Release = "release",
    }
}

/// How much is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Figure {
    /// Money.
    Amount(Amount),
    /// A number of months or units.
    Number(u32),
}

impl Figure {
    /// The amount, if it is one.
    #[must_use]
    pub const fn amount(self) -> Option<Amount> {
        match self {
            Self::Amount(amount) => Some(amount),
            Self::Number(_) => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub const fn number(self) -> Option<u32> {
        match self {
            Self::Amount(_) => None,
            Self::Number(number) => Some(number),
        }
    }
}

/// One limit at contract time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Its name, for ever.
    pub id: Name,
    /// For cards of this class; none for all.
    pub card_class: Option<CardClass>,
    /// For plans of these kinds; none for all.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// What it measures.
    pub measure: Measure,
    /// The most that is allowed.
    pub max: Option<Figure>,
    /// What it says, in Chinese.
    pub text_zh: String,
    /// What it says, in English.
    pub text_en: String,
}

/// How much of a balance must lie in custody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custody {
    /// Its name, for ever.
    pub id: Name,
    /// Above this balance; none where the line depends on figures of the merchant's own.
    pub above: Option<Amount>,
    /// In percent of the whole balance.
    pub percent: u32,
    /// What it says, in Chinese.
    pub text_zh: String,
    /// What it says, in English.
    pub text_en: String,
}

/// Where a pack's figures come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document, by its number or short name.
    pub document: String,
    /// Its whole title.
    pub title: String,
    /// The article.
    pub article: String,
    /// The limits, lines of custody, time limits and days of validity it is the source of.
    pub about: Vec<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// True when the number was read in the source itself; what was not is 参考.
    pub verified: bool,
}

/// One edition of a rule pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// Its name, for ever.
    pub id: Name,
    /// The edition.
    pub version: Version,
    /// Its title in Chinese.
    pub title_zh: String,
    /// Its title in English.
    pub title_en: String,
    /// For merchants in these regions; none for all.
    pub regions: Vec<Region>,
    /// For plans of these sectors; none for all.
    pub sectors: Vec<Sector>,
    /// The first day on which it is in force.
    pub valid_from: Date,
    /// The last day on which it is in force, where that is known.
    pub valid_until: Option<Date>,
    /// Where its figures come from.
    pub sources: Vec<Source>,
    /// Its limits at contract time.
    pub limits: Vec<Limit>,
    /// How much of a balance must lie in custody.
    pub custody: Vec<Custody>,
    /// Its time limits, with those of the national pack where it says nothing itself.
    pub times: TimeLimits,
}

/// Why a text is not a pack, or packs do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The text is not TOML of the expected shape.
    #[error("it cannot be read: {0}")]
    Syntax(String),
    /// It ends before it begins.
    #[error("{0}: valid_until lies before valid_from")]
    Validity(Name),
    /// Two limits have one name.
    #[error("{0}: {1} is there twice")]
    Twice(Name, String),
    /// A limit has a figure that does not fit what it measures.
    #[error("{pack}: {limit} measures {measure} and needs {expected}")]
    Figure {
        /// The pack.
        pack: Name,
        /// The limit.
        limit: Name,
        /// What it measures.
        measure: Measure,
        /// What it needs.
        expected: &'static str,
    },
    /// A custody line is above 100 percent.
    #[error("{0}: {1} is above 100 percent")]
    Percent(Name, Name),
    /// A source is named for something that the pack does not have.
    #[error("{0}: a source is named for {1:?}, which is not there")]
    Source(Name, String),
    /// A figure has no source.
    #[error("{0}: {1:?} has no source")]
    Unsourced(Name, String),
    /// Days or months that are to stand in order do not.
    #[error("{0}: {1} is out of order")]
    Order(Name, &'static str),
    /// Neither this pack nor the national one says it.
    #[error("{0}: the time limit {1} is missing")]
    Missing(Name, &'static str),
    /// There is no national pack, on which all others stand.
    #[error("there is no national pack")]
    National,
    /// Two packs claim the same sales on the same days, and neither is more particular.
    #[error("{0} {1} and {2} {3} are in force for the same sales on {4}")]
    Overlap(Name, Version, Name, Version, Date),
    /// Between two editions nothing is in force.
    #[error("{0}: nothing is in force between {1} and {2}")]
    Gap(Name, Date, Date),
    /// The national pack ends, and with it everything.
    #[error("{0}: no edition is in force after {1}")]
    Ends(Name, Date),
}

/// What else of a pack a source can be named for.
const VALIDITY: &[&str] = &["valid_from", "valid_until"];

/// A pack as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) id: Name,
    pub(super) version: Version,
    title_zh: String,
    title_en: String,
    regions: Vec<Region>,
    sectors: Vec<Sector>,
    pub(super) valid_from: Date,
    valid_until: Option<Date>,
    sources: Vec<Source>,
    #[serde(default)]
    limits: Vec<Limit>,
    #[serde(default)]
    custody: Vec<Custody>,
    #[serde(default)]
    time_limits: Given,
}

impl File {
    /// Reads the TOML form, see `rules/packs/`.
    pub(super) fn parse(text: &str) -> Result<Self, PackError> {
        toml::from_str(text).map_err(|error| PackError::Syntax(error.to_string()))
    }

    /// The pack, on top of the national one.
    pub(super) fn over(self, national: Option<&Pack>) -> Result<Pack, PackError> {
        let times = self.time_limits.over(national.map(|national| &national.times));
        let pack = Pack {
            id: self.id,
            version: self.version,
            title_zh: self.title_zh,
            title_en: self.title_en,
            regions: self.regions,
            sectors: self.sectors,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            sources: self.sources,
            limits: self.limits,
            custody: self.custody,
            times: times.map_err(|name| PackError::Missing(self.id, name))?,
        };
        pack.checked()
    }
}

impl Pack {
    fn checked(self) -> Result<Self, PackError> {
        if self.valid_until.is_some_and(|until| until < self.valid_from) {
            return Err(PackError::Validity(self.id));
        }
        let mut names = BTreeSet::new();
        let all = self.limits.iter().map(|limit| limit.id).chain(self.custody.iter().map(|line| line.id));
        for name in all {
            if !names.insert(name.to_string()) {
                return Err(PackError::Twice(self.id, name.to_string()));
            }
        }
        if let Some(limit) = self.limits.iter().find(|limit| !limit.measure.takes(limit.max)) {
            let (pack, limit, measure) = (self.id, limit.id, limit.measure);
            return Err(PackError::Figure { pack, limit, measure, expected: measure.expected() });
        }
        if let Some(line) = self.custody.iter().find(|line| line.percent > 100) {
            return Err(PackError::Percent(self.id, line.id));
        }
        let sourced: BTreeSet<&str> =
            self.sources.iter().flat_map(|source| &source.about).map(String::as_str).collect();
        if let Some(name) = names.iter().find(|name| !sourced.contains(name.as_str())) {
            return Err(PackError::Unsourced(self.id, name.clone()));
        }
        let known =
            |name: &&&str| names.contains(**name) || TimeLimits::NAMES.contains(*name) || VALIDITY.contains(*name);
        if let Some(name) = sourced.iter().find(|name| !known(name)) {
            return Err(PackError::Source(self.id, (*name).to_owned()));
        }
        if !self.times.ending_notice_days.is_sorted_by(|one, next| one > next) {
            return Err(PackError::Order(self.id, "ending_notice_days"));
        }
        if !self.times.unclaimed_warning_months.is_sorted_by(|one, next| one < next) {
            return Err(PackError::Order(self.id, "unclaimed_warning_months"));
        }
        Ok(self)
    }

    /// Whether it is in force on a day.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day <= until)
    }

    /// The last day on which it is in force, where that is before `by`.
    #[must_use]
    pub fn ends_before(&self, by: Date) -> Option<Date> {
        self.valid_until.filter(|until| *until < by)
    }

    /// Whether it is for sales of a sector in a region, whenever they are made.
    #[must_use]
    pub fn is_for(&self, region: Region, sector: Option<Sector>) -> bool {
        self.is_in(region) && (self.sectors.is_empty() || sector.is_some_and(|sector| self.is_of(sector)))
    }

    /// Whether it is for a region, at least for some sectors.
    #[must_use]
    pub fn is_in(&self, region: Region) -> bool {
        self.regions.is_empty() || self.regions.iter().any(|own| own.covers(region))
    }

    /// Whether it is for a sector, at least in some regions.
    #[must_use]
    pub fn is_of(&self, sector: Sector) -> bool {
        self.sectors.is_empty() || self.sectors.contains(&sector)
    }

    /// How particular it is: a pack for a sector goes before one for a region, and both before one for all.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match (self.sectors.is_empty(), self.regions.is_empty()) {
            (false, false) => 3,
            (false, true) => 2,
            (true, false) => 1,
            (true, true) => 0,
        }
    }
}

impl Measure {
    const fn takes(self, figure: Option<Figure>) -> bool {
        match self {
            Self::Price | Self::Total => matches!(figure, Some(Figure::Amount(_))),
            Self::Months | Self::Units => matches!(figure, Some(Figure::Number(_))),
            Self::Lease | Self::Release => figure.is_none(),
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::Price | Self::Total => "an amount as its max",
            Self::Months | Self::Units => "a number as its max",
            Self::Lease | Self::Release => "no max",
        }
    }
}
