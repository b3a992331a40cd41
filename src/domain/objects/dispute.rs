//! Disputes (纠纷): what money is set aside for until somebody decides.

use super::split::{Award, Split};
use crate::domain::digest::Digest;
use crate::domain::id::{
    ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, Party, ProposalId, RefundId, UserId,
};
use crate::domain::money::Amount;
use crate::domain::packs::TimeLimits;
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;

text_enum! {
    /// How far a dispute has come.
    DisputeState {
        Negotiating = "negotiating",
        Mediating = "mediating",
        Arbitrating = "arbitrating",
        Unresolved = "unresolved",
        Awarded = "awarded",
        Settled = "settled",
        Executed = "executed",
        Withdrawn = "withdrawn",
    }
}

impl DisputeState {
    /// True once nothing can happen to the dispute any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Executed | Self::Withdrawn)
    }

    /// The states in which nobody has decided how the money is to be split: one side can still take back what it is about.
    pub const UNDECIDED: &[Self] = &[Self::Negotiating, Self::Mediating, Self::Arbitrating, Self::Unresolved];

    /// True in these states.
    #[must_use]
    pub fn is_undecided(self) -> bool {
        Self::UNDECIDED.contains(&self)
    }
}

/// A stage that a dispute comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The state that it is in from then on.
    pub state: DisputeState,
    /// When the stage ends by itself.
    pub due_by: Timestamp,
    /// Until when evidence can be brought forward, where it is arbitrated.
    pub evidence_by: Option<Timestamp>,
}

/// A disagreement about deliveries, about undelivered money, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// The contract it is about.
    pub contract: ContractId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// How far it has come.
    pub state: DisputeState,
    /// Goes up with every change.
    pub revision: u64,
    /// Who opened it.
    pub opened_by: Party,
    /// The refund whose contested part it is about.
    pub refund: Option<RefundId>,
    /// How much is contested now.
    pub amount: Amount,
    /// How much undelivered money is contested.
    pub held: Amount,
    /// The deliveries that are contested.
    pub deliveries: Vec<DeliveryId>,
    /// The freeze that keeps the amount aside.
    pub freeze: FreezeId,
    /// Commitment to the opener's reason.
    pub reason: Digest,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when the parties negotiate.
    pub negotiate_by: Timestamp,
    /// Until when it is mediated, where it has come to that.
    pub mediate_by: Option<Timestamp>,
    /// Until when an award is due, where it has come to arbitration.
    pub award_by: Option<Timestamp>,
    /// When it is looked at again, where nothing has resolved it.
    pub review_by: Option<Timestamp>,
    /// When its present stage ends by itself; none once it is decided.
    pub due_by: Option<Timestamp>,
    /// Who has objected to arbitration.
    pub arbitration_objected_by: Option<Party>,
    /// Since when it is arbitrated, or was.
    pub arbitration_since: Option<Timestamp>,
    /// Until when evidence can, or could, be brought forward in arbitration.
    pub evidence_until: Option<Timestamp>,
    /// Who mediates.
    pub mediator: Option<UserId>,
    /// Who arbitrates.
    pub arbitrator: Option<UserId>,
    /// The proposal that both parties have accepted.
    pub proposal: Option<ProposalId>,
    /// How the money is to be split, as far as that is decided.
    pub decided: Option<Split>,
    /// What was awarded.
    pub award: Option<Award>,
    /// The notary who carried it out.
    pub executed_by: Option<UserId>,
    /// The refund that pays the consumer's part.
    pub paid_as: Option<RefundId>,
    /// How many files were handed in.
    pub evidence_count: u32,
    /// Position of the newest entry about it: what a decider has reviewed.
    pub newest_entry: u64,
}

impl Dispute {
    /// The stage that follows by the contract's `times`, where the present one ends at `from`; none once it is decided.
    /// Evidence can be brought forward from `at` on, when this is written down.
    ///
    /// Mediation leads to arbitration where the contract has an `agreement` on that and nobody has objected.
    #[must_use]
    pub fn next_stage(&self, agreement: bool, times: &TimeLimits, from: Timestamp, at: Timestamp) -> Option<Stage> {
        let (state, hours) = match self.state {
            DisputeState::Negotiating => (DisputeState::Mediating, times.mediation_hours),
            DisputeState::Mediating if agreement && self.arbitration_objected_by.is_none() => {
                (DisputeState::Arbitrating, times.arbitration_hours)
            }
            DisputeState::Mediating | DisputeState::Arbitrating | DisputeState::Unresolved => {
                (DisputeState::Unresolved, times.review_hours)
            }
            _ => return None,
        };
        let evidence_by = (state == DisputeState::Arbitrating).then(|| at.plus_hours(times.evidence_hours));
        Some(Stage { state, due_by: from.plus_hours(hours), evidence_by })
    }

    /// Comes to a stage.
    pub fn enters(&mut self, stage: &Stage, at: Timestamp) {
        self.state = stage.state;
        self.due_by = Some(stage.due_by);
        match stage.state {
            DisputeState::Mediating => self.mediate_by = Some(stage.due_by),
            DisputeState::Arbitrating => {
                self.award_by = Some(stage.due_by);
                self.arbitration_since = Some(at);
                self.evidence_until = stage.evidence_by;
            }
            _ => self.review_by = Some(stage.due_by),
        }
    }

    /// Until when evidence can be brought forward in the present stage.
    #[must_use]
    pub fn evidence_by(&self) -> Option<Timestamp> {
        self.evidence_until.filter(|_| self.state == DisputeState::Arbitrating).or(self.due_by)
    }

    /// True where the case is this mediator's to see: until it comes to arbitration.
    #[must_use]
    pub fn is_mediated_by(&self, user: UserId) -> bool {
        self.mediator == Some(user) && self.arbitration_since.is_none()
    }

    /// True where the case is this arbitrator's to see: from arbitration on.
    #[must_use]
    pub fn is_arbitrated_by(&self, user: UserId) -> bool {
        self.arbitrator == Some(user) && self.arbitration_since.is_some()
    }

    /// The split of all that is awarded with one more document, which adds to those before or corrects them; none where
    /// it cannot be represented.
    #[must_use]
    pub fn awarded_with(&self, split: &Split, correction: bool) -> Option<Split> {
        match &self.decided {
            Some(before) if !correction => before.plus(split),
            _ => Some(split.clone()),
        }
    }
}
