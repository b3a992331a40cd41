//! Evidence (证据) in a dispute: files that a party lays before the other one and whoever hears the case.

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DisputeId, EvidenceId, MerchantId, Party};
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;

text_enum! {
    /// Whether others see it.
    EvidenceState {
        Staged = "staged",
        Submitted = "submitted",
    }
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The contract the dispute is about.
    pub contract: ContractId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// Whose evidence it is.
    pub by: Party,
    /// Whether others see it.
    pub state: EvidenceState,
    /// Goes up with every change.
    pub revision: u64,
    /// SHA-256 of random bytes and the file: how it is found.
    pub file_sha256: Digest,
    /// SM3 of the same.
    pub file_sm3: Digest,
    /// Commitment to its name, media type, size and plain digests.
    pub manifest: Digest,
    /// Its size.
    pub size_bytes: u64,
    /// When it was taken in.
    pub staged_at: Timestamp,
    /// When it was laid before the others.
    pub submitted_at: Option<Timestamp>,
}
