//! A merchant asks to be admitted.

use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, MerchantApplied};
use crate::domain::id::{MerchantId, Party};
use crate::domain::objects::{MerchantState, Role};
use crate::domain::packs::Region;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Asks for admission; the caller acts for the new merchant from now on.
#[derive(Debug)]
pub struct ApplyAsMerchant {
    /// The merchant's id.
    pub merchant: MerchantId,
    /// Commitment to name, credit code, region and contacts.
    pub profile: Digest,
    /// Where it trades.
    pub region: Region,
}

impl Command for ApplyAsMerchant {
    fn name(&self) -> &'static str {
        "merchant.apply"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Merchant(self.merchant)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let user = context.user()?;
        if context.actor.role() != Role::Merchant {
            return Err(Rejection::Forbidden);
        }
        // Who was turned down may apply anew, as another merchant.
        let before = context.party.and_then(Party::merchant).and_then(|merchant| state.merchants.get(merchant));
        if before.is_some_and(|merchant| merchant.state != MerchantState::Rejected) {
            return Err(Rejection::MerchantExists);
        }
        let applied = MerchantApplied { merchant: self.merchant, profile: self.profile, region: self.region, user };
        Ok(Decided::one(self.merchant, Fact::plain(applied)))
    }
}
