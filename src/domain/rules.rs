//! Small rules that more than one command needs.

mod facts;
mod period;
mod release;

pub use period::{Standing, as_of, last_certain_day, marking_ends_at, standing, standing_of};
pub use release::delivery_amount;

use super::money::{Amount, Delta};
use super::objects::{Contract, Refund};
use super::packs;
use super::refund::{Benchmarks, Custody, Facts, Reason, RefundError, calculate};
use super::state::State;
use super::time::{Date, Timestamp};

/// Working days in which a merchant can object to the finding that it no longer performs.
pub const OBJECTION_WORKING_DAYS: u32 = 3;
/// Days of notice that a merchant gives who leaves in order.
pub const EXIT_NOTICE_DAYS: i64 = 30;
/// How long a dispute is mediated.
pub const MEDIATION_HOURS: u32 = 720;
/// How long an institution has for its award.
pub const ARBITRATION_HOURS: u32 = 2_880;
/// How long evidence can be brought forward once a dispute is arbitrated.
pub const EVIDENCE_HOURS: u32 = 360;
/// How many files can be handed in in one dispute.
pub const EVIDENCE_COUNT_MAX: u32 = 100;
/// After what time a dispute that nothing has resolved is looked at again.
pub const REVIEW_HOURS: u32 = 2_160;
/// How many days a contract can be extended by at once.
pub const EXTENSION_DAYS_MAX: i64 = 3650;

/// From when a settlement can take a delivery confirmed at `at`: some hours later, and never inside the cooling-off
/// period, so that a refund inside the 7 days finds the money here.
#[must_use]
pub fn matures_at(contract: &Contract, at: Timestamp) -> Timestamp {
    let rested = at.plus_hours(packs::built_in().times(contract).maturing_hours);
    contract.cooling_off_until.map_or(rested, |until| rested.max(until))
}

/// The undelivered money of a contract that would go back to the holder if the contract ended on `today` at the deal
/// price: what is held, less what the merchant has earned of it that no entry has posted yet.
///
/// `state` must know the contract with all it points to.
#[must_use]
pub fn unspent(state: &State, contract: &Contract, today: Date) -> Amount {
    let earned = standing_of(state, contract, today, today).map(|standing| standing.earned);
    let unposted = earned.unwrap_or_default().saturating_sub(contract.amount_live);
    contract.held.amount().unwrap_or_default().saturating_sub(earned.map_or(Amount::ZERO, |_| unposted))
}

/// The facts of a refund as the books know them.
///
/// # Errors
/// What the engine says of contradictory facts.
pub fn refund_facts(contract: &Contract, reason: Reason, prior_same_service: bool, requested_on: Date) -> Facts {
    let times = packs::built_in().times(contract);
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

/// The engine's figures for a refund of `contract`, as the books keep them.
///
/// # Errors
/// When the engine cannot work them out.
pub fn refund_figures(
    contract: &Contract,
    reason: Reason,
    agreed: Option<Amount>,
    prior_same_service: bool,
    requested_on: Date,
) -> Result<super::objects::Figures, RefundError> {
    if let Some(amount) = agreed {
        let used = contract.deposited.saturating_sub(amount);
        return Ok(super::objects::Figures {
            live: contract.live.clone(),
            needs_decision: false,
            refund: amount,
            used,
        });
    }
    let facts = refund_facts(contract, reason, prior_same_service, requested_on);
    let calculation = calculate(&facts, super::calendar::built_in(), Benchmarks::built_in())?;
    Ok(super::objects::Figures {
        live: contract.live.clone(),
        needs_decision: calculation.needs_decision,
        refund: calculation.refund,
        used: calculation.used,
    })
}

/// The figures of an open refund after its contract changed.
///
/// # Errors
/// When the engine cannot work them out.
pub fn recalculated(refund: &Refund, contract: &Contract) -> Result<super::objects::Figures, RefundError> {
    refund_figures(contract, refund.reason, refund.agreed, refund.prior_same_service, refund.requested_on)
}

/// What the law gives back beyond what escrow can: a claim on the merchant.
#[must_use]
pub fn shortfall(refund: &Refund, contract: &Contract) -> Amount {
    let held = [contract.held, contract.pending, contract.frozen];
    let in_escrow = held.into_iter().try_fold(Delta::ZERO, Delta::checked_add).and_then(Delta::amount);
    let given = refund.decision.map_or_else(|| in_escrow.unwrap_or_default(), |decision| decision.amount);
    refund.figures.refund.saturating_sub(given)
}
