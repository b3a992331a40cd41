//! Disputes (纠纷).

mod open;
mod withdraw;

pub use open::OpenDispute;
pub use withdraw::WithdrawDispute;

pub(in crate::ledger) use open::{Contested, Opening, contestable, opened};

use crate::domain::context::{Context, found, state_conflict};
use crate::domain::id::DisputeId;
use crate::domain::objects::{Contract, Dispute, DisputeState, Freeze};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// A dispute, its contract and its freeze.
struct Case<'a> {
    dispute: &'a Dispute,
    contract: &'a Contract,
    freeze: &'a Freeze,
}

/// The case that the caller names, where it is their business.
fn case<'a>(state: &'a State, context: &Context<'_>, id: DisputeId) -> Result<Case<'a>, Rejection> {
    let dispute = found(state.disputes.get(id))?;
    context.owns(dispute.merchant, dispute.consumer)?;
    let contract = found(state.contracts.get(dispute.contract))?;
    Ok(Case { dispute, contract, freeze: found(state.freezes.get(dispute.freeze))? })
}

/// Checks that the dispute is in one of these states.
fn in_states(dispute: &Dispute, states: &[DisputeState]) -> Result<(), Rejection> {
    if states.contains(&dispute.state) {
        return Ok(());
    }
    let words: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    Err(state_conflict(dispute.state.as_str(), &words))
}
