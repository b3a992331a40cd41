//! Court orders (法院冻结): what each of them reaches, and in whose turn (轮候冻结).
//!
//! An order on a contract takes held money first, then whole pending deliveries, newest first, as far as they fit into
//! what is left of the order: never more than was ordered. An order on a merchant takes payable money. What an order
//! cannot reach waits, and money that comes in goes to the order that came first and can take it.
//!
//! Nobody has to wait for a job: the command that brings the money in sets it aside as well
//! (`ledger/commands/freezes/reach.rs`). So while an order waits nothing is held, or nothing is payable, between two
//! commands, and whatever spends such money finds none. A pending delivery that is worth more than the rest of each order
//! stays pending: rests only become smaller, so that it never fits later, and nobody has to look at it again. It is
//! confirmed as any other, or it is voided, and then its money is held.

use super::account::Account;
use super::id::{DeliveryId, FreezeId, MerchantId};
use super::money::Amount;
use super::objects::{Contract, Delivery, Freeze, Merchant, MerchantState};
use super::rejection::Rejection;
use super::state::State;
use super::time::Timestamp;

/// The most deliveries that one order takes: as many as one entry can list.
pub const DELIVERIES_MAX: usize = 384;

/// What an order reaches at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The order.
    pub freeze: FreezeId,
    /// From the contract's held money.
    pub held: Amount,
    /// Whole pending deliveries, newest first.
    pub deliveries: Vec<DeliveryId>,
    /// Their sum.
    pub pending: Amount,
    /// From the merchant's payable money.
    pub payable: Amount,
}

/// The orders that wait for something, in the order in which they came.
fn waiting<'a>(state: &'a State, orders: &'a [FreezeId]) -> impl Iterator<Item = &'a Freeze> {
    orders.iter().filter_map(|id| state.freezes.get(*id)).filter(|order| !order.waiting().is_zero())
}

/// What the first order on a contract that can take something takes at `at`.
#[must_use]
pub fn of_contract(state: &State, contract: &Contract, at: Timestamp) -> Option<Reach> {
    waiting(state, &contract.court_orders).find_map(|order| {
        let rest = order.waiting();
        let held = contract.held.amount().unwrap_or_default().min(rest);
        let (deliveries, pending) = fitting(state, order, rest.saturating_sub(held), at);
        let reach = Reach { freeze: order.id, held, deliveries, pending, payable: Amount::ZERO };
        let is_something = !reach.held.is_zero() || !reach.deliveries.is_empty();
        is_something.then_some(reach)
    })
}

/// The pending deliveries that fit into `rest` one after the other, newest first. What silence has confirmed is the
/// merchant's, whether or not the ledger has written that yet.
fn fitting(state: &State, order: &Freeze, rest: Amount, at: Timestamp) -> (Vec<DeliveryId>, Amount) {
    let (mut taken, mut sum) = (Vec::new(), Amount::ZERO);
    let Some(contract) = order.contract.filter(|_| !rest.is_zero()) else { return (taken, sum) };
    let room = DELIVERIES_MAX.saturating_sub(order.deliveries.len());
    let can_be_taken = |delivery: &Delivery| !delivery.window_over(at) && !delivery.amount.is_zero();
    for delivery in state.pending_of(contract).into_iter().filter(can_be_taken) {
        let more = sum.saturating_add(delivery.amount);
        if more <= rest && taken.len() < room {
            taken.push(delivery.id);
            sum = more;
        }
    }
    (taken, sum)
}

/// What the first order on a merchant's earnings that waits takes of them.
#[must_use]
pub fn of_merchant(state: &State, merchant: &Merchant) -> Option<Reach> {
    let order = waiting(state, &merchant.court_orders).next()?;
    let payable = merchant.payable.amount().unwrap_or_default().min(order.waiting());
    let reach = Reach { freeze: order.id, held: Amount::ZERO, deliveries: Vec::new(), pending: Amount::ZERO, payable };
    (!payable.is_zero()).then_some(reach)
}

/// Checks that no order waits for money of the contract: whatever comes free is an order's first.
///
/// # Errors
/// [`Rejection::FundsFrozen`].
pub fn nothing_waits(state: &State, contract: &Contract) -> Result<(), Rejection> {
    match waiting(state, &contract.court_orders).next() {
        Some(_) => Err(Rejection::FundsFrozen { available: Amount::ZERO }),
        None => Ok(()),
    }
}

/// Checks that `amount` of what a merchant has earned is under no order, so that it can go back to a contract.
///
/// # Errors
/// [`Rejection::FundsFrozen`] with what is free of it.
pub fn earnings_cover(state: &State, merchant: MerchantId, amount: Amount) -> Result<(), Rejection> {
    let Some(merchant) = state.merchants.get(merchant) else { return Ok(()) };
    // After a default everything earned is aside, beside what was ordered before.
    let available = match merchant.state {
        MerchantState::Defaulted => {
            let orders = merchant.court_orders.iter().filter_map(|id| state.freezes.get(*id));
            let ordered = orders.fold(Amount::ZERO, |sum, order| sum.saturating_add(order.payable));
            state.balance(Account::MerchantFrozen(merchant.id)).amount().unwrap_or_default().saturating_sub(ordered)
        }
        _ => merchant.payable.amount().unwrap_or_default(),
    };
    if amount > available { Err(Rejection::FundsFrozen { available }) } else { Ok(()) }
}
