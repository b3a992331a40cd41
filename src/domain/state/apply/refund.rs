//! Refunds.

use super::delivery::settle_completion;
use super::{At, bump};
use crate::domain::event::{
    RefundAnswered, RefundDeclared, RefundDeclined, RefundOrdered, RefundPriorServiceClaimed,
    RefundPriorServiceDecided, RefundProposed, RefundRecalculated, RefundRequested, RefundWithdrawn,
};
use crate::domain::id::{ContractId, RefundId};
use crate::domain::objects::{
    Answer, Contract, ContractState, Decision, Declaration, Document, PriorService, PriorServiceState, Refund,
    RefundState,
};
use crate::domain::state::State;

impl State {
    pub(super) fn refund_requested(&mut self, at: At, data: &RefundRequested) {
        let parties = (data.contract, data.consumer, data.merchant);
        let asked = (at.time, data.requested_on);
        let refund = Refund {
            prior_same_service: data.prior_same_service,
            answer_by: data.answer_by,
            claim_by: data.claim_by,
            agreed: data.agreed,
            award: data.document_sha256.zip(data.document_sm3).map(|(sha256, sm3)| Document { sha256, sm3 }),
            claims: data.claims.clone(),
            ..Refund::asked(data.refund, parties, data.reason, asked, data.figures.clone())
        };
        self.refunds.put(data.refund, refund);
        self.contract_gets(data.contract, |contract| contract.open_refund = Some(data.refund));
    }

    pub(super) fn refund_answered(&mut self, data: &RefundAnswered) {
        self.refund_gets(data.refund, |refund| {
            refund.state = RefundState::Answered;
            let accepted = data.accept.then_some(refund.figures.refund);
            refund.answer = Some(Answer { accept: data.accept, amount: accepted.or(data.amount), reason: data.reason });
            refund.counterclaims.clone_from(&data.claims);
        });
    }

    pub(super) fn refund_declared(&mut self, data: &RefundDeclared) {
        self.refund_gets(data.refund, |refund| {
            refund.declaration = Some(Declaration { amount: data.amount, basis: data.basis });
        });
    }

    pub(super) fn refund_prior_service_claimed(&mut self, data: &RefundPriorServiceClaimed) {
        let document = Document { sha256: data.document_sha256, sm3: data.document_sm3 };
        self.refund_gets(data.refund, |refund| {
            refund.prior_service = Some(PriorService { state: PriorServiceState::Claimed, document, note: data.note });
        });
    }

    pub(super) fn refund_prior_service_decided(&mut self, at: At, data: &RefundPriorServiceDecided) {
        self.refund_gets(data.refund, |refund| {
            let state = if data.accepted { PriorServiceState::Accepted } else { PriorServiceState::Rejected };
            refund.prior_service = refund.prior_service.map(|claim| PriorService { state, ..claim });
            refund.prior_same_service = data.accepted;
            refund.answer_by = data.answer_by;
            // Nothing more can be claimed: where the claim fell, the refund is ordered now.
            refund.claim_by = refund.claim_by.map(|claim_by| claim_by.min(at.time)).filter(|_| !data.accepted);
            refund.figures.clone_from(&data.figures);
        });
    }

    pub(super) fn refund_recalculated(&mut self, data: &RefundRecalculated) {
        self.refund_gets(data.refund, |refund| {
            refund.figures = data.figures.clone();
            // A decision waiting for its second notary was made on other figures, and has to be made again.
            if refund.state == RefundState::Proposed {
                refund.state = if refund.answer.is_some() { RefundState::Answered } else { RefundState::Requested };
                refund.decision = None;
                refund.shortfall = None;
            }
        });
    }

    pub(super) fn refund_proposed(&mut self, at: At, data: &RefundProposed) {
        self.refund_gets(data.refund, |refund| {
            refund.state = RefundState::Proposed;
            refund.decision = Some(Decision {
                amount: data.amount,
                basis: data.basis,
                contested: data.contested,
                decided_by: at.actor.user(),
                document_sha256: data.document_sha256,
                document_sm3: data.document_sm3,
                reason: data.reason,
            });
            refund.shortfall = Some(data.shortfall);
        });
    }

    pub(super) fn refund_ordered(&mut self, at: At, data: &RefundOrdered) {
        let nothing_to_pay = data.amount.is_zero();
        self.refund_gets(data.refund, |refund| {
            let proposer = refund.decision.and_then(|decision| decision.decided_by);
            refund.approved_by = at.actor.user().filter(|_| proposer.is_some());
            refund.decision = Some(Decision {
                amount: data.amount,
                basis: data.basis,
                contested: data.contested,
                decided_by: proposer.or(at.actor.user()),
                document_sha256: data.document_sha256,
                document_sm3: data.document_sm3,
                reason: data.reason,
            });
            refund.ordered_at = Some(at.time);
            (refund.shortfall, refund.pay_by) = (Some(data.shortfall), Some(data.pay_by));
            refund.merchant_share = Some(data.merchant_share);
            // A payout, if there is one to pay to, follows in the next entry.
            refund.state = if nothing_to_pay { RefundState::Paid } else { RefundState::NeedsAccount };
        });
        self.contract_gets(data.contract, |contract| {
            contract.open_refund = None;
            contract.state = ContractState::Closing;
            contract.refunded = contract.refunded.saturating_add(data.amount);
            contract.unpaid = contract.unpaid.saturating_add(data.amount);
            contract.to_merchant = contract.to_merchant.saturating_add(data.merchant_share);
            settle_completion(contract);
        });
        // No delivery stands for the share, so that nothing matures: the next settlement takes it as it is.
        self.merchants.change(data.merchant, |merchant| {
            merchant.unreleased_changes(data.merchant_share.credit());
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
