//! Payouts (划款) and payout returns (退票).

mod account;
mod create;
mod outcome;
mod submit;

pub use account::NewAccount;
pub use create::CreatePayout;
pub use outcome::{RejectPayout, ReturnPayout, SettlePayout};
pub use submit::SubmitPayout;

pub(super) use create::payout_of_refund;

use crate::domain::id::ContractId;
use crate::domain::objects::Payout;
use crate::domain::state::State;

/// The contract whose refund a payout pays.
fn contract_of(state: &State, payout: &Payout) -> Option<ContractId> {
    payout.refund.and_then(|refund| state.refunds.get(refund)).map(|refund| refund.contract)
}
