//! The open days of a period contract are earned. Nothing is posted day by day: only when somebody needs the money to
//! stand where it belongs, and up to a day of which everything is known.

use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found};
use crate::domain::event::{Fact, PeriodAccrued};
use crate::domain::id::ContractId;
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, ContractState, MerchantState, Role};
use crate::domain::rejection::Rejection;
use crate::domain::rules::{Standing, last_certain_day, standing, standing_of};
use crate::domain::state::State;
use crate::domain::time::{Date, Timestamp};
use crate::ledger::command::{Command, Decided, Key};

/// Posts what was earned of a period contract, on behalf of the service. Where there is nothing to post, nothing
/// happens: a refund is open, the cooling-off period runs, or no venue was open.
#[derive(Debug)]
pub struct AccruePeriod {
    /// The contract.
    pub contract: ContractId,
    /// Up to which moment; days that can still be marked then are left for later.
    pub until: Timestamp,
}

impl Command for AccruePeriod {
    fn name(&self) -> &'static str {
        "period.accrue"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.acts_as(&[Role::System])?;
        let contract = found(state.contracts.get(self.contract))?;
        let through = last_certain_day(self.until.min(context.at), context.zone);
        let fact = standing_of(state, contract, through, through)
            .filter(|_| may_accrue(contract, context.at) && !is_gone(state, contract))
            .and_then(|standing| accrued(contract, &standing, through));
        Ok(Decided { facts: fact.into_iter().collect(), shows: self.contract.into() })
    }
}

/// Whether the merchant is in default: what was earned until then is shared out by its run.
fn is_gone(state: &State, contract: &Contract) -> bool {
    let merchant = state.merchants.get(contract.merchant);
    merchant.is_none_or(|merchant| merchant.state == MerchantState::Defaulted)
}

/// Whether days of a contract can be earned now. Inside the cooling-off period they cannot: whoever steps back gets
/// everything. While a refund is open they wait for what becomes of it.
fn may_accrue(contract: &Contract, at: Timestamp) -> bool {
    contract.state == ContractState::Active
        && contract.open_refund.is_none()
        && contract.cooling_off_until.is_some_and(|until| at >= until)
}

/// What is earned of a contract and can be posted: no more than what is neither contested nor frozen.
#[must_use]
pub fn accruable(contract: &Contract, standing: &Standing) -> Amount {
    standing.unposted(contract).min(contract.held.amount().unwrap_or_default())
}

/// The same for somebody who reads, through the days that are certain at `until`.
#[must_use]
pub fn would_accrue<'a>(
    contract: &Contract,
    venues: impl IntoIterator<Item = &'a crate::domain::open_days::OpenDays>,
    through: Date,
    at: Timestamp,
) -> Amount {
    let standing = standing(contract, venues, through, through).filter(|_| may_accrue(contract, at));
    standing.map_or(Amount::ZERO, |standing| accruable(contract, &standing))
}

/// The event, where it moves money, or moves the end of a term that would be over without its shut days.
fn accrued(contract: &Contract, standing: &Standing, through: Date) -> Option<Fact> {
    let amount = accruable(contract, standing);
    let is_over = contract.ends_on.is_some_and(|ends_on| ends_on <= through && ends_on < standing.ends_on);
    if amount.is_zero() && !is_over {
        return None;
    }
    let event = PeriodAccrued {
        amount,
        closed_days: standing.days.closed,
        consumer: contract.consumer,
        contract: contract.id,
        ends_on: standing.ends_on,
        merchant: contract.merchant,
        open_days: standing.days.open,
        through,
    };
    let postings = transfer(Account::ContractHeld(contract.id), Account::MerchantPayable(contract.merchant), amount);
    Some(Fact::moving(event, postings))
}
