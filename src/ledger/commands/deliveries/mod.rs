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

use crate::domain::context::found;
use crate::domain::id::DeliveryId;
use crate::domain::objects::{Contract, Delivery};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// A delivery that `mine` says is the caller's business, and its contract.
fn found_with_contract(
    state: &State,
    id: DeliveryId,
    mine: impl FnOnce(&Delivery) -> bool,
) -> Result<(&Delivery, &Contract), Rejection> {
    let delivery = found(state.deliveries.get(id).filter(|delivery| mine(delivery)))?;
    Ok((delivery, found(state.contracts.get(delivery.contract))?))
}
