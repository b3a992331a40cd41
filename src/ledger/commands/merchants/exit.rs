//! A merchant leaves in order.

use crate::domain::context::{Context, found, state_conflict};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, MerchantExiting};
use crate::domain::id::{MerchantId, Party};
use crate::domain::objects::{MerchantState, Role};
use crate::domain::rejection::Rejection;
use crate::domain::rules::EXIT_NOTICE_DAYS;
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
        let allowed = [MerchantState::Active, MerchantState::Suspended];
        if !allowed.contains(&merchant.state) {
            return Err(state_conflict(merchant.state.as_str(), &allowed.map(MerchantState::as_str)));
        }
        // A last day that is none of work moves to the next one (民法典 art. 203), and counts whole.
        let last = context.calendar.next_working_day_from(context.today().plus_days(EXIT_NOTICE_DAYS));
        let exits_at = last.plus_days(1).starts_at(context.zone);
        let event = MerchantExiting { exits_at, merchant: merchant.id, reason: self.reason };
        Ok(Decided::one(merchant.id, Fact::plain(event)))
    }
}
