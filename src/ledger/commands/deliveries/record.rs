//! A merchant marks one use of the service, with or without the holder's code.

use super::{Leaving, confirmed};
use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found};
use crate::domain::digest::Digest;
use crate::domain::event::{DeliveryRecorded, Fact, VenueOpened};
use crate::domain::id::{ContractId, DeliveryId};
use crate::domain::money::Amount;
use crate::domain::objects::{CheckinCode, ConfirmedHow, Contract, ContractState, Origin, Used, VisitUsed};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::rules::{delivery_amount, marking_ends_at};
use crate::domain::standing::{Marking, may_serve};
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
    /// What was used; more than nothing.
    pub used: Used,
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
    /// What was used; more than nothing.
    pub used: Used,
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
        may_serve(state, merchant, Marking::Alone)?;
        let (occurred_at, amount) = may_record(contract, &self.used, self.occurred_at, context)?;
        if contract.open_refund.is_some() {
            return Err(Rejection::RefundOpen);
        }
        may_release(contract, amount)?;
        let marked = Marked { delivery: self.delivery, used: self.used, amount, occurred_at, note: self.note };
        let mut facts = vec![recorded(contract, &marked, None, context)];
        facts.extend(opened(state, contract, &marked, context));
        Ok(Decided { facts, shows: self.delivery.into() })
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
        may_use(code, contract, context)?;
        may_serve(state, merchant, Marking::WithCode)?;
        let (occurred_at, amount) = may_record(contract, &self.used, self.occurred_at, context)?;
        may_release(contract, amount)?;
        let marked = Marked { delivery: self.delivery, used: self.used, amount, occurred_at, note: self.note };
        let leaving =
            Leaving { contract, delivery: self.delivery, consumer: contract.consumer, amount, origin: Origin::Pending };
        let mut facts = vec![
            recorded(contract, &marked, Some(self.code), context),
            confirmed(&leaving, ConfirmedHow::CheckinCode, context.at),
        ];
        facts.extend(opened(state, contract, &marked, context));
        facts.extend(refund_recalculated(state, contract, contract.live.with(&self.used, amount)));
        Ok(Decided { facts, shows: self.delivery.into() })
    }
}

/// Checks that a code is good: not used, not too old, and not of somebody who was holder before.
fn may_use(code: &CheckinCode, contract: &Contract, context: &Context<'_>) -> Result<(), Rejection> {
    if code.used {
        return Err(Rejection::CheckinCodeUsed);
    }
    let of_former = contract.holder_since.is_some_and(|since| {
        code.expires_at < since.plus_minutes(packs::in_force().times(contract).checkin_code_minutes)
    });
    if of_former || context.at >= code.expires_at {
        return Err(Rejection::CheckinCodeExpired);
    }
    Ok(())
}

/// Checks that a delivery can be recorded at all; answers when it took place and what it releases.
fn may_record(
    contract: &Contract,
    used: &Used,
    occurred_at: Option<Timestamp>,
    context: &Context<'_>,
) -> Result<(Timestamp, Amount), Rejection> {
    let occurred_at = occurred_at.unwrap_or(context.at);
    if occurred_at > context.at {
        return Err(Rejection::OccurredInFuture);
    }
    let active_since = match (contract.state, contract.active_since) {
        (ContractState::Active, Some(active_since)) => active_since,
        // Nothing is left to be used, and that is what there is to say.
        (ContractState::Completed, _) => contract.active_since.unwrap_or(occurred_at),
        (other, _) => return Err(Rejection::ContractNotActive { current_state: other.to_string() }),
    };
    if occurred_at < active_since {
        return Err(Rejection::OccurredBeforeActive);
    }
    let amount = delivery_amount(contract, used)?;
    if contract.state != ContractState::Active {
        return Err(Rejection::ContractNotActive { current_state: contract.state.to_string() });
    }
    Ok((occurred_at, amount))
}

/// Checks that the contract's free money covers what a delivery releases.
fn may_release(contract: &Contract, amount: Amount) -> Result<(), Rejection> {
    let available = contract.held.amount().unwrap_or_default();
    if amount > available { Err(Rejection::FundsFrozen { available }) } else { Ok(()) }
}

/// A delivery as the merchant marks it.
struct Marked {
    delivery: DeliveryId,
    used: Used,
    amount: Amount,
    occurred_at: Timestamp,
    note: Option<Digest>,
}

/// A visit shows that its venue was open: the day is marked, unless it was, or the time to mark it is over.
fn opened(state: &State, contract: &Contract, marked: &Marked, context: &Context<'_>) -> Option<Fact> {
    let Used::Visit(VisitUsed { venue }) = marked.used else { return None };
    let date = marked.occurred_at.date(context.zone);
    let is_marked = state.venues.get(venue).is_none_or(|venue| venue.open_days.contains(date));
    let is_too_late = context.at >= marking_ends_at(date, context.zone);
    let event = VenueOpened { date, merchant: contract.merchant, venue };
    (!is_marked && !is_too_late).then(|| Fact::plain(event))
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
        used: marked.used,
    };
    let (held, pending) = (Account::ContractHeld(contract.id), Account::ContractPending(contract.id));
    Fact::moving(event, transfer(held, pending, marked.amount))
}
