//! A notary puts a version on sale, or turns it down.

use crate::domain::context::{Context, active_merchant, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, PlanApproved, PlanRejected};
use crate::domain::id::PlanId;
use crate::domain::objects::{Plan, PlanState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::terms::{Found, Severity};
use crate::ledger::command::{Command, Decided, Key};

/// Puts the submitted version on sale, in place of an older one.
#[derive(Debug)]
pub struct ApprovePlan {
    /// The plan.
    pub plan: PlanId,
    /// Commitment to the notary's note.
    pub note: Option<Digest>,
    /// Commitment to why terms that are open to doubt may stand.
    pub reason: Option<Digest>,
}

/// Turns the submitted version down; an older one stays on sale.
#[derive(Debug)]
pub struct RejectPlan {
    /// The plan.
    pub plan: PlanId,
    /// Commitment to the reason.
    pub reason: Digest,
}

/// Refuses terms that a court would not uphold, and those open to doubt about which nothing is said (法释〔2025〕4号 art. 9).
fn upheld(plan: &Plan, reason: Option<Digest>) -> Result<(), Rejection> {
    let Some(reading) = &plan.reading else { return Ok(()) };
    if let Some(Found { length, offset, rule, .. }) = reading.first(Severity::Void) {
        return Err(Rejection::TermsVoid { rule: *rule, offset: *offset, length: *length });
    }
    match reading.first(Severity::Doubt) {
        Some(_) if reason.is_none() => Err(Rejection::ReasonRequired),
        _ => Ok(()),
    }
}

impl Command for ApprovePlan {
    fn name(&self) -> &'static str {
        "plan.approve"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Plan(self.plan)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let plan = found(state.plans.get(self.plan))?;
        let reviewed = context.reviewed(plan.revision)?;
        in_state(plan.state, &[PlanState::Submitted])?;
        active_merchant(state, plan.merchant)?;
        upheld(plan, self.reason)?;
        let approved = PlanApproved {
            merchant: plan.merchant,
            note: self.note,
            plan: self.plan,
            reason: self.reason,
            reviewed,
            version: plan.version,
        };
        Ok(Decided::one(self.plan, Fact::plain(approved)))
    }
}

impl Command for RejectPlan {
    fn name(&self) -> &'static str {
        "plan.reject"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Plan(self.plan)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let plan = found(state.plans.get(self.plan))?;
        let reviewed = context.reviewed(plan.revision)?;
        in_state(plan.state, &[PlanState::Submitted])?;
        let rejected = PlanRejected {
            merchant: plan.merchant,
            plan: self.plan,
            reason: self.reason,
            reviewed,
            version: plan.version,
        };
        Ok(Decided::one(self.plan, Fact::plain(rejected)))
    }
}
