//! A merchant leaves in order.

use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, MerchantExiting};
use crate::domain::id::{MerchantId, Party};
use crate::domain::objects::{MerchantState, Role};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::standing::no_open_run;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Gives notice that a merchant leaves: it sells nothing from now on, and serves until its contracts end.
#[derive(Debug)]
pub struct ExitMerchant {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
}

impl Command for ExitMerchant {
    fn name(&self) -> &'static str {
        "merchant.exit"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Merchant(self.merchant)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::Merchant, Role::Notary])?;
        let own = context.actor.role() == Role::Notary || context.party == Some(Party::Merchant(self.merchant));
        let merchant = found(state.merchants.get(self.merchant).filter(|_| own))?;
        context.reviewed(merchant.revision)?;
        no_open_run(state, merchant.id)?;
        in_state(merchant.state, &[MerchantState::Active, MerchantState::Suspended])?;
        let notice = packs::in_force().times_of_merchant(merchant, context.today()).closing_notice;
        let exits_at = notice.end_from(context.today(), context.calendar, context.zone);
        let event = MerchantExiting { exits_at, merchant: merchant.id, reason: self.reason };
        Ok(Decided::one(merchant.id, Fact::plain(event)))
    }
}
