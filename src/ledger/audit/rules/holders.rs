//! Who can hold a contract, and how it passes on: by the old holder's offer and the new one's word, and by nobody else's.

use crate::domain::age::{can_bind, can_hold};
use crate::domain::event::{ContractSigned, ContractTransferred, Event};
use crate::domain::id::{ConsumerId, ContractId, Party};
use crate::domain::money::Delta;
use crate::domain::objects::{AgeClass, Contract, ContractState};
use crate::domain::state::State;
use crate::ledger::entry::Entry;

/// Checks an event about a contract's holder.
pub(super) fn check(state: &State, entry: &Entry) -> Result<(), String> {
    match &entry.fact.event {
        Event::ContractDrafted(data) => can_hold(data.holder_age).map_err(|_| under_age(data.contract)),
        Event::ContractSigned(data) => signed(state, data),
        Event::ContractGuardianConsented(data) => {
            let contract = found(state, data.contract)?;
            match contract.state {
                ContractState::Draft if contract.consumer == data.consumer => Ok(()),
                ContractState::Active if contract.transfer_to == Some(data.consumer) => Ok(()),
                other => Err(format!("a guardian of {} consents to {}, which is {other}", data.consumer, contract.id)),
            }
        }
        Event::ContractTransferOffered(data) => {
            let contract = found(state, data.contract)?;
            speaks(state, entry, data.consumer)?;
            can_pass(contract)?;
            if contract.consumer == data.consumer {
                Ok(())
            } else {
                Err(format!("{} is not the holder", data.consumer))
            }
        }
        Event::ContractTransferWithdrawn(data) => {
            let contract = found(state, data.contract)?;
            let by = data.by.consumer().filter(|by| *by == contract.consumer || Some(*by) == contract.transfer_to);
            speaks(state, entry, by.ok_or("somebody else takes an offer back")?)?;
            let offered = contract.transfer_to == Some(data.to);
            if offered { Ok(()) } else { Err(format!("{} was not offered to {}", data.contract, data.to)) }
        }
        Event::ContractTransferred(data) => transferred(state, entry, data),
        _ => Ok(()),
    }
}

fn found(state: &State, id: ContractId) -> Result<&Contract, String> {
    state.contracts.get(id).ok_or_else(|| format!("there is no {id}"))
}

fn under_age(contract: ContractId) -> String {
    format!("{contract} is with somebody whose word cannot bind them to it")
}

fn signed(state: &State, data: &ContractSigned) -> Result<(), String> {
    let contract = found(state, data.contract)?;
    if data.by == Party::Consumer(contract.consumer) {
        can_bind(contract, contract.holder_age, contract.guardian.is_some()).map_err(|_| under_age(contract.id))?;
    }
    Ok(())
}

fn transferred(state: &State, entry: &Entry, data: &ContractTransferred) -> Result<(), String> {
    let contract = found(state, data.contract)?;
    speaks(state, entry, data.consumer)?;
    can_pass(contract)?;
    if contract.transfer_to != Some(data.consumer) || contract.consumer != data.from {
        return Err(format!("{} did not offer {} to {}", data.from, data.contract, data.consumer));
    }
    if data.notified_at != entry.at {
        return Err(format!("the merchant of {} is told at another time than the entry's", data.contract));
    }
    let age: AgeClass = data.holder_age;
    can_bind(contract, age, contract.transfer_guardian.is_some()).map_err(|_| under_age(contract.id))
}

/// The user who acts is the consumer's own.
fn speaks(state: &State, entry: &Entry, consumer: ConsumerId) -> Result<(), String> {
    let user = entry.actor.user().and_then(|user| state.users.get(user));
    if user.is_some_and(|user| user.party == Some(Party::Consumer(consumer))) {
        return Ok(());
    }
    Err(format!("{} speaks for {consumer}", entry.actor))
}

fn can_pass(contract: &Contract) -> Result<(), String> {
    let free = contract.open_refund.is_none() && contract.frozen == Delta::ZERO && contract.court_orders.is_empty();
    if contract.state == ContractState::Active && free {
        return Ok(());
    }
    Err(format!("{} is passed on while something is decided about it", contract.id))
}
