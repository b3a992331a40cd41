//! Money that a command has brought to where a court's order waits for it is set aside by the same command.
//!
//! This is said in one place behind all commands, as `earnings` is: a deposit, a delivery that is voided or confirmed, a
//! payout that comes back and an order that is lifted need not know of it. The state that a command leaves has nothing
//! free that an order could take, so that nobody can be faster. Where no order is open it costs a look at an empty list.

use super::facts::{Taken, set_aside};
use crate::domain::court_orders::{self, Reach};
use crate::domain::event::{Fact, FreezeReached};
use crate::domain::id::MerchantId;
use crate::domain::objects::{Contract, Merchant};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::commands::recalculate::refund_recalculated;

/// What the first order that can take something takes of what the command being tried has changed, as it stands now;
/// nothing where no order can. To be applied, and asked for again.
pub(in crate::ledger) fn reached(state: &State, at: Timestamp) -> Vec<Fact> {
    let contracts = state.contracts.tried().map(|(_, contract)| contract);
    let of_contract =
        |contract: &Contract| Some(on_contract(state, contract, court_orders::of_contract(state, contract, at)?));
    if let Some(facts) = contracts.filter(|contract| !contract.court_orders.is_empty()).find_map(of_contract) {
        return facts;
    }
    let merchants = state.merchants.tried().map(|(_, merchant)| merchant);
    let of_merchant = |merchant: &Merchant| Some(on_merchant(merchant, court_orders::of_merchant(state, merchant)?));
    merchants.filter(|merchant| !merchant.court_orders.is_empty()).find_map(of_merchant).unwrap_or_default()
}

fn on_contract(state: &State, contract: &Contract, reach: Reach) -> Vec<Fact> {
    let mut facts = vec![fact(FreezeReached {
        consumer: Some(contract.consumer),
        contract: Some(contract.id),
        ..event(contract.merchant, reach)
    })];
    facts.extend(refund_recalculated(state, contract, None));
    facts
}

fn on_merchant(merchant: &Merchant, reach: Reach) -> Vec<Fact> {
    vec![fact(FreezeReached { settlement: merchant.open_settlement, ..event(merchant.id, reach) })]
}

fn event(merchant: MerchantId, reach: Reach) -> FreezeReached {
    FreezeReached {
        consumer: None,
        contract: None,
        deliveries: reach.deliveries,
        freeze: reach.freeze,
        held: reach.held,
        merchant,
        payable: reach.payable,
        pending: reach.pending,
        settlement: None,
    }
}

fn fact(event: FreezeReached) -> Fact {
    let FreezeReached { held, pending, payable, contract, merchant, .. } = event;
    let taken = Taken { held, deliveries: Vec::new(), pending, payable };
    Fact::moving(event, set_aside(contract, merchant, &taken))
}
