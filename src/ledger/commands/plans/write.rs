//! A merchant writes a plan, or a new version of one.

use super::own;
use crate::domain::context::{Context, active_merchant, in_state, own_active_merchant};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, PlanDrafted, PlanRevised};
use crate::domain::id::{MerchantId, PlanId, VenueId};
use crate::domain::objects::{PlanFigures, PlanState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Date;
use crate::ledger::command::{Command, Decided, Key};

/// Writes version 1 of a new plan of the caller's merchant.
#[derive(Debug)]
pub struct DraftPlan {
    /// The plan's id.
    pub plan: PlanId,
    /// What the books need of the version, but for the lease of its venues.
    pub figures: PlanFigures,
    /// The venues that the version names.
    pub venues: Vec<VenueId>,
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
    /// What the books need of the version, but for the lease of its venues.
    pub figures: PlanFigures,
    /// The venues that the version names.
    pub venues: Vec<VenueId>,
    /// SHA-256 of the whole version.
    pub terms_sha256: Digest,
    /// SM3 of the whole version.
    pub terms_sm3: Digest,
}

/// The day on which the first lease of these venues ends, all of which are the merchant's.
fn lease(state: &State, venues: &[VenueId], merchant: MerchantId) -> Result<Option<Date>, Rejection> {
    let mut first = None;
    for id in venues {
        let venue = state.venues.get(*id).filter(|venue| venue.merchant == merchant).ok_or(Rejection::VenueUnknown)?;
        first = Some(first.map_or(venue.lease_ends_on, |before: Date| before.min(venue.lease_ends_on)));
    }
    Ok(first)
}

impl Command for DraftPlan {
    fn name(&self) -> &'static str {
        "plan.draft"
    }

    fn keys(&self) -> Vec<Key> {
        [Key::Plan(self.plan)].into_iter().chain(self.venues.iter().copied().map(Key::Venue)).collect()
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = own_active_merchant(state, context)?;
        let drafted = PlanDrafted {
            figures: PlanFigures { lease_ends_on: lease(state, &self.venues, merchant)?, ..self.figures.clone() },
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
        [Key::Plan(self.plan)].into_iter().chain(self.venues.iter().copied().map(Key::Venue)).collect()
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let plan = own(state, context, self.plan)?;
        active_merchant(state, plan.merchant)?;
        in_state(plan.state, &[PlanState::Draft, PlanState::OnSale, PlanState::Rejected, PlanState::Withdrawn])?;
        // The document was written on top of a version that is no longer the newest.
        if plan.version.checked_add(1) != Some(self.version) {
            return Err(Rejection::RevisionMismatch { current_revision: plan.revision });
        }
        let revised = PlanRevised {
            figures: PlanFigures { lease_ends_on: lease(state, &self.venues, plan.merchant)?, ..self.figures.clone() },
            merchant: plan.merchant,
            plan: self.plan,
            terms_sha256: self.terms_sha256,
            terms_sm3: self.terms_sm3,
            version: self.version,
        };
        Ok(Decided::one(self.plan, Fact::plain(revised)))
    }
}
