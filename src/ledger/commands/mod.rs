//! One file per command, grouped by the object it is about.

pub mod deliveries;
pub mod payouts;
mod recalculate;
pub mod refunds;
pub mod settlements;
