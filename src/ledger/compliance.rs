//! How a merchant stands with the rule packs that it is under: how much of what it took in advance must lie in custody,
//! and how near its contracts come to the limits.
//!
//! The merchant's whole balance is one figure of its own. What its contracts come to is read from the newest of them;
//! the answer says how many that were.

use std::collections::{BTreeMap, BTreeSet};

use super::office::Office;
use crate::domain::id::{ConsumerId, MerchantId};
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::{CardClass, Merchant};
use crate::domain::packs::{self, Custody, Figure, Limit, Measure, Pack, Sector};
use crate::domain::time::{Date, Timestamp};
use crate::store::queries::{self, ContractInFigures, Page, PlanFilter, PlanScope};
use crate::store::{self, Connection, objects};

/// So many contracts are looked at; a merchant with more is told of its newest ones.
const CONTRACTS_MAX: usize = 20_000;
/// So many plans are asked for their sectors.
const PLANS_MAX: i64 = 100;

/// How a merchant stands.
#[derive(Debug)]
pub struct Compliance {
    /// The merchant.
    pub merchant: Merchant,
    /// As of this day.
    pub on: Date,
    /// The branches of its plans and contracts.
    pub sectors: BTreeSet<Sector>,
    /// The packs it is under, the most particular first.
    pub packs: Vec<&'static Pack>,
    /// What each of them asks.
    pub requirements: Vec<Requirement>,
    /// How many contracts were looked at.
    pub examined: usize,
    /// Whether those were all.
    pub all_examined: bool,
}

/// One thing that a pack asks.
#[derive(Debug)]
pub struct Requirement {
    /// The pack.
    pub pack: &'static Pack,
    /// The name of the line or limit.
    pub id: Name,
    /// What it measures; none for a line of custody.
    pub measure: Option<Measure>,
    /// Only for cards of this class.
    pub card_class: Option<CardClass>,
    /// Above which balance, or up to what; none where the pack names no figure.
    pub line: Option<String>,
    /// What the merchant comes to: its balance, or the most that one contract or one consumer comes to.
    pub figure: Option<String>,
    /// How much of the balance must be in custody, in percent.
    pub percent: Option<u32>,
    /// Whether the merchant is above the line; none where that depends on figures of its own.
    pub applies: Option<bool>,
    /// Whether it is kept.
    pub met: bool,
    /// What it says, in Chinese.
    pub text_zh: &'static str,
    /// What it says, in English.
    pub text_en: &'static str,
}

/// How a merchant stands now; none where there is no such merchant.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn of(
    connection: &mut Connection,
    office: &Office,
    now: Timestamp,
    id: MerchantId,
) -> store::Result<Option<Compliance>> {
    let name = office.name.as_str();
    let Some(merchant) = objects::merchants::load(connection, name, &[id])?.pop() else { return Ok(None) };
    let limit = i64::try_from(CONTRACTS_MAX).unwrap_or(i64::MAX);
    let mut contracts = queries::newest_in_figures(connection, name, id, limit.saturating_add(1))?;
    let all_examined = contracts.len() <= CONTRACTS_MAX;
    contracts.truncate(CONTRACTS_MAX);
    let mut sectors = sectors_sold(connection, name, id)?;
    sectors.extend(contracts.iter().map(|contract| contract.sector));
    let on = now.date(&office.zone);
    let region = merchant.region;
    let is_under = |pack: &&Pack| {
        let of_sector = pack.sectors.is_empty() || sectors.iter().any(|sector| pack.is_of(*sector));
        pack.is_in(region) && pack.is_valid_on(on) && of_sector
    };
    let packs: Vec<&'static Pack> = packs::in_force().all().iter().filter(is_under).collect();
    let standing = Standing { merchant: &merchant, contracts: &contracts, office };
    let requirements = packs.iter().flat_map(|pack| standing.asked_by(pack)).collect();
    let examined = contracts.len();
    Ok(Some(Compliance { on, sectors, packs, requirements, examined, all_examined, merchant }))
}

fn sectors_sold(connection: &mut Connection, office: &str, merchant: MerchantId) -> store::Result<BTreeSet<Sector>> {
    let filter = PlanFilter { scope: PlanScope::Of(merchant), merchant: None, state: None };
    let plans = queries::plans(connection, office, &filter, &Page { after: None, limit: PLANS_MAX })?.items;
    let newest: Vec<_> = plans.iter().map(|plan| (plan.id, plan.version)).collect();
    let versions = objects::plan_versions::load(connection, office, &newest)?;
    Ok(versions.into_iter().map(|version| version.figures.sector).collect())
}

