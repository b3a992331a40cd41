//! Contracts within the limits of the rule pack they name: the service refuses others, and a verifier looks whether it did.
//!
//! An edition that this program does not know cannot be judged by it, and is let pass.

use jiff::tz::TimeZone;

use super::edition;
use crate::domain::event::Event;
use crate::domain::id::{ContractId, MerchantId};
use crate::domain::name::Name;
use crate::domain::objects::{Contract, Merchant, PlanFigures};
use crate::domain::packs::{Sale, Step, Version};
use crate::domain::state::State;
use crate::domain::time::Date;
use crate::ledger::entry::Entry;

/// Checks an event that makes a contract, takes it a step further, passes it on or makes it longer, against the pack that
/// the contract names.
///
/// # Errors
/// A sentence about the entry.
pub fn check(state: &State, zone: &TimeZone, entry: &Entry) -> Result<(), String> {
    let today = entry.at.date(zone);
    match &entry.fact.event {
        Event::ContractDrafted(data) => {
            let pack = (data.rules_pack, data.rules_version);
            let seller = merchant(state, data.merchant)?;
            let sale = Sale {
                lease_ends_on: data.figures.lease_ends_on.or(seller.lease_ends_on),
                unspent: state.entrusted(data.consumer, data.merchant, data.contract),
                ..Sale::of(&data.figures, seller.region, today, today)
            };
            allowed(state, Step::Draft, (data.contract, pack), &sale)
        }
        Event::ContractSigned(data) => changed(state, zone, data.contract, Step::Again, |sale, _| {
            (sale.starts_on, sale.ends_on) = (today, lasts(sale.figures, today));
        }),
        Event::DepositStarted(data) => changed(state, zone, data.contract, Step::Again, |sale, _| {
            (sale.starts_on, sale.ends_on) = (today, lasts(sale.figures, today));
        }),
        Event::ContractTransferred(data) => changed(state, zone, data.contract, Step::Transfer, |sale, contract| {
            sale.amount = contract.in_escrow();
            sale.unspent = state.entrusted(data.consumer, contract.merchant, contract.id);
        }),
        Event::ContractExtended(data) => {
            changed(state, zone, data.contract, Step::Extend, |sale, _| sale.ends_on = data.ends_on)
        }
        _ => Ok(()),
    }
}

fn lasts(figures: &PlanFigures, from: Date) -> Date {
    from.plus_days(i64::from(figures.validity_days))
}

fn merchant(state: &State, id: MerchantId) -> Result<&Merchant, String> {
    state.merchants.get(id).ok_or_else(|| format!("there is no {id}"))
}

/// Checks a contract that is there; `step` says what of its sale is now otherwise than it was agreed.
fn changed(
    state: &State,
    zone: &TimeZone,
    id: ContractId,
    step: Step,
    otherwise: impl FnOnce(&mut Sale<'_>, &Contract),
) -> Result<(), String> {
    let Some(contract) = state.contracts.get(id) else { return Ok(()) };
    let seller = merchant(state, contract.merchant)?;
    let drafted_on = contract.drafted_at.date(zone);
    let starts_on = contract.active_since.map_or(drafted_on, |since| since.date(zone));
    let mut sale = Sale {
        lease_ends_on: contract.figures.lease_ends_on.or(seller.lease_ends_on),
        unspent: state.entrusted(contract.consumer, contract.merchant, id),
        ..Sale::of(&contract.figures, seller.region, drafted_on, starts_on)
    };
    otherwise(&mut sale, contract);
    allowed(state, step, (id, (contract.rules_pack, contract.rules_version)), &sale)
}

fn allowed(
    state: &State,
    step: Step,
    (contract, (id, version)): (ContractId, (Name, Version)),
    sale: &Sale<'_>,
) -> Result<(), String> {
    let Some(pack) = edition(state, id, version) else { return Ok(()) };
    if !pack.is_for(sale.region, Some(sale.figures.sector)) || !pack.is_valid_on(sale.drafted_on) {
        return Err(format!("{contract} names the pack {id} {version}, which is not for its sale"));
    }
    pack.allow(step, sale).map_err(|broken| {
        let (limit, allowed, actual) = (broken.limit, broken.allowed, broken.actual);
        format!("{contract} breaks {limit} of {id} {version}: allowed {allowed}, here {actual}")
    })
}
