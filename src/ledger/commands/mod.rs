//! One file per command or tight family of commands, grouped by the object they are about.

pub mod checkin;
pub mod contracts;
pub mod deliveries;
pub mod deposits;
pub mod merchants;
pub mod payout_accounts;
pub mod plans;
pub mod users;
pub mod venues;
