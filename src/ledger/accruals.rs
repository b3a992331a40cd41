//! What a merchant's period contracts have earned and nothing has posted yet: found page by page among those who only
//! read, and posted by commands of their own, so that no command ever loads thousands of contracts.

use std::collections::HashMap;

use super::commands::contracts::{AccruePeriod, would_accrue};
use super::office::Office;
use super::sequencer::{Fault, Sequencer, Submission};
use crate::domain::actor::Actor;
use crate::domain::id::{ContractId, MerchantId, RequestId, VenueId};
use crate::domain::objects::{Contract, Sold, Venue};
use crate::domain::rules::last_certain_day;
use crate::domain::time::Timestamp;
use crate::store::{self, Connection, objects, queries};

/// Contracts looked at, and posted, at once.
const AT_ONCE: i64 = 256;

/// A part of what is to be posted.
#[derive(Debug)]
pub struct Page {
    /// Commands that post it.
    pub due: Vec<AccruePeriod>,
    /// The contract after which the next part begins; none at the end.
    pub next: Option<ContractId>,
}

/// What a settlement of `merchant` up to `cutoff`, or now, has to find posted; after a contract.
///
/// # Errors
/// When the database cannot be reached.
pub fn due(
    connection: &mut Connection,
    office: &Office,
    merchant: MerchantId,
    (cutoff, now): (Option<Timestamp>, Timestamp),
    after: Option<ContractId>,
) -> store::Result<Page> {
    let name = office.name.as_str();
    let until = cutoff.map_or(now, |cutoff| cutoff.min(now));
    let through = last_certain_day(until, &office.zone);
    let contracts = queries::accruing_contracts(connection, name, merchant, after, AT_ONCE)?;
    let mut ids: Vec<VenueId> = contracts.iter().flat_map(venues).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let found = objects::venues::load(connection, name, &ids)?;
    let by_id: HashMap<VenueId, Venue> = found.into_iter().map(|venue| (venue.id, venue)).collect();
    let earns = |contract: &&Contract| {
        let days = venues(contract).iter().filter_map(|id| by_id.get(id)).map(|venue| &venue.open_days);
        !would_accrue(contract, days, through, now).is_zero()
    };
    let due = contracts.iter().filter(earns).map(|contract| AccruePeriod { contract: contract.id, until });
    let full = i64::try_from(contracts.len()).is_ok_and(|count| count >= AT_ONCE);
    Ok(Page { due: due.collect(), next: contracts.last().filter(|_| full).map(|contract| contract.id) })
}

/// Everything of that.
///
/// # Errors
/// When the database cannot be reached.
pub fn all_due(
    connection: &mut Connection,
    office: &Office,
    merchant: MerchantId,
    times: (Option<Timestamp>, Timestamp),
) -> store::Result<Vec<AccruePeriod>> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let Page { due, next } = due(connection, office, merchant, times, after)?;
        all.extend(due);
        match next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

/// Posts a part. A refusal is no failure: what became of the contract in between decides.
///
/// # Errors
/// When the ledger gives no answer.
pub async fn post(
    sequencer: &Sequencer,
    due: Vec<AccruePeriod>,
    request: RequestId,
    now: Timestamp,
) -> Result<(), Fault> {
    let posting = due.into_iter().map(|command| Submission::new(Box::new(command), Actor::System, request, now));
    sequencer.submit_all(posting).await.map(|_| ())
}

/// The venues whose open days a contract counts.
#[must_use]
pub fn venues(contract: &Contract) -> &[VenueId] {
    if let Sold::Period(sold) = &contract.figures.sold { &sold.venues } else { &[] }
}
