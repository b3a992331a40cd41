//! What a merchant may do while a run over its contracts is proposed, or going on, or done.

use super::id::{ContractId, MerchantId};
use super::objects::{DefaultRun, MerchantState, RunCause, RunState};
use super::rejection::Rejection;
use super::state::State;

/// The run that holds a merchant's sales and releases up.
#[must_use]
pub fn open_run(state: &State, merchant: MerchantId) -> Option<&DefaultRun> {
    let run = state.merchants.get(merchant)?.default_run?;
    state.default_runs.get(run).filter(|run| run.is_open())
}

/// Checks that no run holds the merchant's sales and releases up.
///
/// # Errors
/// [`Rejection::DefaultRunOpen`].
pub fn no_open_run(state: &State, merchant: MerchantId) -> Result<(), Rejection> {
    open_run(state, merchant).map_or(Ok(()), |run| Err(Rejection::DefaultRunOpen { run: run.id }))
}

/// Checks that the merchant has not left, and that no run is about to end its contracts.
///
/// # Errors
/// [`Rejection::DefaultRunOpen`], or [`Rejection::MerchantNotActive`].
pub fn may_contract(state: &State, merchant: MerchantId) -> Result<(), Rejection> {
    no_open_run(state, merchant)?;
    match state.merchants.get(merchant).map(|merchant| merchant.state) {
        Some(left @ (MerchantState::Exiting | MerchantState::Exited | MerchantState::Defaulted)) => {
            Err(Rejection::MerchantNotActive { current_state: left.to_string() })
        }
        _ => Ok(()),
    }
}

/// How a use of the service was marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marking {
    /// By the merchant alone.
    Alone,
    /// With the code on the holder's phone.
    WithCode,
}

/// Checks that uses of the service can still be marked. While a default is only proposed, the holder must have been
/// there: nobody who is said to be gone draws money on their own word. Whoever leaves in order serves until the run.
///
/// # Errors
/// [`Rejection::DefaultRunOpen`], or [`Rejection::MerchantNotActive`].
pub fn may_serve(state: &State, merchant: MerchantId, marking: Marking) -> Result<(), Rejection> {
    if let Some(run) = open_run(state, merchant) {
        let serves = run.state == RunState::Proposed && (run.cause == RunCause::Exit || marking == Marking::WithCode);
        return if serves { Ok(()) } else { Err(Rejection::DefaultRunOpen { run: run.id }) };
    }
    match state.merchants.get(merchant).map(|merchant| merchant.state) {
        Some(left @ (MerchantState::Exited | MerchantState::Defaulted)) => {
            Err(Rejection::MerchantNotActive { current_state: left.to_string() })
        }
        _ => Ok(()),
    }
}

/// Checks that money earned can be released to the merchant.
///
/// # Errors
/// [`Rejection::DefaultRunOpen`] while a run holds it up, [`Rejection::MerchantNotActive`] after a default.
pub fn may_release(state: &State, merchant: MerchantId) -> Result<(), Rejection> {
    no_open_run(state, merchant)?;
    match state.merchants.get(merchant).map(|merchant| merchant.state) {
        Some(defaulted @ MerchantState::Defaulted) => {
            Err(Rejection::MerchantNotActive { current_state: defaulted.to_string() })
        }
        _ => Ok(()),
    }
}

/// Checks that no run is giving the contract's money back: it takes an open refund over.
///
/// # Errors
/// [`Rejection::DefaultRunOpen`].
pub fn may_refund(state: &State, contract: ContractId) -> Result<(), Rejection> {
    let merchant = state.contracts.get(contract).map(|contract| contract.merchant);
    match merchant.and_then(|merchant| open_run(state, merchant)) {
        Some(run) if run.state == RunState::Running => Err(Rejection::DefaultRunOpen { run: run.id }),
        _ => Ok(()),
    }
}
