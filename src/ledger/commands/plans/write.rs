//! A merchant writes a plan, or a new version of one.

use super::{in_state, own};
use crate::domain::context::{Context, active_merchant, own_active_merchant};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, PlanDrafted, PlanRevised};
use crate::domain::id::PlanId;
use crate::domain::objects::{PlanFigures, PlanState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Writes version 1 of a new plan of the caller's merchant.
#[derive(Debug)]
pub struct DraftPlan {
    /// The plan's id.
    pub plan: PlanId,
    /// What the books need of the version.
    pub figures: PlanFigures,
    /// SHA-256 of the whole version.
    pub terms_sha256: Digest,
    /// SM3 of the whole version.
    pub terms_sm3: Digest,
}

/// Writes the next version of a plan. One that is on sale stays on sale until this one is approved.
#[derive(Debug)]
pub struct RevisePlan {
    /// The plan.
    pub plan: PlanId,
    /// The number that the new version's document carries: one above the newest.
    pub version: u32,
    /// What the books need of the version.
    pub figures: PlanFigures,
    /// SHA-256 of the whole version.
    pub terms_sha256: Digest,
    /// SM3 of the whole version.
    pub terms_sm3: Digest,
}

impl Command for DraftPlan {
    fn name(&self) -> &'static str {
        "plan.draft"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Plan(self.plan)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = own_active_merchant(state, context)?;
        let drafted = PlanDrafted {
            figures: self.figures.clone(),
            merchant,
            plan: self.plan,
            terms_sha256: self.terms_sha256,
            terms_sm3: self.terms_sm3,
        };
        Ok(Decided::one(self.plan, Fact::plain(drafted)))
    }
}

impl Command for RevisePlan {
    fn name(&self) -> &'static str {
        "plan.revise"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Plan(self.plan)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let plan = own(state, context, self.plan)?;
        active_merchant(state, plan.merchant)?;
        in_state(plan, &[PlanState::Draft, PlanState::OnSale, PlanState::Rejected, PlanState::Withdrawn])?;
        // The document was written on top of a version that is no longer the newest.
        if plan.version.checked_add(1) != Some(self.version) {
            return Err(Rejection::RevisionMismatch { current_revision: plan.revision });
        }
        let revised = PlanRevised {
            figures: self.figures.clone(),
            merchant: plan.merchant,
            plan: self.plan,
            terms_sha256: self.terms_sha256,
            terms_sm3: self.terms_sm3,
            version: self.version,
        };
        Ok(Decided::one(self.plan, Fact::plain(revised)))
    }
}
