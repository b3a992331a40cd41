//! Refunds.

use super::delivery::settle_completion;
use super::{At, bump};
use crate::domain::event::{
    RefundAnswered, RefundDeclined, RefundOrdered, RefundProposed, RefundRecalculated, RefundRequested, RefundWithdrawn,
};
use crate::domain::id::{ContractId, RefundId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{Answer, Contract, ContractState, Decision, Refund, RefundState};
use crate::domain::state::State;

impl State {
    pub(super) fn refund_requested(&mut self, at: At, data: &RefundRequested) {
        let refund = Refund {
            id: data.refund,
            contract: data.contract,
            consumer: data.consumer,
            merchant: data.merchant,
            state: RefundState::Requested,
            revision: 1,
            reason: data.reason,
            prior_same_service: data.prior_same_service,
            requested_at: at.time,
            requested_on: data.requested_on,
            answer_by: data.answer_by,
            figures: data.figures.clone(),
            agreed: data.agreed,
            answer: None,
            decision: None,
            approved_by: None,
            ordered_at: None,
            merchant_share: None,
            payout: None,
            newest_entry: 0,
        };
        self.refunds.put(data.refund, refund);
        self.contract_gets(data.contract, |contract| contract.open_refund = Some(data.refund));
    }

    pub(super) fn refund_answered(&mut self, data: &RefundAnswered) {
        self.refund_gets(data.refund, |refund| {
            refund.state = RefundState::Answered;
            let accepted = data.accept.then_some(refund.figures.refund);
            refund.answer = Some(Answer { accept: data.accept, amount: accepted.or(data.amount), reason: data.reason });
        });
    }

    pub(super) fn refund_recalculated(&mut self, data: &RefundRecalculated) {
        self.refund_gets(data.refund, |refund| {
            refund.figures = data.figures.clone();
            // A decision waiting for its second notary was made on other figures, and has to be made again.
            if refund.state == RefundState::Proposed {
                refund.state = if refund.answer.is_some() { RefundState::Answered } else { RefundState::Requested };
                refund.decision = None;
            }
        });
    }

    pub(super) fn refund_proposed(&mut self, at: At, data: &RefundProposed) {
        self.refund_gets(data.refund, |refund| {
            refund.state = RefundState::Proposed;
            refund.decision = Some(Decision {
                amount: data.amount,
                basis: data.basis,
                decided_by: at.actor.user().unwrap_or(UserId::from_bits(0)),
                document_sha256: data.document_sha256,
                document_sm3: data.document_sm3,
            });
        });
    }

    pub(super) fn refund_ordered(&mut self, at: At, data: &RefundOrdered) {
        let nothing_to_pay = data.amount.is_zero();
        self.refund_gets(data.refund, |refund| {
            let actor = at.actor.user().unwrap_or(UserId::from_bits(0));
            let proposer = refund.decision.map(|decision| decision.decided_by);
            refund.approved_by = proposer.is_some().then_some(actor);
            refund.decision = Some(Decision {
                amount: data.amount,
                basis: data.basis,
                decided_by: proposer.unwrap_or(actor),
                document_sha256: data.document_sha256,
                document_sm3: data.document_sm3,
            });
            refund.ordered_at = Some(at.time);
            refund.merchant_share = Some(data.merchant_share);
            // A payout, if there is one to pay to, follows in the next entry.
            refund.state = if nothing_to_pay { RefundState::Paid } else { RefundState::NeedsAccount };
        });
        self.contract_gets(data.contract, |contract| {
            contract.open_refund = None;
            contract.state = ContractState::Closing;
            contract.refunded = contract.refunded.checked_add(data.amount).unwrap_or(Amount::MAX);
            contract.unpaid = contract.unpaid.checked_add(data.amount).unwrap_or(Amount::MAX);
            contract.to_merchant = contract.to_merchant.checked_add(data.merchant_share).unwrap_or(Amount::MAX);
            settle_completion(contract);
        });
        // No delivery stands for the share, so that nothing matures: the next settlement takes it as it is.
        self.merchants.change(data.merchant, |merchant| {
            merchant.unreleased = merchant.unreleased.checked_add(data.merchant_share).unwrap_or(Amount::MAX);
        });
    }

    pub(super) fn refund_declined(&mut self, data: &RefundDeclined) {
        self.refund_ends(data.refund, data.contract, RefundState::Declined);
    }

    pub(super) fn refund_withdrawn(&mut self, data: &RefundWithdrawn) {
        self.refund_ends(data.refund, data.contract, RefundState::Withdrawn);
    }

    fn refund_ends(&mut self, refund: RefundId, contract: ContractId, state: RefundState) {
        self.refund_gets(refund, |refund| refund.state = state);
        self.contract_gets(contract, |contract| {
            contract.open_refund = None;
            settle_completion(contract);
        });
    }

    fn refund_gets(&mut self, id: RefundId, change: impl FnOnce(&mut Refund)) {
        self.refunds.change(id, |refund| {
            change(refund);
            bump(&mut refund.revision);
        });
    }

    fn contract_gets(&mut self, id: ContractId, change: impl FnOnce(&mut Contract)) {
        self.contracts.change(id, |contract| {
            change(contract);
            bump(&mut contract.revision);
        });
    }
}
