//! A refund inside the cooling-off is ordered by the service itself: the consumer's one call is enough.
//!
//! The seven days give the consumer a right to have the principal back (法释〔2025〕4号 art. 14): whoever uses it has
//! decided, and nothing is left to weigh where nothing was used. What is ordered is what the person asked for, in full,
//! so that it is no decision about them by a machine (个人信息保护法 art. 24). The one thing a merchant can bring
//! against it, that the consumer knew the service before, is waited for until `claim_by`, and a notary decides it.
//! Above the threshold, and wherever a person must weigh something, notaries decide as ever.

use super::basis::condition_met;
use super::order::{Order, Reach};
use super::{found_with_contract, review};
use crate::domain::context::{Context, in_state};
use crate::domain::id::{PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, RefundState, Role};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_refund;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};

/// Orders a 7-day refund that nobody has claimed anything against in time.
#[derive(Debug)]
pub struct LapseRefund {
    /// The refund.
    pub refund: RefundId,
    /// Id of the payout to create.
    pub payout: PayoutId,
}

impl Command for LapseRefund {
    fn name(&self) -> &'static str {
        "refund.lapse"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::PendingOf(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::System])?;
        let (refund, contract) = found_with_contract(state, self.refund, |_| true)?;
        may_refund(state, contract.id)?;
        in_state(refund.state, &[RefundState::Requested, RefundState::Answered])?;
        if refund.prior_service_is_claimed() {
            return Err(Rejection::PriorServiceClaimOpen);
        }
        let alone = packs::in_force().times(contract).refund_approval_above;
        let due = condition_met(refund).filter(|due| *due <= alone);
        let over = refund.claim_by.is_some_and(|claim_by| context.at >= claim_by);
        let amount = due.filter(|_| over).ok_or(Rejection::BasisNotMet)?;
        let reach = Reach::of(state, contract, amount, context.at)?;
        if reach.available() != amount {
            return Err(Rejection::BasisNotMet);
        }
        // After this point it must succeed.
        let order = Order {
            refund,
            contract,
            amount,
            basis: Basis::ConditionMet,
            contested: None,
            shortfall: Amount::ZERO,
            document_sha256: None,
            document_sm3: None,
            reason: None,
            review: review(refund, Action::DecideRefund, amount, refund.revision),
            payout: self.payout,
        };
        Ok(Decided { facts: order.facts(state, &reach, context)?, shows: refund.id.into() })
    }
}
