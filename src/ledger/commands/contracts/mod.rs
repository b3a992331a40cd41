//! Contracts (预付合同), up to their deposit.

mod cancel;
mod draft;
mod sign;

pub use cancel::CancelContract;
pub use draft::DraftContract;
pub use sign::SignContract;

use crate::domain::context::{Context, found};
use crate::domain::id::{ContractId, Party};
use crate::domain::objects::Contract;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// The contract, where the caller is one of its parties and knows its revision, and which party they are.
fn own<'a>(state: &'a State, context: &Context<'_>, id: ContractId) -> Result<(&'a Contract, Party), Rejection> {
    let contract = found(state.contracts.get(id))?;
    let parties = [Party::Consumer(contract.consumer), Party::Merchant(contract.merchant)];
    let party = context.party.filter(|party| parties.contains(party)).ok_or(Rejection::NotFound)?;
    context.reviewed(contract.revision)?;
    Ok((contract, party))
}
