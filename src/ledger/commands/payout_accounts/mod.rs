//! The bank accounts that money goes to.

mod set;

pub use set::SetPayoutAccount;
