//! Default runs and orderly exits.

use super::delivery::settle_completion;
use super::{At, bump};
use crate::domain::event::{
    DefaultRunAdvanced, DefaultRunApproved, DefaultRunContractPassed, DefaultRunContractRefunded, DefaultRunFinished,
    DefaultRunObjected, DefaultRunProposed, DefaultRunRescinded, Event, MerchantExiting, PayoutCancelled,
};
use crate::domain::id::{MerchantId, RunId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{
    Basis, ContractState, Decision, DefaultRun, Figures, MerchantState, PayoutState, Progress, Refund, RefundState,
    RunCause, RunContract, RunMode, RunOutcome, RunState, SettlementState,
};
use crate::domain::state::State;

impl State {
    /// Applies an event of a run: the last of the families that events are looked for in.
    pub(super) fn apply_run_event(&mut self, at: At, event: &Event) {
        let mut is_known = true;
        match event {
            Event::MerchantExiting(data) => self.merchant_exiting(data),
            Event::PayoutCancelled(data) => self.payout_cancelled(data),
            Event::DefaultRunProposed(data) => self.default_run_proposed(at, data),
            Event::DefaultRunObjected(data) => self.default_run_objected(at, data),
            Event::DefaultRunApproved(data) => self.default_run_approved(at, data),
            Event::DefaultRunRescinded(data) => self.default_run_rescinded(at, data),
            Event::DefaultRunContractRefunded(data) => self.run_contract_refunded(at, data),
            Event::DefaultRunContractPassed(data) => self.run_contract_passed(data),
            Event::DefaultRunAdvanced(data) => self.default_run_advanced(data),
            Event::DefaultRunFinished(data) => self.default_run_finished(at, data),
            _ => is_known = false,
        }
        assert!(is_known, "nothing applies {}", event.kind());
    }

    fn merchant_exiting(&mut self, data: &MerchantExiting) {
        self.merchants.change(data.merchant, |merchant| {
            merchant.state = MerchantState::Exiting;
            merchant.exits_at = Some(data.exits_at);
            bump(&mut merchant.revision);
        });
    }

    fn default_run_proposed(&mut self, at: At, data: &DefaultRunProposed) {
        let run = DefaultRun {
            id: data.run,
            merchant: data.merchant,
            state: RunState::Proposed,
            revision: 1,
            cause: data.cause,
            mode: data.mode,
            proofs: data.proofs.clone(),
            notice: data.notice,
            reason: data.reason,
            contracts: data.contracts,
            amount: data.amount,
            proposed_by: at.actor.user().unwrap_or(UserId::from_bits(0)),
            proposed_at: at.time,
            object_by: data.object_by,
            objected_at: None,
            objection: None,
            approved_by: None,
            approved_at: None,
            frozen: Amount::ZERO,
            ended_at: None,
            rescinded: None,
            cursor: None,
            progress: Progress::default(),
            newest_entry: 0,
        };
        self.default_runs.put(data.run, run);
        if data.mode == RunMode::Real {
            self.merchant_under(data.merchant, Some(data.run));
        }
    }

    fn default_run_objected(&mut self, at: At, data: &DefaultRunObjected) {
        self.run_gets(data.run, |run| {
            run.objected_at = Some(at.time);
            run.objection = Some(data.reason);
        });
    }

    fn default_run_approved(&mut self, at: At, data: &DefaultRunApproved) {
        self.run_gets(data.run, |run| {
            run.state = RunState::Running;
            run.approved_by = at.actor.user();
            run.approved_at = Some(at.time);
            run.frozen = data.frozen;
            run.progress.total = data.contracts;
        });
        if let Some(settlement) = data.settlement {
            self.settlements.change(settlement, |settlement| {
                settlement.state = SettlementState::Rejected;
                bump(&mut settlement.revision);
            });
        }
        if self.default_runs.get(data.run).is_some_and(DefaultRun::is_real_default) {
            self.merchants.change(data.merchant, |merchant| {
                merchant.state = MerchantState::Defaulted;
                merchant.open_settlement = None;
                bump(&mut merchant.revision);
            });
        }
    }

    fn payout_cancelled(&mut self, data: &PayoutCancelled) {
        self.payouts.change(data.payout, |payout| {
            payout.state = PayoutState::Cancelled;
            bump(&mut payout.revision);
        });
    }

    fn default_run_rescinded(&mut self, at: At, data: &DefaultRunRescinded) {
        self.run_gets(data.run, |run| {
            run.state = RunState::Rescinded;
            run.ended_at = Some(at.time);
            run.rescinded = Some(data.reason);
        });
        if self.default_runs.get(data.run).is_some_and(|run| run.mode == RunMode::Real) {
            self.merchant_under(data.merchant, None);
        }
    }

    /// Opens the refund, or takes an open one over, and closes the contract with it.
    fn run_contract_refunded(&mut self, at: At, data: &DefaultRunContractRefunded) {
        let contract = self.contracts.get(data.contract);
        let taken_over = contract.is_some_and(|contract| contract.open_refund == Some(data.refund));
        if let Some(contract) = contract.filter(|_| !taken_over) {
            let refund = new_refund(at, data, contract.deposited);
            self.refunds.put(data.refund, refund);
        }
        let nothing_to_pay = data.amount.is_zero();
        self.refunds.change(data.refund, |refund| {
            refund.decision = Some(Decision {
                amount: data.amount,
                basis: Basis::ConditionMet,
                contested: None,
                decided_by: Some(data.proposed_by),
                document_sha256: None,
                document_sm3: None,
                reason: None,
            });
            refund.ordered_at = Some(at.time);
            refund.shortfall = Some(refund.figures.refund.saturating_sub(data.amount));
            refund.approved_by = Some(data.approved_by);
            (refund.merchant_share, refund.pay_by) = (Some(data.merchant_share), Some(data.pay_by));
            // A payout, if there is one to pay to, follows in the next entry.
            refund.state = if nothing_to_pay { RefundState::Paid } else { RefundState::NeedsAccount };
            if taken_over {
                bump(&mut refund.revision);
            }
        });
        self.contracts.change(data.contract, |contract| {
            contract.open_refund = None;
            contract.state = ContractState::Closing;
            contract.refunded = contract.refunded.saturating_add(data.amount);
            contract.unpaid = contract.unpaid.saturating_add(data.amount);
            contract.to_merchant = contract.to_merchant.saturating_add(data.merchant_share);
            settle_completion(contract);
            bump(&mut contract.revision);
        });
        // No delivery stands for the share, so that nothing matures: the settlement after an exit takes it as it is.
        if !data.merchant_share.is_zero() {
            self.merchants.change(data.merchant, |merchant| {
                merchant.unreleased_changes(data.merchant_share.credit());
            });
        }
    }

    fn run_contract_passed(&mut self, data: &DefaultRunContractPassed) {
        if data.outcome == RunOutcome::Cancelled {
            self.contracts.change(data.contract, |contract| {
                contract.state = ContractState::Cancelled;
                bump(&mut contract.revision);
            });
        }
    }

    fn default_run_advanced(&mut self, data: &DefaultRunAdvanced) {
        self.run_gets(data.run, |run| {
            run.cursor = Some(data.cursor);
            run.progress = data.progress;
        });
        for listed in &data.listed {
            let row = RunContract {
                run: data.run,
                contract: listed.contract,
                outcome: listed.outcome,
                amount: listed.amount,
                refund: listed.refund,
            };
            self.run_contracts.put((data.run, listed.contract), row);
        }
    }

    fn default_run_finished(&mut self, at: At, data: &DefaultRunFinished) {
        self.run_gets(data.run, |run| {
            run.state = RunState::Done;
            run.ended_at = Some(at.time);
        });
        let run = self.default_runs.get(data.run);
        if run.is_some_and(|run| run.mode == RunMode::Real && run.cause == RunCause::Exit) {
            self.merchants.change(data.merchant, |merchant| {
                merchant.state = MerchantState::Exited;
                bump(&mut merchant.revision);
            });
        }
    }

    fn merchant_under(&mut self, id: MerchantId, run: Option<RunId>) {
        self.merchants.change(id, |merchant| {
            merchant.default_run = run;
            bump(&mut merchant.revision);
        });
    }

    fn run_gets(&mut self, id: RunId, change: impl FnOnce(&mut DefaultRun)) {
        self.default_runs.change(id, |run| {
            change(run);
            bump(&mut run.revision);
        });
    }
}

/// A refund that nobody had asked for. At deal price it is what the contract holds, so that the books' own figure is
/// the law's (法释〔2025〕4号 art. 18).
fn new_refund(at: At, data: &DefaultRunContractRefunded, deposited: Amount) -> Refund {
    let used = deposited.saturating_sub(data.amount);
    let figures = Figures { live: data.live.clone(), needs_decision: false, refund: data.amount, used };
    let parties = (data.contract, data.consumer, data.merchant);
    Refund::asked(data.refund, parties, data.reason, (at.time, data.requested_on), figures)
}
