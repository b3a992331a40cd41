//! Default runs (跑路) and orderly exits: from the proposal to the last contract.

mod advance;
mod approve;
mod ending;
mod object;
mod propose;
mod rescind;

pub use advance::{AdvanceRun, ContractIds, TAKES_MAX};
pub use approve::ApproveRun;
pub use object::ObjectToRun;
pub use propose::ProposeRun;
pub use rescind::RescindRun;

use crate::domain::context::state_conflict;
use crate::domain::objects::{DefaultRun, RunState};
use crate::domain::rejection::Rejection;

/// Checks that a run is in this state.
fn in_state(run: &DefaultRun, state: RunState) -> Result<(), Rejection> {
    if run.state == state { Ok(()) } else { Err(state_conflict(run.state.as_str(), &[state.as_str()])) }
}
