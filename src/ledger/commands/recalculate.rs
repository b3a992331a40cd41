//! A contract's money changed: the refund open on it gets new figures, and whoever reviews it has to look again.

use crate::domain::event::{Fact, RefundRecalculated};
use crate::domain::figures::Asked;
use crate::domain::objects::{Contract, Figures, Live};
use crate::domain::rules::as_of;
use crate::domain::state::State;

/// The open refund's new figures once `live` is what is live of the contract; none where no refund is open.
///
/// It follows every move of the contract's money, also where nothing else changed: what escrow can still give back did.
pub(super) fn refund_recalculated(state: &State, contract: &Contract, live: Option<Live>) -> Option<Fact> {
    let refund = state.refunds.get(contract.open_refund?)?;
    let live = live.unwrap_or_else(|| contract.live.clone());
    let after = Contract { live, ..contract.clone() };
    // The request was worked out when it came in; figures that fail now are left as they are for a person to weigh.
    let unclear = || {
        let live = as_of(state, &after, refund.requested_on).live.clone();
        Figures { needs_decision: true, live, ..refund.figures.clone() }
    };
    let figures = Asked::of(refund).figures(state, &after).unwrap_or_else(|_| unclear());
    Some(Fact::plain(RefundRecalculated {
        consumer: contract.consumer,
        contract: contract.id,
        figures,
        merchant: contract.merchant,
        refund: refund.id,
    }))
}
