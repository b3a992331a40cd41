//! How much a delivery releases: what follows from the plan and from what was used before, and nothing else.

use crate::domain::event::Event;
use crate::domain::rules::delivery_amount;
use crate::domain::state::State;

/// Checks the amount of an event against the contract as it stood before.
pub(super) fn check(state: &State, event: &Event) -> Result<(), String> {
    let Event::DeliveryRecorded(data) = event else { return Ok(()) };
    let contract = state.contracts.get(data.contract).ok_or_else(|| format!("there is no {}", data.contract))?;
    match delivery_amount(contract, &data.used) {
        Ok(amount) if amount == data.amount => Ok(()),
        Ok(amount) => Err(format!("it releases {}, and {amount} follows from what was used", data.amount)),
        Err(refusal) => Err(format!("{} cannot be used like this: {}", data.contract, refusal.code())),
    }
}
