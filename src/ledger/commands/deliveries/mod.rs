//! Deliveries (核销).

mod confirm;
mod contest;
mod facts;
mod record;
mod reverse;
mod void;

pub use confirm::{ConfirmDelivery, LapseDelivery};
pub use contest::ContestDelivery;
pub use record::{CheckIn, RecordDelivery};
pub use reverse::ReverseDelivery;
pub use void::VoidDelivery;

pub(super) use facts::{Leaving, confirmed, voided};

use crate::domain::context::{found, state_conflict};
use crate::domain::id::DeliveryId;
use crate::domain::objects::{Contract, Delivery};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// Checks that nobody has decided yet about a contested delivery: one side can still give in.
fn still_contested(state: &State, delivery: &Delivery) -> Result<(), Rejection> {
    let dispute = delivery.dispute.and_then(|dispute| state.disputes.get(dispute));
    match dispute.filter(|dispute| !dispute.state.is_undecided()) {
        Some(decided) => Err(state_conflict(decided.state.as_str(), &["negotiating", "mediating", "arbitrating"])),
        None => Ok(()),
    }
}

/// A delivery that `mine` says is the caller's business, and its contract.
fn found_with_contract(
    state: &State,
    id: DeliveryId,
    mine: impl FnOnce(&Delivery) -> bool,
) -> Result<(&Delivery, &Contract), Rejection> {
    let delivery = found(state.deliveries.get(id).filter(|delivery| mine(delivery)))?;
    Ok((delivery, found(state.contracts.get(delivery.contract))?))
}
