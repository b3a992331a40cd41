//! Contracts within the limits of the rule pack they name: the service refuses others, and a verifier looks whether it did.
//!
//! An edition that this program does not know cannot be judged by it, and is let pass.

use jiff::tz::TimeZone;

use super::edition;
use crate::domain::event::Event;
use crate::domain::id::{ConsumerId, ContractId, MerchantId};
use crate::domain::name::Name;
use crate::domain::objects::PlanFigures;
use crate::domain::packs::{Sale, Step, Version};
use crate::domain::state::State;
use crate::domain::time::Date;
use crate::ledger::entry::Entry;

/// A contract as far as limits go.
struct Limited<'a> {
    contract: ContractId,
    consumer: ConsumerId,
    merchant: MerchantId,
    figures: &'a PlanFigures,
    pack: (Name, Version),
    drafted_on: Date,
}

/// Checks an event that makes a contract, or takes it a step further, against the pack that the contract names.
///
/// # Errors
/// A sentence about the entry.
pub fn check(state: &State, zone: &TimeZone, entry: &Entry) -> Result<(), String> {
    let today = entry.at.date(zone);
    let (id, step) = match &entry.fact.event {
        Event::ContractDrafted(data) => {
            let limited = Limited {
                contract: data.contract,
                consumer: data.consumer,
                merchant: data.merchant,
                figures: &data.figures,
                pack: (data.rules_pack, data.rules_version),
                drafted_on: today,
            };
            return allowed(state, Step::Draft, &limited, today);
        }
        Event::ContractSigned(data) => (data.contract, Step::Again),
        Event::DepositStarted(data) => (data.contract, Step::Again),
        _ => return Ok(()),
    };
    let Some(contract) = state.contracts.get(id) else { return Ok(()) };
    let limited = Limited {
        contract: id,
        consumer: contract.consumer,
        merchant: contract.merchant,
        figures: &contract.figures,
        pack: (contract.rules_pack, contract.rules_version),
        drafted_on: contract.drafted_at.date(zone),
    };
    allowed(state, step, &limited, today)
}

fn allowed(state: &State, step: Step, limited: &Limited<'_>, today: Date) -> Result<(), String> {
    let (id, version) = limited.pack;
    let Some(pack) = edition(state, id, version) else { return Ok(()) };
    let merchant = state.merchants.get(limited.merchant);
    let merchant = merchant.ok_or_else(|| format!("there is no {}", limited.merchant))?;
    if !pack.is_for(merchant.region, Some(limited.figures.sector)) || !pack.is_valid_on(limited.drafted_on) {
        return Err(format!("{} names the pack {id} {version}, which is not for its sale", limited.contract));
    }
    let sale = Sale {
        region: merchant.region,
        drafted_on: limited.drafted_on,
        starts_on: today,
        figures: limited.figures,
        lease_ends_on: limited.figures.lease_ends_on.or(merchant.lease_ends_on),
        unspent: state.entrusted(limited.consumer, limited.merchant, limited.contract),
    };
    pack.allow(step, &sale).map_err(|broken| {
        let (limit, allowed, actual) = (broken.limit, broken.allowed, broken.actual);
        format!("{} breaks {limit} of {id} {version}: allowed {allowed}, here {actual}", limited.contract)
    })
}
