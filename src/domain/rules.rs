//! Small rules that more than one command needs.

mod facts;
mod period;
mod release;

pub use period::{Standing, as_of, last_certain_day, marking_ends_at, standing, standing_of};
pub use release::delivery_amount;

use super::money::Amount;
use super::objects::Contract;
use super::packs;
use super::refund::{Custody, Facts, Reason};
use super::state::State;
use super::time::{Date, Timestamp};

/// From when a settlement can take a delivery confirmed at `at`: some hours later, and never inside the cooling-off
/// period, so that a refund inside the 7 days finds the money here.
#[must_use]
pub fn matures_at(contract: &Contract, at: Timestamp) -> Timestamp {
    let rested = at.plus_hours(packs::in_force().times(contract).maturing_hours);
    contract.cooling_off_until.map_or(rested, |until| rested.max(until))
}

/// The undelivered money of a contract that would go back to the holder if the contract ended on `today` at the deal
/// price: what is held, less what the merchant has earned of it that no entry has posted yet.
///
/// `state` must know the contract with all it points to.
#[must_use]
pub fn unspent(state: &State, contract: &Contract, today: Date) -> Amount {
    let standing = standing_of(state, contract, today, today);
    let unposted = standing.map_or(Amount::ZERO, |standing| standing.unposted(contract));
    contract.held.amount().unwrap_or_default().saturating_sub(unposted)
}

/// The facts of a refund as the books know them.
///
/// # Errors
/// What the engine says of contradictory facts.
pub fn refund_facts(contract: &Contract, reason: Reason, prior_same_service: bool, requested_on: Date) -> Facts {
    let times = packs::in_force().times(contract);
    Facts {
        paid: contract.deposited,
        paid_on: contract.paid_on.unwrap_or(requested_on),
        requested_on,
        reason,
        prior_same_service,
        merchant_fault_percent: None,
        plan: facts::plan_facts(contract),
        deductions: Vec::new(),
        // What the account earned is not in the books yet.
        custody: Custody::SpecialAccount { rate: None },
        agreed_rate: None,
        cooling_off: times.cooling_off,
        interest_from: times.interest_from,
    }
}
