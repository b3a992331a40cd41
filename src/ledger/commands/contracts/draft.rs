//! A consumer chooses a plan.

use super::{Buyer, allowed};
use crate::domain::age::can_hold;
use crate::domain::context::{Context, active_merchant};
use crate::domain::event::{ContractDrafted, Fact};
use crate::domain::id::{ConsumerId, ContractId, PlanId};
use crate::domain::objects::AgeClass;
use crate::domain::packs::{self, Step};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Drafts a contract over the version of a plan that is on sale now.
#[derive(Debug)]
pub struct DraftContract {
    /// The contract's id.
    pub contract: ContractId,
    /// The plan.
    pub plan: PlanId,
    /// How old the consumer is.
    pub holder_age: AgeClass,
    /// The consumer who asks, as far as that is known before the live user is read.
    pub consumer: Option<ConsumerId>,
}

impl Command for DraftContract {
    fn name(&self) -> &'static str {
        "contract.draft"
    }

    fn keys(&self) -> Vec<Key> {
        let portfolio = self.consumer.map(|consumer| Key::PortfolioFor(consumer, self.plan));
        [Key::Contract(self.contract), Key::Plan(self.plan)].into_iter().chain(portfolio).collect()
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let plan = state.plans.get(self.plan).ok_or(Rejection::NotFound)?;
        let number = plan.on_sale_version.ok_or(Rejection::PlanNotOnSale)?;
        let version = state.plan_versions.get((self.plan, number)).ok_or(Rejection::PlanNotOnSale)?;
        let merchant = active_merchant(state, plan.merchant)?;
        can_hold(self.holder_age)?;
        let (packs, today) = (packs::in_force(), context.today());
        let buyer = Buyer { consumer, contract: self.contract, drafted_on: today };
        allowed(state, Step::Draft, &version.figures, merchant, &buyer, context)?;
        let pack = packs.of(merchant.region, Some(version.figures.sector), today);
        let drafted = ContractDrafted {
            consumer,
            contract: self.contract,
            figures: version.figures.clone(),
            holder_age: self.holder_age,
            merchant: plan.merchant,
            plan: self.plan,
            plan_version: number,
            rules_pack: pack.id,
            rules_version: pack.version,
            terms_sha256: version.terms_sha256,
            terms_sm3: version.terms_sm3,
        };
        Ok(Decided::one(self.contract, Fact::plain(drafted)))
    }
}
