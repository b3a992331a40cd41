//! Refunds (退款).

mod answer;
mod approve;
mod basis;
mod decide;
mod declare;
mod end;
mod lapse;
mod order;
mod prior_service;
mod request;
mod undisputed;

pub use answer::AnswerRefund;
pub use approve::ApproveRefund;
pub use decide::DecideRefund;
pub use declare::DeclareRefund;
pub use end::{DeclineRefund, WithdrawRefund};
pub use lapse::LapseRefund;
pub use prior_service::{ClaimPriorService, DecidePriorService};
pub use request::RequestRefund;
pub use undisputed::{Disputed, OrderUndisputed};

use crate::domain::context::{Context, found};
use crate::domain::id::{Party, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, Refund};
use crate::domain::packs;
use crate::domain::refund::RefundError;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::{Action, Review};
use crate::domain::time::Timestamp;

/// A refund that `mine` says is the caller's business, and its contract.
fn found_with_contract(
    state: &State,
    id: RefundId,
    mine: impl FnOnce(&Refund) -> bool,
) -> Result<(&Refund, &Contract), Rejection> {
    let refund = found(state.refunds.get(id).filter(|refund| mine(refund)))?;
    Ok((refund, found(state.contracts.get(refund.contract))?))
}

/// What a notary has reviewed who decides about `amount` of it.
fn review(refund: &Refund, action: Action, amount: Amount, revision: u64) -> Review {
    Review { action, amount, payee: Party::Consumer(refund.consumer), position: refund.newest_entry, revision }
}

/// When a refund that is ordered now must have been paid: the first moment after the last day. Five working days inside
/// the cooling-off, fifteen days for any other (packs).
pub(in crate::ledger) fn pay_by(contract: &Contract, refund: Option<&Refund>, context: &Context<'_>) -> Timestamp {
    let times = packs::in_force().times(contract);
    let cooling_off = refund.is_some_and(Refund::in_cooling_off);
    let limit = if cooling_off { times.refund_cooling_off } else { times.refund_other };
    limit.end_from(context.today(), context.calendar, context.zone)
}

/// A claim that has no bearing is the claimant's to change; anything else is a reason that has no figures here.
const fn unusable(error: RefundError) -> Rejection {
    match error {
        RefundError::ClaimWithoutBearing
        | RefundError::FaultPercentUnexpected
        | RefundError::MarketPriceTooLarge
        | RefundError::AgreedInterestTooLarge => Rejection::ClaimNotUsable,
        _ => Rejection::ReasonNotSupported,
    }
}
