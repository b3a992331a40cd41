//! A payout failed, and its payee names another bank account.

use super::payout_of_refund;
use crate::domain::context::{Context, found, state_conflict};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, PayoutAccountSet};
use crate::domain::id::{Party, PayoutId};
use crate::domain::objects::{PayoutState, RefundState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Names the account that takes the money of a payout which was rejected or returned.
///
/// A refund is paid again at once. A merchant's money is payable again, and the next settlement takes it.
#[derive(Debug)]
pub struct NewAccount {
    /// The payout that failed.
    pub payout: PayoutId,
    /// Commitment to the account.
    pub account: Digest,
    /// Id of the payout to create, where it pays a refund.
    pub new_payout: PayoutId,
}

impl Command for NewAccount {
    fn name(&self) -> &'static str {
        "payout.new_account"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Payout(self.payout)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let party: Party = context.party.ok_or(Rejection::NotFound)?;
        let payout = found(state.payouts.get(self.payout).filter(|payout| payout.payee == party))?;
        context.reviewed(payout.revision)?;
        if payout.state != PayoutState::Rejected && payout.returned_by.is_none() {
            return Err(state_conflict(payout.state.as_str(), &["rejected", "returned"]));
        }
        let set = Fact::plain(PayoutAccountSet { account: self.account, party });
        let Some(refund) = payout.refund else { return Ok(Decided::one(payout.id, set)) };
        let refund = found(state.refunds.get(refund))?;
        // A later payout may have paid the refund since, or may be about to.
        if refund.state != RefundState::NeedsAccount || refund.payout != Some(payout.id) {
            return Err(state_conflict(refund.state.as_str(), &["needs_account"]));
        }
        let created = payout_of_refund(
            (refund.id, refund.contract, refund.consumer),
            payout.amount,
            self.account,
            self.new_payout,
        );
        Ok(Decided { facts: vec![set, created], shows: self.new_payout.into() })
    }
}
