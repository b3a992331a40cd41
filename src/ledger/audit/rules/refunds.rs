//! On what a refund was ordered: the log must show what its basis asserts, and why an amount is not the engine's.

use crate::domain::event::{Event, RefundOrdered, RefundPriorServiceClaimed, RefundPriorServiceDecided};
use crate::domain::id::RefundId;
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, PriorServiceState, Refund, RefundState, Role};
use crate::domain::state::State;
use crate::ledger::entry::Entry;

/// What an order or a proposal says.
struct Order {
    refund: RefundId,
    amount: Amount,
    basis: Basis,
    has_document: bool,
    has_reason: bool,
    shortfall: Amount,
}

macro_rules! order {
    ($data:ident) => {
        Order {
            refund: $data.refund,
            amount: $data.amount,
            basis: $data.basis,
            has_document: $data.document_sha256.is_some(),
            has_reason: $data.reason.is_some(),
            shortfall: $data.shortfall,
        }
    };
}

/// Checks an event about a refund.
pub(super) fn check(state: &State, entry: &Entry) -> Result<(), String> {
    match &entry.fact.event {
        Event::RefundProposed(data) => ordered(state, &order!(data)),
        Event::RefundOrdered(data) => {
            if data.pay_by <= entry.at {
                return Err(format!("{} is to be paid before it is ordered", data.refund));
            }
            if entry.actor.role() == Role::System {
                by_itself(state, entry, data)?;
            }
            ordered(state, &order!(data))
        }
        Event::RefundDeclared(data) if !matches!(data.basis, Basis::Waiver | Basis::TakenBack) => {
            Err(format!("a consumer cannot declare {}", data.basis))
        }
        Event::RefundPriorServiceClaimed(data) => claimed(state, entry, data),
        Event::RefundPriorServiceDecided(data) => claim_decided(state, data),
        _ => Ok(()),
    }
}

fn found(state: &State, id: RefundId) -> Result<&Refund, String> {
    state.refunds.get(id).ok_or_else(|| format!("there is no refund {id}"))
}

fn ordered(state: &State, order: &Order) -> Result<(), String> {
    let Order { refund: id, amount, basis, .. } = *order;
    let refund = found(state, id)?;
    let expected = refund.figures.refund.checked_sub(order.shortfall);
    let expected = expected.ok_or_else(|| format!("{id} falls short of more than the rules give"))?;
    if amount != expected && !order.has_reason {
        return Err(format!("{amount} is decided where the rules give {expected}, and nothing says why"));
    }
    // Once proposed, it was checked when it was proposed.
    let proposed = refund.state == RefundState::Proposed;
    if proposed || is_shown(refund, order) { Ok(()) } else { Err(format!("nothing in the log shows {basis} for {id}")) }
}

fn is_shown(refund: &Refund, order: &Order) -> bool {
    let claim_open = refund.prior_service.is_some_and(|claim| claim.state == PriorServiceState::Claimed);
    let declared = |basis| {
        let declared = refund.declaration.filter(|declared| declared.basis == basis);
        declared.is_some_and(|declared| declared.amount == order.amount)
    };
    !claim_open
        && match order.basis {
            Basis::ConditionMet => refund.in_cooling_off() && !refund.figures.needs_decision,
            Basis::Consent => refund.answer.is_some(),
            Basis::Award | Basis::Judgment => order.has_document,
            Basis::Waiver | Basis::TakenBack => order.has_document || declared(order.basis),
        }
}

/// The service itself orders nothing but what an undisputed 7-day refund gives, once nothing can be claimed any more.
fn by_itself(state: &State, entry: &Entry, data: &RefundOrdered) -> Result<(), String> {
    let refund = found(state, data.refund)?;
    let over = refund.claim_by.is_some_and(|claim_by| entry.at >= claim_by);
    let whole = data.amount == refund.figures.refund && data.merchant_share.is_zero();
    if over && whole && data.basis == Basis::ConditionMet && refund.state != RefundState::Proposed {
        return Ok(());
    }
    Err(format!("the service orders {} by itself, which is for a notary to decide", data.refund))
}

fn claimed(state: &State, entry: &Entry, data: &RefundPriorServiceClaimed) -> Result<(), String> {
    let refund = found(state, data.refund)?;
    let in_time = refund.claim_by.is_some_and(|claim_by| entry.at < claim_by);
    if in_time && refund.prior_service.is_none() {
        return Ok(());
    }
    Err(format!("prior service is claimed against {} when it cannot be", data.refund))
}

fn claim_decided(state: &State, data: &RefundPriorServiceDecided) -> Result<(), String> {
    let claim = found(state, data.refund)?.prior_service;
    if claim.is_some_and(|claim| claim.state == PriorServiceState::Claimed) {
        return Ok(());
    }
    Err(format!("no claim of prior service against {} is open", data.refund))
}
