//! A guardian consents to a minor's contract. A notary records it, who has seen who the guardian is: nobody else here
//! could tell a guardian from the minor.

use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{ContractGuardianConsented, Fact};
use crate::domain::id::ContractId;
use crate::domain::objects::{ContractState, Document};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Records a guardian's consent: to the holder's contract before it is signed by both, or later to its being taken over
/// by the person to whom it is offered.
#[derive(Debug)]
pub struct ConsentGuardian {
    /// The contract.
    pub contract: ContractId,
    /// Commitment to who the guardian is.
    pub guardian: Digest,
    /// The consent.
    pub document: Document,
}

impl Command for ConsentGuardian {
    fn name(&self) -> &'static str {
        "contract.consent_guardian"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let contract = found(state.contracts.get(self.contract))?;
        context.reviewed(contract.revision)?;
        let offered = contract.transfer_to.filter(|_| contract.state == ContractState::Active);
        if offered.is_none() {
            in_state(contract.state, &[ContractState::Draft])?;
        }
        let event = ContractGuardianConsented {
            consumer: offered.unwrap_or(contract.consumer),
            contract: contract.id,
            document_sha256: self.document.sha256,
            document_sm3: self.document.sm3,
            guardian: self.guardian,
            merchant: contract.merchant,
        };
        Ok(Decided::one(contract.id, Fact::plain(event)))
    }
}
