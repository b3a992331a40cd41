//! A party names the bank account its money goes to.

use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, PayoutAccountSet};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Names the account for every payout created from now on to the party the caller acts for.
#[derive(Debug)]
pub struct SetPayoutAccount {
    /// Commitment to the account.
    pub account: Digest,
}

impl Command for SetPayoutAccount {
    fn name(&self) -> &'static str {
        "payout_account.set"
    }

    /// Everything it needs comes along with the caller.
    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }

    fn decide(&self, _state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let party = context.party.ok_or(Rejection::NotFound)?;
        Ok(Decided::one(party, Fact::plain(PayoutAccountSet { account: self.account, party })))
    }
}
