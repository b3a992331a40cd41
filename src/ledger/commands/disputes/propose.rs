//! Somebody proposes how to split the frozen money; once both parties have accepted one proposal, the dispute is
//! settled.

use super::{Case, case, may_split, splits_all};
use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{DisputeSettled, Fact, ProposalAccepted, ProposalMade};
use crate::domain::id::{DisputeId, Party, ProposalId};
use crate::domain::objects::{DisputeState, Role, Split};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Proposes a split of the whole frozen money. A party accepts with that what it proposes.
#[derive(Debug)]
pub struct MakeProposal {
    /// Its id.
    pub proposal: ProposalId,
    /// The dispute.
    pub dispute: DisputeId,
    /// How the money is to be split.
    pub split: Split,
    /// Commitment to a note.
    pub note: Option<Digest>,
}

/// Accepts a proposal.
#[derive(Debug)]
pub struct AcceptProposal {
    /// The proposal.
    pub proposal: ProposalId,
    /// The dispute it belongs to.
    pub dispute: DisputeId,
}

impl Command for MakeProposal {
    fn name(&self) -> &'static str {
        "dispute.propose"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let by = context.actor.role();
        context.acts_as(&[Role::Consumer, Role::Merchant, Role::Mediator])?;
        let Case { dispute, revision, freeze, mut passed, .. } = case(state, context, self.dispute)?;
        context.reviewed(revision)?;
        in_state(
            dispute.state,
            if by == Role::Mediator { &[DisputeState::Mediating] } else { DisputeState::UNDECIDED },
        )?;
        may_split(state, &self.split, freeze)?;
        splits_all(&self.split, freeze)?;
        let event = ProposalMade {
            by,
            consumer: dispute.consumer,
            contract: dispute.contract,
            dispute: dispute.id,
            merchant: dispute.merchant,
            note: self.note,
            proposal: self.proposal,
            split: self.split.clone(),
            stage: dispute.state,
        };
        passed.push(Fact::plain(event));
        Ok(Decided { facts: passed, shows: self.proposal.into() })
    }
}

impl Command for AcceptProposal {
    fn name(&self) -> &'static str {
        "dispute.accept"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Proposal(self.proposal), Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let by = context.party.ok_or(Rejection::NotFound)?;
        let Case { dispute, freeze, passed: mut facts, .. } = case(state, context, self.dispute)?;
        let proposal = state.proposals.get(self.proposal).filter(|proposal| proposal.dispute == dispute.id);
        let proposal = found(proposal)?;
        in_state(dispute.state, DisputeState::UNDECIDED)?;
        if proposal.accepted_at(by).is_some() {
            return Err(Rejection::AlreadyAccepted);
        }
        context.reviewed(proposal.revision)?;
        // What was frozen may have become less since it was made.
        may_split(state, &proposal.split, freeze)?;
        splits_all(&proposal.split, freeze)?;
        let (consumer, contract, merchant) = (dispute.consumer, dispute.contract, dispute.merchant);
        let (dispute, proposal_id) = (dispute.id, proposal.id);
        facts.push(Fact::plain(ProposalAccepted { by, consumer, contract, dispute, merchant, proposal: proposal_id }));
        let other = match by {
            Party::Consumer(_) => Party::Merchant(merchant),
            Party::Merchant(_) => Party::Consumer(consumer),
        };
        if proposal.accepted_at(other).is_some() {
            let split = proposal.split.clone();
            facts.push(Fact::plain(DisputeSettled {
                consumer,
                contract,
                dispute,
                merchant,
                proposal: proposal_id,
                split,
            }));
        }
        Ok(Decided { facts, shows: proposal_id.into() })
    }
}
