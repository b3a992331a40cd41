//! The only way state changes: in the service, in replay, and in the verifier.

mod contract;
mod default_run;
mod delivery;
mod dispute;
mod dispute_ends;
mod evidence;
mod freeze;
mod log;
mod payout;
mod people;
mod plan;
mod refund;

use super::State;
use super::posting::Posted;
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Fact};
use crate::domain::id::ObjectId;
use crate::domain::time::Timestamp;

/// Where and when an event stands in the log, and who caused it.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) position: u64,
    pub(super) time: Timestamp,
    pub(super) actor: Actor,
}

impl State {
    /// Applies one event of the log and posts its money; returns each posting with the balance it left.
    ///
    /// # Panics
    /// When the event is about an object that does not exist, or an invariant would break: the log holds no such entry.
    pub fn apply(&mut self, position: u64, time: Timestamp, actor: Actor, fact: &Fact) -> Vec<Posted> {
        let posted = self.post(position, &fact.postings);
        self.apply_event(At { position, time, actor }, &fact.event);
        for subject in fact.event.subjects() {
            self.newest_entry_is(subject, position);
        }
        posted
    }

    /// Notes the newest entry about an object, where the object keeps it: a contract, whose entries are linked, and
    /// what people decide on, who name the entry they have reviewed.
    fn newest_entry_is(&mut self, subject: ObjectId, position: u64) {
        match subject {
            ObjectId::ContractId(id) => self.contracts.change(id, |contract| contract.newest_entry = position),
            ObjectId::SettlementId(id) => self.settlements.change(id, |settlement| settlement.newest_entry = position),
            ObjectId::RefundId(id) => self.refunds.change(id, |refund| refund.newest_entry = position),
            ObjectId::DisputeId(id) => self.disputes.change(id, |dispute| dispute.newest_entry = position),
            // A dispute names its freeze before that is there.
            ObjectId::FreezeId(id) if self.freezes.seen(id).is_some() => {
                self.freezes.change(id, |freeze| freeze.newest_entry = position);
            }
            ObjectId::RunId(id) => self.default_runs.change(id, |run| run.newest_entry = position),
            _ => {}
        }
    }

    fn apply_event(&mut self, at: At, event: &Event) {
        match event {
            Event::LogOpened(data) => self.log_opened(at, data),
            Event::LogKeyAdded(data) => self.log_key_added(at, data),
            Event::LogKeyRetired(data) => self.log_key_retired(at, data),
            Event::LogAlarmRaised(data) => self.log_alarm_raised(at, data),
            Event::LogAlarmCleared(data) => self.log_alarm_cleared(at, data),
            Event::RulesAdopted(data) => self.rules_adopted(at, data),
            Event::UserRegistered(data) => self.user_registered(at, data),
            Event::UserDisabled(data) => self.user_disabled(data),
            Event::UserEnabled(data) => self.user_enabled(data),
            Event::SigningKeyRegistered(data) => self.signing_key_registered(data),
            Event::SigningKeyRetired(data) => self.signing_key_retired(data),
            Event::MerchantApplied(data) => self.merchant_applied(at, data),
            Event::MerchantReviewed(data) => self.merchant_reviewed(data),
            Event::MerchantAdmitted(data) => self.merchant_admitted(data),
            Event::MerchantRejected(data) => self.merchant_rejected(data),
            Event::MerchantSuspended(data) => self.merchant_suspended(data),
            Event::MerchantReinstated(data) => self.merchant_reinstated(data),
            Event::PayoutAccountSet(data) => self.payout_account_set(data),
            Event::VenueAdded(data) => self.venue_added(data),
            Event::VenueOpened(data) => self.venue_opened(at, data),
            Event::PlanDrafted(data) => self.plan_drafted(data),
            Event::PlanRevised(data) => self.plan_revised(data),
            Event::PlanSubmitted(data) => self.plan_submitted(data),
            Event::PlanApproved(data) => self.plan_approved(data),
            Event::PlanRejected(data) => self.plan_rejected(data),
            Event::PlanWithdrawn(data) => self.plan_withdrawn(data),
            Event::ContractDrafted(data) => self.contract_drafted(at, data),
            Event::ContractSigned(data) => self.contract_signed(at, data),
            Event::ContractCancelled(data) => self.contract_cancelled(data),
            Event::ContractExtended(data) => self.contract_extended(data),
            Event::PeriodAccrued(data) => self.period_accrued(data),
            Event::ContractGuardianConsented(data) => self.contract_guardian_consented(data),
            Event::ContractTransferOffered(data) => self.contract_transfer_offered(data),
            Event::ContractTransferWithdrawn(data) => self.contract_transfer_withdrawn(data),
            Event::ContractTransferred(data) => self.contract_transferred(at, data),
            Event::DepositStarted(data) => self.deposit_started(at, data),
            Event::DepositCredited(data) => self.deposit_credited(at, data),
            Event::DepositFailed(data) => self.deposit_failed(at, data),
            Event::DepositExpired(data) => self.deposit_expired(data),
            Event::UnclaimedWarned(data) => self.unclaimed_warned(data),
            Event::SuspenseReceived(data) => self.suspense_received(at, data),
            Event::CheckinIssued(data) => self.checkin_issued(data),
            Event::DeliveryRecorded(data) => self.delivery_recorded(at, data),
            Event::DeliveryConfirmed(data) => self.delivery_confirmed(at, data),
            Event::DeliveryVoided(data) => self.delivery_voided(data),
            Event::DeliveryReversalProposed(data) => self.delivery_reversal_proposed(data),
            Event::DeliveryReversed(data) => self.delivery_reversed(data),
            _ => self.apply_money_event(at, event),
        }
    }

    fn apply_money_event(&mut self, at: At, event: &Event) {
        match event {
            Event::SettlementProposed(data) => self.settlement_proposed(at, data),
            Event::SettlementReleased(data) => self.settlement_released(at, data),
            Event::SettlementRejected(data) => self.settlement_rejected(data),
            Event::PayoutCreated(data) => self.payout_created(at, data),
            Event::PayoutSubmitted(data) => self.payout_submitted(data),
            Event::PayoutSettled(data) => self.payout_settled(at, data),
            Event::PayoutRejected(data) => self.payout_rejected(at, data),
            Event::PayoutReturned(data) => self.payout_returned(at, data),
            Event::RefundRequested(data) => self.refund_requested(at, data),
            Event::RefundAnswered(data) => self.refund_answered(data),
            Event::RefundDeclared(data) => self.refund_declared(data),
            Event::RefundPriorServiceClaimed(data) => self.refund_prior_service_claimed(data),
            Event::RefundPriorServiceDecided(data) => self.refund_prior_service_decided(at, data),
            Event::RefundRecalculated(data) => self.refund_recalculated(data),
            Event::RefundProposed(data) => self.refund_proposed(at, data),
            Event::RefundOrdered(data) => self.refund_ordered(at, data),
            Event::RefundDeclined(data) => self.refund_declined(data),
            Event::RefundWithdrawn(data) => self.refund_withdrawn(data),
            _ => self.apply_dispute_event(at, event),
        }
    }
}

/// The next revision.
fn bump(revision: &mut u64) {
    *revision = revision.saturating_add(1);
}
