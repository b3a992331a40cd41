//! The commands that move money, through a real sequencer on a real database: what each does, and what it refuses.
//!
//! Every test ends by replaying the log into a fresh state and comparing it with the tables, row by row.
#![cfg(test)]

#[path = "support/database.rs"]
mod database;

#[path = "ledger_money/course.rs"]
mod course;
#[path = "ledger_money/deliveries.rs"]
mod deliveries;
#[path = "ledger_money/engines.rs"]
mod engines;
#[path = "ledger_money/escrow.rs"]
mod escrow;
#[path = "ledger_money/payouts.rs"]
mod payouts;
#[path = "ledger_money/period.rs"]
mod period;
#[path = "ledger_money/prices.rs"]
mod prices;
#[path = "ledger_money/pure.rs"]
mod pure;
#[path = "ledger_money/recalculations.rs"]
mod recalculations;
#[path = "ledger_money/refunds.rs"]
mod refunds;
#[path = "ledger_money/reversals.rs"]
mod reversals;
#[path = "ledger_money/seed.rs"]
mod seed;
#[path = "ledger_money/settlements.rs"]
mod settlements;
#[path = "ledger_money/stored_value.rs"]
mod stored_value;
#[path = "ledger_money/world.rs"]
mod world;
