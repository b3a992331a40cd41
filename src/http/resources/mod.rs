//! One file per resource: its requests, its handlers and its wire form.

pub mod books;
pub mod channels;
pub mod contracts;
pub mod default_runs;
pub mod deliveries;
pub mod deposits;
pub mod disputes;
pub mod events;
pub mod evidence;
pub mod log;
pub mod me;
pub mod merchants;
pub mod notices;
pub mod payout_accounts;
pub mod payouts;
pub mod plans;
pub mod refund_calculations;
pub mod refunds;
pub mod registrations;
pub mod rules;
pub mod settlements;
pub mod signing_keys;
pub mod statements;
pub mod suspense;
pub mod timestamps;
pub mod venues;
