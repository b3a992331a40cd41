//! Plans: what a merchant sells, in immutable versions.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, PlanId};
use crate::domain::money::Amount;
use crate::domain::terms::Reading;
use crate::domain::text_enum::text_enum;

text_enum! {
    /// How far the newest version of a plan has come.
    PlanState {
        Draft = "draft",
        Submitted = "submitted",
        OnSale = "on_sale",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What is counted while the plan is used up.
    PlanKind {
        Count = "count",
    }
}

/// The figures of one plan version; the words are in the document that `terms_sha256` names.
///
/// Its fields are declared in the order in which the log writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFigures {
    /// Units given on top of those paid for.
    pub bonus_units: u64,
    /// Hours in which a delivery can be answered.
    pub confirm_window_hours: u32,
    /// What is counted.
    pub kind: PlanKind,
    /// Price of one unit before discount, where one was disclosed.
    pub list_price: Option<Amount>,
    /// What the consumer pays.
    pub price: Amount,
    /// Whether silence confirms a delivery when the window ends.
    pub silence_confirms: bool,
    /// Units paid for.
    pub units: u64,
    /// Days from the credit of the deposit to the end of the contract.
    pub validity_days: u32,
}

impl PlanFigures {
    /// Units a contract can use: paid and bonus.
    #[must_use]
    pub const fn units_total(&self) -> u64 {
        self.units.saturating_add(self.bonus_units)
    }
}

/// A plan: which version is being worked on, and which one is on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// Who sells it.
    pub merchant: MerchantId,
    /// State of the newest version.
    pub state: PlanState,
    /// Number of the newest version, from 1.
    pub version: u32,
    /// The version consumers can buy now.
    pub on_sale_version: Option<u32>,
    /// What the newest version's terms were found to say; none until they are submitted.
    pub reading: Option<Reading>,
    /// Goes up with every change.
    pub revision: u64,
}

/// One immutable version of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanVersion {
    /// The plan.
    pub plan: PlanId,
    /// From 1.
    pub version: u32,
    /// The merchant who sells it.
    pub merchant: MerchantId,
    /// The figures that the books need.
    pub figures: PlanFigures,
    /// SHA-256 of the JCS bytes of the whole version: what both parties sign.
    pub terms_sha256: Digest,
    /// SM3 of the JCS bytes of the whole version: what both parties sign.
    pub terms_sm3: Digest,
}
