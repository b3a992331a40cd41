//! Contracts (预付合同): up to their deposit, and what becomes of their term.

mod accrue;
mod cancel;
mod draft;
mod extend;
mod guardian;
mod sign;
mod transfer;

pub use accrue::{AccruePeriod, accruable, would_accrue};
pub use cancel::CancelContract;
pub use draft::DraftContract;
pub use extend::ExtendContract;
pub use guardian::ConsentGuardian;
pub use sign::SignContract;
pub use transfer::{AcceptTransfer, OfferTransfer, WithdrawTransfer};

use crate::domain::context::{Context, found};
use crate::domain::id::{ConsumerId, ContractId, Party};
use crate::domain::objects::{Contract, Merchant, PlanFigures};
use crate::domain::packs::{self, Sale, Step};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Date;

/// The contract, where the caller is one of its parties and knows its revision, and which party they are.
fn own<'a>(state: &'a State, context: &Context<'_>, id: ContractId) -> Result<(&'a Contract, Party), Rejection> {
    let contract = found(state.contracts.get(id))?;
    let parties = [Party::Consumer(contract.consumer), Party::Merchant(contract.merchant)];
    let party = context.party.filter(|party| parties.contains(party)).ok_or(Rejection::NotFound)?;
    context.reviewed(contract.revision)?;
    Ok((contract, party))
}

/// Who buys, by which contract, drafted when.
struct Buyer {
    consumer: ConsumerId,
    contract: ContractId,
    drafted_on: Date,
}

/// Checks a sale that would begin today against the limits of the rule packs.
fn allowed(
    state: &State,
    step: Step,
    figures: &PlanFigures,
    merchant: &Merchant,
    buyer: &Buyer,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let sale = Sale {
        lease_ends_on: figures.lease_ends_on.or(merchant.lease_ends_on),
        unspent: state.entrusted(buyer.consumer, merchant.id, buyer.contract),
        ..Sale::of(figures, merchant.region, buyer.drafted_on, context.today())
    };
    packs::in_force().allow(step, &sale).map_err(Rejection::from)
}

/// Checks again what may have changed since a contract was drafted: time went on, and other contracts came.
pub(in crate::ledger::commands) fn still_allowed(
    state: &State,
    contract: &Contract,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let merchant = found(state.merchants.get(contract.merchant))?;
    let drafted_on = contract.drafted_at.date(context.zone);
    let buyer = Buyer { consumer: contract.consumer, contract: contract.id, drafted_on };
    allowed(state, Step::Again, &contract.figures, merchant, &buyer, context)
}

/// Checks that a contract may pass to another holder: what is unspent of it counts with what the merchant holds of them.
fn may_pass(state: &State, contract: &Contract, to: ConsumerId, context: &Context<'_>) -> Result<(), Rejection> {
    let merchant = found(state.merchants.get(contract.merchant))?;
    let drafted_on = contract.drafted_at.date(context.zone);
    let sale = Sale {
        amount: contract.in_escrow(),
        unspent: state.entrusted(to, merchant.id, contract.id),
        ..Sale::of(&contract.figures, merchant.region, drafted_on, drafted_on)
    };
    packs::in_force().allow(Step::Transfer, &sale).map_err(Rejection::from)
}

/// Checks that a contract may last until a later day: no longer than its pack allows from its first day on, nor than the
/// lease of its venue.
fn may_last(state: &State, contract: &Contract, ends_on: Date, context: &Context<'_>) -> Result<(), Rejection> {
    let merchant = found(state.merchants.get(contract.merchant))?;
    let drafted_on = contract.drafted_at.date(context.zone);
    let starts_on = contract.active_since.map_or(drafted_on, |since| since.date(context.zone));
    let sale = Sale {
        ends_on,
        lease_ends_on: contract.figures.lease_ends_on.or(merchant.lease_ends_on),
        ..Sale::of(&contract.figures, merchant.region, drafted_on, starts_on)
    };
    packs::in_force().allow(Step::Extend, &sale).map_err(Rejection::from)
}
