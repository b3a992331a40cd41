//! A notary lifts what a court has ordered.

use super::facts::{all_of, given_back};
use super::{open_order, review};
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, FreezeOrderLifted};
use crate::domain::id::FreezeId;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Lifts an order whole, by a document of the court. Everything goes back to where it came from, unless another order
/// waits for it.
#[derive(Debug)]
pub struct LiftFreeze {
    /// The freeze.
    pub freeze: FreezeId,
    /// SHA-256 of the court's document.
    pub document_sha256: Digest,
    /// SM3 of the court's document.
    pub document_sm3: Digest,
}

impl Command for LiftFreeze {
    fn name(&self) -> &'static str {
        "freeze.lift"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Freeze(self.freeze)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let freeze = open_order(state, self.freeze)?;
        let revision = context.reviewed(freeze.revision)?;
        let left = all_of(freeze);
        let postings = given_back(freeze, &left);
        let event = FreezeOrderLifted {
            consumer: freeze.consumer,
            contract: freeze.contract,
            deliveries: left.deliveries,
            document_sha256: Some(self.document_sha256),
            document_sm3: Some(self.document_sm3),
            freeze: freeze.id,
            held: left.held,
            merchant: freeze.merchant,
            payable: left.payable,
            pending: left.pending,
            review: review(freeze, Action::LiftFreeze, freeze.amount(), revision),
            signature: None,
        };
        let mut facts = vec![Fact::moving(event, postings)];
        let contract = freeze.contract.and_then(|contract| state.contracts.get(contract));
        facts.extend(contract.and_then(|contract| refund_recalculated(state, contract, None)));
        Ok(Decided { facts, shows: freeze.id.into() })
    }
}
