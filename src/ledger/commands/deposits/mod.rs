//! Deposits (提存): money on its way into the special account.

mod end;
mod receive;
mod start;
mod unclaimed;

pub use end::{ExpireDeposit, FailDeposit};
pub use receive::ReceiveDeposit;
pub use start::StartDeposit;
pub use unclaimed::WarnUnclaimed;

use crate::domain::actor::Actor;
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::DepositExpired;
use crate::domain::name::Name;
use crate::domain::objects::Deposit;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::Decided;

/// The channel that reports; nobody else knows what became of a payment.
fn channel(context: &Context<'_>) -> Result<Name, Rejection> {
    match context.actor {
        Actor::Channel(name) => Ok(name),
        _ => Err(Rejection::Forbidden),
    }
}

/// The answer to a message that was taken in before: nothing happens, and the reply shows what it became part of.
fn repeated(state: &State, transaction: Digest) -> Option<Decided> {
    let taken_in = state.channel_transactions.get(transaction)?;
    Some(Decided { facts: Vec::new(), shows: taken_in.subject })
}

fn expired(deposit: &Deposit) -> DepositExpired {
    DepositExpired {
        consumer: deposit.consumer,
        contract: deposit.contract,
        deposit: deposit.id,
        merchant: deposit.merchant,
    }
}
