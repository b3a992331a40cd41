//! A merchant marks one use of the service, with or without the holder's code.

use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found};
use crate::domain::digest::Digest;
use crate::domain::event::{DeliveryConfirmed, DeliveryRecorded, Fact, RefundRecalculated};
use crate::domain::id::{ContractId, DeliveryId};
use crate::domain::objects::{CheckinCode, ConfirmedHow, Contract, ContractState, Origin};
use crate::domain::rejection::Rejection;
use crate::domain::rules::{delivery_amount, matures_at, recalculated};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::command::{Command, Decided, Key};

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
        vec![Key::Contract(self.contract), Key::Delivery(self.delivery)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let contract = state.contracts.get(self.contract).filter(|contract| contract.merchant == merchant);
        let contract = found(contract)?;
        let occurred_at = may_record(contract, self.units, self.occurred_at, context)?;
        if contract.open_refund.is_some() {
            return Err(Rejection::RefundOpen);
        }
        let recorded = recorded(contract, self.delivery, self.units, occurred_at, self.note, None, context)?;
        Ok(Decided::one(self.delivery, recorded))
    }
}

impl Command for CheckIn {
    fn name(&self) -> &'static str {
        "delivery.check_in"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::CheckinCode(self.code), Key::Delivery(self.delivery)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let code = state.checkin_codes.get(self.code).ok_or(Rejection::CheckinCodeUnknown)?;
        let contract = state.contracts.get(code.contract).filter(|contract| contract.merchant == merchant);
        let contract = contract.ok_or(Rejection::CheckinCodeUnknown)?;
        may_use(code, context)?;
        let occurred_at = may_record(contract, self.units, self.occurred_at, context)?;
        let recorded = recorded(contract, self.delivery, self.units, occurred_at, self.note, Some(self.code), context)?;
        let confirmed = confirmed_at_once(contract, self.delivery, self.units, context)?;
        let mut facts = vec![recorded, confirmed];
        facts.extend(open_refund_recalculated(state, contract, self.units, context));
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

fn recorded(
    contract: &Contract,
    delivery: DeliveryId,
    units: u64,
    occurred_at: Timestamp,
    note: Option<Digest>,
    checkin: Option<Digest>,
    context: &Context<'_>,
) -> Result<Fact, Rejection> {
    let remaining = contract.units_remaining();
    let amount = delivery_amount(contract, units).ok_or(Rejection::UnitsExhausted { remaining })?;
    let available = contract.held.amount().unwrap_or_default();
    if amount > available {
        return Err(Rejection::FundsFrozen { available });
    }
    let event = DeliveryRecorded {
        amount,
        checkin,
        confirm_by: context.at.plus_hours(contract.figures.confirm_window_hours),
        consumer: contract.consumer,
        contract: contract.id,
        delivery,
        merchant: contract.merchant,
        note,
        occurred_at,
        units,
    };
    let (held, pending) = (Account::ContractHeld(contract.id), Account::ContractPending(contract.id));
    Ok(Fact::moving(event, transfer(held, pending, amount)))
}

fn confirmed_at_once(
    contract: &Contract,
    delivery: DeliveryId,
    units: u64,
    context: &Context<'_>,
) -> Result<Fact, Rejection> {
    let remaining = contract.units_remaining();
    let amount = delivery_amount(contract, units).ok_or(Rejection::UnitsExhausted { remaining })?;
    let event = DeliveryConfirmed {
        amount,
        consumer: contract.consumer,
        contract: contract.id,
        delivery,
        how: ConfirmedHow::CheckinCode,
        matures_at: matures_at(contract, context.at),
        merchant: contract.merchant,
        origin: Origin::Pending,
    };
    let (pending, payable) = (Account::ContractPending(contract.id), Account::MerchantPayable(contract.merchant));
    Ok(Fact::moving(event, transfer(pending, payable, amount)))
}

/// The open refund's new figures, now that `units` more are used.
fn open_refund_recalculated(state: &State, contract: &Contract, units: u64, context: &Context<'_>) -> Option<Fact> {
    let refund = state.refunds.get(contract.open_refund?)?;
    let mut after = contract.clone();
    after.units_live = after.units_live.saturating_add(units);
    let figures = recalculated(refund, &after, refund.requested_at.date(context.zone)).ok()?;
    Some(Fact::plain(RefundRecalculated {
        consumer: contract.consumer,
        contract: contract.id,
        figures,
        merchant: contract.merchant,
        refund: refund.id,
    }))
}
