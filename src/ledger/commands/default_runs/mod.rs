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
