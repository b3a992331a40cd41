//! Whether a sale keeps within the limits of the packs it is under.

use super::{Figure, Limit, Measure, Pack, Packs, Region, Version};
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::PlanFigures;
use crate::domain::time::Date;

/// How far a sale has come; what cannot have changed since the step before is not looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A plan is submitted: nobody has bought it yet.
    Offer,
    /// A contract is drafted.
    Draft,
    /// A contract is signed, or paid: what was drafted stays, but time went on and other contracts came.
    Again,
    /// A contract passes to another holder, with what is unspent of it.
    Transfer,
    /// A contract is to last longer.
    Extend,
}

/// What the limits are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Sale<'a> {
    /// Where the merchant trades.
    pub region: Region,
    /// The day on which the contract was drafted, or else this day: it says which packs are in force.
    pub drafted_on: Date,
    /// The day from which the contract runs, or would run.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
    /// What it brings the merchant of the consumer: its price, or what is unspent of it.
    pub amount: Amount,
    /// What is sold.
    pub figures: &'a PlanFigures,
    /// The last day of the venue's lease, where one was published.
    pub lease_ends_on: Option<Date>,
    /// What the merchant holds of the consumer, without this contract.
    pub unspent: Amount,
}

/// A limit that a sale would break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// The pack.
    pub pack: Name,
    /// Its edition.
    pub version: Version,
    /// The limit.
    pub limit: Name,
    /// What is allowed.
    pub allowed: String,
    /// What the sale comes to.
    pub actual: String,
}

impl<'a> Sale<'a> {
    /// Something to be sold from a day on, for the price and the time that its figures name.
    #[must_use]
    pub fn of(figures: &'a PlanFigures, region: Region, drafted_on: Date, starts_on: Date) -> Self {
        let ends_on = starts_on.plus_days(i64::from(figures.validity_days));
        let (lease_ends_on, amount) = (figures.lease_ends_on, figures.price);
        Self { region, drafted_on, starts_on, ends_on, amount, figures, lease_ends_on, unspent: Amount::ZERO }
    }
}

impl Packs {
    /// The first limit that the sale would break.
    ///
    /// # Errors
    /// The limit.
    pub fn allow(&self, step: Step, sale: &Sale<'_>) -> Result<(), Exceeded> {
        self.under(sale.region, Some(sale.figures.sector), sale.drafted_on).try_for_each(|pack| pack.allow(step, sale))
    }
}

impl Pack {
    /// The first limit of this pack alone that the sale would break.
    ///
    /// # Errors
    /// The limit.
    pub fn allow(&self, step: Step, sale: &Sale<'_>) -> Result<(), Exceeded> {
        for limit in self.limits.iter().filter(|limit| limit.concerns(step, sale.figures)) {
            if let Some((allowed, actual)) = broken(limit, sale) {
                return Err(exceeded(self, limit, allowed, actual));
            }
        }
        Ok(())
    }
}

fn exceeded(pack: &Pack, limit: &Limit, allowed: String, actual: String) -> Exceeded {
    Exceeded { pack: pack.id, version: pack.version, limit: limit.id, allowed, actual }
}

impl Limit {
    fn concerns(&self, step: Step, figures: &PlanFigures) -> bool {
        let kind = self.kinds.is_empty() || self.kinds.contains(&figures.sold.kind());
        let class = self.card_class.is_none_or(|class| class == figures.card_class);
        let now = match self.measure {
            Measure::Total => matches!(step, Step::Draft | Step::Again | Step::Transfer),
            Measure::Lease => step != Step::Transfer,
            Measure::Months => matches!(step, Step::Offer | Step::Draft | Step::Extend),
            Measure::Price | Measure::Units | Measure::Release => matches!(step, Step::Offer | Step::Draft),
        };
        kind && class && now
    }
}

/// What is allowed and what the sale comes to, where that is more.
fn broken(limit: &Limit, sale: &Sale<'_>) -> Option<(String, String)> {
    let figures = sale.figures;
    let ends_on = sale.ends_on;
    match (limit.measure, limit.max) {
        (Measure::Price, Some(Figure::Amount(max))) => above(figures.price, max),
        (Measure::Total, Some(Figure::Amount(max))) => above(sale.unspent.saturating_add(sale.amount), max),
        (Measure::Units, Some(Figure::Number(max))) => above(figures.sold.units_total()?, u64::from(max)),
        (Measure::Months, Some(Figure::Number(max))) => {
            let last = sale.starts_on.plus_months(max);
            (ends_on > last).then(|| (format!("{max} months, until {last}"), format!("until {ends_on}")))
        }
        (Measure::Lease, _) => match sale.lease_ends_on {
            Some(lease) if ends_on > lease => Some((format!("until {lease}"), format!("until {ends_on}"))),
            Some(_) => None,
            None => Some(("a venue with a published lease end".to_owned(), "none".to_owned())),
        },
        (Measure::Release, _) if figures.sold.is_released_by_use() => None,
        (Measure::Release, _) => Some(("release per use".to_owned(), figures.sold.kind().to_string())),
        // A figure of another shape than its measure is refused when the pack is read.
        (Measure::Price | Measure::Total | Measure::Units | Measure::Months, _) => None,
    }
}

fn above<T: PartialOrd + ToString>(actual: T, max: T) -> Option<(String, String)> {
    (actual > max).then(|| (max.to_string(), actual.to_string()))
}
