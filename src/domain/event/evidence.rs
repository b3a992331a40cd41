//! Evidence in disputes. The files stand beside the log, which holds digests of them and of what they are called.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DisputeId, EvidenceId, MerchantId, Party};

/// A party handed in a file, which nobody else sees yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceStaged {
    /// Whose evidence it is.
    pub by: Party,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The evidence.
    pub evidence: EvidenceId,
    /// SHA-256 of random bytes and the file.
    pub file_sha256: Digest,
    /// SM3 of the same.
    pub file_sm3: Digest,
    /// Commitment to its name, media type, size and plain digests.
    pub manifest: Digest,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// Its size.
    pub size_bytes: u64,
}

/// A party laid a file before the other one and whoever hears the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceSubmitted {
    /// Whose evidence it is.
    pub by: Party,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// The contract.
    pub contract: ContractId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The evidence.
    pub evidence: EvidenceId,
    /// The contract's merchant.
    pub merchant: MerchantId,
}
