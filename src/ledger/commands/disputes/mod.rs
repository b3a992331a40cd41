//! Disputes (纠纷).

mod assign;
mod award;
mod evidence;
mod execute;
mod open;
mod propose;
mod stage;
mod withdraw;

pub use assign::AssignDispute;
pub use award::AwardDispute;
pub use evidence::{StageEvidence, SubmitEvidence};
pub use execute::ExecuteDispute;
pub use open::OpenDispute;
pub use propose::{AcceptProposal, MakeProposal};
pub use stage::{AdvanceDispute, EscalateDispute, ObjectArbitration};
pub use withdraw::WithdrawDispute;

pub(super) use execute::{after, payout_of_split};
pub(in crate::ledger) use open::{Contested, Opening, contestable, opened};

use crate::domain::context::{Context, found};
use crate::domain::event::Fact;
use crate::domain::id::DisputeId;
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, Dispute, Freeze, Role, Split};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// A dispute as it stands now, its contract and its freeze.
struct Case<'a> {
    /// The dispute in the stage that time has brought it to, whether or not the ledger has written that yet.
    dispute: Dispute,
    /// The revision that callers have seen.
    revision: u64,
    contract: &'a Contract,
    freeze: &'a Freeze,
    /// The stages that were passed since.
    passed: Vec<Fact>,
}

/// The case that the caller names, where it is theirs to act in.
fn case<'a>(state: &'a State, context: &Context<'_>, id: DisputeId) -> Result<Case<'a>, Rejection> {
    let case = any_case(state, context, id)?;
    let dispute = &case.dispute;
    let acts = match context.actor.role() {
        Role::Mediator => context.user().is_ok_and(|user| dispute.is_mediated_by(user)),
        Role::Arbitrator => context.user().is_ok_and(|user| dispute.is_arbitrated_by(user)),
        _ => context.owns(dispute.merchant, dispute.consumer).is_ok(),
    };
    if acts { Ok(case) } else { Err(Rejection::NotFound) }
}

/// A case, whoever asks.
fn any_case<'a>(state: &'a State, context: &Context<'_>, id: DisputeId) -> Result<Case<'a>, Rejection> {
    let stored = found(state.disputes.get(id))?;
    let contract = found(state.contracts.get(stored.contract))?;
    let (dispute, passed) = stage::caught_up(stored, contract, context.at);
    Ok(Case { revision: stored.revision, freeze: found(state.freezes.get(stored.freeze))?, dispute, contract, passed })
}

/// Checks that a split comes to no more than `frozen`, and that the deliveries it voids are contested, named once each
/// and worth no more than what the contract is to hold again.
pub(super) fn may_split(state: &State, split: &Split, freeze: &Freeze) -> Result<(), Rejection> {
    let frozen = freeze.amount();
    let mut voided = Amount::ZERO;
    for (place, id) in split.voided.iter().enumerate() {
        let is_contested = freeze.deliveries.contains(id) && !split.voided.iter().take(place).any(|other| other == id);
        let delivery = if is_contested { state.deliveries.get(*id) } else { None };
        let delivery = delivery.ok_or(Rejection::SplitMismatch { frozen })?;
        voided = voided.checked_add(delivery.amount).ok_or(Rejection::SplitMismatch { frozen })?;
    }
    let fits = voided <= split.held && split.total().is_some_and(|total| total <= frozen);
    if fits { Ok(()) } else { Err(Rejection::SplitMismatch { frozen }) }
}

/// Checks that a split leaves nothing of the frozen money over.
pub(super) fn splits_all(split: &Split, freeze: &Freeze) -> Result<(), Rejection> {
    let frozen = freeze.amount();
    if split.total() == Some(frozen) { Ok(()) } else { Err(Rejection::SplitMismatch { frozen }) }
}
