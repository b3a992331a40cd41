//! How a dispute goes from stage to stage, and what it comes to.

use super::delivery::goes_on;
use super::{At, bump};
use crate::domain::digest::Digest;
use crate::domain::event::{
    ArbitrationObjected, DisputeAssigned, DisputeAwarded, DisputeEscalated, DisputeExecuted, DisputeSettled,
    ProposalAccepted, ProposalMade,
};
use crate::domain::id::{
    ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, Party, ProposalId, RefundId,
};
use crate::domain::money::Amount;
use crate::domain::objects::{
    Award, Basis, Cause, ConfirmedHow, Decision, DeliveryState, Dispute, DisputeState, Figures, FreezeState, Proposal,
    ProposalState, Refund, RefundState, Role, Split, Stage,
};
use crate::domain::refund::Reason;
use crate::domain::state::State;
use crate::domain::time::{Date, Timestamp};

/// How the frozen money of a contract is split, who says so, and on what.
pub(super) struct Shared<'a> {
    pub(super) parties: (ContractId, ConsumerId, MerchantId),
    pub(super) basis: Basis,
    /// SHA-256 and SM3 of its document.
    pub(super) documents: (Option<Digest>, Option<Digest>),
    /// The day it is ordered, and when the consumer's part must have been paid.
    pub(super) ordered: (Date, Option<Timestamp>),
    pub(super) freeze: FreezeId,
    /// The refund that pays the consumer's part.
    pub(super) refund: Option<RefundId>,
    pub(super) split: &'a Split,
}

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
        self.freezes.change(data.freeze, |freeze| {
            freeze.state = FreezeState::Executed;
            bump(&mut freeze.revision);
        });
        let parties = (data.contract, data.consumer, data.merchant);
        let shared = Shared {
            parties,
            basis: data.basis,
            documents: (data.document_sha256, data.document_sm3),
            ordered: (data.requested_on, data.pay_by),
            freeze: data.freeze,
            refund: data.refund,
            split: &data.split,
        };
        self.money_shared(at, &shared);
        self.dispute_gets(data.dispute, |dispute| {
            dispute.state = DisputeState::Executed;
            dispute.executed_by = at.actor.user();
            dispute.paid_as = data.refund;
        });
    }

    /// What was frozen of a contract goes where it was agreed, awarded or judged.
    pub(super) fn money_shared(&mut self, at: At, shared: &Shared<'_>) {
        let (contract, _, merchant) = shared.parties;
        let split = shared.split;
        let frozen = self.freezes.get(shared.freeze);
        let (deliveries, cause) =
            frozen.map_or((Vec::new(), Cause::Dispute), |freeze| (freeze.deliveries.clone(), freeze.cause));
        let how = if cause == Cause::Dispute { ConfirmedHow::Dispute } else { ConfirmedHow::Judgment };
        let mut counted = Amount::ZERO;
        for delivery in deliveries {
            let voided = split.voided.contains(&delivery);
            let amount = self.deliveries.get(delivery).filter(|_| !voided).map(|delivery| delivery.amount);
            counted = counted.saturating_add(amount.unwrap_or_default());
            self.delivery_ends(at, contract, how, (delivery, voided));
        }
        self.contracts.change(contract, |contract| {
            contract.refunded = contract.refunded.saturating_add(split.refund);
            contract.unpaid = contract.unpaid.saturating_add(split.refund);
            contract.to_merchant = contract.to_merchant.saturating_add(split.merchant);
            contract.settled = contract.settled_with(split, counted);
            goes_on(contract);
            bump(&mut contract.revision);
        });
        // No delivery stands for the merchant's part, so that nothing matures.
        self.earned_apart(merchant, split.merchant);
        if let Some(refund) = shared.refund {
            self.refund_of_split(at, shared, refund);
        }
    }

    /// A frozen delivery that counts is settled by the split itself; one that does not gives its units back.
    fn delivery_ends(&mut self, at: At, contract: ContractId, how: ConfirmedHow, (id, voided): (DeliveryId, bool)) {
        let found = self.deliveries.get(id).map(|delivery| (delivery.used, delivery.amount));
        self.deliveries.change(id, |delivery| {
            if voided {
                delivery.state = DeliveryState::Voided;
            } else {
                delivery.state = DeliveryState::Confirmed;
                delivery.confirmed_at = Some(at.time);
                delivery.confirmed_how = Some(how);
            }
            bump(&mut delivery.revision);
        });
        if let Some((used, amount)) = found.filter(|_| voided) {
            self.contracts.change(contract, |contract| {
                let live = contract.live.without(&used, amount);
                assert!(live.is_some(), "{} has not used what comes back to it", contract.id);
                contract.live = live.unwrap_or_else(|| contract.live.clone());
                contract.amount_live = contract.amount_live.saturating_sub(amount);
            });
        }
    }

    /// The consumer's part is paid as a refund that is ordered already.
    fn refund_of_split(&mut self, at: At, shared: &Shared<'_>, id: RefundId) {
        let amount = shared.split.refund;
        // Where only a part of a log is known, so is the contract of each of its freezes.
        let Some(contract) = self.contracts.get(shared.parties.0) else { return };
        let used = contract.deposited.saturating_sub(amount);
        let live = contract.live.clone();
        let (basis, (document_sha256, document_sm3)) = (shared.basis, shared.documents);
        let (requested_on, pay_by) = shared.ordered;
        let reason = if basis == Basis::Consent { Reason::Mutual } else { Reason::Award };
        let figures = Figures { live, needs_decision: false, refund: amount, used };
        let decided_by = at.actor.user();
        let refund = Refund {
            state: RefundState::NeedsAccount,
            agreed: Some(amount),
            decision: Some(Decision {
                amount,
                basis,
                contested: None,
                decided_by,
                document_sha256,
                document_sm3,
                reason: None,
            }),
            ordered_at: Some(at.time),
            merchant_share: Some(shared.split.merchant),
            shortfall: Some(Amount::ZERO),
            pay_by,
            newest_entry: at.position,
            ..Refund::asked(id, shared.parties, reason, (at.time, requested_on), figures)
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
