//! Plans.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, PlanId};
use crate::domain::objects::PlanFigures;
use crate::domain::terms::Reading;

/// A merchant wrote the first version of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanDrafted {
    /// What the books need of it.
    pub figures: PlanFigures,
    /// Who sells it.
    pub merchant: MerchantId,
    /// The plan.
    pub plan: PlanId,
    /// SHA-256 of the whole version.
    pub terms_sha256: Digest,
    /// SM3 of the whole version.
    pub terms_sm3: Digest,
}

/// A merchant wrote a new version of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRevised {
    /// What the books need of it.
    pub figures: PlanFigures,
    /// Who sells it.
    pub merchant: MerchantId,
    /// The plan.
    pub plan: PlanId,
    /// SHA-256 of the whole version.
    pub terms_sha256: Digest,
    /// SM3 of the whole version.
    pub terms_sm3: Digest,
    /// The version's number.
    pub version: u32,
}

/// A merchant asks for a version to be approved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSubmitted {
    /// Who sells it.
    pub merchant: MerchantId,
    /// The plan.
    pub plan: PlanId,
    /// What its terms were found to say.
    pub reading: Reading,
    /// The version.
    pub version: u32,
}

/// A notary put a version on sale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanApproved {
    /// Who sells it.
    pub merchant: MerchantId,
    /// Commitment to the notary's note.
    pub note: Option<Digest>,
    /// The plan.
    pub plan: PlanId,
    /// Commitment to why terms that are open to doubt may stand.
    pub reason: Option<Digest>,
    /// The revision the notary reviewed.
    pub reviewed: u64,
    /// The version.
    pub version: u32,
}

/// A notary turned a version down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRejected {
    /// Who sells it.
    pub merchant: MerchantId,
    /// The plan.
    pub plan: PlanId,
    /// Commitment to the reason.
    pub reason: Digest,
    /// The revision the notary reviewed.
    pub reviewed: u64,
    /// The version.
    pub version: u32,
}

/// The merchant sells the plan no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanWithdrawn {
    /// Who sold it.
    pub merchant: MerchantId,
    /// The plan.
    pub plan: PlanId,
}
