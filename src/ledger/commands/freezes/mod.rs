//! Freezes (冻结): what disputes set aside, and what courts order.

mod execute;
mod facts;
mod lift;
mod order;
mod reach;

pub use execute::ExecuteFreeze;
pub use lift::LiftFreeze;
pub use order::{OrderFreeze, Target};

pub(in crate::ledger) use facts::{Setting, Taken, all_of, frozen, lifted};
pub(in crate::ledger) use reach::reached;

use crate::domain::context::{found, in_state};
use crate::domain::id::{FreezeId, Party};
use crate::domain::money::Amount;
use crate::domain::objects::{Cause, Freeze, FreezeState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::{Action, Review};

/// An open freeze that a court has ordered.
fn open_order(state: &State, id: FreezeId) -> Result<&Freeze, Rejection> {
    let freeze = found(state.freezes.get(id))?;
    if freeze.cause != Cause::CourtOrder {
        return Err(Rejection::FreezeOfDispute);
    }
    in_state(freeze.state, &[FreezeState::Open])?;
    Ok(freeze)
}

/// What a notary has reviewed who decides about `amount` of it: the consumer's money, or else the merchant's.
fn review(freeze: &Freeze, action: Action, amount: Amount, revision: u64) -> Review {
    let payee = freeze.consumer.map_or(Party::Merchant(freeze.merchant), Party::Consumer);
    Review { action, amount, payee, position: freeze.newest_entry, revision }
}
