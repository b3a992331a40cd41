//! A contract's money changed: the refund open on it gets new figures, and whoever reviews it has to look again.

use crate::domain::event::{Fact, RefundRecalculated};
use crate::domain::objects::{Contract, Figures};
use crate::domain::rules::recalculated;
use crate::domain::state::State;

/// The open refund's new figures once the contract's live units are `units_live`; none where no refund is open.
///
/// It follows every move of the contract's money, also where no units changed: what escrow can still give back did.
pub(super) fn refund_recalculated(state: &State, contract: &Contract, units_live: u64) -> Option<Fact> {
    let refund = state.refunds.get(contract.open_refund?)?;
    let after = Contract { units_live, ..contract.clone() };
    // The request was worked out when it came in; figures that fail now are left as they are for a person to weigh.
    let unclear = Figures { needs_decision: true, used_units: units_live, ..refund.figures };
    let figures = recalculated(refund, &after).unwrap_or(unclear);
    Some(Fact::plain(RefundRecalculated {
        consumer: contract.consumer,
        contract: contract.id,
        figures,
        merchant: contract.merchant,
        refund: refund.id,
    }))
}
