//! The merchant objects, and gives less than the consumer is due: what both give is paid at once, and only the rest is
//! left to a dispute. Nobody types a figure in: both stand in the record.

use super::basis::condition_met;
use super::order::{LeftOpen, Order, Reach};
use super::{found_with_contract, review, unusable};
use crate::domain::context::{Context, in_state};
use crate::domain::figures::{Shares, Sides};
use crate::domain::id::{DisputeId, FreezeId, PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Contract, Refund, RefundState};
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_refund;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};

/// Ids of the dispute over what is contested.
#[derive(Clone, Copy, Debug)]
pub struct Disputed {
    /// The dispute's.
    pub dispute: DisputeId,
    /// Its freeze's.
    pub freeze: FreezeId,
}

/// Orders what both sides give, or proposes it where that needs a second notary.
#[derive(Debug)]
pub struct OrderUndisputed {
    /// The refund.
    pub refund: RefundId,
    /// Id of the payout to create.
    pub payout: PayoutId,
    /// Ids of the dispute to open.
    pub disputed: Disputed,
}

impl Command for OrderUndisputed {
    fn name(&self) -> &'static str {
        "refund.order_undisputed"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::PendingOf(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let (refund, contract) = found_with_contract(state, self.refund, |_| true)?;
        let revision = context.reviewed(refund.revision)?;
        in_state(refund.state, &[RefundState::Answered])?;
        may_refund(state, contract.id)?;
        let reach = Reach::of(state, contract, Amount::ZERO, context.at)?;
        let (shares, left) = parted((state, contract), refund, reach.available(), self.disputed)?;
        // After this point it must succeed.
        let order = Order {
            refund,
            contract,
            amount: shares.undisputed,
            basis: Basis::Consent,
            contested: Some(left),
            shortfall: shares.shortfall,
            document_sha256: None,
            document_sm3: None,
            reason: None,
            review: review(refund, Action::OrderUndisputed, shares.undisputed, revision),
            payout: self.payout,
        };
        Ok(Decided { facts: order.decided(state, &reach, context)?, shows: refund.id.into() })
    }
}

/// How what the consumer is due comes apart where escrow holds `available`.
///
/// # Errors
/// [`Rejection::NothingDisputed`] where the merchant has not objected with a lower figure, or where it does not matter
/// what the merchant says; and where a claim of prior service is open, which decides about the consumer's figure.
pub(super) fn parted(
    (state, contract): (&State, &Contract),
    refund: &Refund,
    available: Amount,
    Disputed { dispute, freeze }: Disputed,
) -> Result<(Shares, LeftOpen), Rejection> {
    if refund.prior_service_is_claimed() {
        return Err(Rejection::PriorServiceClaimOpen);
    }
    // Inside the seven days nobody has to be asked, so that no objection can hold anything back.
    let weighs = condition_met(refund).is_none();
    let reason = refund.answer.and_then(|answer| answer.reason).filter(|_| weighs);
    let sides = Sides::of(state, contract, refund).map_err(unusable)?;
    let (sides, reason) = sides.zip(reason).ok_or(Rejection::NothingDisputed)?;
    let shares = sides.within(available);
    Ok((shares, LeftOpen { amount: shares.contested, reason, dispute, freeze }))
}
