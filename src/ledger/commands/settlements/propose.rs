//! A notary proposes to release what a merchant has earned and nobody can take back any more.

use crate::domain::context::{Context, found};
use crate::domain::event::{Fact, SettlementProposed};
use crate::domain::id::{MerchantId, SettlementId};
use crate::domain::money::Delta;
use crate::domain::objects::MerchantState;
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_release;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::command::{Command, Decided, Key};

/// Proposes a settlement: every matured delivery up to the cutoff, and what came back from the bank or came with
/// refunds since the last one, less what a court has ordered to be set aside.
#[derive(Debug)]
pub struct ProposeSettlement {
    /// Its id.
    pub settlement: SettlementId,
    /// Whose money it is.
    pub merchant: MerchantId,
    /// Up to when; now, if not given.
    pub cutoff: Option<Timestamp>,
}

impl Command for ProposeSettlement {
    fn name(&self) -> &'static str {
        "settlement.propose"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Matured(self.merchant, self.cutoff)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let merchant = found(state.merchants.get(self.merchant))?;
        // Money earned under a standing that has ended is still the merchant's.
        if matches!(merchant.state, MerchantState::Applied | MerchantState::Rejected) {
            return Err(Rejection::MerchantNotActive { current_state: merchant.state.to_string() });
        }
        may_release(state, merchant.id)?;
        if merchant.open_settlement.is_some() {
            return Err(Rejection::SettlementOpen);
        }
        if self.cutoff.is_some_and(|cutoff| cutoff > context.at) {
            return Err(Rejection::CutoffInFuture);
        }
        let since = merchant.settled_until;
        let (cutoff, matured) = state.matured(merchant.id, since, self.cutoff, context.at);
        let returned = merchant.unreleased;
        let amount = matured.amount.credit().checked_add(returned).and_then(Delta::amount);
        let amount = amount.filter(|amount| !amount.is_zero()).ok_or(Rejection::NothingToRelease)?;
        // After this point it must succeed.
        assert!(cutoff <= context.at, "deliveries that mature later are not known yet");
        let event = SettlementProposed {
            amount,
            count: matured.count,
            // What was settled stays settled, even where the cutoff lies before it and only `returned` is released.
            cutoff: cutoff.max(since),
            merchant: merchant.id,
            returned,
            settlement: self.settlement,
            since,
        };
        Ok(Decided::one(self.settlement, Fact::plain(event)))
    }
}
