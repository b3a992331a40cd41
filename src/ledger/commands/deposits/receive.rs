//! A channel reports that money came in.

use super::{channel, repeated};
use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found};
use crate::domain::digest::Digest;
use crate::domain::event::{DepositCredited, Fact, SuspenseReceived};
use crate::domain::id::{DepositId, SuspenseId};
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::{Contract, Deposit, DepositState, SuspenseReason};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::command::{Command, Decided, Key};

/// Takes in money that stands in the special account: it is credited to the deposit that waits for exactly it, and
/// goes to suspense otherwise. No receipt is ever refused, because the money is there.
#[derive(Debug)]
pub struct ReceiveDeposit {
    /// Digest of channel and transaction id.
    pub transaction: Digest,
    /// The deposit that the payment's reference names, where it names one.
    pub deposit: Option<DepositId>,
    /// What came in.
    pub amount: Amount,
    /// When it was paid, where the channel says so; never after now.
    pub paid_at: Option<Timestamp>,
    /// The bank account in which it stands.
    pub bank: Name,
    /// The id of the receipt, should it match nothing.
    pub suspense: SuspenseId,
}

impl Command for ReceiveDeposit {
    fn name(&self) -> &'static str {
        "deposit.credit"
    }

    fn keys(&self) -> Vec<Key> {
        let mut keys = vec![
            Key::ChannelTransaction(self.transaction),
            Key::Suspense(self.suspense),
            Key::Account(Account::Bank(self.bank)),
            Key::Account(Account::OfficeSuspense),
        ];
        keys.extend(self.deposit.map(Key::Deposit));
        keys
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let channel = channel(context)?;
        if let Some(repeated) = repeated(state, self.transaction) {
            return Ok(repeated);
        }
        let named = self.deposit.and_then(|id| state.deposits.get(id));
        match self.matching(named, channel, context.at) {
            Ok(deposit) => {
                let contract = found(state.contracts.get(deposit.contract))?;
                Ok(Decided::one(deposit.id, self.credited(deposit, contract, context)))
            }
            Err(reason) => Ok(Decided::one(self.suspense, self.suspended(named, channel, reason))),
        }
    }
}

impl ReceiveDeposit {
    /// The deposit that waits for this money, or why none does.
    fn matching<'a>(
        &self,
        named: Option<&'a Deposit>,
        channel: Name,
        at: Timestamp,
    ) -> Result<&'a Deposit, SuspenseReason> {
        let deposit = named.filter(|deposit| deposit.channel == channel).ok_or(SuspenseReason::UnknownDeposit)?;
        match deposit.state {
            DepositState::Credited => Err(SuspenseReason::AlreadyPaid),
            DepositState::Failed | DepositState::Expired => Err(SuspenseReason::Late),
            // The deadline decides, even where nothing has written the expiry yet.
            DepositState::AwaitingPayment if at >= deposit.expires_at => Err(SuspenseReason::Late),
            DepositState::AwaitingPayment if self.amount != deposit.amount => Err(SuspenseReason::WrongAmount),
            DepositState::AwaitingPayment => Ok(deposit),
        }
    }

    fn credited(&self, deposit: &Deposit, contract: &Contract, context: &Context<'_>) -> Fact {
        let credited_on = context.today();
        let paid_on = self.paid_at.map_or(credited_on, |paid_at| paid_at.date(context.zone).max(credited_on));
        let times = packs::in_force().times(contract);
        let cooling_off_until = times.cooling_off.end_from(paid_on, context.calendar, context.zone);
        let event = DepositCredited {
            amount: self.amount,
            consumer: deposit.consumer,
            contract: deposit.contract,
            cooling_off_until,
            deposit: deposit.id,
            ends_on: credited_on.plus_days(i64::from(contract.figures.validity_days)),
            merchant: deposit.merchant,
            paid_on,
            transaction: self.transaction,
        };
        Fact::moving(event, transfer(Account::Bank(self.bank), Account::ContractHeld(deposit.contract), self.amount))
    }

    fn suspended(&self, named: Option<&Deposit>, channel: Name, reason: SuspenseReason) -> Fact {
        let event = SuspenseReceived {
            amount: self.amount,
            channel,
            deposit: named.map(|deposit| deposit.id),
            reason,
            suspense: self.suspense,
            transaction: self.transaction,
        };
        Fact::moving(event, transfer(Account::Bank(self.bank), Account::OfficeSuspense, self.amount))
    }
}
