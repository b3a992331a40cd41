//! The opener takes a dispute back.

use super::{Case, any_case};
use crate::domain::context::{Context, in_state};
use crate::domain::event::{DisputeWithdrawn, Fact};
use crate::domain::id::{DisputeId, Party};
use crate::domain::objects::{ConfirmedHow, DisputeState, Origin};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::deliveries::{Leaving, confirmed};
use crate::ledger::commands::freezes::{Taken, all_of, lifted};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Takes a dispute back. A consumer who does that agrees with the deliveries; everything else goes back to where it
/// came from.
#[derive(Debug)]
pub struct WithdrawDispute {
    /// The dispute.
    pub dispute: DisputeId,
}

impl Command for WithdrawDispute {
    fn name(&self) -> &'static str {
        "dispute.withdraw"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let case = any_case(state, context, self.dispute)?;
        let Case { dispute, contract, .. } = &case;
        // Who was served before the contract passed on can contest that, and take it back.
        if context.party != Some(dispute.opened_by) {
            context.owns(dispute.merchant, dispute.consumer)?;
            return Err(Rejection::Forbidden);
        }
        context.reviewed(case.revision)?;
        in_state(dispute.state, DisputeState::UNDECIDED)?;
        let event = DisputeWithdrawn {
            by: dispute.opened_by,
            consumer: dispute.consumer,
            contract: dispute.contract,
            dispute: dispute.id,
            merchant: dispute.merchant,
        };
        let mut facts = case.passed.clone();
        facts.push(Fact::plain(event));
        facts.extend(given_back(state, &case, context));
        facts.extend(refund_recalculated(state, contract, None));
        Ok(Decided { facts, shows: dispute.id.into() })
    }
}

/// What becomes of the frozen money.
fn given_back(state: &State, case: &Case<'_>, context: &Context<'_>) -> Vec<Fact> {
    let Case { dispute, contract, freeze, .. } = case;
    let whole = all_of(freeze);
    if matches!(dispute.opened_by, Party::Merchant(_)) {
        return vec![lifted(freeze, whole)];
    }
    let contested = whole.deliveries.iter().filter_map(|delivery| state.deliveries.get(*delivery));
    let mut facts: Vec<Fact> = contested
        .map(|delivery| {
            let leaving = Leaving {
                contract,
                delivery: delivery.id,
                consumer: delivery.consumer,
                amount: delivery.amount,
                origin: Origin::Frozen,
            };
            confirmed(&leaving, ConfirmedHow::Consumer, context.at)
        })
        .collect();
    if !whole.held.is_zero() {
        facts.push(lifted(freeze, Taken { held: whole.held, ..Taken::default() }));
    }
    facts
}
