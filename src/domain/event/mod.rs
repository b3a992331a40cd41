//! What can happen: the log's event schema. Every change of state is one of these, and replay knows them all.
//!
//! Fields are declared in the order of their names, so that plain serialisation gives canonical JSON (RFC 8785).
//! Schemas are append-only; an unknown field is an error.

mod contract;
mod default_run;
mod delivery;
mod dispute;
mod dispute_ends;
mod evidence;
mod freeze;
mod log;
mod people;
mod plan;
mod refund;
mod reviewed;
mod settlement;

pub use contract::*;
pub use default_run::*;
pub use delivery::*;
pub use dispute::*;
pub use dispute_ends::*;
pub use evidence::*;
pub use freeze::*;
pub use log::*;
pub use people::*;
pub use plan::*;
pub use refund::*;
pub use reviewed::Reviewed;
pub use settlement::*;

use serde::{Deserialize, Serialize, Serializer};

use super::account::Posting;
use super::id::{ContractId, MerchantId, ObjectId};

/// One event and the money it moves: what a decision is made of, and what an entry of the log holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What happened.
    pub event: Event,
    /// The money it moved; sums to zero.
    pub postings: Vec<Posting>,
}

impl Fact {
    /// An event that moves no money.
    #[must_use]
    pub fn plain(event: impl Into<Event>) -> Self {
        Self { event: event.into(), postings: Vec::new() }
    }

    /// An event that moves money.
    #[must_use]
    pub fn moving(event: impl Into<Event>, postings: Vec<Posting>) -> Self {
        Self { event: event.into(), postings }
    }
}

/// Something that can stand in an event and name an object the event is about.
trait Subject {
    fn add_to(&self, subjects: &mut Vec<ObjectId>);
}

impl<T: Copy + Into<ObjectId>> Subject for T {
    fn add_to(&self, subjects: &mut Vec<ObjectId>) {
        subjects.push((*self).into());
    }
}

struct Maybe<T>(Option<T>);

impl<T: Copy + Into<ObjectId>> Maybe<T> {
    fn add_to(&self, subjects: &mut Vec<ObjectId>) {
        subjects.extend(self.0.map(Into::into));
    }
}

/// Declares the event enum: for each kind its word, its data, and the objects it is about, the first of which is the
/// one that the reply to its command shows. What may be absent stands after a semicolon, a list after a star.
macro_rules! events {
    ($($kind:literal => $name:ident [$($subject:ident),* $(; $($maybe:ident),+)? $(* $many:ident)?],)+) => {
        /// One event.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Event { $(#[doc = concat!("`", $kind, "`")] $name($name),)+ }

        impl Event {
            /// Every kind, in the order of declaration.
            pub const KINDS: &'static [&'static str] = &[$($kind,)+];

            /// The kind's word.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => $kind,)+ }
            }

            /// The objects it is about; the first is the one that its command's reply shows.
            #[must_use]
            pub fn subjects(&self) -> Vec<ObjectId> {
                let mut subjects = Vec::with_capacity(5);
                match self { $(Self::$name(_data) => {
                    $(_data.$subject.add_to(&mut subjects);)*
                    $($(Maybe(_data.$maybe).add_to(&mut subjects);)+)?
                    $(_data.$many.iter().for_each(|one| one.add_to(&mut subjects));)?
                })+ }
                subjects
            }

            /// Reads the data of an event of the given kind.
            ///
            /// # Errors
            /// For an unknown kind, and for data that its schema does not allow.
            pub fn read<'de, D: serde::Deserializer<'de>>(kind: &str, data: D) -> Result<Self, D::Error> {
                match kind {
                    $($kind => $name::deserialize(data).map(Self::$name),)+
                    _ => Err(serde::de::Error::custom(format!("unknown kind {kind}"))),
                }
            }
        }

        impl Serialize for Event {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$name(data) => data.serialize(out),)+ }
            }
        }

        $(impl From<$name> for Event {
            fn from(data: $name) -> Self {
                Self::$name(data)
            }
        })+
    };
}

