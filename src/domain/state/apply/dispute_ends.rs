//! How a dispute goes from stage to stage, and what it comes to.

use super::delivery::goes_on;
use super::{At, bump};
use crate::domain::event::{
    ArbitrationObjected, DisputeAssigned, DisputeAwarded, DisputeEscalated, DisputeExecuted, DisputeSettled,
    ProposalAccepted, ProposalMade,
};
use crate::domain::id::{DeliveryId, DisputeId, Party, ProposalId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{
    Award, Basis, ConfirmedHow, Decision, DeliveryState, Dispute, DisputeState, Figures, FreezeState, Proposal,
    ProposalState, Refund, RefundState, Role, Stage,
};
use crate::domain::refund::Reason;
use crate::domain::state::State;

impl State {
    pub(super) fn dispute_escalated(&mut self, at: At, data: &DisputeEscalated) {
        let stage = Stage { state: data.to, due_by: data.due_by, evidence_by: data.evidence_by };
        self.dispute_gets(data.dispute, |dispute| dispute.enters(&stage, at.time));
    }

    pub(super) fn arbitration_objected(&mut self, data: &ArbitrationObjected) {
        self.dispute_gets(data.dispute, |dispute| dispute.arbitration_objected_by = Some(data.by));
    }

    pub(super) fn dispute_assigned(&mut self, data: &DisputeAssigned) {
        self.dispute_gets(data.dispute, |dispute| match data.role {
            Role::Mediator => dispute.mediator = Some(data.user),
            _ => dispute.arbitrator = Some(data.user),
        });
    }

    pub(super) fn proposal_made(&mut self, at: At, data: &ProposalMade) {
        let proposal = Proposal {
            id: data.proposal,
            dispute: data.dispute,
            contract: data.contract,
            merchant: data.merchant,
            consumer: data.consumer,
            state: ProposalState::Open,
            revision: 1,
            made_by: data.by,
            stage: data.stage,
            split: data.split.clone(),
            note: data.note,
            made_at: at.time,
            accepted_by_consumer_at: (data.by == Role::Consumer).then_some(at.time),
            accepted_by_merchant_at: (data.by == Role::Merchant).then_some(at.time),
        };
        self.proposals.put(data.proposal, proposal);
    }

    pub(super) fn proposal_accepted(&mut self, at: At, data: &ProposalAccepted) {
        self.proposal_gets(data.proposal, |proposal| match data.by {
            Party::Consumer(_) => proposal.accepted_by_consumer_at = Some(at.time),
            Party::Merchant(_) => proposal.accepted_by_merchant_at = Some(at.time),
        });
    }

    pub(super) fn dispute_settled(&mut self, data: &DisputeSettled) {
        self.proposal_gets(data.proposal, |proposal| proposal.state = ProposalState::Accepted);
        self.dispute_gets(data.dispute, |dispute| {
            dispute.state = DisputeState::Settled;
            dispute.proposal = Some(data.proposal);
            dispute.decided = Some(data.split.clone());
            dispute.due_by = None;
        });
    }

    /// Partial awards add up until the last one; a correction takes the place of all.
    pub(super) fn dispute_awarded(&mut self, data: &DisputeAwarded) {
        let document = data.document_sha256.zip(data.document_sm3);
        self.dispute_gets(data.dispute, |dispute| {
            dispute.decided = dispute.awarded_with(&data.split, data.correction);
            dispute.award = document.map(|(document_sha256, document_sm3)| Award {
                basis: data.basis,
                beyond: data.beyond,
                costs: data.costs,
                document_sha256,
                document_sm3,
                particulars: data.particulars,
            });
            if !data.partial {
                dispute.state = DisputeState::Awarded;
                dispute.due_by = None;
            }
        });
    }

    pub(super) fn dispute_executed(&mut self, at: At, data: &DisputeExecuted) {
        let contested = self.freezes.get(data.freeze).map(|freeze| freeze.deliveries.clone()).unwrap_or_default();
        self.freezes.change(data.freeze, |freeze| {
            freeze.state = FreezeState::Executed;
            bump(&mut freeze.revision);
        });
        let mut counted = Amount::ZERO;
        for delivery in contested {
            let voided = data.split.voided.contains(&delivery);
            let amount = self.deliveries.get(delivery).filter(|_| !voided).map(|delivery| delivery.amount);
            counted = counted.saturating_add(amount.unwrap_or_default());
            self.delivery_ends(at, data, (delivery, voided));
        }
        self.contracts.change(data.contract, |contract| {
            contract.refunded = contract.refunded.saturating_add(data.split.refund);
            contract.unpaid = contract.unpaid.saturating_add(data.split.refund);
            contract.to_merchant = contract.to_merchant.saturating_add(data.split.merchant);
            contract.settled = contract.settled_with(&data.split, counted);
            goes_on(contract);
            bump(&mut contract.revision);
        });
        // No delivery stands for the merchant's part, so that nothing matures: the next settlement takes it as it is.
        self.merchants.change(data.merchant, |merchant| {
            merchant.unreleased = merchant.unreleased.saturating_add(data.split.merchant);
        });
        if let Some(refund) = data.refund {
            self.refund_of_dispute(at, data, refund);
        }
        self.dispute_gets(data.dispute, |dispute| {
            dispute.state = DisputeState::Executed;
            dispute.executed_by = at.actor.user();
            dispute.paid_as = data.refund;
        });
    }

    /// A contested delivery that counts is settled by the split itself; one that does not gives its units back.
    fn delivery_ends(&mut self, at: At, data: &DisputeExecuted, (id, voided): (DeliveryId, bool)) {
        let found = self.deliveries.get(id).map(|delivery| (delivery.used, delivery.amount));
        self.deliveries.change(id, |delivery| {
            if voided {
                delivery.state = DeliveryState::Voided;
            } else {
                delivery.state = DeliveryState::Confirmed;
                delivery.confirmed_at = Some(at.time);
                delivery.confirmed_how = Some(ConfirmedHow::Dispute);
            }
            bump(&mut delivery.revision);
        });
        if let Some((used, amount)) = found.filter(|_| voided) {
            self.contracts.change(data.contract, |contract| {
                let live = contract.live.without(&used, amount);
                assert!(live.is_some(), "{} has not used what comes back to it", contract.id);
                contract.live = live.unwrap_or_else(|| contract.live.clone());
                contract.amount_live = contract.amount_live.saturating_sub(amount);
            });
        }
    }

    /// The consumer's part is paid as a refund that is ordered already.
    fn refund_of_dispute(&mut self, at: At, data: &DisputeExecuted, id: RefundId) {
        let amount = data.split.refund;
        // Where only a part of a log is known, so is the contract of each of its disputes.
        let Some(contract) = self.contracts.get(data.contract) else { return };
        let used = contract.deposited.saturating_sub(amount);
        let live = contract.live.clone();
        let reason = if data.basis == Basis::Consent { Reason::Mutual } else { Reason::Award };
        let parties = (data.contract, data.consumer, data.merchant);
        let figures = Figures { live, needs_decision: false, refund: amount, used };
        let refund = Refund {
            state: RefundState::NeedsAccount,
            agreed: Some(amount),
            decision: Some(Decision {
                amount,
                basis: data.basis,
                contested: None,
                decided_by: at.actor.user(),
                document_sha256: data.document_sha256,
                document_sm3: data.document_sm3,
                reason: None,
            }),
            ordered_at: Some(at.time),
            merchant_share: Some(data.split.merchant),
            shortfall: Some(Amount::ZERO),
            pay_by: data.pay_by,
            newest_entry: at.position,
            ..Refund::asked(id, parties, reason, (at.time, data.requested_on), figures)
        };
        self.refunds.put(id, refund);
    }

    fn dispute_gets(&mut self, id: DisputeId, change: impl FnOnce(&mut Dispute)) {
        self.disputes.change(id, |dispute| {
            change(dispute);
            bump(&mut dispute.revision);
        });
    }

    fn proposal_gets(&mut self, id: ProposalId, change: impl FnOnce(&mut Proposal)) {
        self.proposals.change(id, |proposal| {
            change(proposal);
            bump(&mut proposal.revision);
        });
    }
}
