//! A notary carries out a court's order to set money aside.

use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, FreezeOrdered};
use crate::domain::id::{ConsumerId, ContractId, FreezeId, MerchantId};
use crate::domain::money::Amount;
use crate::domain::objects::{ContractState, MerchantState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// On whose money an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// What a contract holds, and what of it is delivered and not confirmed.
    Contract(ContractId),
    /// What a merchant has earned and not received.
    Merchant(MerchantId),
}

/// Sets an amount aside until the order is lifted or carried out. What it reaches is taken at once, and the rest in its
/// turn: see [`crate::domain::court_orders`].
#[derive(Debug)]
pub struct OrderFreeze {
    /// Its id.
    pub freeze: FreezeId,
    /// On whose money it is.
    pub target: Target,
    /// How much; more than nothing.
    pub amount: Amount,
    /// SHA-256 of the court's document.
    pub document_sha256: Digest,
    /// SM3 of the court's document.
    pub document_sm3: Digest,
    /// Commitment to the court and the number of its case.
    pub particulars: Digest,
}

/// What an order is on, as it stands.
struct Found<'a> {
    contract: Option<(ContractId, ConsumerId)>,
    merchant: MerchantId,
    orders: &'a [FreezeId],
}

impl Command for OrderFreeze {
    fn name(&self) -> &'static str {
        "freeze.order"
    }

    fn keys(&self) -> Vec<Key> {
        match self.target {
            Target::Contract(contract) => vec![Key::Contract(contract), Key::PendingIn(contract)],
            Target::Merchant(merchant) => vec![Key::Merchant(merchant)],
        }
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let Found { contract, merchant, orders } = self.found(state, context)?;
        // Two notaries who open the same letter set its amount aside once.
        let mut open = orders.iter().filter_map(|order| state.freezes.get(*order));
        if open.any(|order| order.document_sha256 == Some(self.document_sha256)) {
            return Err(Rejection::AlreadyOrdered);
        }
        let event = FreezeOrdered {
            amount: self.amount,
            consumer: contract.map(|(_, consumer)| consumer),
            contract: contract.map(|(contract, _)| contract),
            document_sha256: self.document_sha256,
            document_sm3: self.document_sm3,
            freeze: self.freeze,
            merchant,
            particulars: self.particulars,
        };
        Ok(Decided::one(self.freeze, Fact::plain(event)))
    }
}

impl OrderFreeze {
    /// Checks that there is, or can be, money.
    fn found<'a>(&self, state: &'a State, context: &Context<'_>) -> Result<Found<'a>, Rejection> {
        match self.target {
            Target::Contract(id) => {
                use ContractState::{Active, Closing, Completed, Signed};
                let contract = found(state.contracts.get(id))?;
                context.reviewed(contract.revision)?;
                in_state(contract.state, &[Signed, Active, Completed, Closing])?;
                let whose = Some((contract.id, contract.consumer));
                Ok(Found { contract: whose, merchant: contract.merchant, orders: &contract.court_orders })
            }
            Target::Merchant(id) => {
                use MerchantState::{Active, Defaulted, Exited, Exiting, Suspended};
                let merchant = found(state.merchants.get(id))?;
                context.reviewed(merchant.revision)?;
                in_state(merchant.state, &[Active, Suspended, Exiting, Exited, Defaulted])?;
                Ok(Found { contract: None, merchant: merchant.id, orders: &merchant.court_orders })
            }
        }
    }
}
