//! A notary decides on a proposed settlement: another one releases it, any one can turn it down.

use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, PayoutCreated, SettlementRejected, SettlementReleased};
use crate::domain::id::{Party, PayoutId, SettlementId};
use crate::domain::objects::{Settlement, SettlementState};
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_release;
use crate::domain::state::State;
use crate::domain::statement::{Action, Review};
use crate::ledger::command::{Command, Decided, Key};

/// Releases a proposed settlement and creates the payout that pays it.
#[derive(Debug)]
pub struct ApproveSettlement {
    /// The settlement.
    pub settlement: SettlementId,
    /// Id of the payout to create.
    pub payout: PayoutId,
}

/// Turns a proposed settlement down; its deliveries wait for the next one.
#[derive(Debug)]
pub struct RejectSettlement {
    /// The settlement.
    pub settlement: SettlementId,
    /// Commitment to the reason.
    pub reason: Digest,
}

impl Command for ApproveSettlement {
    fn name(&self) -> &'static str {
        "settlement.approve"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Settlement(self.settlement)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let notary = context.notary()?;
        let (settlement, review) = proposed(state, self.settlement, context, Action::ApproveSettlement)?;
        if settlement.proposed_by == notary {
            return Err(Rejection::SamePerson);
        }
        may_release(state, settlement.merchant)?;
        // Every delivery may have been reversed since it was proposed.
        if settlement.amount.is_zero() {
            return Err(Rejection::NothingToRelease);
        }
        let merchant = found(state.merchants.get(settlement.merchant))?;
        let account = merchant.payout_account.ok_or(Rejection::PayoutAccountMissing)?;
        // After this point it must succeed.
        let released = SettlementReleased {
            amount: settlement.amount,
            count: settlement.count,
            cutoff: settlement.cutoff,
            merchant: merchant.id,
            returned: settlement.returned,
            review,
            settlement: settlement.id,
            signature: None,
        };
        let (payable, payout) = (Account::MerchantPayable(merchant.id), Account::MerchantPayout(merchant.id));
        let created = PayoutCreated {
            account,
            amount: settlement.amount,
            contract: None,
            payee: Party::Merchant(merchant.id),
            payout: self.payout,
            refund: None,
            settlement: Some(settlement.id),
        };
        let facts = vec![Fact::moving(released, transfer(payable, payout, settlement.amount)), Fact::plain(created)];
        Ok(Decided { facts, shows: settlement.id.into() })
    }
}

impl Command for RejectSettlement {
    fn name(&self) -> &'static str {
        "settlement.reject"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Settlement(self.settlement)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let (settlement, review) = proposed(state, self.settlement, context, Action::RejectSettlement)?;
        let event = SettlementRejected {
            merchant: settlement.merchant,
            reason: self.reason,
            review,
            settlement: settlement.id,
            signature: None,
        };
        Ok(Decided::one(settlement.id, Fact::plain(event)))
    }
}

/// A settlement that waits for its decision, and what was reviewed of it.
fn proposed<'a>(
    state: &'a State,
    id: SettlementId,
    context: &Context<'_>,
    action: Action,
) -> Result<(&'a Settlement, Review), Rejection> {
    let settlement = found(state.settlements.get(id))?;
    let revision = context.reviewed(settlement.revision)?;
    in_state(settlement.state, &[SettlementState::Proposed])?;
    let payee = Party::Merchant(settlement.merchant);
    let review = Review { action, amount: settlement.amount, payee, position: settlement.newest_entry, revision };
    Ok((settlement, review))
}
