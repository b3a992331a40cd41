//! A refund that waited for a bank account gets its payout.

use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, PayoutCreated};
use crate::domain::id::{ConsumerId, ContractId, Party, PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{RefundState, Role};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// The service creates the payout of a refund whose consumer has named an account since.
///
/// Without it, a refund ordered before the consumer had any account would wait for ever.
#[derive(Debug)]
pub struct CreatePayout {
    /// The refund.
    pub refund: RefundId,
    /// Id of the payout to create.
    pub payout: PayoutId,
}

impl Command for CreatePayout {
    fn name(&self) -> &'static str {
        "payout.create"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Refund(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::System])?;
        let refund = found(state.refunds.get(self.refund))?;
        in_state(refund.state, &[RefundState::NeedsAccount])?;
        let consumer = found(state.consumers.get(refund.consumer))?;
        let failed = refund.payout.and_then(|payout| state.payouts.get(payout)).map(|payout| payout.account);
        // The account that failed before would fail again.
        let account = consumer.payout_account.filter(|account| Some(*account) != failed);
        let account = account.ok_or(Rejection::PayoutAccountMissing)?;
        let amount = refund.decision.map_or(Amount::ZERO, |decision| decision.amount);
        let whose = (refund.id, refund.contract, refund.consumer);
        Ok(Decided::one(self.payout, payout_of_refund(whose, amount, account, self.payout)))
    }
}

/// The transfer that pays a refund of a contract to its consumer; its money stands in the consumer's refund account
/// until the bank has made it.
pub(in crate::ledger::commands) fn payout_of_refund(
    (refund, contract, consumer): (RefundId, ContractId, ConsumerId),
    amount: Amount,
    account: Digest,
    payout: PayoutId,
) -> Fact {
    Fact::plain(PayoutCreated {
        account,
        amount,
        contract: Some(contract),
        payee: Party::Consumer(consumer),
        payout,
        refund: Some(refund),
        settlement: None,
    })
}
