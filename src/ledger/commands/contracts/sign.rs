//! A party signs the terms.

use super::{own, still_allowed};
use crate::domain::age::can_bind;
use crate::domain::context::{Context, state_conflict};
use crate::domain::digest::Digest;
use crate::domain::event::{ContractSigned, Fact};
use crate::domain::id::{ContractId, Party};
use crate::domain::objects::{Contract, ContractState};
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_contract;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Signs a contract on the caller's side; the second signature makes it signed.
#[derive(Debug)]
pub struct SignContract {
    /// The contract.
    pub contract: ContractId,
    /// SHA-256 of the terms that the signer has read.
    pub terms_sha256: Digest,
    /// SM3 of the same, where the signer names it too.
    pub terms_sm3: Option<Digest>,
    /// The consumer's word on whether silence confirms deliveries: false declines what the terms offer.
    pub silence_confirms: Option<bool>,
    /// The consumer's separate tick for arbitration; without it there is no agreement on that.
    pub arbitration: Option<bool>,
}

impl Command for SignContract {
    fn name(&self) -> &'static str {
        "contract.sign"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::PortfolioOf(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let (contract, by) = own(state, context, self.contract)?;
        may_sign(contract, by)?;
        may_contract(state, contract.merchant)?;
        if by == Party::Consumer(contract.consumer) {
            can_bind(contract, contract.holder_age, contract.guardian.is_some())?;
        }
        let names_another = self.terms_sm3.is_some_and(|named| named != contract.terms_sm3);
        if self.terms_sha256 != contract.terms_sha256 || names_another {
            return Err(Rejection::TermsMismatch);
        }
        still_allowed(state, contract, context)?;
        let signed = ContractSigned {
            arbitration: self.arbitration(contract, by)?,
            by,
            consumer: contract.consumer,
            contract: self.contract,
            merchant: contract.merchant,
            silence_confirms: self.silence(contract, by)?,
            terms_sha256: contract.terms_sha256,
            terms_sm3: contract.terms_sm3,
        };
        Ok(Decided::one(self.contract, Fact::plain(signed)))
    }
}

impl SignContract {
    /// Whether disputes can go to arbitration with this signature on the terms. It is agreed to by a tick of its own, and
    /// nobody can add what the terms do not offer.
    fn arbitration(&self, contract: &Contract, by: Party) -> Result<bool, Rejection> {
        let offered = contract.figures.arbitration;
        match (by, self.arbitration) {
            (Party::Consumer(_), Some(true)) if !offered => Err(Rejection::TermsMismatch),
            (Party::Consumer(_), ticked) => Ok(ticked.unwrap_or(false)),
            (Party::Merchant(_), _) => Ok(offered),
        }
    }

    /// What the contract says about silence with this signature on it. Nobody can add what the terms do not offer.
    fn silence(&self, contract: &Contract, by: Party) -> Result<bool, Rejection> {
        let offered = contract.figures.silence_confirms;
        match (by, self.silence_confirms) {
            (Party::Consumer(_), Some(true)) if !offered => Err(Rejection::TermsMismatch),
            (Party::Consumer(_), Some(wanted)) => Ok(wanted),
            _ => Ok(offered),
        }
    }
}

fn may_sign(contract: &Contract, by: Party) -> Result<(), Rejection> {
    let signed_before = match by {
        Party::Consumer(_) => contract.signed_by_consumer_at.is_some(),
        Party::Merchant(_) => contract.signed_by_merchant_at.is_some(),
    };
    match contract.state {
        ContractState::Cancelled => Err(state_conflict(contract.state.as_str(), &[ContractState::Draft.as_str()])),
        _ if signed_before => Err(Rejection::AlreadySigned),
        ContractState::Draft => Ok(()),
        other => Err(state_conflict(other.as_str(), &[ContractState::Draft.as_str()])),
    }
}
