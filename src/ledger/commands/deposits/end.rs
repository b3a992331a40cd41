//! A deposit ends without money.

use super::{channel, expired, repeated};
use crate::domain::context::{Context, found, state_conflict};
use crate::domain::digest::Digest;
use crate::domain::event::{DepositFailed, Fact};
use crate::domain::id::DepositId;
use crate::domain::objects::{Deposit, DepositState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// A channel reports that the payment failed; the consumer can start another deposit.
#[derive(Debug)]
pub struct FailDeposit {
    /// Digest of channel and transaction id.
    pub transaction: Digest,
    /// The deposit that the payment's reference names.
    pub deposit: DepositId,
}

/// The time to pay is over. Submitted by the service's own timer.
#[derive(Debug)]
pub struct ExpireDeposit {
    /// The deposit.
    pub deposit: DepositId,
}

impl Command for FailDeposit {
    fn name(&self) -> &'static str {
        "deposit.fail"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::ChannelTransaction(self.transaction), Key::Deposit(self.deposit)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let channel = channel(context)?;
        if let Some(repeated) = repeated(state, self.transaction) {
            return Ok(repeated);
        }
        let deposit = state.deposits.get(self.deposit).filter(|deposit| deposit.channel == channel);
        let deposit = deposit.ok_or(Rejection::OrderUnknown)?;
        awaiting(deposit)?;
        let failed = DepositFailed {
            consumer: deposit.consumer,
            contract: deposit.contract,
            deposit: deposit.id,
            merchant: deposit.merchant,
            transaction: self.transaction,
        };
        Ok(Decided::one(deposit.id, Fact::plain(failed)))
    }
}

impl Command for ExpireDeposit {
    fn name(&self) -> &'static str {
        "deposit.expire"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Deposit(self.deposit)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let deposit = found(state.deposits.get(self.deposit))?;
        awaiting(deposit)?;
        if context.at < deposit.expires_at {
            return Err(state_conflict(deposit.state.as_str(), &[]));
        }
        Ok(Decided::one(deposit.id, Fact::plain(expired(deposit))))
    }
}

fn awaiting(deposit: &Deposit) -> Result<(), Rejection> {
    match deposit.state {
        DepositState::AwaitingPayment => Ok(()),
        other => Err(state_conflict(other.as_str(), &[DepositState::AwaitingPayment.as_str()])),
    }
}
