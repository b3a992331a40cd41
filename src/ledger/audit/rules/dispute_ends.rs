//! How disputes go on and end: each stage in its time, an agreement of both, a document by whom the case was given to,
//! and a split of exactly the frozen money.

use super::edition;
use super::steps::{Allowed, in_state, is_new, same};
use crate::domain::actor::Actor;
use crate::domain::event::{
    ArbitrationObjected, DisputeAssigned, DisputeAwarded, DisputeEscalated, DisputeExecuted, DisputeSettled, Event,
    ProposalAccepted, ProposalMade,
};
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, MerchantId, Party, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{
    Basis, DeliveryState, Dispute, DisputeState, EvidenceState, Freeze, FreezeState, ProposalState, Role, Split, Stage,
    UserState,
};
use crate::domain::state::State;
use crate::domain::time::Timestamp;

/// Checks the objects of an event by `actor` at `at`.
pub(super) fn check(state: &State, (actor, at): (Actor, Timestamp), event: &Event) -> Allowed {
    match event {
        Event::DisputeEscalated(data) => escalated(state, at, data),
        Event::ArbitrationObjected(data) => objected(state, data),
        Event::DisputeAssigned(data) => assigned(state, data),
        Event::ProposalMade(data) => made(state, actor, data),
        Event::ProposalAccepted(data) => accepted(state, data),
        Event::DisputeSettled(data) => settled(state, data),
        Event::DisputeAwarded(data) => awarded(state, actor, data),
        Event::DisputeExecuted(data) => executed(state, at, data),
        Event::EvidenceStaged(data) => {
            is_new(state.evidence.get(data.evidence), data.evidence)?;
            let dispute =
                step(state, data.dispute, (data.contract, data.merchant, data.consumer), DisputeState::UNDECIDED)?;
            its_party(dispute, data.by)?;
            brought_in_time(dispute, at)
        }
        Event::EvidenceSubmitted(data) => {
            let found = state.evidence.get(data.evidence);
            in_state(found.map(|found| found.state), &[EvidenceState::Staged], data.evidence)?;
            let of_it = found.map(|found| (found.dispute, found.by));
            same(of_it, Some((data.dispute, data.by)), "dispute or party")?;
            let whose = (data.contract, data.merchant, data.consumer);
            brought_in_time(step(state, data.dispute, whose, DisputeState::UNDECIDED)?, at)
        }
        _ => Ok(()),
    }
}

fn brought_in_time(dispute: &Dispute, at: Timestamp) -> Allowed {
    let late = dispute.evidence_by().is_some_and(|evidence_by| at >= evidence_by);
    if late { Err(format!("evidence comes too late for {}", dispute.id)) } else { Ok(()) }
}

type Whose = (ContractId, MerchantId, ConsumerId);

/// The dispute in one of these states, which is about what the event says.
fn step<'a>(state: &'a State, id: DisputeId, whose: Whose, from: &[DisputeState]) -> Result<&'a Dispute, String> {
    let dispute = state.disputes.get(id);
    in_state(dispute.map(|dispute| dispute.state), from, id)?;
    let dispute = dispute.ok_or_else(|| format!("there is no {id}"))?;
    same((dispute.contract, dispute.merchant, dispute.consumer), whose, "contract, merchant or consumer")?;
    Ok(dispute)
}

/// The open freeze of a dispute.
fn freeze<'a>(state: &'a State, dispute: &Dispute) -> Result<&'a Freeze, String> {
    let freeze = state.freezes.get(dispute.freeze);
    in_state(freeze.map(|freeze| freeze.state), &[FreezeState::Open], dispute.freeze)?;
    freeze.ok_or_else(|| format!("there is no {}", dispute.freeze))
}

