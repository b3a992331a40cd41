//! Freezes and disputes: that what is set aside is there to be taken, is what the dispute is about, and comes back whole.

use std::collections::BTreeSet;

use super::steps::{Allowed, in_state, is_new, same};
use crate::domain::actor::Actor;
use crate::domain::event::{DisputeOpened, DisputeWithdrawn, Event, FreezeLifted, FreezeOpened};
use crate::domain::id::{ContractId, DeliveryId, Party};
use crate::domain::money::Amount;
use crate::domain::objects::{Cause, ContractState, DeliveryState, DisputeState, Freeze, FreezeState, Origin, Role};
use crate::domain::state::State;

/// Checks the objects of an event by `actor`.
pub(super) fn check(state: &State, actor: Actor, event: &Event) -> Allowed {
    match event {
        Event::DisputeOpened(data) => opened(state, data).and_then(|()| by_whom(state, actor, data)),
        Event::DisputeWithdrawn(data) => withdrawn(state, data),
        Event::FreezeOpened(data) => frozen(state, data),
        Event::FreezeLifted(data) => lifted(state, data),
        Event::DeliveryConfirmed(data) if data.origin == Origin::Frozen => given_in(state, data.delivery, true),
        Event::DeliveryVoided(data) if data.origin == Origin::Frozen => given_in(state, data.delivery, false),
        _ => Ok(()),
    }
}

/// The sum of deliveries of a contract, each named once and in one of these states.
fn sum(state: &State, contract: ContractId, ids: &[DeliveryId], from: DeliveryState) -> Result<Amount, String> {
    let mut sum = Amount::ZERO;
    for id in ids {
        let delivery = state.deliveries.get(*id);
        in_state(delivery.map(|delivery| delivery.state), &[from], id)?;
        let Some(delivery) = delivery else { continue };
        same(delivery.contract, contract, "contract")?;
        sum = sum.checked_add(delivery.amount).ok_or_else(|| "its deliveries are worth too much".to_owned())?;
    }
    let each_once = ids.iter().collect::<BTreeSet<_>>().len() == ids.len();
    if each_once { Ok(sum) } else { Err("it names a delivery twice".to_owned()) }
}

fn opened(state: &State, data: &DisputeOpened) -> Allowed {
    is_new(state.disputes.get(data.dispute), data.dispute)?;
    is_new(state.freezes.get(data.freeze), data.freeze)?;
    let contract = state.contracts.get(data.contract);
    let from = &[ContractState::Active, ContractState::Completed, ContractState::Closing];
    in_state(contract.map(|contract| contract.state), from, data.contract)?;
    let parties = contract.map(|contract| (contract.merchant, contract.consumer));
    same(parties, Some((data.merchant, data.consumer)), "party")?;
    let pending = sum(state, data.contract, &data.deliveries, DeliveryState::Pending)?;
    same(data.held.checked_add(pending), Some(data.amount), "amount")?;
    if data.amount.is_zero() { Err("it is about nothing".to_owned()) } else { Ok(()) }
}

/// A party opens its own dispute. A notary opens one only over what they left contested of a refund, once, for the
/// consumer whose claim it is.
fn by_whom(state: &State, actor: Actor, data: &DisputeOpened) -> Allowed {
    let by_notary = actor.role() == Role::Notary;
    let Some(id) = data.refund else {
        return if by_notary { Err("a notary opens it, and no refund leaves it open".to_owned()) } else { Ok(()) };
    };
    let refund = state.refunds.get(id).filter(|_| by_notary).filter(|refund| refund.ordered_at.is_some());
    let refund = refund.ok_or_else(|| format!("{id} leaves nothing open that could be disputed so"))?;
    is_new(refund.dispute.as_ref(), "a dispute over this refund")?;
    same(refund.contract, data.contract, "contract")?;
    same(Party::Consumer(refund.consumer), data.by, "opener")?;
    let contested = refund.decision.and_then(|decision| decision.contested);
    same((contested, data.held), (Some(data.amount), data.amount), "amount")?;
    same(refund.answer.and_then(|answer| answer.reason), Some(data.reason), "reason")
}

