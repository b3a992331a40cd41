//! A dispute goes from stage to stage: because time is over, or because a party does not want to wait.

use super::{Case, case};
use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{ArbitrationObjected, DisputeEscalated, Fact};
use crate::domain::id::{DisputeId, Party};
use crate::domain::objects::{Contract, Dispute, DisputeState, Role, Stage};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::command::{Command, Decided, Key};

/// The stages that a party can end early, and in which it can object to arbitration.
const BEFORE_ARBITRATION: &[DisputeState] = &[DisputeState::Negotiating, DisputeState::Mediating];

/// A party takes a dispute to its next stage before the time is over.
#[derive(Debug)]
pub struct EscalateDispute {
    /// The dispute.
    pub dispute: DisputeId,
}

/// The service writes down the stages that time has brought a dispute to.
#[derive(Debug)]
pub struct AdvanceDispute {
    /// The dispute.
    pub dispute: DisputeId,
}

/// A party does not want the dispute to go to arbitration.
#[derive(Debug)]
pub struct ObjectArbitration {
    /// The dispute.
    pub dispute: DisputeId,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
}

impl Command for EscalateDispute {
    fn name(&self) -> &'static str {
        "dispute.escalate"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let by = context.party.ok_or(Rejection::NotFound)?;
        let Case { dispute, revision, contract, passed, .. } = case(state, context, self.dispute)?;
        context.reviewed(revision)?;
        // What the caller asks for has happened where time was quicker: the stage after it is not theirs to skip.
        if !passed.is_empty() {
            return Ok(Decided { facts: passed, shows: dispute.id.into() });
        }
        in_state(dispute.state, BEFORE_ARBITRATION)?;
        let next = next_stage(&dispute, contract, context.at, context.at);
        let stage = next.ok_or(Rejection::NotFound)?;
        Ok(Decided::one(dispute.id, escalated(&dispute, &stage, Some(by))))
    }
}

impl Command for AdvanceDispute {
    fn name(&self) -> &'static str {
        "dispute.advance"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::System])?;
        let dispute = found(state.disputes.get(self.dispute))?;
        let contract = found(state.contracts.get(dispute.contract))?;
        let (_, facts) = caught_up(dispute, contract, context.at);
        Ok(Decided { facts, shows: dispute.id.into() })
    }
}

impl Command for ObjectArbitration {
    fn name(&self) -> &'static str {
        "dispute.object_arbitration"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let by = context.party.ok_or(Rejection::NotFound)?;
        let Case { dispute, revision, contract, mut passed, .. } = case(state, context, self.dispute)?;
        context.reviewed(revision)?;
        in_state(dispute.state, BEFORE_ARBITRATION)?;
        if !contract.figures.arbitration {
            return Err(Rejection::NoArbitrationAgreement);
        }
        if dispute.arbitration_objected_by.is_some() {
            return Err(Rejection::ArbitrationObjected);
        }
        let event = ArbitrationObjected {
            by,
            consumer: dispute.consumer,
            contract: dispute.contract,
            dispute: dispute.id,
            merchant: dispute.merchant,
            reason: self.reason,
        };
        passed.push(Fact::plain(event));
        Ok(Decided { facts: passed, shows: dispute.id.into() })
    }
}

/// The dispute in the stage that time has brought it to by `at`, and the stages that this takes. Each stage is counted
/// from the end of the one before, whenever it is written down: deadlines decide, and not who looks at them.
pub(super) fn caught_up(dispute: &Dispute, contract: &Contract, at: Timestamp) -> (Dispute, Vec<Fact>) {
    let mut now = dispute.clone();
    let mut passed = Vec::new();
    while let Some(over) = now.due_by.filter(|due_by| at >= *due_by) {
        let Some(stage) = next_stage(&now, contract, over, at) else { break };
        passed.push(escalated(&now, &stage, None));
        now.enters(&stage, at);
    }
    (now, passed)
}

fn next_stage(dispute: &Dispute, contract: &Contract, from: Timestamp, at: Timestamp) -> Option<Stage> {
    dispute.next_stage(contract.figures.arbitration, packs::in_force().times(contract), from, at)
}

fn escalated(dispute: &Dispute, stage: &Stage, by: Option<Party>) -> Fact {
    Fact::plain(DisputeEscalated {
        by,
        consumer: dispute.consumer,
        contract: dispute.contract,
        dispute: dispute.id,
        due_by: stage.due_by,
        evidence_by: stage.evidence_by,
        merchant: dispute.merchant,
        to: stage.state,
    })
}
