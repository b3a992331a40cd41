//! Freezes and disputes, and how the contract, the deliveries and each other follow.

use super::delivery::goes_on;
use super::{At, bump};
use crate::domain::event::{DisputeOpened, DisputeWithdrawn, Event, FreezeLifted, FreezeOpened};
use crate::domain::id::{DeliveryId, DisputeId, Party};
use crate::domain::money::Amount;
use crate::domain::objects::{DeliveryState, Dispute, DisputeState, Freeze, FreezeState};
use crate::domain::state::State;

impl State {
    /// Applies what happens to disputes and freezes.
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
            Event::FreezeOpened(data) => self.freeze_opened(at, data),
            Event::FreezeLifted(data) => self.freeze_lifted(at, data),
            _ => self.apply_run_event(at, event),
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

    pub(super) fn freeze_opened(&mut self, at: At, data: &FreezeOpened) {
        let freeze = Freeze {
            id: data.freeze,
            cause: data.cause,
            contract: data.contract,
            merchant: data.merchant,
            consumer: data.consumer,
            state: FreezeState::Open,
            revision: 1,
            held: data.held,
            pending: data.pending,
            payable: data.payable,
            deliveries: data.deliveries.clone(),
            dispute: data.dispute,
            document_sha256: data.document_sha256,
            document_sm3: data.document_sm3,
            opened_at: at.time,
        };
        self.freezes.put(data.freeze, freeze);
        // The deliveries of a dispute are contested already.
        if data.dispute.is_none() {
            for delivery in &data.deliveries {
                self.deliveries.change(*delivery, |delivery| {
                    delivery.state = DeliveryState::Frozen;
                    bump(&mut delivery.revision);
                });
            }
        }
        if let Some(contract) = data.contract {
            self.contracts.change(contract, |contract| bump(&mut contract.revision));
        }
    }

    /// The clocks of the deliveries go on where they stopped.
    pub(super) fn freeze_lifted(&mut self, at: At, data: &FreezeLifted) {
        let opened_at = self.freezes.get(data.freeze).map_or(at.time, |freeze| freeze.opened_at);
        self.freezes.change(data.freeze, |freeze| {
            freeze.state = FreezeState::Lifted;
            bump(&mut freeze.revision);
        });
        for delivery in &data.deliveries {
            self.deliveries.change(*delivery, |delivery| {
                delivery.state = DeliveryState::Pending;
                delivery.confirm_by = delivery.confirm_by.later_by(opened_at, at.time);
                bump(&mut delivery.revision);
            });
        }
        if let Some(contract) = data.contract {
            self.contracts.change(contract, |contract| {
                goes_on(contract);
                bump(&mut contract.revision);
            });
        }
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
