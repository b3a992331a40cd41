//! Evidence in disputes.

use super::{At, bump};
use crate::domain::event::{EvidenceStaged, EvidenceSubmitted};
use crate::domain::objects::{Evidence, EvidenceState};
use crate::domain::state::State;

impl State {
    pub(super) fn evidence_staged(&mut self, at: At, data: &EvidenceStaged) {
        let evidence = Evidence {
            id: data.evidence,
            dispute: data.dispute,
            contract: data.contract,
            merchant: data.merchant,
            consumer: data.consumer,
            by: data.by,
            state: EvidenceState::Staged,
            revision: 1,
            file_sha256: data.file_sha256,
            file_sm3: data.file_sm3,
            manifest: data.manifest,
            size_bytes: data.size_bytes,
            staged_at: at.time,
            submitted_at: None,
        };
        self.evidence.put(data.evidence, evidence);
        self.disputes.change(data.dispute, |dispute| {
            dispute.evidence_count = dispute.evidence_count.saturating_add(1);
        });
    }

    pub(super) fn evidence_submitted(&mut self, at: At, data: &EvidenceSubmitted) {
        self.evidence.change(data.evidence, |evidence| {
            evidence.state = EvidenceState::Submitted;
            evidence.submitted_at = Some(at.time);
            bump(&mut evidence.revision);
        });
    }
}
