//! Who may cause which event.

use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::objects::{Role, UserState};
use crate::domain::state::State;

/// The roles that may cause an event of this kind. A registration is written down by the service itself, whoever asks
/// for it, since there is no user yet.
#[must_use]
pub const fn roles(event: &Event) -> &'static [Role] {
    use Role::{Arbitrator, Channel, Consumer, Merchant, Notary, Operator, Regulator, System};
    match event {
        Event::LogOpened(_)
        | Event::LogKeyAdded(_)
        | Event::LogKeyRetired(_)
        | Event::LogAlarmRaised(_)
        | Event::LogAlarmCleared(_)
        | Event::RulesAdopted(_)
        | Event::UnclaimedWarned(_)
        | Event::UserRegistered(_)
        | Event::UserDisabled(_)
        | Event::UserEnabled(_) => &[System],
        Event::SigningKeyRegistered(_) | Event::SigningKeyRetired(_) => &[Notary, Arbitrator, Regulator],
        Event::MerchantReviewed(_) => &[Operator],
        Event::MerchantRejected(_) => &[Notary, Operator],
        Event::MerchantAdmitted(_)
        | Event::MerchantSuspended(_)
        | Event::MerchantReinstated(_)
        | Event::PlanApproved(_)
        | Event::PlanRejected(_)
        | Event::SettlementProposed(_)
        | Event::SettlementReleased(_)
        | Event::SettlementRejected(_)
        | Event::RefundProposed(_)
        | Event::ContractGuardianConsented(_)
        | Event::RefundPriorServiceDecided(_)
        | Event::RefundDeclined(_)
        | Event::PayoutCancelled(_) => &[Notary],
        Event::MerchantApplied(_)
        | Event::VenueAdded(_)
        | Event::VenueOpened(_)
        | Event::PlanDrafted(_)
        | Event::PlanRevised(_)
        | Event::PlanSubmitted(_)
        | Event::PlanWithdrawn(_)
        | Event::ContractExtended(_)
        | Event::DeliveryRecorded(_)
        | Event::RefundAnswered(_)
        | Event::RefundPriorServiceClaimed(_) => &[Merchant],
        Event::MerchantExiting(_) => &[Merchant, Notary],
        Event::ContractDrafted(_)
        | Event::ContractTransferOffered(_)
        | Event::ContractTransferWithdrawn(_)
        | Event::ContractTransferred(_)
        | Event::DepositStarted(_)
        | Event::CheckinIssued(_)
        | Event::RefundRequested(_)
        | Event::RefundDeclared(_)
        | Event::RefundWithdrawn(_) => &[Consumer],
        Event::PayoutAccountSet(_) | Event::ContractSigned(_) | Event::ContractCancelled(_) => &[Consumer, Merchant],
        Event::DepositExpired(_) => &[Consumer, Merchant, System],
        Event::DepositCredited(_)
        | Event::DepositFailed(_)
        | Event::SuspenseReceived(_)
        | Event::PayoutSettled(_)
        | Event::PayoutRejected(_)
        | Event::PayoutReturned(_) => &[Channel],
        Event::RefundOrdered(_) => &[Notary, System],
        // A refund that the service orders by itself finds no delivery to void.
        Event::DeliveryVoided(_) => &[Merchant, Notary],
        Event::DeliveryReversalProposed(_) | Event::DeliveryReversed(_) => &[Consumer, Merchant, Notary],
        Event::DeliveryConfirmed(_) | Event::PayoutCreated(_) => &[Consumer, Merchant, Notary, System],
        // Whoever moves money of the contract, also by bringing it to where a court's order waits for it.
        Event::RefundRecalculated(_) => &[Consumer, Merchant, Notary, Channel, System],
        Event::PayoutSubmitted(_) | Event::PeriodAccrued(_) => &[System],
        _ => in_cases(event),
    }
}

/// The same of what happens to disputes, freezes and default runs; nobody causes what neither knows.
const fn in_cases(event: &Event) -> &'static [Role] {
    use Role::{Arbitrator, Channel, Consumer, Mediator, Merchant, Notary, System};
    match event {
        Event::DisputeAssigned(_)
        | Event::DisputeExecuted(_)
        | Event::FreezeOrdered(_)
        | Event::FreezeOrderLifted(_)
        | Event::FreezeExecuted(_)
        | Event::DefaultRunProposed(_)
        | Event::DefaultRunApproved(_)
        | Event::DefaultRunRescinded(_) => &[Notary],
        Event::DefaultRunObjected(_) => &[Merchant],
        Event::DefaultRunContractRefunded(_)
        | Event::DefaultRunContractPassed(_)
        | Event::DefaultRunAdvanced(_)
        | Event::DefaultRunFinished(_) => &[System],
        // Whoever brings money to where an order waits for it.
        Event::FreezeReached(_) => &[Consumer, Merchant, Notary, Channel, System],
        Event::DisputeAwarded(_) => &[Arbitrator, Notary],
        Event::ProposalMade(_) => &[Consumer, Merchant, Mediator],
        Event::DisputeEscalated(_) => &[Consumer, Merchant, Mediator, Notary, System],
        // A notary opens one over what a refund leaves contested.
        Event::DisputeOpened(_) | Event::FreezeOpened(_) => &[Consumer, Merchant, Notary],
        Event::DisputeWithdrawn(_)
        | Event::FreezeLifted(_)
        | Event::DisputeSettled(_)
        | Event::ArbitrationObjected(_)
        | Event::ProposalAccepted(_)
        | Event::EvidenceStaged(_)
        | Event::EvidenceSubmitted(_) => &[Consumer, Merchant],
        _ => &[],
    }
}

/// Checks that the actor is who they say, and may do this.
pub(super) fn check(state: &State, actor: Actor, event: &Event) -> Result<(), String> {
    let role = actor.role();
    if !roles(event).contains(&role) {
        return Err(format!("a {role} cannot cause {}", event.kind()));
    }
    let Actor::User { id, .. } = actor else { return Ok(()) };
    match state.users.get(id) {
        None => Err(format!("{id} acts, who is not registered")),
        Some(user) if user.role != role => Err(format!("{id} acts as {role}, who is registered as {}", user.role)),
        Some(user) if user.state != UserState::Active => Err(format!("{id} acts, who is disabled")),
        Some(_) => Ok(()),
    }
}
