//! Settlements (结算).

mod decide;
mod propose;

pub use decide::{ApproveSettlement, RejectSettlement};
pub use propose::ProposeSettlement;