/// What requirements are measured against.
struct Standing<'a> {
    merchant: &'a Merchant,
    contracts: &'a [ContractInFigures],
    office: &'a Office,
}

impl Standing<'_> {
    fn asked_by(&self, pack: &'static Pack) -> Vec<Requirement> {
        let custody = pack.custody.iter().map(|line| self.custody(pack, line));
        custody.chain(pack.limits.iter().map(|limit| self.limit(pack, limit))).collect()
    }

    /// Everything that was paid in advance and is not spent lies in the office's special account: what is asked for in
    /// custody is a part of it, whatever the line.
    fn custody(&self, pack: &'static Pack, line: &'static Custody) -> Requirement {
        let balance = self.merchant.in_escrow.amount().unwrap_or_default();
        let asked = balance.share_floor(u64::from(line.percent), 100).unwrap_or(Amount::MAX);
        Requirement {
            pack,
            id: line.id,
            measure: None,
            card_class: None,
            line: line.above.map(|above| above.to_string()),
            figure: Some(balance.to_string()),
            percent: Some(line.percent),
            applies: line.above.map(|above| balance > above),
            met: asked <= balance,
            text_zh: &line.text_zh,
            text_en: &line.text_en,
        }
    }

    fn limit(&self, pack: &'static Pack, limit: &'static Limit) -> Requirement {
        let under = |contract: &&ContractInFigures| {
            pack.is_of(contract.sector)
                && pack.is_valid_on(contract.drafted_at.date(&self.office.zone))
                && limit.card_class.is_none_or(|class| class == contract.card_class)
                && (limit.kinds.is_empty() || limit.kinds.contains(&contract.sold.kind()))
                && !contract.entrusted.is_zero()
        };
        let contracts: Vec<&ContractInFigures> = self.contracts.iter().filter(under).collect();
        let (line, figure, met) = self.measured(limit, &contracts);
        Requirement {
            pack,
            id: limit.id,
            measure: Some(limit.measure),
            card_class: limit.card_class,
            line,
            figure,
            percent: None,
            applies: Some(true),
            met,
            text_zh: &limit.text_zh,
            text_en: &limit.text_en,
        }
    }

    /// The limit's figure, the most that contracts come to, and whether that keeps within it.
    fn measured(&self, limit: &Limit, contracts: &[&ContractInFigures]) -> (Option<String>, Option<String>, bool) {
        match (limit.measure, limit.max) {
            (Measure::Price, Some(Figure::Amount(max))) => most(contracts.iter().map(|one| one.price), max),
            (Measure::Total, Some(Figure::Amount(max))) => most(totals(contracts).into_values(), max),
            (Measure::Units, Some(Figure::Number(max))) => {
                most(contracts.iter().filter_map(|one| one.sold.units_total()), u64::from(max))
            }
            (Measure::Months, Some(Figure::Number(max))) => {
                most(contracts.iter().filter_map(|one| self.months(one)), max)
            }
            (Measure::Lease, _) => {
                let latest = contracts.iter().filter_map(|one| one.ends_on).max();
                let lease = self.merchant.lease_ends_on;
                let met = latest.is_none_or(|latest| lease.is_some_and(|lease| latest <= lease));
                (lease.map(|lease| lease.to_string()), latest.map(|latest| latest.to_string()), met)
            }
            (Measure::Release, _) => (None, None, contracts.iter().all(|one| one.sold.is_released_by_use())),
            // A figure of another shape than its measure is refused when the pack is read.
            (Measure::Price | Measure::Total | Measure::Units | Measure::Months, _) => (None, None, true),
        }
    }

    /// How many months a contract lasts, a begun one counted whole.
    fn months(&self, contract: &ContractInFigures) -> Option<u32> {
        let starts_on = contract.active_since?.date(&self.office.zone);
        let ends_on = contract.ends_on?;
        (0..1_200).find(|months| starts_on.plus_months(*months) >= ends_on)
    }
}

/// What the merchant holds of each consumer.
fn totals(contracts: &[&ContractInFigures]) -> BTreeMap<ConsumerId, Amount> {
    let mut totals: BTreeMap<ConsumerId, Amount> = BTreeMap::new();
    for contract in contracts {
        let total = totals.entry(contract.consumer).or_default();
        *total = total.saturating_add(contract.entrusted);
    }
    totals
}

fn most<T: Ord + Copy + ToString>(all: impl Iterator<Item = T>, max: T) -> (Option<String>, Option<String>, bool) {
    let most = all.max();
    (Some(max.to_string()), most.map(|most| most.to_string()), most.is_none_or(|most| most <= max))
}