/// A split of this freeze, all of it where `whole` says so.
pub(super) fn splits(state: &State, freeze: &Freeze, split: &Split, whole: bool) -> Allowed {
    let total = split.total().ok_or_else(|| "it splits more than there can be".to_owned())?;
    if total > freeze.amount() || (whole && total != freeze.amount()) {
        return Err(format!("it splits {total}, and {} is frozen", freeze.amount()));
    }
    let mut voided = Amount::ZERO;
    let mut seen: Vec<DeliveryId> = Vec::with_capacity(split.voided.len());
    for id in &split.voided {
        let delivery = state.deliveries.get(*id).filter(|_| freeze.deliveries.contains(id) && !seen.contains(id));
        in_state(delivery.map(|delivery| delivery.state), &[DeliveryState::Contested, DeliveryState::Frozen], id)?;
        seen.push(*id);
        let amount = delivery.map_or(Amount::ZERO, |delivery| delivery.amount);
        voided = voided.checked_add(amount).ok_or_else(|| "it voids more than there can be".to_owned())?;
    }
    if voided <= split.held { Ok(()) } else { Err(format!("it voids {voided}, and only {} goes back", split.held)) }
}

/// By time when it is over, counted from then on; by a party before that, counted from now on.
fn escalated(state: &State, at: Timestamp, data: &DisputeEscalated) -> Allowed {
    let whose = (data.contract, data.merchant, data.consumer);
    let dispute = step(state, data.dispute, whose, DisputeState::UNDECIDED)?;
    let agreement = state.contracts.get(data.contract).is_some_and(|contract| contract.figures.arbitration);
    let over = dispute.due_by.filter(|due_by| at >= *due_by);
    let from = match (data.by, over) {
        (None, Some(over)) => over,
        (None, None) => return Err(format!("{} goes on before its time is over", dispute.id)),
        (Some(_), _) if !matches!(dispute.state, DisputeState::Negotiating | DisputeState::Mediating) => {
            return Err(format!("{} is {}, which no party can end early", dispute.id, dispute.state));
        }
        (Some(by), _) => {
            its_party(dispute, by)?;
            at
        }
    };
    let pack = state.contracts.get(data.contract).map(|contract| (contract.rules_pack, contract.rules_version));
    // How long its stages last cannot be judged where the contract names an edition that is not known here.
    let Some(pack) = pack.and_then(|(id, version)| edition(state, id, version)) else { return Ok(()) };
    let told = Stage { state: data.to, due_by: data.due_by, evidence_by: data.evidence_by };
    same(dispute.next_stage(agreement, &pack.times, from, at), Some(told), "stage or deadline")
}

fn its_party(dispute: &Dispute, party: Party) -> Allowed {
    let sides = [Party::Merchant(dispute.merchant), Party::Consumer(dispute.consumer)];
    if sides.contains(&party) { Ok(()) } else { Err(format!("{party} is no party of {}", dispute.id)) }
}

fn objected(state: &State, data: &ArbitrationObjected) -> Allowed {
    let whose = (data.contract, data.merchant, data.consumer);
    let dispute = step(state, data.dispute, whose, &[DisputeState::Negotiating, DisputeState::Mediating])?;
    its_party(dispute, data.by)?;
    is_new(dispute.arbitration_objected_by.as_ref(), "an objection to arbitration")
}

/// Somebody with the right role, who is of neither side and has no other part in the case.
fn assigned(state: &State, data: &DisputeAssigned) -> Allowed {
    let whose = (data.contract, data.merchant, data.consumer);
    let dispute = step(state, data.dispute, whose, DisputeState::UNDECIDED)?;
    let user = state.users.get(data.user);
    in_state(user.map(|user| user.state), &[UserState::Active], data.user)?;
    let role = user.map(|user| user.role);
    if !matches!(data.role, Role::Mediator | Role::Arbitrator) || role != Some(data.role) {
        return Err(format!("{} is no {}", data.user, data.role));
    }
    let party = user.and_then(|user| user.party);
    let other_part = if data.role == Role::Mediator { dispute.arbitrator } else { dispute.mediator };
    if party.is_some_and(|party| its_party(dispute, party).is_ok()) || other_part == Some(data.user) {
        return Err(format!("{} has an interest in {}", data.user, dispute.id));
    }
    Ok(())
}

fn made(state: &State, actor: Actor, data: &ProposalMade) -> Allowed {
    let whose = (data.contract, data.merchant, data.consumer);
    is_new(state.proposals.get(data.proposal), data.proposal)?;
    let dispute = step(state, data.dispute, whose, &[data.stage])?;
    step(state, data.dispute, whose, DisputeState::UNDECIDED)?;
    same(actor.role(), data.by, "role")?;
    if data.by == Role::Mediator {
        same(actor.user(), dispute.mediator, "mediator")?;
        same(dispute.state, DisputeState::Mediating, "stage")?;
    }
    splits(state, freeze(state, dispute)?, &data.split, true)
}

