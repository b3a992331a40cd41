//! Which settlement took which delivery. A settlement names no deliveries: it takes all of its merchant's that were
//! confirmed before it and matured up to its cutoff, and that no earlier one took.

use crate::domain::id::SettlementId;
use crate::domain::objects::Delivery;
use crate::domain::time::Timestamp;

/// A release.
#[derive(Clone, Copy, Debug)]
pub(super) struct Released {
    pub(super) settlement: SettlementId,
    pub(super) at: Timestamp,
    pub(super) cutoff: Timestamp,
}

/// The release that took a delivery; the releases are in the order of the log.
pub(super) fn took<'r>(releases: &'r [Released], delivery: &Delivery) -> Option<&'r Released> {
    let matures_at = delivery.matures_at?;
    let confirmed_at = delivery.confirmed_at?;
    releases.iter().find(|release| matures_at <= release.cutoff && confirmed_at <= release.at)
}
