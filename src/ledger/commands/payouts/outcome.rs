//! What the bank says of a payout. A message that was taken in before changes nothing.

use super::contract_of;
use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found, in_state, state_conflict};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, PayoutRejected, PayoutReturned, PayoutSettled};
use crate::domain::id::{Party, PayoutId, ReturnId};
use crate::domain::name::Name;
use crate::domain::objects::{Payout, PayoutState, Role};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// The bank made the transfer: the money has left the special account.
#[derive(Debug)]
pub struct SettlePayout {
    /// The payout.
    pub payout: PayoutId,
    /// The special account it left.
    pub bank: Name,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

/// The bank refused the transfer: a merchant's money is payable again, a consumer's waits for another account.
#[derive(Debug)]
pub struct RejectPayout {
    /// The payout.
    pub payout: PayoutId,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

/// The bank gave a settled transfer back: the money is in the special account again.
#[derive(Debug)]
pub struct ReturnPayout {
    /// The payout.
    pub payout: PayoutId,
    /// Id of the return.
    pub payout_return: ReturnId,
    /// The special account it came back to.
    pub bank: Name,
    /// Digest of channel and transaction id.
    pub transaction: Digest,
}

impl Command for SettlePayout {
    fn name(&self) -> &'static str {
        "payout.settle"
    }

    fn keys(&self) -> Vec<Key> {
        let bank = Account::Bank(self.bank);
        vec![Key::Payout(self.payout), Key::ChannelTransaction(self.transaction), Key::Account(bank)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let Some(payout) = told(state, self.payout, self.transaction, context)? else { return Ok(known(self.payout)) };
        in_state(payout.state, &[PayoutState::Submitted])?;
        let event = PayoutSettled {
            amount: payout.amount,
            contract: contract_of(state, payout),
            payee: payout.payee,
            payout: payout.id,
            refund: payout.refund,
            settlement: payout.settlement,
            transaction: self.transaction,
        };
        let postings = transfer(on_its_way(payout.payee), Account::Bank(self.bank), payout.amount);
        Ok(Decided::one(payout.id, Fact::moving(event, postings)))
    }
}

impl Command for RejectPayout {
    fn name(&self) -> &'static str {
        "payout.reject"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Payout(self.payout), Key::ChannelTransaction(self.transaction)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let Some(payout) = told(state, self.payout, self.transaction, context)? else { return Ok(known(self.payout)) };
        in_state(payout.state, &[PayoutState::Submitted])?;
        let event = PayoutRejected {
            amount: payout.amount,
            contract: contract_of(state, payout),
            payee: payout.payee,
            payout: payout.id,
            refund: payout.refund,
            settlement: payout.settlement,
            transaction: self.transaction,
        };
        let postings = match payout.payee {
            Party::Merchant(_) => transfer(on_its_way(payout.payee), owed(payout.payee), payout.amount),
            Party::Consumer(_) => Vec::new(),
        };
        Ok(Decided::one(payout.id, Fact::moving(event, postings)))
    }
}

impl Command for ReturnPayout {
    fn name(&self) -> &'static str {
        "payout.return"
    }

    fn keys(&self) -> Vec<Key> {
        let bank = Account::Bank(self.bank);
        vec![Key::Payout(self.payout), Key::ChannelTransaction(self.transaction), Key::Account(bank)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let Some(payout) = told(state, self.payout, self.transaction, context)? else { return Ok(known(self.payout)) };
        in_state(payout.state, &[PayoutState::Settled])?;
        if payout.returned_by.is_some() {
            return Err(state_conflict("returned", &["settled"]));
        }
        let event = PayoutReturned {
            amount: payout.amount,
            contract: contract_of(state, payout),
            payee: payout.payee,
            payout: payout.id,
            payout_return: self.payout_return,
            refund: payout.refund,
            settlement: payout.settlement,
            transaction: self.transaction,
        };
        let postings = transfer(Account::Bank(self.bank), owed(payout.payee), payout.amount);
        Ok(Decided::one(payout.id, Fact::moving(event, postings)))
    }
}

/// The payout that the bank's message is about; none when the message was taken in before.
fn told<'a>(
    state: &'a State,
    id: PayoutId,
    transaction: Digest,
    context: &Context<'_>,
) -> Result<Option<&'a Payout>, Rejection> {
    context.acts_as(&[Role::Channel])?;
    let payout = found(state.payouts.get(id))?;
    Ok(state.channel_transactions.get(transaction).is_none().then_some(payout))
}

/// Nothing happened that was not known.
fn known(payout: PayoutId) -> Decided {
    Decided { facts: Vec::new(), shows: payout.into() }
}

/// Where the money stands until the bank has made the transfer.
const fn on_its_way(payee: Party) -> Account {
    match payee {
        Party::Merchant(id) => Account::MerchantPayout(id),
        Party::Consumer(id) => Account::ConsumerRefund(id),
    }
}

/// Where the money stands when the transfer has failed. A consumer's is never anyone else's again.
const fn owed(payee: Party) -> Account {
    match payee {
        Party::Merchant(id) => Account::MerchantPayable(id),
        Party::Consumer(id) => Account::ConsumerRefund(id),
    }
}
