//! Published interest rates with the days they hold for, from data.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::refund::Rate;
use crate::domain::time::Date;

/// The text of the built-in table; its digest stands in each log.
pub const BENCHMARKS_TEXT: &str = include_str!("../../../rules/rates-cn.toml");

/// The one-year loan prime rate and the one-year deposit benchmark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmarks {
    version: String,
    lpr_one_year: Series,
    deposit_one_year: Series,
}

/// One rate through time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Series {
    /// The last day of which the rate is known; none for a table without rows.
    known_until: Option<Date>,
    /// From which day each rate held, in order.
    rates: Vec<(Date, Rate)>,
}

/// Why a text is not a table of rates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BenchmarksError {
    /// The text is not TOML of the expected shape.
    #[error("the rates cannot be read: {0}")]
    Syntax(String),
    /// A rate stands before an earlier one, or after the last day that is known.
    #[error("the rate from {0} is out of order")]
    Order(Date),
}

impl Series {
    fn on(&self, day: Date) -> Option<Rate> {
        self.known_until.filter(|until| day <= *until)?;
        self.rates.iter().rev().find(|(from, _)| *from <= day).map(|(_, rate)| *rate)
    }

    fn misplaced(&self) -> Option<Date> {
        let mut before = None;
        for (from, _) in &self.rates {
            if before.is_some_and(|before| *from <= before) || self.known_until.is_none_or(|until| *from > until) {
                return Some(*from);
            }
            before = Some(*from);
        }
        None
    }
}

impl Benchmarks {
    /// Reads the TOML form, see `rules/rates-cn.toml`.
    ///
    /// # Errors
    /// [`BenchmarksError`] when the text has another shape or its days are out of order.
    pub fn parse(text: &str) -> Result<Self, BenchmarksError> {
        let table: Self = toml::from_str(text).map_err(|error| BenchmarksError::Syntax(error.to_string()))?;
        match table.lpr_one_year.misplaced().or_else(|| table.deposit_one_year.misplaced()) {
            Some(day) => Err(BenchmarksError::Order(day)),
            None => Ok(table),
        }
    }

    /// The table the program carries with it.
    ///
    /// # Panics
    /// When the file built into the program is not a table of rates, which a test rules out.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Benchmarks> = LazyLock::new(|| {
            let parsed = Benchmarks::parse(BENCHMARKS_TEXT);
            assert!(parsed.is_ok(), "the built-in rates must parse: {parsed:?}");
            parsed.unwrap_or_default()
        });
        &BUILT_IN
    }

    /// The version the data gives itself.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The one-year loan prime rate on `day`, where it is known.
    #[must_use]
    pub fn lpr_on(&self, day: Date) -> Option<Rate> {
        self.lpr_one_year.on(day)
    }

    /// The one-year deposit benchmark on `day`, where it is known.
    #[must_use]
    pub fn deposit_on(&self, day: Date) -> Option<Rate> {
        self.deposit_one_year.on(day)
    }
}
