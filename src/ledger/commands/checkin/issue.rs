//! The holder's phone shows a code.

use crate::domain::context::{Context, found};
use crate::domain::digest::Digest;
use crate::domain::event::{CheckinIssued, Fact};
use crate::domain::id::ContractId;
use crate::domain::objects::ContractState;
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Issues a code with which the merchant can record one delivery that is confirmed at once.
#[derive(Debug)]
pub struct IssueCheckinCode {
    /// The contract.
    pub contract: ContractId,
    /// SHA-256 of the code; the code itself is never stored.
    pub code: Digest,
}

impl Command for IssueCheckinCode {
    fn name(&self) -> &'static str {
        "checkin.issue"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract), Key::CheckinCode(self.code)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let contract = state.contracts.get(self.contract).filter(|contract| contract.consumer == consumer);
        let contract = found(contract)?;
        context.reviewed(contract.revision)?;
        if contract.state != ContractState::Active {
            return Err(Rejection::ContractNotActive { current_state: contract.state.to_string() });
        }
        // The same random code may come up again once the first one is dead, but it never takes over a living one.
        let living =
            |code| state.checkin_codes.get(code).is_some_and(|code| !code.used && context.at < code.expires_at);
        assert!(!living(self.code), "two living check-in codes are the same");
        let issued = CheckinIssued {
            code: self.code,
            consumer,
            contract: self.contract,
            expires_at: context.at.plus_minutes(packs::in_force().times(contract).checkin_code_minutes),
            merchant: contract.merchant,
        };
        Ok(Decided::one(self.contract, Fact::plain(issued)))
    }
}
