//! One file per command or tight family of commands, grouped by the object they are about.

pub mod checkin;
pub mod contracts;
pub mod default_runs;
pub mod deliveries;
pub mod deposits;
pub mod disputes;
pub mod freezes;
pub mod log;
pub mod merchants;
pub mod payout_accounts;
pub mod payouts;
pub mod plans;
mod recalculate;
pub mod refunds;
pub mod settlements;
pub mod users;
pub mod venues;
