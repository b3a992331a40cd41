//! On what a refund was ordered: the log must show what its basis asserts, and why an amount is not the engine's. Where
//! only the undisputed part was, both figures must stand there.

use crate::domain::event::{Event, RefundOrdered, RefundPriorServiceClaimed, RefundPriorServiceDecided};
use crate::domain::figures::Sides;
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
    contested: Option<Amount>,
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
            contested: $data.contested,
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
            shares_all(state, data)?;
            reaches_all(data)?;
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
    let Order { refund: id, basis, .. } = *order;
    let refund = found(state, id)?;
    match order.contested {
        Some(_) => undisputed(state, refund, order)?,
        None => explained(refund, order)?,
    }
    // Once proposed, it was checked when it was proposed.
    let proposed = refund.state == RefundState::Proposed;
    if proposed || is_shown(refund, order) { Ok(()) } else { Err(format!("nothing in the log shows {basis} for {id}")) }
}

/// What is decided is the engine's figure, or a reason says why it is not.
fn explained(refund: &Refund, order: &Order) -> Result<(), String> {
    let (id, amount) = (refund.id, order.amount);
    let expected = refund.figures.refund.checked_sub(order.shortfall);
    let expected = expected.ok_or_else(|| format!("{id} falls short of more than the rules give"))?;
    if amount == expected || order.has_reason {
        return Ok(());
    }
    Err(format!("{amount} is decided where the rules give {expected}, and nothing says why"))
}

/// An order shares out all that the contract holds: to the consumer, to the merchant, and to a dispute.
fn shares_all(state: &State, data: &RefundOrdered) -> Result<(), String> {
    let parts = [data.merchant_share, data.contested.unwrap_or_default()];
    let sum = parts.into_iter().try_fold(data.amount, Amount::checked_add);
    let held = state.contracts.get(data.contract).and_then(|contract| contract.held.amount());
    if sum.is_some() && sum == held { Ok(()) } else { Err(format!("{} does not share out what is held", data.refund)) }
}

/// Where escrow falls short of what the consumer is due, all that it reaches is given or contested.
fn reaches_all(data: &RefundOrdered) -> Result<(), String> {
    if data.contested.is_none() || data.shortfall.is_zero() || data.merchant_share.is_zero() {
        return Ok(());
    }
    Err(format!("the merchant gets {} of {}, which falls short", data.merchant_share, data.refund))
}

/// The part that nobody disputes is the lower of both figures, as far as escrow reaches, and the dispute is over all that
/// the consumer is due beyond it.
fn undisputed(state: &State, refund: &Refund, order: &Order) -> Result<(), String> {
    let contract = state.contracts.get(refund.contract);
    let contract = contract.ok_or_else(|| format!("there is no contract of {}", refund.id))?;
    let sides = Sides::of(state, contract, refund).ok().flatten();
    let sides = sides.ok_or_else(|| format!("nothing in the log shows that {} is disputed", refund.id))?;
    let reached = sides.consumer.checked_sub(order.shortfall);
    let shares = reached.map(|reached| sides.within(reached));
    let shares = shares.ok_or_else(|| format!("{} falls short of more than the rules give", refund.id))?;
    let as_both_say = (shares.undisputed, Some(shares.contested)) == (order.amount, order.contested);
    if as_both_say && order.basis == Basis::Consent && !order.has_document && !order.has_reason {
        return Ok(());
    }
    let (undisputed, contested) = (shares.undisputed, shares.contested);
    Err(format!("{} is parted otherwise than into {undisputed} that both give and {contested}", refund.id))
}

fn is_shown(refund: &Refund, order: &Order) -> bool {
    let claim_open = refund.prior_service_is_claimed();
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