impl Event {
    /// The contract it is about, where there is one.
    #[must_use]
    pub fn contract(&self) -> Option<ContractId> {
        self.subjects().into_iter().find_map(|subject| match subject {
            ObjectId::ContractId(id) => Some(id),
            _ => None,
        })
    }

    /// The merchant it is about, where there is one.
    #[must_use]
    pub fn merchant(&self) -> Option<MerchantId> {
        self.subjects().into_iter().find_map(|subject| match subject {
            ObjectId::MerchantId(id) => Some(id),
            _ => None,
        })
    }
}

events! {
    "log.opened" => LogOpened [],
    "log.key_added" => LogKeyAdded [],
    "log.key_retired" => LogKeyRetired [],
    "log.alarm_raised" => LogAlarmRaised [alarm],
    "log.alarm_cleared" => LogAlarmCleared [alarm],
    "rules.adopted" => RulesAdopted [],
    "user.registered" => UserRegistered [user; party],
    "user.disabled" => UserDisabled [user],
    "user.enabled" => UserEnabled [user],
    "signing_key.registered" => SigningKeyRegistered [user],
    "signing_key.retired" => SigningKeyRetired [user],
    "merchant.applied" => MerchantApplied [merchant, user],
    "merchant.reviewed" => MerchantReviewed [merchant],
    "merchant.admitted" => MerchantAdmitted [merchant],
    "merchant.rejected" => MerchantRejected [merchant],
    "merchant.suspended" => MerchantSuspended [merchant],
    "merchant.reinstated" => MerchantReinstated [merchant],
    "merchant.exiting" => MerchantExiting [merchant],
    "payout_account.set" => PayoutAccountSet [party],
    "venue.added" => VenueAdded [venue, merchant],
    "venue.opened" => VenueOpened [venue, merchant],
    "plan.drafted" => PlanDrafted [plan, merchant],
    "plan.revised" => PlanRevised [plan, merchant],
    "plan.submitted" => PlanSubmitted [plan, merchant],
    "plan.approved" => PlanApproved [plan, merchant],
    "plan.rejected" => PlanRejected [plan, merchant],
    "plan.withdrawn" => PlanWithdrawn [plan, merchant],
    "contract.drafted" => ContractDrafted [contract, merchant, consumer],
    "contract.signed" => ContractSigned [contract, merchant, consumer],
    "contract.cancelled" => ContractCancelled [contract, merchant, consumer],
    "contract.extended" => ContractExtended [contract, merchant, consumer],
    "period.accrued" => PeriodAccrued [contract, merchant, consumer],
    "contract.guardian_consented" => ContractGuardianConsented [contract, merchant, consumer],
    "contract.transfer_offered" => ContractTransferOffered [contract, merchant, consumer, to],
    "contract.transfer_withdrawn" => ContractTransferWithdrawn [contract, merchant, consumer, to],
    "contract.transferred" => ContractTransferred [contract, merchant, consumer, from],
    "deposit.started" => DepositStarted [deposit, contract, merchant, consumer],
    "deposit.credited" => DepositCredited [deposit, contract, merchant, consumer],
    "deposit.failed" => DepositFailed [deposit, contract, merchant, consumer],
    "deposit.expired" => DepositExpired [deposit, contract, merchant, consumer],
    "unclaimed.warned" => UnclaimedWarned [deposit, contract, merchant, consumer],
    "suspense.received" => SuspenseReceived [suspense; deposit],
    "checkin.issued" => CheckinIssued [contract, merchant, consumer],
    "delivery.recorded" => DeliveryRecorded [delivery, contract, merchant, consumer],
    "delivery.confirmed" => DeliveryConfirmed [delivery, contract, merchant, consumer],
    "delivery.voided" => DeliveryVoided [delivery, contract, merchant, consumer],
    "delivery.reversal_proposed" => DeliveryReversalProposed [delivery, contract, merchant, consumer],
    "delivery.reversed" => DeliveryReversed [delivery, contract, merchant, consumer; settlement],
    "dispute.opened" => DisputeOpened [dispute, contract, merchant, consumer, freeze; refund * deliveries],
    "dispute.withdrawn" => DisputeWithdrawn [dispute, contract, merchant, consumer],
    "dispute.escalated" => DisputeEscalated [dispute, contract, merchant, consumer],
    "dispute.arbitration_objected" => ArbitrationObjected [dispute, contract, merchant, consumer],
    "dispute.assigned" => DisputeAssigned [dispute, contract, merchant, consumer, user],
    "dispute.settled" => DisputeSettled [dispute, contract, merchant, consumer, proposal],
    "dispute.awarded" => DisputeAwarded [dispute, contract, merchant, consumer],
    "dispute.executed" => DisputeExecuted [dispute, contract, merchant, consumer, freeze; refund],
    "proposal.made" => ProposalMade [proposal, dispute, contract, merchant, consumer],
    "proposal.accepted" => ProposalAccepted [proposal, dispute, contract, merchant, consumer],
    "evidence.staged" => EvidenceStaged [evidence, dispute, contract, merchant, consumer],
    "evidence.submitted" => EvidenceSubmitted [evidence, dispute, contract, merchant, consumer],
    "freeze.opened" => FreezeOpened [freeze, merchant; contract, consumer, dispute * deliveries],
    "freeze.lifted" => FreezeLifted [freeze, merchant; contract, consumer, dispute * deliveries],
    "freeze.ordered" => FreezeOrdered [freeze, merchant; contract, consumer],
    "freeze.reached" => FreezeReached [freeze, merchant; contract, consumer, settlement * deliveries],
    "freeze.order_lifted" => FreezeOrderLifted [freeze, merchant; contract, consumer * deliveries],
    "freeze.executed" => FreezeExecuted [freeze, merchant; contract, consumer, refund],
    "settlement.proposed" => SettlementProposed [settlement, merchant],
    "settlement.released" => SettlementReleased [settlement, merchant],
    "settlement.rejected" => SettlementRejected [settlement, merchant],
    "payout.created" => PayoutCreated [payout, payee; settlement, refund, contract],
    "payout.submitted" => PayoutSubmitted [payout, payee; settlement, refund, contract],
    "payout.settled" => PayoutSettled [payout, payee; settlement, refund, contract],
    "payout.rejected" => PayoutRejected [payout, payee; settlement, refund, contract],
    "payout.returned" => PayoutReturned [payout_return, payout, payee; settlement, refund, contract],
    "payout.cancelled" => PayoutCancelled [payout, payee; settlement, refund, contract],
    "refund.requested" => RefundRequested [refund, contract, merchant, consumer],
    "refund.answered" => RefundAnswered [refund, contract, merchant, consumer],
    "refund.declared" => RefundDeclared [refund, contract, merchant, consumer],
    "refund.prior_service_claimed" => RefundPriorServiceClaimed [refund, contract, merchant, consumer],
    "refund.prior_service_decided" => RefundPriorServiceDecided [refund, contract, merchant, consumer],
    "refund.recalculated" => RefundRecalculated [refund, contract, merchant, consumer],
    "refund.proposed" => RefundProposed [refund, contract, merchant, consumer],
    "refund.ordered" => RefundOrdered [refund, contract, merchant, consumer],
    "refund.declined" => RefundDeclined [refund, contract, merchant, consumer],
    "refund.withdrawn" => RefundWithdrawn [refund, contract, merchant, consumer],
    "default_run.proposed" => DefaultRunProposed [run, merchant],
    "default_run.objected" => DefaultRunObjected [run, merchant],
    "default_run.approved" => DefaultRunApproved [run, merchant; settlement],
    "default_run.rescinded" => DefaultRunRescinded [run, merchant],
    "default_run.contract_refunded" => DefaultRunContractRefunded [refund, contract, merchant, consumer],
    "default_run.contract_passed" => DefaultRunContractPassed [contract, merchant, consumer],
    "default_run.advanced" => DefaultRunAdvanced [run, merchant],
    "default_run.finished" => DefaultRunFinished [run, merchant],
}
