//! A merchant marks one use of the service, with or without the holder's code.

use super::{Leaving, confirmed};
use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found};
use crate::domain::digest::Digest;
use crate::domain::event::{DeliveryRecorded, Fact};
use crate::domain::id::{ContractId, DeliveryId};
use crate::domain::money::Amount;
use crate::domain::objects::{CheckinCode, ConfirmedHow, Contract, ContractState, Origin};
use crate::domain::rejection::Rejection;
use crate::domain::rules::delivery_amount;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Marks a use of a contract; the consumer can answer it inside the confirm window.
#[derive(Debug)]
pub struct RecordDelivery {
    /// Its id.
    pub delivery: DeliveryId,
    /// The contract used up.
    pub contract: ContractId,
    /// Units used; at least 1.
    pub units: u64,
    /// When the service took place; now, if not given.
    pub occurred_at: Option<Timestamp>,
    /// Commitment to the merchant's note.
    pub note: Option<Digest>,
}

/// Marks a use of the contract whose code the holder's phone shows; it is confirmed at once.
#[derive(Debug)]
pub struct CheckIn {
    /// Its id.
    pub delivery: DeliveryId,
    /// SHA-256 of the code.
    pub code: Digest,
    /// Units used; at least 1.
    pub units: u64,
    /// When the service took place; now, if not given.
    pub occurred_at: Option<Timestamp>,
    /// Commitment to the merchant's note.
    pub note: Option<Digest>,
}

impl Command for RecordDelivery {
    fn name(&self) -> &'static str {
        "delivery.record"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let contract = state.contracts.get(self.contract).filter(|contract| contract.merchant == merchant);
        let contract = found(contract)?;
        context.reviewed(contract.revision)?;
        let occurred_at = may_record(contract, self.units, self.occurred_at, context)?;
        if contract.open_refund.is_some() {
            return Err(Rejection::RefundOpen);
        }
        let amount = may_release(contract, self.units)?;
        let marked = Marked { delivery: self.delivery, units: self.units, amount, occurred_at, note: self.note };
        Ok(Decided::one(self.delivery, recorded(contract, &marked, None, context)))
    }
}

impl Command for CheckIn {
    fn name(&self) -> &'static str {
        "delivery.check_in"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::CheckinCode(self.code)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let code = state.checkin_codes.get(self.code).ok_or(Rejection::CheckinCodeUnknown)?;
        let contract = state.contracts.get(code.contract).filter(|contract| contract.merchant == merchant);
        let contract = contract.ok_or(Rejection::CheckinCodeUnknown)?;
        may_use(code, context)?;
        let occurred_at = may_record(contract, self.units, self.occurred_at, context)?;
        let amount = may_release(contract, self.units)?;
        let marked = Marked { delivery: self.delivery, units: self.units, amount, occurred_at, note: self.note };
        let leaving = Leaving { contract, delivery: self.delivery, amount, origin: Origin::Pending };
        let mut facts = vec![
            recorded(contract, &marked, Some(self.code), context),
            confirmed(&leaving, ConfirmedHow::CheckinCode, context.at),
        ];
        let units_live = contract.units_live.saturating_add(self.units);
        facts.extend(refund_recalculated(state, contract, units_live));
        Ok(Decided { facts, shows: self.delivery.into() })
    }
}

fn may_use(code: &CheckinCode, context: &Context<'_>) -> Result<(), Rejection> {
    if code.used {
        return Err(Rejection::CheckinCodeUsed);
    }
    if context.at >= code.expires_at {
        return Err(Rejection::CheckinCodeExpired);
    }
    Ok(())
}

/// Checks that a delivery can be recorded at all; answers when it took place.
fn may_record(
    contract: &Contract,
    units: u64,
    occurred_at: Option<Timestamp>,
    context: &Context<'_>,
) -> Result<Timestamp, Rejection> {
    let occurred_at = occurred_at.unwrap_or(context.at);
    if occurred_at > context.at {
        return Err(Rejection::OccurredInFuture);
    }
    let active_since = match (contract.state, contract.active_since) {
        (ContractState::Active, Some(active_since)) => active_since,
        (ContractState::Completed, _) => return Err(Rejection::UnitsExhausted { remaining: 0 }),
        (other, _) => return Err(Rejection::ContractNotActive { current_state: other.to_string() }),
    };
    if occurred_at < active_since {
        return Err(Rejection::OccurredBeforeActive);
    }
    if units > contract.units_remaining() {
        return Err(Rejection::UnitsExhausted { remaining: contract.units_remaining() });
    }
    Ok(occurred_at)
}

/// What the delivery releases, if the contract's free money covers it.
fn may_release(contract: &Contract, units: u64) -> Result<Amount, Rejection> {
    let remaining = contract.units_remaining();
    let amount = delivery_amount(contract, units).ok_or(Rejection::UnitsExhausted { remaining })?;
    let available = contract.held.amount().unwrap_or_default();
    if amount > available {
        return Err(Rejection::FundsFrozen { available });
    }
    Ok(amount)
}

/// A delivery as the merchant marks it.
struct Marked {
    delivery: DeliveryId,
    units: u64,
    amount: Amount,
    occurred_at: Timestamp,
    note: Option<Digest>,
}

fn recorded(contract: &Contract, marked: &Marked, checkin: Option<Digest>, context: &Context<'_>) -> Fact {
    let event = DeliveryRecorded {
        amount: marked.amount,
        checkin,
        confirm_by: context.at.plus_hours(contract.figures.confirm_window_hours),
        consumer: contract.consumer,
        contract: contract.id,
        delivery: marked.delivery,
        merchant: contract.merchant,
        note: marked.note,
        occurred_at: marked.occurred_at,
        units: marked.units,
    };
    let (held, pending) = (Account::ContractHeld(contract.id), Account::ContractPending(contract.id));
    Fact::moving(event, transfer(held, pending, marked.amount))
}
