//! Plans and their versions.

use super::bump;
use crate::domain::event::{PlanApproved, PlanDrafted, PlanRejected, PlanRevised, PlanSubmitted, PlanWithdrawn};
use crate::domain::id::PlanId;
use crate::domain::objects::{Plan, PlanState, PlanVersion};
use crate::domain::state::State;

impl State {
    pub(super) fn plan_drafted(&mut self, data: &PlanDrafted) {
        let plan = Plan {
            id: data.plan,
            merchant: data.merchant,
            state: PlanState::Draft,
            version: 1,
            on_sale_version: None,
            reading: None,
            revision: 1,
        };
        self.plans.put(data.plan, plan);
        let version = PlanVersion {
            plan: data.plan,
            version: 1,
            merchant: data.merchant,
            figures: data.figures.clone(),
            terms_sha256: data.terms_sha256,
            terms_sm3: data.terms_sm3,
        };
        self.plan_versions.put((data.plan, 1), version);
    }

    pub(super) fn plan_revised(&mut self, data: &PlanRevised) {
        self.plans.change(data.plan, |plan| {
            plan.state = PlanState::Draft;
            plan.version = data.version;
            plan.reading = None;
            bump(&mut plan.revision);
        });
        let version = PlanVersion {
            plan: data.plan,
            version: data.version,
            merchant: data.merchant,
            figures: data.figures.clone(),
            terms_sha256: data.terms_sha256,
            terms_sm3: data.terms_sm3,
        };
        self.plan_versions.put((data.plan, data.version), version);
    }

    pub(super) fn plan_submitted(&mut self, data: &PlanSubmitted) {
        self.plan_becomes(data.plan, PlanState::Submitted);
        self.plans.change(data.plan, |plan| plan.reading = Some(data.reading.clone()));
    }

    pub(super) fn plan_approved(&mut self, data: &PlanApproved) {
        self.plan_becomes(data.plan, PlanState::OnSale);
        self.plans.change(data.plan, |plan| plan.on_sale_version = Some(data.version));
    }

    pub(super) fn plan_rejected(&mut self, data: &PlanRejected) {
        self.plan_becomes(data.plan, PlanState::Rejected);
    }

    pub(super) fn plan_withdrawn(&mut self, data: &PlanWithdrawn) {
        self.plan_becomes(data.plan, PlanState::Withdrawn);
        self.plans.change(data.plan, |plan| plan.on_sale_version = None);
    }

    fn plan_becomes(&mut self, id: PlanId, state: PlanState) {
        self.plans.change(id, |plan| {
            plan.state = state;
            bump(&mut plan.revision);
        });
    }
}
