//! A second notary orders a run once the merchant has had its say.

use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found, in_state};
use crate::domain::event::{DefaultRunApproved, Fact, PayoutCancelled};
use crate::domain::id::{Party, RunId};
use crate::domain::money::Amount;
use crate::domain::objects::{DefaultRun, Merchant, Payout, RunCause, RunState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::{Action, Review};
use crate::ledger::command::{Command, Decided, Key};

/// Orders a proposed run. A real default sets aside what the merchant has earned: its payable money, and the payouts
/// that the bank does not know of yet.
#[derive(Debug)]
pub struct ApproveRun {
    /// The run.
    pub run: RunId,
}

impl Command for ApproveRun {
    fn name(&self) -> &'static str {
        "default_run.approve"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::ApprovalOf(self.run)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let notary = context.notary()?;
        let run = found(state.default_runs.get(self.run))?;
        let revision = context.reviewed(run.revision)?;
        in_state(run.state, &[RunState::Proposed])?;
        if run.proposed_by == notary {
            return Err(Rejection::SamePerson);
        }
        if let Some(until) = run.object_by.filter(|until| context.at < *until) {
            return Err(Rejection::ObjectionWindowOpen { until });
        }
        let merchant = found(state.merchants.get(run.merchant))?;
        // After this point it must succeed.
        let mut facts = vec![approved(state, run, merchant, revision)];
        if run.is_real_default() {
            facts.extend(state.created_payouts_to(merchant.id).into_iter().map(|payout| cancelled(merchant, payout)));
        }
        Ok(Decided { facts, shows: run.id.into() })
    }
}

fn approved(state: &State, run: &DefaultRun, merchant: &Merchant, revision: u64) -> Fact {
    let earned = merchant.payable.amount().unwrap_or_default();
    let frozen = if run.cause == RunCause::Default { earned } else { Amount::ZERO };
    let event = DefaultRunApproved {
        contracts: state.open_contracts(merchant.id).count,
        frozen,
        merchant: merchant.id,
        review: Review {
            action: Action::ApproveDefaultRun,
            amount: run.amount,
            payee: Party::Merchant(merchant.id),
            position: run.newest_entry,
            revision,
        },
        run: run.id,
        settlement: merchant.open_settlement.filter(|_| run.is_real_default()),
        signature: None,
    };
    if run.is_real_default() {
        let (payable, aside) = (Account::MerchantPayable(merchant.id), Account::MerchantFrozen(merchant.id));
        return Fact::moving(event, transfer(payable, aside, frozen));
    }
    Fact::plain(event)
}

fn cancelled(merchant: &Merchant, payout: &Payout) -> Fact {
    let event = PayoutCancelled {
        amount: payout.amount,
        contract: None,
        payee: payout.payee,
        payout: payout.id,
        refund: payout.refund,
        settlement: payout.settlement,
    };
    let (released, aside) = (Account::MerchantPayout(merchant.id), Account::MerchantFrozen(merchant.id));
    Fact::moving(event, transfer(released, aside, payout.amount))
}
