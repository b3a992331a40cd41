//! Questions to the tables that are not by key.

mod sets;

pub use sets::{due_deliveries, due_deposits, matured, payable_refunds, pending_deliveries};
