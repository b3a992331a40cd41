//! Plans (服务商品): written by merchants, put on sale by notaries.

mod decide;
mod offer;
mod write;

pub use decide::{ApprovePlan, RejectPlan};
pub use offer::{SubmitPlan, WithdrawPlan};
pub use write::{DraftPlan, RevisePlan};

use crate::domain::context::{Context, found};
use crate::domain::id::PlanId;
use crate::domain::objects::Plan;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// The plan, where it is the caller's own and at the revision they reviewed.
fn own<'a>(state: &'a State, context: &Context<'_>, id: PlanId) -> Result<&'a Plan, Rejection> {
    let merchant = context.merchant()?;
    let plan = found(state.plans.get(id).filter(|plan| plan.merchant == merchant))?;
    context.reviewed(plan.revision)?;
    Ok(plan)
}