fn accepted(state: &State, data: &ProposalAccepted) -> Allowed {
    let whose = (data.contract, data.merchant, data.consumer);
    let dispute = step(state, data.dispute, whose, DisputeState::UNDECIDED)?;
    its_party(dispute, data.by)?;
    let proposal = state.proposals.get(data.proposal);
    in_state(proposal.map(|proposal| proposal.state), &[ProposalState::Open], data.proposal)?;
    let Some(proposal) = proposal else { return Ok(()) };
    same(proposal.dispute, data.dispute, "dispute")?;
    is_new(proposal.accepted_at(data.by).as_ref(), "an acceptance by this party")
}

fn settled(state: &State, data: &DisputeSettled) -> Allowed {
    let whose = (data.contract, data.merchant, data.consumer);
    let dispute = step(state, data.dispute, whose, DisputeState::UNDECIDED)?;
    let proposal = state.proposals.get(data.proposal).filter(|proposal| proposal.dispute == data.dispute);
    let proposal = proposal.ok_or_else(|| format!("there is no {} of this dispute", data.proposal))?;
    let both = proposal.accepted_by_consumer_at.is_some() && proposal.accepted_by_merchant_at.is_some();
    if !both {
        return Err(format!("{} is not accepted by both", data.proposal));
    }
    same(&proposal.split, &data.split, "split")?;
    splits(state, freeze(state, dispute)?, &data.split, true)
}

fn awarded(state: &State, actor: Actor, data: &DisputeAwarded) -> Allowed {
    let whose = (data.contract, data.merchant, data.consumer);
    let from: &[DisputeState] = match (data.correction, data.basis) {
        (true, _) => &[DisputeState::Awarded],
        (false, Basis::Judgment) => DisputeState::UNDECIDED,
        (false, _) => &[DisputeState::Arbitrating, DisputeState::Unresolved],
    };
    let dispute = step(state, data.dispute, whose, from)?;
    if !matches!(data.basis, Basis::Award | Basis::Judgment) || data.document_sha256.zip(data.document_sm3).is_none() {
        return Err(format!("{} is decided by no document", dispute.id));
    }
    match actor.role() {
        Role::Arbitrator if data.basis == Basis::Judgment => {
            return Err("a judgment is a notary's to record".to_owned());
        }
        Role::Arbitrator => same(actor.user(), dispute.arbitrator, "arbitrator")?,
        _ => {}
    }
    let total = dispute.awarded_with(&data.split, data.correction);
    let total = total.ok_or_else(|| "it awards more than there can be".to_owned())?;
    splits(state, freeze(state, dispute)?, &total, !data.partial)
}

/// The consumer's part, where there is one, is a refund of its own, which is due later.
pub(super) fn paid_as(
    state: &State,
    at: Timestamp,
    (refund, pay_by): (Option<RefundId>, Option<Timestamp>),
    split: &Split,
) -> Allowed {
    same(refund.is_none(), split.refund.is_zero(), "refund")?;
    same(refund.is_some(), pay_by.is_some(), "time to pay")?;
    let Some((refund, pay_by)) = refund.zip(pay_by) else { return Ok(()) };
    is_new(state.refunds.get(refund), refund)?;
    if pay_by <= at { Err(format!("{refund} is to be paid before it is ordered")) } else { Ok(()) }
}

fn executed(state: &State, at: Timestamp, data: &DisputeExecuted) -> Allowed {
    let whose = (data.contract, data.merchant, data.consumer);
    let dispute = step(state, data.dispute, whose, &[DisputeState::Settled, DisputeState::Awarded])?;
    same(dispute.freeze, data.freeze, "freeze")?;
    same(dispute.decided.as_ref(), Some(&data.split), "split")?;
    let award = dispute.award.as_ref().filter(|_| dispute.state == DisputeState::Awarded);
    let basis = award.map_or(Basis::Consent, |award| award.basis);
    let document = award.map(|award| (award.document_sha256, award.document_sm3));
    same((basis, document), (data.basis, data.document_sha256.zip(data.document_sm3)), "basis or document")?;
    paid_as(state, at, (data.refund, data.pay_by), &data.split)?;
    splits(state, freeze(state, dispute)?, &data.split, true)
}
