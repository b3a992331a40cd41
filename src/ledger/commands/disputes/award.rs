//! What an institution has awarded, or a court has judged, is recorded.

use super::{Case, case, may_split, splits_all};
use crate::domain::context::{Context, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{DisputeAwarded, Fact};
use crate::domain::id::{DisputeId, Party};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Dispute, DisputeState, Role, Split};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::{Action, Review};
use crate::ledger::command::{Command, Decided, Key};

/// Records the document of an institution or a court. Partial ones add up until the last; a document that comes after
/// the last one corrects it.
#[derive(Debug)]
pub struct AwardDispute {
    /// The dispute.
    pub dispute: DisputeId,
    /// An award or a judgment.
    pub basis: Basis,
    /// How the document splits the frozen money it decides about.
    pub split: Split,
    /// What it awards beyond that.
    pub beyond: Amount,
    /// The costs it lays down.
    pub costs: Amount,
    /// Whether the rest is decided later.
    pub partial: bool,
    /// SHA-256 of the document.
    pub document_sha256: Digest,
    /// SM3 of the document.
    pub document_sm3: Digest,
    /// Commitment to its number and items.
    pub particulars: Digest,
}

impl Command for AwardDispute {
    fn name(&self) -> &'static str {
        "dispute.award"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::Arbitrator, Role::Notary])?;
        let Case { dispute, revision, freeze, passed, .. } = case(state, context, self.dispute)?;
        let reviewed = context.reviewed(revision)?;
        // Time has brought the dispute to another stage, which nobody can have reviewed before it is written down.
        if !passed.is_empty() {
            return Err(Rejection::RevisionMismatch { current_revision: dispute.revision });
        }
        self.in_time(&dispute, context)?;
        let correction = dispute.state == DisputeState::Awarded;
        let total = dispute.awarded_with(&self.split, correction);
        let total = total.ok_or(Rejection::SplitMismatch { frozen: freeze.amount() })?;
        may_split(state, &total, freeze)?;
        if !self.partial || correction {
            splits_all(&total, freeze)?;
        }
        // After this point it must succeed.
        let event = DisputeAwarded {
            basis: self.basis,
            beyond: self.beyond,
            consumer: dispute.consumer,
            contract: dispute.contract,
            correction,
            costs: self.costs,
            dispute: dispute.id,
            document_sha256: Some(self.document_sha256),
            document_sm3: Some(self.document_sm3),
            merchant: dispute.merchant,
            partial: self.partial && !correction,
            particulars: self.particulars,
            review: review(&dispute, Action::AwardDispute, self.split.refund, reviewed),
            signature: None,
            split: self.split.clone(),
        };
        Ok(Decided::one(dispute.id, Fact::plain(event)))
    }
}

impl AwardDispute {
    /// An institution decides from arbitration on. A court can be asked at any time, and its judgment is a notary's to
    /// record.
    fn in_time(&self, dispute: &Dispute, context: &Context<'_>) -> Result<(), Rejection> {
        let by_court = self.basis == Basis::Judgment;
        if by_court && context.actor.role() != Role::Notary {
            return Err(Rejection::Forbidden);
        }
        if dispute.state == DisputeState::Awarded {
            return Ok(());
        }
        let stages =
            if by_court { DisputeState::UNDECIDED } else { &[DisputeState::Arbitrating, DisputeState::Unresolved] };
        in_state(dispute.state, stages)
    }
}

/// What somebody has reviewed who decides that the consumer gets `amount`.
pub(super) fn review(dispute: &Dispute, action: Action, amount: Amount, revision: u64) -> Review {
    Review { action, amount, payee: Party::Consumer(dispute.consumer), position: dispute.newest_entry, revision }
}
