//! A notary pays what is under a court's order by an award or a judgment.

use super::{open_order, review};
use crate::domain::account::{Account, Posting, transfer};
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, FreezeExecuted};
use crate::domain::id::{FreezeId, PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Contract, Freeze, Split};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::disputes::{after, may_split, payout_of_split, splits_all};
use crate::ledger::commands::recalculate::refund_recalculated;
use crate::ledger::commands::refunds::pay_by;

/// Splits exactly what is frozen: to the consumer, to the merchant, and back to the contract. The order ends with that,
/// also where a part of it was still waiting. What is under an order on a merchant can only be the merchant's.
#[derive(Debug)]
pub struct ExecuteFreeze {
    /// The freeze.
    pub freeze: FreezeId,
    /// An award or a judgment.
    pub basis: Basis,
    /// How it splits the frozen money.
    pub split: Split,
    /// SHA-256 of the document.
    pub document_sha256: Digest,
    /// SM3 of the document.
    pub document_sm3: Digest,
    /// Id of the refund that pays the consumer's part.
    pub refund: RefundId,
    /// Id of its payout.
    pub payout: PayoutId,
}

impl Command for ExecuteFreeze {
    fn name(&self) -> &'static str {
        "freeze.execute"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Freeze(self.freeze)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let freeze = open_order(state, self.freeze)?;
        let revision = context.reviewed(freeze.revision)?;
        let split = &self.split;
        let frozen = freeze.amount();
        may_split(state, split, freeze)?;
        splits_all(split, freeze)?;
        let is_merchants = split.merchant == frozen && split.voided.is_empty();
        if frozen.is_zero() || (freeze.contract.is_none() && !is_merchants) {
            return Err(Rejection::SplitMismatch { frozen });
        }
        // After this point it must succeed.
        let refund = Some(self.refund).filter(|_| !split.refund.is_zero());
        let amount = if freeze.contract.is_some() { split.refund } else { split.merchant };
        let contract: Option<&Contract> = freeze.contract.and_then(|contract| state.contracts.get(contract));
        let event = FreezeExecuted {
            basis: self.basis,
            consumer: freeze.consumer,
            contract: freeze.contract,
            document_sha256: Some(self.document_sha256),
            document_sm3: Some(self.document_sm3),
            freeze: freeze.id,
            merchant: freeze.merchant,
            pay_by: contract.filter(|_| refund.is_some()).map(|contract| pay_by(contract, None, context)),
            refund,
            requested_on: context.today(),
            review: review(freeze, Action::ExecuteFreeze, amount, revision),
            signature: None,
            split: split.clone(),
        };
        let mut facts = vec![Fact::moving(event, postings(freeze, split))];
        if let Some(contract) = contract {
            facts.extend(refund.and_then(|refund| payout_of_split(state, contract, (refund, self.payout), split)));
            facts.extend(refund_recalculated(state, &after(state, contract, (freeze, split)), None));
        }
        Ok(Decided { facts, shows: freeze.id.into() })
    }
}

fn postings(freeze: &Freeze, split: &Split) -> Vec<Posting> {
    let payable = Account::MerchantPayable(freeze.merchant);
    let Some((contract, consumer)) = freeze.contract.zip(freeze.consumer) else {
        return transfer(Account::MerchantFrozen(freeze.merchant), payable, split.merchant);
    };
    let from = Account::ContractFrozen(contract);
    let to = |account: Account, amount: Amount| transfer(from, account, amount);
    [
        to(Account::ConsumerRefund(consumer), split.refund),
        to(payable, split.merchant),
        to(Account::ContractHeld(contract), split.held),
    ]
    .concat()
}
