//! A party hands in a file, and lays it before the others when it is ready.

use super::{Case, case};
use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{EvidenceStaged, EvidenceSubmitted, Fact};
use crate::domain::id::{DisputeId, EvidenceId};
use crate::domain::objects::{Dispute, DisputeState, EvidenceState};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Hands in a file that nobody else sees yet.
#[derive(Debug)]
pub struct StageEvidence {
    /// Its id.
    pub evidence: EvidenceId,
    /// The dispute.
    pub dispute: DisputeId,
    /// SHA-256 of random bytes and the file.
    pub file_sha256: Digest,
    /// SM3 of the same.
    pub file_sm3: Digest,
    /// Commitment to its name, media type, size and plain digests.
    pub manifest: Digest,
    /// Its size.
    pub size_bytes: u64,
}

/// Lays a file before the other party and whoever hears the case.
#[derive(Debug)]
pub struct SubmitEvidence {
    /// The evidence.
    pub evidence: EvidenceId,
    /// The dispute it belongs to.
    pub dispute: DisputeId,
}

impl Command for StageEvidence {
    fn name(&self) -> &'static str {
        "evidence.stage"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let by = context.party.ok_or(Rejection::NotFound)?;
        let Case { dispute, contract, passed: mut facts, .. } = case(state, context, self.dispute)?;
        in_time(&dispute, context)?;
        if dispute.evidence_count >= packs::in_force().times(contract).evidence_count_max {
            return Err(Rejection::EvidenceFull);
        }
        facts.push(Fact::plain(EvidenceStaged {
            by,
            consumer: dispute.consumer,
            contract: dispute.contract,
            dispute: dispute.id,
            evidence: self.evidence,
            file_sha256: self.file_sha256,
            file_sm3: self.file_sm3,
            manifest: self.manifest,
            merchant: dispute.merchant,
            size_bytes: self.size_bytes,
        }));
        Ok(Decided { facts, shows: self.evidence.into() })
    }
}

impl Command for SubmitEvidence {
    fn name(&self) -> &'static str {
        "evidence.submit"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Evidence(self.evidence), Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let by = context.party.ok_or(Rejection::NotFound)?;
        let Case { dispute, passed: mut facts, .. } = case(state, context, self.dispute)?;
        let own = state.evidence.get(self.evidence).filter(|found| found.dispute == dispute.id && found.by == by);
        let evidence = found(own)?;
        context.reviewed(evidence.revision)?;
        in_state(evidence.state, &[EvidenceState::Staged])?;
        in_time(&dispute, context)?;
        facts.push(Fact::plain(EvidenceSubmitted {
            by,
            consumer: dispute.consumer,
            contract: dispute.contract,
            dispute: dispute.id,
            evidence: evidence.id,
            merchant: dispute.merchant,
        }));
        Ok(Decided { facts, shows: evidence.id.into() })
    }
}

/// Checks that evidence can still be brought forward.
fn in_time(dispute: &Dispute, context: &Context<'_>) -> Result<(), Rejection> {
    in_state(dispute.state, DisputeState::UNDECIDED)?;
    match dispute.evidence_by().filter(|evidence_by| context.at >= *evidence_by) {
        Some(_) => Err(Rejection::EvidenceLate),
        None => Ok(()),
    }
}
