//! Court orders: what each takes follows from what there is and in whose turn it is, and while one waits the money it
//! waits for goes nowhere else.

use super::dispute_ends::{paid_as, splits};
use super::steps::{Allowed, in_state, is_new, same};
use crate::domain::account::Account;
use crate::domain::court_orders::{Reach, nothing_waits, of_contract, of_merchant};
use crate::domain::event::{Event, FreezeExecuted, FreezeOrderLifted, FreezeOrdered, FreezeReached};
use crate::domain::id::FreezeId;
use crate::domain::money::Delta;
use crate::domain::objects::{Basis, Cause, ContractState, Freeze, FreezeState, MerchantState};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::entry::Entry;

/// Checks an event about an order, and one that moves money an order may wait for.
pub(super) fn check(state: &State, entry: &Entry) -> Allowed {
    match &entry.fact.event {
        Event::FreezeOrdered(data) => ordered(state, data),
        Event::FreezeReached(data) => reached(state, entry.at, data),
        Event::FreezeOrderLifted(data) => lifted(state, data),
        Event::FreezeExecuted(data) => executed(state, entry.at, data),
        _ => entry.fact.postings.iter().filter(|posting| posting.amount < Delta::ZERO).try_for_each(|posting| {
            let waits = match posting.account {
                Account::ContractHeld(id) => {
                    state.contracts.get(id).is_some_and(|contract| nothing_waits(state, contract).is_err())
                }
                // Whatever a default sets aside stays here.
                Account::MerchantPayable(id) if !matches!(entry.fact.event, Event::DefaultRunApproved(_)) => {
                    state.merchants.get(id).is_some_and(|merchant| of_merchant(state, merchant).is_some())
                }
                _ => false,
            };
            if waits { Err(format!("a court's order waits for what leaves {}", posting.account)) } else { Ok(()) }
        }),
    }
}

fn ordered(state: &State, data: &FreezeOrdered) -> Allowed {
    is_new(state.freezes.get(data.freeze), data.freeze)?;
    if data.amount.is_zero() {
        return Err("it orders nothing".to_owned());
    }
    let Some(id) = data.contract else {
        use MerchantState::{Active, Defaulted, Exited, Exiting, Suspended};
        same(data.consumer, None, "party")?;
        let merchant = state.merchants.get(data.merchant).map(|merchant| merchant.state);
        return in_state(merchant, &[Active, Suspended, Exiting, Exited, Defaulted], data.merchant);
    };
    use ContractState::{Active, Closing, Completed, Signed};
    let contract = state.contracts.get(id);
    in_state(contract.map(|contract| contract.state), &[Signed, Active, Completed, Closing], id)?;
    let parties = contract.map(|contract| (contract.merchant, Some(contract.consumer)));
    same(parties, Some((data.merchant, data.consumer)), "party")
}

/// The order whose turn it is takes everything that it can.
fn reached(state: &State, at: Timestamp, data: &FreezeReached) -> Allowed {
    let (due, settlement) = match data.contract {
        Some(id) => {
            let contract = state.contracts.get(id).ok_or_else(|| format!("there is no {id}"))?;
            same((contract.merchant, Some(contract.consumer)), (data.merchant, data.consumer), "party")?;
            (of_contract(state, contract, at), None)
        }
        None => {
            let id = data.merchant;
            let merchant = state.merchants.get(id).ok_or_else(|| format!("there is no {id}"))?;
            (of_merchant(state, merchant), merchant.open_settlement)
        }
    };
    let FreezeReached { freeze, held, ref deliveries, pending, payable, .. } = *data;
    let told = Reach { freeze, held, deliveries: deliveries.clone(), pending, payable };
    if due != Some(told) {
        return Err(format!("{freeze} takes something else than the order whose turn it is reaches"));
    }
    same(data.settlement, settlement, "settlement")
}

/// A court's order that is open.
fn open(state: &State, id: FreezeId) -> Result<&Freeze, String> {
    let freeze = state.freezes.get(id);
    in_state(freeze.map(|freeze| freeze.state), &[FreezeState::Open], id)?;
    let freeze = freeze.ok_or_else(|| format!("there is no {id}"))?;
    same(freeze.cause, Cause::CourtOrder, "cause")?;
    Ok(freeze)
}

fn lifted(state: &State, data: &FreezeOrderLifted) -> Allowed {
    let freeze = open(state, data.freeze)?;
    let of_it = (freeze.contract, freeze.merchant, freeze.consumer);
    same(of_it, (data.contract, data.merchant, data.consumer), "contract or party")?;
    let parts = (freeze.held, freeze.pending, freeze.payable);
    same(parts, (data.held, data.pending, data.payable), "amount")?;
    same(&freeze.deliveries, &data.deliveries, "delivery")?;
    by_document(data.document_sha256.zip(data.document_sm3).is_some(), freeze)
}

fn executed(state: &State, at: Timestamp, data: &FreezeExecuted) -> Allowed {
    let freeze = open(state, data.freeze)?;
    let of_it = (freeze.contract, freeze.merchant, freeze.consumer);
    same(of_it, (data.contract, data.merchant, data.consumer), "contract or party")?;
    let has_basis = matches!(data.basis, Basis::Award | Basis::Judgment);
    by_document(has_basis && data.document_sha256.zip(data.document_sm3).is_some(), freeze)?;
    paid_as(state, at, (data.refund, data.pay_by), &data.split)?;
    let is_merchants = data.split.merchant == freeze.amount() && data.split.voided.is_empty();
    if freeze.contract.is_none() && !is_merchants {
        return Err(format!("{} is on a merchant's earnings, and pays somebody else", freeze.id));
    }
    splits(state, freeze, &data.split, true)
}

fn by_document(is_shown: bool, freeze: &Freeze) -> Allowed {
    if is_shown { Ok(()) } else { Err(format!("{} ends by no document", freeze.id)) }
}