fn withdrawn(state: &State, data: &DisputeWithdrawn) -> Allowed {
    let dispute = state.disputes.get(data.dispute);
    in_state(dispute.map(|dispute| dispute.state), DisputeState::UNDECIDED, data.dispute)?;
    let Some(dispute) = dispute else { return Ok(()) };
    let of_it = (dispute.contract, dispute.merchant, dispute.consumer);
    same(of_it, (data.contract, data.merchant, data.consumer), "contract, merchant or consumer")?;
    same(dispute.opened_by, data.by, "opener")
}

fn frozen(state: &State, data: &FreezeOpened) -> Allowed {
    is_new(state.freezes.get(data.freeze), data.freeze)?;
    let Some(contract) = data.contract else { return Err("it takes money of no contract".to_owned()) };
    let parties = state.contracts.get(contract).map(|contract| (contract.merchant, Some(contract.consumer)));
    same(parties, Some((data.merchant, data.consumer)), "party")?;
    same(data.cause, Cause::Dispute, "cause")?;
    same(sum(state, contract, &data.deliveries, DeliveryState::Contested)?, data.pending, "sum of deliveries")?;
    let dispute = data.dispute.and_then(|dispute| state.disputes.get(dispute));
    let Some(dispute) = dispute else { return Err("it is for a dispute that is not there".to_owned()) };
    same((dispute.freeze, dispute.contract), (data.freeze, contract), "freeze or contract")?;
    same((dispute.held, Amount::ZERO), (data.held, data.payable), "amount")?;
    same(&dispute.deliveries, &data.deliveries, "delivery")
}

/// Nothing else than what is left of it, and only where its dispute is over.
fn lifted(state: &State, data: &FreezeLifted) -> Allowed {
    let freeze = state.freezes.get(data.freeze);
    in_state(freeze.map(|freeze| freeze.state), &[FreezeState::Open], data.freeze)?;
    let Some(Freeze { contract, merchant, consumer, held, pending, payable, deliveries, dispute, .. }) = freeze else {
        return Ok(());
    };
    let of_it = (*contract, *merchant, *consumer, *dispute);
    same(of_it, (data.contract, data.merchant, data.consumer, data.dispute), "contract, party or dispute")?;
    same((*held, *pending, *payable), (data.held, data.pending, data.payable), "amount")?;
    same(deliveries, &data.deliveries, "delivery")?;
    match dispute.and_then(|dispute| state.disputes.get(dispute)) {
        Some(dispute) => in_state(Some(dispute.state), &[DisputeState::Withdrawn], dispute.id),
        None => Err("it is of no dispute".to_owned()),
    }
}

/// A contested delivery ends out of the freeze that holds its amount: confirmed after the consumer has withdrawn the
/// dispute, or voided by the merchant while nobody has decided about it.
fn given_in(state: &State, id: DeliveryId, is_confirmed: bool) -> Allowed {
    let dispute = state.deliveries.get(id).and_then(|delivery| state.disputes.get(delivery.dispute?));
    let Some(dispute) = dispute else { return Err(format!("there is no dispute about {id}")) };
    let from = if is_confirmed { &[DisputeState::Withdrawn] } else { DisputeState::UNDECIDED };
    in_state(Some(dispute.state), from, dispute.id)?;
    if is_confirmed && !matches!(dispute.opened_by, Party::Consumer(_)) {
        return Err(format!("{} was not withdrawn by a consumer", dispute.id));
    }
    let freeze = state.freezes.get(dispute.freeze);
    match freeze.filter(|freeze| freeze.state == FreezeState::Open && freeze.deliveries.contains(&id)) {
        Some(_) => Ok(()),
        None => Err(format!("{id} is in no open freeze")),
    }
}
