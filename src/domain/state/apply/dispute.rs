//! Disputes, and how the contract, the deliveries and their freezes follow.

use super::{At, bump};
use crate::domain::event::{DisputeOpened, DisputeWithdrawn, Event};
use crate::domain::id::{DeliveryId, DisputeId, Party};
use crate::domain::money::Amount;
use crate::domain::objects::{DeliveryState, Dispute, DisputeState, FreezeState};
use crate::domain::state::State;

impl State {
    /// Applies what happens to disputes.
    pub(super) fn apply_dispute_event(&mut self, at: At, event: &Event) {
        match event {
            Event::DisputeOpened(data) => self.dispute_opened(at, data),
            Event::DisputeWithdrawn(data) => self.dispute_withdrawn(data),
            Event::DisputeEscalated(data) => self.dispute_escalated(at, data),
            Event::ArbitrationObjected(data) => self.arbitration_objected(data),
            Event::DisputeAssigned(data) => self.dispute_assigned(data),
            Event::DisputeSettled(data) => self.dispute_settled(data),
            Event::DisputeAwarded(data) => self.dispute_awarded(data),
            Event::DisputeExecuted(data) => self.dispute_executed(at, data),
            Event::ProposalMade(data) => self.proposal_made(at, data),
            Event::ProposalAccepted(data) => self.proposal_accepted(at, data),
            Event::EvidenceStaged(data) => self.evidence_staged(at, data),
            Event::EvidenceSubmitted(data) => self.evidence_submitted(at, data),
            _ => self.apply_freeze_event(at, event),
        }
    }

    pub(super) fn dispute_opened(&mut self, at: At, data: &DisputeOpened) {
        let dispute = Dispute {
            id: data.dispute,
            contract: data.contract,
            merchant: data.merchant,
            consumer: data.consumer,
            state: DisputeState::Negotiating,
            revision: 1,
            opened_by: data.by,
            refund: data.refund,
            amount: data.amount,
            held: data.held,
            deliveries: data.deliveries.clone(),
            freeze: data.freeze,
            reason: data.reason,
            opened_at: at.time,
            negotiate_by: data.negotiate_by,
            mediate_by: None,
            award_by: None,
            review_by: None,
            due_by: Some(data.negotiate_by),
            arbitration_objected_by: None,
            arbitration_since: None,
            evidence_until: None,
            mediator: None,
            arbitrator: None,
            proposal: None,
            decided: None,
            award: None,
            executed_by: None,
            paid_as: None,
            evidence_count: 0,
            newest_entry: 0,
        };
        self.disputes.put(data.dispute, dispute);
        for delivery in &data.deliveries {
            self.deliveries.change(*delivery, |delivery| {
                delivery.state = DeliveryState::Contested;
                delivery.dispute = Some(data.dispute);
                bump(&mut delivery.revision);
            });
        }
        self.contracts.change(data.contract, |contract| bump(&mut contract.revision));
        if let Some(refund) = data.refund {
            self.refunds.change(refund, |refund| {
                refund.dispute = Some(data.dispute);
                bump(&mut refund.revision);
            });
        }
    }

    pub(super) fn dispute_withdrawn(&mut self, data: &DisputeWithdrawn) {
        self.dispute_ends(data.dispute, DisputeState::Withdrawn);
    }

    /// A contested delivery's amount has left the freeze of its dispute; answers the dispute, and whether nothing is left.
    pub(super) fn leaves_freeze(&mut self, delivery: DeliveryId, amount: Amount) -> Option<(DisputeId, bool)> {
        let dispute = self.deliveries.get(delivery).and_then(|delivery| self.disputes.get(delivery.dispute?))?;
        let (dispute, freeze) = (dispute.id, dispute.freeze);
        let is_last = self.freezes.get(freeze).is_some_and(|freeze| freeze.amount() == amount);
        self.freezes.change(freeze, |freeze| {
            if is_last {
                freeze.state = FreezeState::Executed;
            } else {
                freeze.pending = freeze.pending.saturating_sub(amount);
                freeze.deliveries.retain(|kept| *kept != delivery);
            }
            bump(&mut freeze.revision);
        });
        Some((dispute, is_last))
    }

    /// The merchant took back a contested delivery. With the last of it the dispute ends: withdrawn, where the merchant
    /// had opened it.
    pub(super) fn merchant_gives_in(&mut self, delivery: DeliveryId, amount: Amount) {
        let Some((dispute, is_last)) = self.leaves_freeze(delivery, amount) else { return };
        let by_merchant = |dispute: &Dispute| matches!(dispute.opened_by, Party::Merchant(_));
        match is_last {
            true if self.disputes.get(dispute).is_some_and(by_merchant) => {
                self.dispute_ends(dispute, DisputeState::Withdrawn);
            }
            true => self.dispute_ends(dispute, DisputeState::Executed),
            false => self.disputes.change(dispute, |dispute| {
                dispute.amount = dispute.amount.saturating_sub(amount);
                dispute.deliveries.retain(|kept| *kept != delivery);
                bump(&mut dispute.revision);
            }),
        }
    }

    fn dispute_ends(&mut self, dispute: DisputeId, state: DisputeState) {
        self.disputes.change(dispute, |dispute| {
            dispute.state = state;
            dispute.due_by = None;
            bump(&mut dispute.revision);
        });
    }
}
