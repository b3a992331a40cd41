//! Where a merchant's earnings go: while it stands, to what the next settlement takes; after a default, aside.
//!
//! This is said in one place for all commands. Whatever comes late, such as a delivery that is confirmed or a payout that
//! the bank gives back, would otherwise be payable to somebody who is gone.

use crate::domain::account::Account;
use crate::domain::event::Fact;
use crate::domain::objects::MerchantState;
use crate::domain::state::State;

/// The account to which a posting to `account` goes as the books stand.
#[must_use]
pub(in crate::ledger) fn account(state: &State, account: Account) -> Account {
    match account {
        Account::MerchantPayable(id) => match state.merchants.get(id).map(|merchant| merchant.state) {
            Some(MerchantState::Defaulted) => Account::MerchantFrozen(id),
            _ => account,
        },
        _ => account,
    }
}

/// Sends what would be payable to a merchant in default to where it is set aside.
pub(super) fn redirect(state: &State, facts: &mut [Fact]) {
    for posting in facts.iter_mut().flat_map(|fact| &mut fact.postings) {
        posting.account = account(state, posting.account);
    }
}
