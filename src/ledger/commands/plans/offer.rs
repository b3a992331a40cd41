//! A merchant offers its newest version for approval, or sells a plan no more.

use super::own;
use crate::domain::context::{Context, active_merchant, found, in_state};
use crate::domain::event::{Fact, PlanSubmitted, PlanWithdrawn};
use crate::domain::id::PlanId;
use crate::domain::objects::PlanState;
use crate::domain::packs::{self, Sale, Step};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::terms::Reading;
use crate::ledger::command::{Command, Decided, Key};

/// Asks for the newest version to be approved.
#[derive(Debug)]
pub struct SubmitPlan {
    plan: PlanId,
    version: u32,
    reading: Reading,
}

impl SubmitPlan {
    /// Reads the terms of a version, which is to be the newest one when the command is decided. They are read here, by
    /// whoever asks, so that the one writer does not wait for it.
    #[must_use]
    pub fn of(plan: PlanId, version: u32, terms: &str) -> Self {
        Self { plan, version, reading: Reading::of(terms) }
    }
}

/// Takes a plan off sale, or gives up one that never came to it. A suspended merchant can do that too.
#[derive(Debug)]
pub struct WithdrawPlan {
    /// The plan.
    pub plan: PlanId,
}

impl Command for SubmitPlan {
    fn name(&self) -> &'static str {
        "plan.submit"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Plan(self.plan)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let plan = own(state, context, self.plan)?;
        let merchant = active_merchant(state, plan.merchant)?;
        in_state(plan.state, &[PlanState::Draft])?;
        // Another version was written since the terms were read.
        if plan.version != self.version {
            return Err(Rejection::RevisionMismatch { current_revision: plan.revision });
        }
        let version = found(state.plan_versions.get((self.plan, plan.version)))?;
        let today = context.today();
        let sale = Sale {
            lease_ends_on: version.figures.lease_ends_on.or(merchant.lease_ends_on),
            ..Sale::of(&version.figures, merchant.region, today, today)
        };
        packs::in_force().allow(Step::Offer, &sale)?;
        let submitted = PlanSubmitted {
            merchant: plan.merchant,
            plan: self.plan,
            reading: self.reading.clone(),
            version: plan.version,
        };
        Ok(Decided::one(self.plan, Fact::plain(submitted)))
    }
}

impl Command for WithdrawPlan {
    fn name(&self) -> &'static str {
        "plan.withdraw"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Plan(self.plan)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let plan = own(state, context, self.plan)?;
        // A rejected change leaves the version before it on sale, and that can be withdrawn.
        if plan.state != PlanState::Rejected || plan.on_sale_version.is_none() {
            in_state(plan.state, &[PlanState::Draft, PlanState::Submitted, PlanState::OnSale])?;
        }
        let withdrawn = PlanWithdrawn { merchant: plan.merchant, plan: self.plan };
        Ok(Decided::one(self.plan, Fact::plain(withdrawn)))
    }
}
