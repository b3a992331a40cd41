//! Two different people stand behind every release, every large refund and every default run, and the second one approves
//! exactly what the first one proposed.

use crate::domain::actor::Actor;
use crate::domain::event::{DefaultRunApproved, Event, RefundOrdered, SettlementReleased};
use crate::domain::money::Amount;
use crate::domain::objects::RefundState;
use crate::domain::packs;
use crate::domain::state::State;

/// Checks an event that takes two people.
pub(super) fn check(state: &State, actor: Actor, event: &Event) -> Result<(), String> {
    match event {
        Event::SettlementReleased(data) => settlement(state, actor, data),
        Event::RefundOrdered(data) => refund(state, actor, data),
        Event::DefaultRunApproved(data) => default_run(state, actor, data),
        _ => Ok(()),
    }
}

fn settlement(state: &State, actor: Actor, data: &SettlementReleased) -> Result<(), String> {
    let proposed = state.settlements.get(data.settlement);
    let proposed = proposed.ok_or_else(|| format!("there is no settlement {}", data.settlement))?;
    if actor.user() == Some(proposed.proposed_by) {
        return Err(format!("{actor} releases the settlement that {actor} proposed: that takes another person"));
    }
    let of_proposal = (proposed.amount, proposed.count, proposed.cutoff, proposed.returned, proposed.merchant);
    if of_proposal != (data.amount, data.count, data.cutoff, data.returned, data.merchant) {
        return Err(format!("{} is released otherwise than it was proposed", data.settlement));
    }
    Ok(())
}

fn default_run(state: &State, actor: Actor, data: &DefaultRunApproved) -> Result<(), String> {
    let run = state.default_runs.get(data.run).ok_or_else(|| format!("there is no run {}", data.run))?;
    if actor.user() == Some(run.proposed_by) {
        return Err(format!("{actor} approves the run that {actor} proposed: that takes another person"));
    }
    Ok(())
}

fn refund(state: &State, actor: Actor, data: &RefundOrdered) -> Result<(), String> {
    let refund = state.refunds.get(data.refund).ok_or_else(|| format!("there is no refund {}", data.refund))?;
    let proposal = refund.decision.filter(|_| refund.state == RefundState::Proposed);
    let Some(proposal) = proposal else {
        let largest: Amount = data.amount.max(data.merchant_share);
        let contract = state.contracts.get(refund.contract);
        let alone = contract.is_some_and(|contract| largest <= packs::in_force().times(contract).refund_approval_above);
        return if alone { Ok(()) } else { Err(format!("{largest} is moved on one person's word: that takes two")) };
    };
    if actor.user() == proposal.decided_by {
        return Err(format!("{actor} approves the refund that {actor} decided: that takes another person"));
    }
    let document = (proposal.document_sha256, proposal.document_sm3);
    // Deliveries that time has confirmed since leave less to a dispute, and never more.
    let contested = proposal.contested.is_some() == data.contested.is_some() && data.contested <= proposal.contested;
    if (proposal.amount, proposal.basis) != (data.amount, data.basis)
        || document != (data.document_sha256, data.document_sm3)
        || !contested
    {
        return Err(format!("{} is ordered otherwise than it was proposed", data.refund));
    }
    Ok(())
}
